package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// routes are one address of each kind, with the status that they answer.
func routes() map[string]int {
	return map[string]int{"/": 302, "/64.02": 200, "/en/64.02": 200, "/64.02/perpindahan": 200, "/64.02/kecamatan": 200, "/64.02/program": 200, "/64.02.08.2009": 200, "/cocokkan": 200,
		"/mutu": 200, "/pembaruan": 200, "/cari?q=x": 200, "/asal/mart_tren_status/64.02/2019/tertinggal": 200, "/asal/mart_profil_desa/64.02.08.2009/2024": 200,
		"/asal/fct_indikator/64.02.08.2009/2024/1": 200, "/unduh/64.02/tren.csv": 200, "/unduh/64.02/rekap.xlsx": 200, "/unduh/64.02/tren.svg": 200, "/berkas/mart_program": 200, "/unduh/mart/mart_program/2024.parquet": 200,
		"/sehat": 200, "/statis/lumbung.css": 200, "/statis/lumbung.js": 200, "/statis/lumbung.svg": 200,
		"/tidak/ada/sama/sekali": 404, "/99.99": 404, "/x": 404, "/asal/mart_tren_status/64.02/2019/apa": 404, "/asal/mart_tren_status/64.02/20x9/maju": 404, "/asal/mart_tren_status/64.02/2021/maju": 404,
		"/unduh/64.02/apa.csv": 404, "/unduh/mart/mart_tren_status/..%2fmanifest.json": 404, "/unduh/mart/..%2f..%2fraw/x": 404, "/statis/..%2fweb.go": 404, "/karantina/abc": 404, "/64.02?potret=20200101T000000Z-00000000": 404,
		"/64.02/perpindahan?dari=1&ke=2": 404}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for path, status := range routes() {
		res, body := get(t, h, path)
		if res.StatusCode != status {
			t.Errorf("%s: %s, want %d: %.200s", path, res.Status, status, text(body))
		}
		checkHeaders(t, path, res.Header)
	}
}

func checkHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: other origins may read it", what)
	}
}

func TestOnlyGetAndHeadOnEveryRoute(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for path, status := range routes() {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "BREW"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
			r.Method = method
			if res, _ := ask(t, h, r); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %s", method, path, res.Status)
			} else {
				checkHeaders(t, method+" "+path, res.Header)
			}
		}
		if res, body := ask(t, h, httptest.NewRequest(http.MethodHead, "http://localhost"+path, nil)); res.StatusCode != status || body != "" && status != 302 {
			t.Errorf("HEAD %s: %s with %d bytes", path, res.Status, len(body))
		}
	}
}

func TestForeignHostsAreRefused(t *testing.T) {
	h := dashboard(t, project.dataDir, func(o *Options) { o.Hosts = []string{"data.kukar.example"} }).Handler()
	for host, status := range map[string]int{"localhost": 200, "localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "127.9.9.9": 200, "data.kukar.example": 200, "DATA.kukar.example:443": 200, "localhost.": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:8080": 421, "10.0.0.1": 421, "": 421, "data.kukar.example.evil": 421, "0.0.0.0": 421} {
		for _, path := range []string{"/sehat", "/64.02", "/unduh/64.02/tren.csv"} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
			r.Host = host
			r.Header.Set("Origin", "http://evil.example")
			res, _ := ask(t, h, r)
			if want := status; res.StatusCode != want {
				t.Errorf("Host %q %s: %s, want %d", host, path, res.Status, want)
			}
			checkHeaders(t, host, res.Header)
		}
	}
}

func TestPanicBecomesAnErrorPageWithoutDetails(t *testing.T) {
	s := dashboard(t, project.dataDir, nil)
	h := s.guard(s.recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret of the system") })))
	res, body := get(t, h, "/64.02")
	if res.StatusCode != 500 || strings.Contains(body, "secret") {
		t.Errorf("%s: %.200s", res.Status, body)
	}
	checkHeaders(t, "panic", res.Header)
	failing := s.guard(s.page(func(context.Context, *request) (*page, error) { return nil, errors.New("secret of the system") }))
	if res, body := get(t, failing, "/64.02"); res.StatusCode != 500 || strings.Contains(body, "secret") {
		t.Errorf("%s: %.200s", res.Status, body)
	}
}

func TestETagsSpareTheRendering(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	res, _ := get(t, h, "/64.02")
	tag := res.Header.Get("ETag")
	r := httptest.NewRequest(http.MethodGet, "http://localhost/64.02", nil)
	r.Header.Set("If-None-Match", `"x", `+tag)
	if res, body := ask(t, h, r); res.StatusCode != 304 || body != "" {
		t.Errorf("%s with %d bytes", res.Status, len(body))
	}
	for _, other := range []string{"/en/64.02", "/64.02?x=1", "/64.02.08"} {
		if res, _ := get(t, h, other); res.Header.Get("ETag") == tag {
			t.Errorf("%s has the tag of /64.02", other)
		}
	}
	r = httptest.NewRequest(http.MethodGet, "http://localhost/64.02", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	res, body := ask(t, h, r)
	if res.Header.Get("Content-Encoding") != "gzip" || len(body) > 12<<10 {
		t.Errorf("the start page is %d bytes, encoding %q", len(body), res.Header.Get("Content-Encoding"))
	}
	t.Logf("start page: %d bytes gzip", len(body))
}

func TestStyleAndScriptAreSmall(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for _, path := range []string{"/statis/lumbung.css", "/statis/lumbung.js"} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		if _, body := ask(t, h, r); len(body) > 8<<10 {
			t.Errorf("%s: %d bytes gzip, the budget is 8 kB", path, len(body))
		} else {
			t.Logf("%s: %d bytes gzip", path, len(body))
		}
	}
}

func TestGateLetsAFewWaitAndRefusesTheRest(t *testing.T) {
	g := newGate(1, 2)
	leave, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan error, 2)
	for range 2 {
		go func() {
			leave, err := g.enter(t.Context())
			if err == nil {
				leave()
			}
			entered <- err
		}()
	}
	for len(g.waiting) < 3 { // both stand in the queue once the three places are taken
		select {
		case err := <-entered:
			t.Fatalf("somebody got past the gate: %v", err)
		default:
		}
	}
	if _, err := g.enter(t.Context()); !errors.Is(err, errBusy) {
		t.Errorf("the fourth: %v", err)
	}
	leave()
	for range 2 {
		if err := <-entered; err != nil {
			t.Error(err)
		}
	}
	hold, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hold()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.enter(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended request: %v", err)
	}
}

func TestBusyAndSlowAreSaid(t *testing.T) {
	s := dashboard(t, project.dataDir, nil)
	s.heavy = newGate(1, 0)
	leave, err := s.heavy.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res, body := get(t, s.Handler(), "/unduh/64.02/tren.csv")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || !strings.Contains(body, "Sedang ramai") {
		t.Errorf("busy: %s", res.Status)
	}
	leave()
	s.timeout = time.Nanosecond
	if res, body := get(t, s.Handler(), "/en/64.02"); res.StatusCode != 503 || !strings.Contains(body, "This took too long; try a smaller area") {
		t.Errorf("slow: %s %.200s", res.Status, text(body))
	}
}

// Slow connections up to the cap do not keep others from being answered: their header deadline frees them.
func TestSlowHeadersDoNotStopOthers(t *testing.T) {
	s := dashboard(t, project.dataDir, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	var slow []net.Conn
	for range 1000 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	worst := time.Duration(0)
	for range 20 {
		start := time.Now()
		res, err := client.Get("http://" + l.Addr().String() + "/sehat")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
			t.Fatalf("%s, %v", res.Status, err)
		}
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		worst = max(worst, time.Since(start))
	}
	t.Logf("%d slow connections, worst answer %v", len(slow), worst)
	for _, c := range slow {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
