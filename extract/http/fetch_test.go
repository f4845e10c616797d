package http

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"testing"
	"time"

	"lumbung/extract/http/complete"
)

func fetchFrom(t *testing.T, doc document, play func(*wire), change func(*Options), req Request, sink Sink) (Result, []*nethttp.Request, error) {
	t.Helper()
	server := serveRaw(t, doc.bytes, len(doc.bytes)/2, play)
	defer server.close()
	client := newClient(t, func(o *Options) {
		o.Allow = []HostPort{server.allow()}
		if change != nil {
			change(o)
		}
	})
	defer client.Close()
	req.URL, req.Check = server.url()+req.URL, doc.check
	result, err := client.Fetch(context.Background(), req, sink)
	return result, server.seen(), err
}

// TestResumeAcrossRuns cuts a download in one run and completes it in the next.
func TestResumeAcrossRuns(t *testing.T) {
	for _, doc := range documents(t) {
		for _, c := range []struct {
			name   string
			damage func(*memory, *Partial)
			resume bool
		}{
			{"as left", func(*memory, *Partial) {}, true},
			{"bytes after the part", func(m *memory, _ *Partial) { m.data = append(m.data, "junk"...) }, true},
			{"a bit flipped meanwhile", func(m *memory, _ *Partial) { m.data[7] ^= 1 }, false},
			{"file shortened meanwhile", func(m *memory, _ *Partial) { m.data = m.data[:100] }, false},
			{"weak ETag", func(_ *memory, p *Partial) { p.ETag = `W/"v1"` }, false},
			{"no hash", func(_ *memory, p *Partial) { p.SHA256 = "" }, false},
		} {
			t.Run(doc.format+" "+c.name, func(t *testing.T) {
				sink := &memory{}
				result, _, err := fetchFrom(t, doc, func(w *wire) {
					w.answer("200 OK", tag, length(len(w.doc)))
					w.send(w.doc[:w.cut])
				}, func(o *Options) { o.Retries = -1 }, Request{}, sink)
				if err == nil || result.Partial.Bytes != int64(len(doc.bytes)/2) {
					t.Fatalf("first run: %v, part %+v", err, result.Partial)
				}
				c.damage(sink, &result.Partial)
				_, seen, err := fetchFrom(t, doc, func(w *wire) { w.resume(nil, nil) }, nil, Request{Partial: result.Partial}, sink)
				if err != nil || !bytes.Equal(sink.data, doc.bytes) {
					t.Fatalf("second run: %v, %d bytes", err, len(sink.data))
				}
				if got := seen[0].Header.Get("Range") != ""; got != c.resume {
					t.Errorf("asked for a range: %v, want %v", got, c.resume)
				}
			})
		}
	}
}

// TestMatch holds a download to the ETag that a store listed, whatever the store says.
func TestMatch(t *testing.T) {
	doc := documents(t)[0]
	for name, c := range map[string]struct {
		match string
		play  func(*wire)
		class Class
	}{
		"the listed one":                   {`"v1"`, func(w *wire) { w.whole(tag) }, ""},
		"as it was sent to the store":      {`"v1"`, func(w *wire) { w.whole(tag, "Content-Encoding: aws-chunked") }, ""},
		"packed":                           {`"v1"`, func(w *wire) { w.whole(tag, "Content-Encoding: gzip") }, ClassEncoding},
		"framed, from where nobody listed": {"", func(w *wire) { w.whole(tag, "Content-Encoding: aws-chunked") }, ClassEncoding},
		"another one":                      {`"v0"`, func(w *wire) { w.whole(tag) }, ClassChanged},
		"none":                             {`"v1"`, func(w *wire) { w.whole() }, ClassChanged},
		"the store minds":                  {`"v0"`, func(w *wire) { w.answer("412 Precondition Failed", "Content-Length: 0") }, ClassStatus},
	} {
		t.Run(name, func(t *testing.T) {
			_, seen, err := fetchFrom(t, doc, c.play, func(o *Options) { o.Retries = -1 }, Request{Match: c.match}, &memory{})
			if got := ClassOf(err); got != c.class {
				t.Errorf("class %q, want %q: %v", got, c.class, err)
			}
			if got := seen[0].Header.Get("If-Match"); got != c.match {
				t.Errorf("If-Match %q, want %q", got, c.match)
			}
		})
	}
}

// TestETagSequences plays validators that lie.
func TestETagSequences(t *testing.T) {
	doc := document{"csv", csvBytes(20), complete.CSV(complete.CSVOptions{Delimiter: ';'})}
	known := Validators{ETag: `"v1"`, LastModified: "Mon, 02 Jan 2006 15:04:05 GMT"}
	conditional := func(w *wire) bool { return w.req.Header.Get("If-None-Match") != "" }
	for _, c := range []struct {
		name   string
		req    Request
		play   func(*wire)
		want   Status
		class  Class
		next   Validators
		nTries int
	}{
		{name: "304 for the known ETag", req: Request{Validators: known}, play: func(w *wire) { w.answer("304 Not Modified", tag) }, want: NotModified, next: known, nTries: 1},
		{name: "304 weakly the same", req: Request{Validators: known}, play: func(w *wire) { w.answer("304 Not Modified", `ETag: W/"v1"`) }, want: NotModified, next: known, nTries: 1},
		{name: "304 without ETag", req: Request{Validators: known}, play: func(w *wire) { w.answer("304 Not Modified") }, want: NotModified, next: known, nTries: 1},
		{name: "304 of another ETag, then the bytes", req: Request{Validators: known}, play: func(w *wire) {
			if conditional(w) {
				w.answer("304 Not Modified", `ETag: "v9-gzip"`)
				return
			}
			w.whole(`ETag: "v9"`)
		}, want: Fetched, next: Validators{ETag: `"v9"`}, nTries: 2},
		{name: "unconditional although known", req: Request{Validators: known, Unconditional: true}, play: func(w *wire) {
			if conditional(w) || w.req.Header.Get("If-Modified-Since") != "" || w.req.Header.Get("Cache-Control") != "no-cache" {
				w.answer("500 No")
				return
			}
			w.whole(tag)
		}, want: Fetched, next: Validators{ETag: `"v1"`}, nTries: 1},
		{name: "304 for ever without an object", req: Request{Unconditional: true}, play: func(w *wire) { w.answer("304 Not Modified") }, class: ClassProtocol, nTries: 3},
		{name: "same ETag, other content is handed over", req: Request{Validators: known}, play: func(w *wire) { w.whole(tag) }, want: Fetched, next: Validators{ETag: `"v1"`}, nTries: 1},
		{name: "ETag of an error page is not kept", req: Request{Validators: known}, play: func(w *wire) {
			w.answer("200 OK", `ETag: "page"`, "Content-Length: 6")
			w.raw("<html>")
		}, class: ClassNotDocument, nTries: 1},
		{name: "ETag of a gzip variant is not kept", req: Request{Validators: known}, play: func(w *wire) { w.whole(`ETag: "v1-gzip"`, "Content-Encoding: gzip") }, class: ClassEncoding, nTries: 1},
		{name: "ETag that is none", req: Request{}, play: func(w *wire) { w.whole(`ETag: v1`) }, want: Fetched, nTries: 1},
		{name: "ETag too long", req: Request{}, play: func(w *wire) { w.whole(`ETag: "` + string(bytes.Repeat([]byte("x"), 2000)) + `"`) }, want: Fetched, nTries: 1},
		{name: "Last-Modified in the future is not kept", req: Request{}, play: func(w *wire) { w.whole("Last-Modified: Fri, 01 Jan 2100 00:00:00 GMT") }, want: Fetched, nTries: 1},
		{name: "Last-Modified is kept as it stands", req: Request{}, play: func(w *wire) { w.whole("Last-Modified: " + known.LastModified) }, want: Fetched, next: Validators{LastModified: known.LastModified}, nTries: 1},
		{name: "a stored ETag with a line break is not sent", req: Request{Validators: Validators{ETag: "\"a\r\nX: y\""}}, play: func(w *wire) {
			if conditional(w) || w.req.Header.Get("X") != "" {
				w.answer("500 No")
				return
			}
			w.whole(tag)
		}, want: Fetched, next: Validators{ETag: `"v1"`}, nTries: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, _, err := fetchFrom(t, doc, c.play, nil, c.req, &memory{})
			if ClassOf(err) != c.class || result.Status != c.want || result.Validators != c.next || len(result.Attempts) != c.nTries {
				t.Errorf("got %v, status %q, validators %+v, %d tries", err, result.Status, result.Validators, len(result.Attempts))
			}
		})
	}
}

// TestTries counts requests and waits under a fake clock.
func TestTries(t *testing.T) {
	doc := document{"csv", csvBytes(20), complete.CSV(complete.CSVOptions{})}
	start := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		head  string
		lines []string
		class Class
		waits []time.Duration
		tries int
	}{
		{"401 once", "401 No", nil, ClassStatus, nil, 1},
		{"403 once", "403 No", nil, ClassStatus, nil, 1},
		{"404 once", "404 No", nil, ClassStatus, nil, 1},
		{"410 once", "410 No", nil, ClassStatus, nil, 1},
		{"500 backs off", "500 No", nil, ClassStatus, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, 4},
		{"seconds", "503 No", []string{"Retry-After: 9"}, ClassStatus, []time.Duration{9 * time.Second, 9 * time.Second, 9 * time.Second}, 4},
		{"a date", "429 No", []string{"Retry-After: Tue, 24 Nov 2026 00:00:20 GMT"}, ClassStatus, []time.Duration{20 * time.Second, time.Second, 2 * time.Second}, 4},
		{"a date gone by", "503 No", []string{"Retry-After: Tue, 24 Nov 2020 00:00:20 GMT"}, ClassStatus, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, 4},
		{"negative", "503 No", []string{"Retry-After: -5"}, ClassStatus, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, 4},
		{"garbage", "503 No", []string{"Retry-After: 5 minutes"}, ClassStatus, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, 4},
		{"beyond any deadline", "503 No", []string{"Retry-After: 99999999999999999999"}, ClassGiveUp, nil, 1},
		{"an hour", "503 No", []string{"Retry-After: 3600"}, ClassGiveUp, nil, 1},
		{"a far date", "503 No", []string{"Retry-After: Tue, 24 Nov 2099 00:00:20 GMT"}, ClassGiveUp, nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := &fakeClock{now: start}
			result, seen, err := fetchFrom(t, doc, func(w *wire) { w.answer(c.head, append(c.lines, "Content-Length: 0")...) },
				func(o *Options) { o.Clock, o.Retries = clock, 3 }, Request{}, &memory{})
			if ClassOf(err) != c.class || len(seen) != c.tries || len(result.Attempts) != c.tries {
				t.Errorf("got %v after %d requests and %d tries", err, len(seen), len(result.Attempts))
			}
			if fmt.Sprint(clock.waits) != fmt.Sprint(c.waits) {
				t.Errorf("waited %v, want %v", clock.waits, c.waits)
			}
		})
	}
}

func TestGiveUpBeforeDeadline(t *testing.T) {
	doc := document{"csv", csvBytes(20), complete.CSV(complete.CSVOptions{})}
	_, seen, err := fetchFrom(t, doc, func(w *wire) { w.answer("503 No", "Retry-After: 60", "Content-Length: 0") },
		func(o *Options) { o.Timeouts.Total = 30 * time.Second }, Request{}, &memory{})
	var fault *Error
	if !errors.As(err, &fault) || fault.Class != ClassGiveUp || fault.RetryAfter != time.Minute || len(seen) != 1 {
		t.Errorf("got %v after %d requests", err, len(seen))
	}
}

func TestLengthUnknown(t *testing.T) {
	doc := document{"csv", csvBytes(20), complete.CSV(complete.CSVOptions{Delimiter: ';'})}
	if _, _, err := fetchFrom(t, doc, func(w *wire) { w.answer("200 OK"); w.send(w.doc) }, nil, Request{}, &memory{}); ClassOf(err) != ClassIncomplete {
		t.Errorf("a CSV of unknown length was taken: %v", err)
	}
}

// slowSink fails its n-th write.
type slowSink struct {
	memory
	after int
}

func (s *slowSink) WriteAt(p []byte, at int64) (int, error) {
	if s.after--; s.after < 0 {
		return 0, errors.New("no space left on device")
	}
	return s.memory.WriteAt(p, at)
}

func TestSinkFails(t *testing.T) {
	doc := documents(t)[0]
	result, _, err := fetchFrom(t, doc, func(w *wire) { w.whole() }, nil, Request{}, &slowSink{})
	if ClassOf(err) != ClassSink || len(result.Attempts) != 1 {
		t.Errorf("got %v after %d tries", err, len(result.Attempts))
	}
}

func TestCanceled(t *testing.T) {
	doc := documents(t)[2]
	ctx, cancel := context.WithCancel(context.Background())
	server := serveRaw(t, doc.bytes, 0, func(w *wire) { cancel(); w.hang() })
	defer server.close()
	client := newClient(t, func(o *Options) { o.Allow = []HostPort{server.allow()} })
	_, err := client.Fetch(ctx, Request{URL: server.url(), Check: doc.check}, &memory{})
	if ClassOf(err) != ClassCanceled || !errors.Is(err, context.Canceled) || len(client.Breakers()) != 0 {
		t.Errorf("got %v, breakers %v", err, client.Breakers())
	}
}
