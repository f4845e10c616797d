package http

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	nethttp "net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lumbung/extract/http/complete"
)

// document is what a server of these tests should deliver.
type document struct {
	format string
	bytes  []byte
	check  complete.Check
}

func documents(t testing.TB) []document {
	t.Helper()
	csv := csvBytes(400)
	return []document{
		{"xlsx", xlsxBytes(t), complete.XLSX(complete.Limits{})},
		{"json", jsonBytes(300), complete.JSON(complete.JSONOptions{Keys: []string{"rows"}})},
		{"csv", csv, complete.CSV(complete.CSVOptions{Delimiter: ';', MinRows: 401, MaxRows: 401, TrustRows: true})},
	}
}

func xlsxBytes(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		entry, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			fmt.Fprintf(entry, "<c><v>%d</v></c>", random.Uint64())
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func jsonBytes(rows int) []byte {
	var out strings.Builder
	out.WriteString(`{"rows":[`)
	for i := range rows {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"kode":"64020120%02d","skor":0.%08d}`, i%100, i*7919)
	}
	return []byte(out.String() + "]}")
}

func csvBytes(rows int) []byte {
	var out strings.Builder
	out.WriteString("kode_desa;nama_desa;skor\n")
	for i := range rows {
		fmt.Fprintf(&out, "64020120%02d;\"DESA %d\";0.%08d\n", i%100, i, i*7919)
	}
	return []byte(out.String())
}

// fakeClock waits by moving its own hand.
type fakeClock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newFakeClock() *fakeClock { return &fakeClock{now: time.Now()} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > 0 {
		c.now = c.now.Add(d)
		c.waits = append(c.waits, d)
	}
	return ctx.Err()
}

// memory is a Sink in memory.
type memory struct{ data []byte }

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(m.data).ReadAt(p, at)
}

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if need := int(at) + len(p); need > len(m.data) {
		m.data = append(m.data, make([]byte, need-len(m.data))...)
	}
	return copy(m.data[at:], p), nil
}

func (m *memory) Truncate(size int64) error {
	if int(size) <= len(m.data) {
		m.data = m.data[:size]
	}
	return nil
}

// wire is one request as a raw server sees it, with the means to answer wrongly.
type wire struct {
	conn net.Conn
	req  *nethttp.Request
	n    int // requests before this one
	doc  []byte
	cut  int
}

func (w *wire) raw(text string)   { _, _ = w.conn.Write([]byte(text)) }
func (w *wire) send(bytes []byte) { _, _ = w.conn.Write(bytes) }

// answer sends status and header lines; the connection closes when the behaviour returns.
func (w *wire) answer(status string, lines ...string) {
	w.raw("HTTP/1.1 " + status + "\r\nConnection: close\r\n")
	for _, line := range lines {
		w.raw(line + "\r\n")
	}
	w.raw("\r\n")
}

func (w *wire) whole(lines ...string) {
	w.answer("200 OK", append(lines, length(len(w.doc)))...)
	w.send(w.doc)
}

// hang stands still until the client goes away.
func (w *wire) hang() { _, _ = bufio.NewReader(w.conn).ReadByte() }

func (w *wire) reset() {
	_ = w.conn.(*net.TCPConn).SetLinger(0)
}

func (w *wire) rangeFrom() int {
	var from int
	if _, err := fmt.Sscanf(w.req.Header.Get("Range"), "bytes=%d-", &from); err != nil {
		return -1
	}
	return from
}

func length(n int) string { return fmt.Sprintf("Content-Length: %d", n) }

// rawServer plays one behaviour on a listener of its own.
type rawServer struct {
	listener net.Listener
	done     sync.WaitGroup

	mu       sync.Mutex
	requests []*nethttp.Request
	doc      []byte
	cut      int
}

// next starts another case on the same listener: a port for each of thousands
// of cases would leave none, since closed connections keep theirs for a while.
func (s *rawServer) next(doc []byte, cut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doc, s.cut, s.requests = doc, cut, nil
}

func serveRaw(t testing.TB, doc []byte, cut int, play func(*wire)) *rawServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &rawServer{listener: listener, doc: doc, cut: cut}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.done.Add(1)
			go func() {
				defer s.done.Done()
				defer conn.Close()
				s.one(conn, play)
			}()
		}
	}()
	return s
}

func (s *rawServer) one(conn net.Conn, play func(*wire)) {
	req, err := nethttp.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	s.mu.Lock()
	w := &wire{conn: conn, req: req, n: len(s.requests), doc: s.doc, cut: s.cut}
	s.requests = append(s.requests, req)
	s.mu.Unlock()
	play(w)
}

func (s *rawServer) url() string { return "http://" + s.listener.Addr().String() }

func (s *rawServer) allow() HostPort {
	return HostPort{Host: "127.0.0.1", Port: s.listener.Addr().(*net.TCPAddr).Port, Insecure: true}
}

func (s *rawServer) seen() []*nethttp.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*nethttp.Request(nil), s.requests...)
}

func (s *rawServer) close() {
	_ = s.listener.Close()
	s.done.Wait()
}

// newClient makes a client with a fake clock and long timeouts, so that a busy machine changes nothing.
func newClient(t testing.TB, change func(*Options)) *Client {
	t.Helper()
	o := Options{Clock: newFakeClock(), Retries: 2, Rand: func() float64 { return 0.5 }, MaxBytes: 1 << 20}
	if change != nil {
		change(&o)
	}
	client, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
