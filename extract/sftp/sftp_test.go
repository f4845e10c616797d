package sftp

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"lumbung/extract/http"
	"lumbung/extract/http/complete"
	"lumbung/internal/sftptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asker is a client of http with a login.
type asker struct {
	base string
	*http.Client
}

func newAsker(t *testing.T, address string, login Login, change func(*http.Options)) *asker {
	t.Helper()
	allow, err := http.ParseHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	opt := http.Options{Allow: []http.HostPort{allow}, Retries: -1, Schemes: map[string]http.Scheme{"sftp": login.Scheme}}
	if change != nil {
		change(&opt)
	}
	c, err := http.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &asker{"sftp://" + address, c}
}

func newLogin(t *testing.T, user, key, password, known string) Login {
	t.Helper()
	var secret http.Secret
	if password != "" {
		var err error
		if secret, err = http.NewSecret(password); err != nil {
			t.Fatal(err)
		}
	}
	l, err := NewLogin(user, key, secret, known)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// get fetches a path and returns what came.
func (a *asker) get(t *testing.T, path string, req http.Request) ([]byte, http.Result, error) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "sink"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return a.into(t, f, path, req)
}

func (a *asker) into(t *testing.T, f *os.File, path string, req http.Request) ([]byte, http.Result, error) {
	t.Helper()
	req.URL = URL(a.base, path)
	res, err := a.Fetch(context.Background(), req, f)
	got, rerr := os.ReadFile(f.Name())
	if rerr != nil {
		t.Fatal(rerr)
	}
	return got, res, err
}

// put writes a file that was last changed an hour ago.
func put(t *testing.T, name string, body []byte) Entry {
	t.Helper()
	if err := os.WriteFile(name, body, 0o644); err != nil {
		t.Fatal(err)
	}
	return age(t, name, time.Hour)
}

func age(t *testing.T, name string, by time.Duration) Entry {
	t.Helper()
	at := time.Now().Add(-by).Truncate(time.Second)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return Entry{Name: filepath.Base(name), Kind: File, Size: info.Size(), Modified: at.UTC()}
}

func wants(t *testing.T, err error, class http.Class, texts ...string) {
	t.Helper()
	if http.ClassOf(err) != class {
		t.Errorf("got %v, want class %s", err, class)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q", err, text)
		}
	}
}

func rows(n int) []byte {
	var b bytes.Buffer
	b.WriteString("kode_desa,skor\n")
	for i := range n {
		fmt.Fprintf(&b, "%010d,0.%04d\n", 6402012001+i, i%10000)
	}
	return b.Bytes()
}

// Files, folders and refusals of a real server.
func TestServer(t *testing.T) {
	s := sftptest.Start(t)
	a := newAsker(t, s.Addr, newLogin(t, s.User, s.KeyFile, "", s.KnownHosts), nil)
	body := rows(40000)
	file := filepath.Join(s.Dir, "idm é 2024.csv")
	e := put(t, file, body)
	got, res, err := a.get(t, file, http.Request{Check: complete.CSV(complete.CSVOptions{})})
	if err != nil || !bytes.Equal(got, body) || res.Validators.ETag != e.ETag() || !res.Facts.LastModified.Equal(e.Modified) {
		t.Fatalf("got %d of %d bytes, %+v, %v", len(got), len(body), res, err)
	}
	if _, _, err = a.get(t, file, http.Request{Match: e.ETag()}); err != nil {
		t.Error(err)
	}
	_, _, err = a.get(t, file, http.Request{Match: `"lain"`})
	wants(t, err, http.ClassStatus, "changed after it was listed", "the next run")

	put(t, filepath.Join(s.Dir, "kosong.csv"), nil)
	_, _, err = a.get(t, filepath.Join(s.Dir, "kosong.csv"), http.Request{})
	wants(t, err, http.ClassNotDocument, "empty")
	put(t, filepath.Join(s.Dir, "baru.csv"), body)
	age(t, filepath.Join(s.Dir, "baru.csv"), time.Second)
	_, _, err = a.get(t, filepath.Join(s.Dir, "baru.csv"), http.Request{})
	wants(t, err, http.ClassChanged, "written just now", "30s after")
	if err := os.Symlink("/etc/passwd", filepath.Join(s.Dir, "keluar.csv")); err != nil {
		t.Fatal(err)
	}
	_, _, err = a.get(t, filepath.Join(s.Dir, "keluar.csv"), http.Request{})
	wants(t, err, http.ClassForbidden, "not a regular file")
	_, _, err = a.get(t, filepath.Join(s.Dir, "tiada.csv"), http.Request{})
	wants(t, err, http.ClassStatus, "the server has no", "look at path")
	_, _, err = a.get(t, s.Dir+"/tiada/", http.Request{})
	wants(t, err, http.ClassStatus, "the server has no", "look at path")
	_, _, err = a.get(t, s.Dir, http.Request{})
	wants(t, err, http.ClassForbidden, "not a regular file")

	text, _, err := a.get(t, s.Dir+"/", http.Request{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := Entries(text)
	kinds := map[string]Kind{}
	for _, e := range list {
		kinds[e.Name] = e.Kind
	}
	if err != nil || len(list) != 4 || kinds["keluar.csv"] != Other || kinds["baru.csv"] != File {
		t.Errorf("%v, %v", list, err)
	}
}

func TestManyNames(t *testing.T) {
	s := sftptest.Start(t)
	a := newAsker(t, s.Addr, newLogin(t, s.User, s.KeyFile, "", s.KnownHosts), nil)
	for i := range 10000 {
		if err := os.WriteFile(filepath.Join(s.Dir, fmt.Sprintf("desa-%05d.json", i)), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, _, err := a.get(t, s.Dir+"/", http.Request{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := Entries(text)
	seen := map[string]bool{}
	for _, e := range list {
		seen[e.Name] = e.Size == 2
	}
	if err != nil || len(seen) != 10000 || !seen["desa-09999.json"] {
		t.Errorf("%d names, %v", len(seen), err)
	}
}

// Servers that are not the known one, and users that the server does not know, get nothing.
func TestStrangers(t *testing.T) {
	s := sftptest.Start(t)
	file := filepath.Join(s.Dir, "a.csv")
	put(t, file, rows(3))
	_, other := sftptest.NewKey(t, t.TempDir(), "other")
	otherUser, _ := sftptest.NewKey(t, t.TempDir(), "user")
	for name, c := range map[string]struct {
		login Login
		opt   func(*http.Options)
		class http.Class
		want  []string
	}{
		"changed host key": {newLogin(t, s.User, s.KeyFile, "", sftptest.KnownHosts(t, s.Addr, other)), nil, http.ClassHostKey,
			[]string{ssh.FingerprintSHA256(s.HostKey), "has another", "ask the publisher"}},
		"unknown host": {newLogin(t, s.User, s.KeyFile, "", sftptest.KnownHosts(t, "127.0.0.1:22", s.HostKey)), nil, http.ClassHostKey,
			[]string{"has no key of " + s.Addr, "ssh-keyscan"}},
		"wrong key":       {newLogin(t, s.User, otherUser, "", s.KnownHosts), nil, http.ClassLogin, []string{"does not let user " + s.User + " in", "key_file"}},
		"wrong password":  {newLogin(t, s.User, "", "rahasia-salah", s.KnownHosts), nil, http.ClassLogin, []string{"does not let user"}},
		"private address": {newLogin(t, s.User, s.KeyFile, "", s.KnownHosts), func(o *http.Options) { o.Allow = nil }, http.ClassPrivate, []string{"allow host:port"}},
		"another host":    {newLogin(t, s.User, s.KeyFile, "", s.KnownHosts), func(o *http.Options) { o.OnlyHosts = []string{"sftp.go.id"} }, http.ClassForbidden, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, res, err := newAsker(t, s.Addr, c.login, c.opt).get(t, file, http.Request{})
			wants(t, err, c.class, c.want...)
			if len(got) > 0 || len(res.Attempts) > 1 || err != nil && strings.Contains(err.Error(), "rahasia-salah") {
				t.Errorf("%d bytes came in %d tries: %v", len(got), len(res.Attempts), err)
			}
		})
	}
}

// A key with a passphrase is opened by the password, and by no other.
func TestKeysWithPassphrases(t *testing.T) {
	s := sftptest.Start(t)
	file := filepath.Join(s.Dir, "a.csv")
	put(t, file, rows(3))
	plain, err := os.ReadFile(s.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(plain)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("sandi-kunci"))
	if err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.WriteFile(locked, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	got, _, err := newAsker(t, s.Addr, newLogin(t, s.User, locked, "sandi-kunci", s.KnownHosts), nil).get(t, file, http.Request{})
	if err != nil || string(got) != string(rows(3)) {
		t.Errorf("got %q, %v", got, err)
	}
	for name, c := range map[string]struct{ file, passphrase, want string }{
		"none given":       {locked, "", "has a passphrase; name it by password_env or password_file"},
		"another":          {locked, "sandi-salah", "is not opened by the passphrase"},
		"one without need": {s.KeyFile, "sandi-kunci", "has no passphrase"},
		"no key in there":  {s.KnownHosts, "", "is no private key of OpenSSH or PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			var secret http.Secret
			if c.passphrase != "" {
				if secret, err = http.NewSecret(c.passphrase); err != nil {
					t.Fatal(err)
				}
			}
			_, err := NewLogin(s.User, c.file, secret, s.KnownHosts)
			if err == nil || !strings.Contains(err.Error(), c.want) || c.passphrase != "" && strings.Contains(err.Error(), c.passphrase) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// cutter is a wire to a server on which something happens once after so many bytes of the server; then it breaks off.
type cutter struct {
	net.Listener
	plan atomic.Pointer[cut] // nil for none
}

// cut is what happens once a connection has carried some bytes from the server.
type cut struct {
	after int64
	at    func()
	whole bool // it does not break off
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				t.Error(err)
				_ = in.Close()
				return
			}
			all.Go(func() { _, _ = io.Copy(out, in); _ = out.Close() })
			all.Go(func() { c.carry(in, out); _, _ = in.Close(), out.Close() })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return c
}

func (c *cutter) carry(in, out net.Conn) {
	if p := c.plan.Load(); p != nil {
		if _, err := io.CopyN(in, out, p.after); err != nil {
			return
		}
		c.plan.CompareAndSwap(p, nil)
		if p.at(); !p.whole {
			return
		}
	}
	_, _ = io.Copy(in, out)
}

// A download whose connection breaks off goes on where it stood, in the same run and in the next.
func TestCutConnection(t *testing.T) {
	s := sftptest.Start(t)
	file := filepath.Join(s.Dir, "a.csv")
	body := rows(60000)
	e := put(t, file, body)
	c := newCutter(t, s.Addr)
	address := c.Addr().String()
	login := newLogin(t, s.User, s.KeyFile, "", sftptest.KnownHosts(t, address, s.HostKey))
	a := newAsker(t, address, login, nil)
	sink, err := os.Create(filepath.Join(t.TempDir(), "sink"))
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	c.plan.Store(&cut{after: 600_000, at: func() {}})
	_, res, err := a.into(t, sink, file, http.Request{Match: e.ETag()})
	wants(t, err, http.ClassIncomplete, fmt.Sprintf("of %d bytes came", len(body)))
	if res.Partial.Bytes < 300_000 || res.Partial.Bytes > 600_000 || res.Partial.ETag != e.ETag() {
		t.Fatalf("kept %+v", res.Partial)
	}
	got, again, err := a.into(t, sink, file, http.Request{Match: e.ETag(), Partial: res.Partial})
	if err != nil || !bytes.Equal(got, body) || again.Attempts[0].Status != 206 {
		t.Errorf("%d of %d bytes, %+v, %v", len(got), len(body), again, err)
	}
	c.plan.Store(&cut{after: 600_000, at: func() {}})
	patient := newAsker(t, address, login, func(o *http.Options) { o.Retries = 1; o.Backoff.Base = time.Millisecond })
	got, again, err = patient.get(t, file, http.Request{})
	if err != nil || !bytes.Equal(got, body) || len(again.Attempts) != 2 || again.Attempts[1].Status != 206 {
		t.Errorf("%d of %d bytes, %+v, %v", len(got), len(body), again, err)
	}
	// Another file under the name: the part of the old one is let go.
	e = put(t, file, append(rows(60000), "1,2\n"...))
	got, again, err = a.into(t, sink, file, http.Request{Match: e.ETag(), Partial: res.Partial})
	if err != nil || int64(len(got)) != e.Size || again.Attempts[0].Status != 200 {
		t.Errorf("%d of %d bytes, %+v, %v", len(got), e.Size, again, err)
	}
	// It changes behind the cut: what was listed does not come any more.
	c.plan.Store(&cut{after: 600_000, at: func() { put(t, file, rows(59999)) }})
	_, _, err = newAsker(t, address, login, func(o *http.Options) { o.Retries = 1; o.Backoff.Base = time.Millisecond }).get(t, file, http.Request{Match: e.ETag()})
	wants(t, err, http.ClassStatus, "changed after it was listed")
	// It changes in the middle of the download.
	e = put(t, file, body)
	c.plan.Store(&cut{after: 600_000, at: func() { put(t, file, rows(50000)) }, whole: true})
	_, res, err = a.get(t, file, http.Request{Match: e.ETag()})
	wants(t, err, http.ClassChanged, "changed while it was read: file of 1080015 bytes became file of 900015 bytes")
}
