package sftp

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"lumbung/extract/http"
	"lumbung/internal/sftptest"
)

// hostile is an SSH server with a password and with files of the test's making.
type hostile struct {
	list  func(at int64) string // the names of a folder; "" ends it
	size  int64                 // that it says
	read  func(p []byte, at int64) (int, error)
	mtime func() time.Time
	asks  map[string]bool // questions for the password, and whether the answer may be seen; none: a plain password
}

func (h *hostile) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if r.Method == "List" {
		return lister(func(out []os.FileInfo, at int64) (int, error) {
			for i := range out {
				name := h.list(at + int64(i))
				if name == "" {
					return i, io.EOF
				}
				out[i] = info{h, name}
			}
			return len(out), nil
		}), nil
	}
	return lister(func(out []os.FileInfo, at int64) (int, error) {
		if at > 0 {
			return 0, io.EOF
		}
		out[0] = info{h, "a.csv"}
		return 1, nil
	}), nil
}

func (h *hostile) Fileread(*sftp.Request) (io.ReaderAt, error) { return reader(h.read), nil }

type lister func([]os.FileInfo, int64) (int, error)

func (l lister) ListAt(out []os.FileInfo, at int64) (int, error) { return l(out, at) }

type reader func([]byte, int64) (int, error)

func (r reader) ReadAt(p []byte, at int64) (int, error) { return r(p, at) }

type info struct {
	h    *hostile
	name string
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.h.size }
func (i info) Mode() os.FileMode  { return 0o644 }
func (i info) ModTime() time.Time { return i.h.mtime() }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

const password = "kata-sandi-uji"

// serve runs the server until the test ends and gives a client of it.
func (h *hostile) serve(t *testing.T, change func(*http.Options)) *asker {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
		if string(given) != password {
			return nil, fmt.Errorf("no")
		}
		return nil, nil
	}}
	if h.asks != nil {
		config.PasswordCallback, config.KeyboardInteractiveCallback = nil, h.interview
	}
	config.AddHostKey(signer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { h.session(c, config) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	address := l.Addr().String()
	return newAsker(t, address, newLogin(t, "lumbung", "", password, sftptest.KnownHosts(t, address, signer.PublicKey())), change)
}

// interview greets, asks, and lets in whoever gives the password.
func (h *hostile) interview(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	if _, err := ask("", "Selamat datang", nil, nil); err != nil {
		return nil, err
	}
	var seen []bool
	for _, q := range slices.Sorted(maps.Keys(h.asks)) {
		seen = append(seen, h.asks[q])
	}
	answers, err := ask("", "", slices.Sorted(maps.Keys(h.asks)), seen)
	if err == nil && (len(answers) == 0 || answers[0] != password) {
		err = fmt.Errorf("no")
	}
	return nil, err
}

func (h *hostile) session(c net.Conn, config *ssh.ServerConfig) {
	defer c.Close()
	conn, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return
	}
	defer conn.Close()
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, asked, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range asked {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		_ = sftp.NewRequestServer(channel, sftp.Handlers{FileGet: h, FileList: h}).Serve()
	}
}

func TestHostileServer(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	body := rows(2000)
	whole := func(p []byte, at int64) (int, error) {
		if at >= int64(len(body)) {
			return 0, io.EOF
		}
		n := copy(p, body[at:])
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	times := make(chan time.Time, 100)
	for i := range cap(times) {
		times <- old.Add(time.Duration(i) * time.Minute)
	}
	size := int64(len(body))
	for name, c := range map[string]struct {
		h     hostile
		path  string
		class http.Class // "" is success
		want  string
	}{
		"sound":                    {hostile{size: size, read: whole}, "a.csv", "", ""},
		"ends early":               {hostile{size: size + 1, read: whole}, "a.csv", http.ClassIncomplete, fmt.Sprintf("%d of %d bytes came", size, size+1)},
		"longer than it says":      {hostile{size: size - 10, read: whole}, "a.csv", "", ""}, // a file that grew is of other size when it is asked again
		"larger than is taken":     {hostile{size: 1 << 40, read: whole}, "a.csv", http.ClassTooLarge, "the limit is"},
		"says nothing more":        {hostile{size: size}, "a.csv", http.ClassTimeout, "no byte of the body came"},
		"another time at each ask": {hostile{size: size, read: whole, mtime: func() time.Time { return <-times }}, "a.csv", http.ClassChanged, "changed while it was read"},
		"an error in the middle": {hostile{size: size, read: func(p []byte, at int64) (int, error) {
			if at > 0 {
				return 0, os.ErrPermission
			}
			return whole(p, at)
		}}, "a.csv", http.ClassIncomplete, "bytes came"},
		"a list without end": {hostile{list: func(at int64) string { return fmt.Sprintf("idm-%0200d.csv", at) }}, "rilis/", http.ClassTooLarge, "name a smaller folder"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.h.mtime == nil {
				c.h.mtime = func() time.Time { return old }
			}
			done := make(chan struct{})
			if c.h.read == nil {
				c.h.read = func([]byte, int64) (int, error) { <-done; return 0, io.EOF }
			}
			a := c.h.serve(t, func(o *http.Options) { o.Timeouts.Idle = 300 * time.Millisecond })
			t.Cleanup(func() { close(done) }) // before the server is waited for
			got, _, err := a.get(t, c.path, http.Request{})
			if c.class == "" {
				if err != nil || int64(len(got)) != c.h.size {
					t.Errorf("%d bytes, %v", len(got), err)
				}
				return
			}
			wants(t, err, c.class, c.want)
		})
	}
}

// A server may ask for the password as a question; what else it asks is not answered.
func TestQuestions(t *testing.T) {
	body := "kode\n64.02\n"
	for name, c := range map[string]struct {
		asks map[string]bool
		want string // "" is success
	}{
		"a password":                 {map[string]bool{"Password: ": false}, ""},
		"an answer that all can see": {map[string]bool{"User: ": true}, "only one question for a password is answered"},
		"a code as well":             {map[string]bool{"Password: ": false, "Verification code: ": false}, "only one question for a password is answered"},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hostile{asks: c.asks, size: int64(len(body)), mtime: func() time.Time { return time.Now().Add(-time.Hour) },
				read: strings.NewReader(body).ReadAt}
			got, _, err := h.serve(t, nil).get(t, "a.csv", http.Request{})
			if c.want != "" {
				wants(t, err, http.ClassLogin, c.want)
				return
			}
			if err != nil || string(got) != body {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// Names with slashes stay in their folder.
func TestNamesStayInTheFolder(t *testing.T) {
	names := []string{"../../etc/passwd", "/etc/shadow", "..", ".", `..\lain.csv`, "idm-2024.csv"}
	h := &hostile{mtime: time.Now, list: func(at int64) string {
		if at < int64(len(names)) {
			return names[at]
		}
		return ""
	}}
	text, _, err := h.serve(t, nil).get(t, "rilis/", http.Request{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := Entries(text)
	var got []string
	for _, e := range list {
		got = append(got, e.Name)
	}
	if want := `[passwd shadow ..\lain.csv idm-2024.csv]`; err != nil || fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s, %v", got, want, err)
	}
}
