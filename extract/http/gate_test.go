package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lumbung/extract/http/complete"
)

func TestRateAndHold(t *testing.T) {
	clock := newFakeClock()
	client := newClient(t, func(o *Options) { o.Clock, o.RatePerHost = clock, 2 })
	for range 5 {
		leave, err := client.enter(context.Background(), "a:443")
		if err != nil {
			t.Fatal(err)
		}
		leave()
	}
	if got := len(clock.waits); got != 4 {
		t.Errorf("waited %d times (%v), want 4 for five requests", got, clock.waits)
	}
	client.hold("b:443", time.Minute)
	clock.waits = nil
	leave, err := client.enter(context.Background(), "b:443")
	if err != nil {
		t.Fatal(err)
	}
	leave()
	if len(clock.waits) != 1 || clock.waits[0] != time.Minute {
		t.Errorf("waited %v at a host that asked for a minute", clock.waits)
	}
}

// TestConcurrencyPerHost keeps every request open until as many as may be have come: one more would be seen.
func TestConcurrencyPerHost(t *testing.T) {
	const limit = 3
	var mu sync.Mutex
	open, most := 0, 0
	full := make(chan struct{})
	server := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		mu.Lock()
		open++
		if most = max(most, open); open == limit {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		mu.Unlock()
		<-full
		mu.Lock()
		open--
		mu.Unlock()
		_, _ = w.Write([]byte("a\n"))
	}))
	defer server.Close()
	client := newClient(t, func(o *Options) { o.Allow, o.ConcurrencyPerHost = []HostPort{allowOf(t, server.URL)}, limit })
	defer client.Close()
	var fetches sync.WaitGroup
	for i := range 20 {
		fetches.Go(func() {
			if _, err := client.Fetch(context.Background(), Request{URL: fmt.Sprintf("%s/%d", server.URL, i)}, &memory{}); err != nil {
				t.Error(err)
			}
		})
	}
	fetches.Wait()
	if most != limit {
		t.Errorf("%d requests at once, want %d", most, limit)
	}
}

// TestNoSecondResponse sends a second response behind the first: the next document must not be taken from it.
func TestNoSecondResponse(t *testing.T) {
	server := serveRaw(t, []byte("right;1\n"), 0, func(w *wire) {
		w.raw("HTTP/1.1 200 OK\r\n" + length(len(w.doc)) + "\r\n\r\n" + string(w.doc))
		w.raw("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nwrong;2\n")
		w.hang()
	})
	client := newClient(t, func(o *Options) { o.Allow = []HostPort{server.allow()} })
	for range 20 {
		sink := &memory{}
		_, err := client.Fetch(context.Background(), Request{URL: server.url(), Check: complete.CSV(complete.CSVOptions{})}, sink)
		if err != nil || strings.Contains(string(sink.data), "wrong") {
			t.Errorf("%q, %v", sink.data, err)
		}
	}
	client.Close()
	server.close()
}

func allowOf(t *testing.T, raw string) HostPort {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	allow, err := ParseHostPort("http://" + u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return allow
}

func TestParseHostPort(t *testing.T) {
	for text, want := range map[string]HostPort{
		"Data.go.id:443": {Host: "data.go.id", Port: 443}, "http://127.0.0.1:8080": {Host: "127.0.0.1", Port: 8080, Insecure: true}, "[::1]:80": {Host: "::1", Port: 80},
	} {
		if got, err := ParseHostPort(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "host", "host:", "host:0", "host:70000", ":80", "host:http"} {
		if _, err := ParseHostPort(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// Clients of two sources that share their limits ask one host as if they were one.
func TestSharedLimits(t *testing.T) {
	shared := NewLimits()
	var clients []*Client
	for range 2 {
		c, err := New(Options{Limits: shared, ConcurrencyPerHost: 1})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	leave, err := clients[0].enter(t.Context(), "a.id:443")
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clients[1].enter(ended, "a.id:443"); !errors.Is(err, context.Canceled) {
		t.Errorf("the second client did not have to wait: %v", err)
	}
	leave()
	leave, err = clients[1].enter(t.Context(), "a.id:443")
	if err != nil {
		t.Fatal(err)
	}
	leave()
}
