package sftp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	nethttp "net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"lumbung/extract/http"
)

const (
	// settled is how old a file has to be: one that is being written changes until then, and its time has whole seconds only.
	settled = 30 * time.Second
	// maxList is how many bytes a server may send for the list of a folder, some 200,000 names.
	maxList = 64 << 20
	// atOnce is asked for at once: four packets, so that a distant server is not waited for after each.
	atOnce = 128 << 10
)

// Scheme answers requests as the login.
func (l Login) Scheme(dial http.Dial, wait time.Duration) nethttp.RoundTripper {
	return &transport{login: l, dial: dial, wait: wait}
}

type transport struct {
	login Login
	dial  http.Dial
	wait  time.Duration // until a file is open or a folder listed
}

// RoundTrip answers one request over a connection of its own.
func (t *transport) RoundTrip(req *nethttp.Request) (*nethttp.Response, error) {
	name := req.URL.Path
	folder := strings.HasSuffix(name, "/")
	if at, ok := strings.CutPrefix(name, home); ok {
		name = "./" + at
	}
	s, err := t.connect(req, folder)
	if err != nil {
		return nil, err
	}
	var res *nethttp.Response
	if folder {
		res, err = s.list(req.Context(), name)
	} else {
		res, err = s.open(name, req.Header)
	}
	if err != nil {
		err = s.explain(name, err)
	}
	if err != nil || folder {
		s.Close()
	}
	return res, err
}

// session is one connection to a server.
type session struct {
	wire  net.Conn
	meter *meter
	files *sftp.Client
	stop  func() bool
}

// Close breaks the connection off, without a word to a server that may not listen.
func (s *session) Close() {
	s.stop()
	_ = s.wire.Close()
}

// connect logs in. The connection ends with the context of the request.
func (t *transport) connect(req *nethttp.Request, folder bool) (*session, error) {
	wire, err := t.dial(req.Context(), "tcp", req.URL.Host)
	if err != nil {
		return nil, err
	}
	s := &session{wire: wire, meter: &meter{Conn: wire}}
	s.meter.left.Store(math.MaxInt64)
	if folder {
		s.meter.left.Store(maxList)
	}
	s.stop = context.AfterFunc(req.Context(), func() { _ = wire.Close() })
	err = wire.SetDeadline(time.Now().Add(t.wait))
	if err == nil {
		err = t.handshake(s, req.URL.Host)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (t *transport) handshake(s *session, host string) error {
	check := &hostCheck{login: t.login, host: host}
	algorithms, err := check.algorithms()
	if err != nil {
		return err
	}
	conn, channels, requests, err := ssh.NewClientConn(s.meter, host, &ssh.ClientConfig{User: t.login.user, Auth: t.login.auth,
		HostKeyCallback: check.key, HostKeyAlgorithms: algorithms})
	switch {
	case check.refused != nil:
		return check.refused
	case err != nil && strings.Contains(err.Error(), "unable to authenticate"): // ssh has no type for it
		return &http.Error{Class: http.ClassLogin, Err: fmt.Errorf("%s does not let user %s in: %w", host, t.login.user, err),
			Remedy: "look at user and at key_file or the password; the publisher has to know the public key"}
	case err != nil:
		return err
	}
	s.files, err = sftp.NewClient(ssh.NewClient(conn, channels, requests))
	if err != nil {
		return fmt.Errorf("the server speaks SSH, but no SFTP with this user: %w", err)
	}
	return nil
}

// list answers with the entries of a folder.
func (s *session) list(ctx context.Context, name string) (*nethttp.Response, error) {
	infos, err := s.files.ReadDirContext(ctx, name)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(infos))
	for i, info := range infos {
		entries[i] = entryOf(info)
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	return &nethttp.Response{StatusCode: nethttp.StatusOK, Header: nethttp.Header{}, ContentLength: int64(len(text)), Body: io.NopCloser(bytes.NewReader(text))}, nil
}

func entryOf(info os.FileInfo) Entry {
	e := Entry{Name: info.Name(), Kind: Other, Size: info.Size(), Modified: info.ModTime().UTC()}
	switch {
	case info.Mode().IsRegular():
		e.Kind = File
	case info.IsDir():
		e.Kind = Folder
	}
	return e
}

// open answers with a file, from the byte on that a range names if the file is still the one that the range is of.
func (s *session) open(name string, asked nethttp.Header) (*nethttp.Response, error) {
	info, err := s.files.Lstat(name)
	if err != nil {
		return nil, err
	}
	e := entryOf(info)
	if e.Kind != File {
		return nil, &http.Error{Class: http.ClassForbidden, Err: errors.New("not a regular file"), Remedy: "links are not followed; the file itself has to lie there"}
	}
	if tag := asked.Get("If-Match"); tag != "" && tag != e.ETag() {
		return nil, &http.Error{Class: http.ClassStatus, Status: nethttp.StatusPreconditionFailed, Err: errors.New("it changed after it was listed"), Remedy: "the next run takes the new one"}
	}
	if age := time.Since(e.Modified).Abs(); age < settled {
		return nil, &http.Error{Class: http.ClassChanged, RetryAfter: settled - age, Err: errors.New("it was written just now and may not be whole"),
			Remedy: fmt.Sprintf("files are taken %s after their last change", settled)}
	}
	f, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	b := &body{session: s, name: name, of: e, file: f}
	if err := b.changed(); err != nil { // a link may have taken the name before it was opened
		return nil, err
	}
	res := &nethttp.Response{StatusCode: nethttp.StatusOK, Header: nethttp.Header{}, ContentLength: e.Size, Body: b}
	res.Header.Set("ETag", e.ETag())
	res.Header.Set("Last-Modified", e.Modified.Format(nethttp.TimeFormat))
	if from := rangeOf(asked, e); from > 0 {
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			return nil, err
		}
		res.StatusCode, res.ContentLength = nethttp.StatusPartialContent, e.Size-from
		res.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, e.Size-1, e.Size))
	}
	b.rest = bufio.NewReaderSize(io.LimitReader(f, res.ContentLength), atOnce)
	return res, s.wire.SetDeadline(time.Time{}) // from here on the caller watches the pace
}

// rangeOf is where the answer begins, 0 for all of it.
func rangeOf(asked nethttp.Header, e Entry) int64 {
	text, ok := strings.CutPrefix(asked.Get("Range"), "bytes=")
	from, err := strconv.ParseInt(strings.TrimSuffix(text, "-"), 10, 64)
	if !ok || err != nil || asked.Get("If-Range") != e.ETag() || from < 0 || from >= e.Size {
		return 0
	}
	return from
}

// body is an open file. Its end is only reached when neither the file nor what the name stands for has changed meanwhile.
type body struct {
	*session
	name string
	of   Entry
	file *sftp.File
	rest io.Reader
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.rest.Read(p)
	if err == io.EOF {
		if cerr := b.changed(); cerr != nil {
			return n, cerr
		}
	}
	return n, err
}

func (b *body) changed() error {
	open, err := b.file.Stat()
	if err != nil {
		return err
	}
	named, err := b.files.Lstat(b.name)
	if err != nil {
		return err
	}
	for _, now := range []Entry{entryOf(open), entryOf(named)} {
		if now.Kind != File || now.ETag() != b.of.ETag() {
			return &http.Error{Class: http.ClassChanged, Err: fmt.Errorf("it changed while it was read: %s of %d bytes became %s of %d bytes", b.of.Kind, b.of.Size, now.Kind, now.Size)}
		}
	}
	return nil
}

// Close ends the connection.
func (b *body) Close() error {
	b.session.Close()
	return nil
}

// explain turns what SFTP says into what the client of http knows.
func (s *session) explain(name string, err error) error {
	var known *http.Error
	switch {
	case errors.As(err, &known):
		return err
	case s.meter.over():
		return &http.Error{Class: http.ClassTooLarge, Err: fmt.Errorf("the list of the folder has more than %d bytes", maxList), Remedy: "name a smaller folder in path"}
	case errors.Is(err, os.ErrNotExist):
		return &http.Error{Class: http.ClassStatus, Status: nethttp.StatusNotFound, Err: fmt.Errorf("the server has no %s", name), Remedy: "look at path; one without a slash in front begins in the folder of the login"}
	case errors.Is(err, os.ErrPermission):
		return &http.Error{Class: http.ClassStatus, Status: nethttp.StatusForbidden, Err: fmt.Errorf("the server does not let the user read %s", name), Remedy: "ask the publisher for leave to read"}
	}
	return err
}
