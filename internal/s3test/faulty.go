package s3test

import (
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// faults are what Faulty does to an exchange.
var faults = []string{"refused", "503", "delay", "lost answer", "cut body", "cut upload"}

// Faulty is a transport that breaks an eighth of the exchanges between client and server.
type Faulty struct {
	mu      sync.Mutex
	rng     *rand.Rand
	hits    map[string]int
	stopped bool
}

// NewFaulty makes one whose faults come in the order of a seed.
func NewFaulty(seed uint64) *Faulty {
	return &Faulty{rng: rand.New(rand.NewPCG(seed, 11)), hits: map[string]int{}}
}

// Before starts a proxy before a server whose exchanges break, and gives its address.
func (f *Faulty) Before(t *testing.T, server string) string {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	quiet := log.New(io.Discard, "", 0)
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{Transport: f, ErrorLog: quiet,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host // the host is signed
		}})
	proxy.Config.ErrorLog = quiet
	proxy.Start()
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// Stop lets all later exchanges pass.
func (f *Faulty) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
}

// Hits is how often each fault came.
func (f *Faulty) Hits() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.hits)
}

// AssertAllCame fails a test in which some fault never came.
func (f *Faulty) AssertAllCame(t *testing.T) {
	t.Helper()
	for _, kind := range faults {
		if f.Hits()[kind] == 0 {
			t.Errorf("the fault %q never came", kind)
		}
	}
}

// RoundTrip passes a request on, or breaks it.
func (f *Faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	kind := ""
	if !f.stopped && f.rng.IntN(100) < 12 {
		kind = faults[f.rng.IntN(len(faults))]
		f.hits[kind]++
	}
	f.mu.Unlock()
	switch kind {
	case "refused":
		closeBody(r)
		return nil, errors.New("connection refused")
	case "503":
		closeBody(r)
		return &http.Response{StatusCode: 503, Status: "503 Slow Down", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	case "delay":
		select {
		case <-r.Context().Done():
			closeBody(r)
			return nil, r.Context().Err()
		case <-time.After(50 * time.Millisecond):
		}
	case "cut upload":
		if r.Body != nil && r.ContentLength > 0 {
			r = r.Clone(r.Context())
			r.Body = cutter(r.Body, r.ContentLength/2)
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "lost answer":
		_ = resp.Body.Close()
		return nil, errors.New("connection reset")
	case "cut body":
		resp.Body = cutter(resp.Body, max(resp.ContentLength/2, 0))
	}
	return resp, nil
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// cutter ends a body early and without an error, as a dropped connection without a length does.
func cutter(body io.ReadCloser, n int64) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(body, n), body}
}
