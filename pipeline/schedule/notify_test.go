package schedule

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// manager is a service manager's end of the socket.
type manager struct {
	conn *net.UnixConn
	path string
	said chan string
}

func listen(t *testing.T) *manager {
	t.Helper()
	m := &manager{path: filepath.Join(t.TempDir(), "n"), said: make(chan string, 10_000)}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	m.conn = conn
	go func() {
		defer close(m.said)
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			m.said <- string(buf[:n])
		}
	}()
	t.Cleanup(func() { conn.Close() })
	return m
}

// drain returns all that was said, once the sender is done.
func (m *manager) drain(t *testing.T, last string) []string {
	t.Helper()
	var all []string
	timeout := time.After(10 * time.Second)
	for {
		select {
		case text := <-m.said:
			all = append(all, text)
			if text == last {
				return all
			}
		case <-timeout:
			t.Fatalf("%q was never said, but %q", last, all)
		}
	}
}

func env(pairs ...string) func(string) string {
	return func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestServiceManagerHearsTheDaemon(t *testing.T) {
	m := listen(t)
	n, err := NewNotifier(env("NOTIFY_SOCKET", m.path, "WATCHDOG_USEC", "40000000", "WATCHDOG_PID", strconv.Itoa(os.Getpid())))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		job := nightly("idm", &seen, nil)
		d, err := New(Config{Claims: &memoryClaims{}, Notify: n, Log: slog.New(slog.DiscardHandler)}, []Job{job})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.Run(ctx) }()
		pass(5*time.Minute + time.Second)
		if err := d.Reload([]Job{job}); err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	all := m.drain(t, "STOPPING=1")
	if all[0] != "READY=1" {
		t.Errorf("said first: %q", all[0])
	}
	// Half of the 40 s that the manager allows, for five minutes.
	text := strings.Join(all, "\n")
	if beats := strings.Count(text, "WATCHDOG=1"); beats < 15 || beats > 18 {
		t.Errorf("%d signs of life in five minutes, want about 15", beats)
	}
	if !regexp.MustCompile(`RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+\nREADY=1`).MatchString(text) {
		t.Errorf("no reload in %q", all)
	}
}

func TestNotifierReadsItsEnvironment(t *testing.T) {
	m := listen(t)
	for _, c := range []struct {
		name   string
		env    func(string) string
		nobody bool
		every  time.Duration
		err    string
	}{
		{"no manager", env("WATCHDOG_USEC", "1000000"), true, 0, ""},
		{"no watchdog", env("NOTIFY_SOCKET", m.path), false, 0, ""},
		{"watchdog", env("NOTIFY_SOCKET", m.path, "WATCHDOG_USEC", "1000000"), false, time.Second / 2, ""},
		{"watchdog of another process", env("NOTIFY_SOCKET", m.path, "WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1"), false, 0, ""},
		{"garbage", env("NOTIFY_SOCKET", m.path, "WATCHDOG_USEC", "soon"), false, 0, `WATCHDOG_USEC "soon"`},
		{"below zero", env("NOTIFY_SOCKET", m.path, "WATCHDOG_USEC", "-5"), false, 0, `WATCHDOG_USEC "-5"`},
		{"nobody listens", env("NOTIFY_SOCKET", m.path+"-gone"), false, 0, "no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := NewNotifier(c.env)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close()
			if (n == nil) != c.nobody || n.Every() != c.every {
				t.Errorf("notifier %v, every %v, want nobody %v, every %v", n, n.Every(), c.nobody, c.every)
			}
		})
	}
}

func TestNotifierOverAnAbstractSocket(t *testing.T) {
	name := "@lumbung-schedule-test-" + strconv.Itoa(os.Getpid())
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	n, err := NewNotifier(env("NOTIFY_SOCKET", name))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if err := n.Ready(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	got, err := conn.Read(buf)
	if err != nil || string(buf[:got]) != "READY=1" {
		t.Errorf("said %q, error %v", buf[:got], err)
	}
}

func TestNobodyIsTold(t *testing.T) {
	var n *Notifier
	for _, err := range []error{n.Ready(), n.Reloading(), n.Stopping(), n.Watchdog(), n.Close()} {
		if err != nil {
			t.Error(err)
		}
	}
}
