package http

import (
	"context"
	"testing"
	"time"

	"lumbung/extract/http/complete"
)

func TestBreaker(t *testing.T) {
	doc := document{"csv", csvBytes(20), complete.CSV(complete.CSVOptions{})}
	clock := newFakeClock()
	var healthy bool
	server := serveRaw(t, doc.bytes, 0, func(w *wire) {
		if healthy {
			w.whole()
			return
		}
		w.answer("500 No", "Content-Length: 0")
	})
	defer server.close()
	options := Options{Allow: []HostPort{server.allow()}, Clock: clock, Retries: 1, Breaker: Breaker{Failures: 3, Cooldown: time.Hour}, Rand: func() float64 { return 0 }}
	fetch := func(client *Client) error {
		_, err := client.Fetch(context.Background(), Request{URL: server.url(), Source: "kemendesa", Check: doc.check}, &memory{})
		return err
	}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := fetch(client); ClassOf(err) != ClassStatus {
		t.Fatal(err)
	}
	if err := fetch(client); ClassOf(err) != ClassBreaker {
		t.Fatalf("after three failures: %v", err)
	}
	options.Breakers = client.Breakers()
	next, err := New(options) // the next run of the pipeline
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if err := fetch(next); ClassOf(err) != ClassBreaker || len(server.seen()) != 3 {
		t.Fatalf("the next run forgot the breaker: %v, %d requests", err, len(server.seen()))
	}
	_ = clock.Wait(context.Background(), 2*time.Hour)
	if err := fetch(next); ClassOf(err) != ClassBreaker || len(server.seen()) != 4 {
		t.Fatalf("one trial after the cool-down: %v, %d requests", err, len(server.seen()))
	}
	_ = clock.Wait(context.Background(), 2*time.Hour)
	healthy = true
	if err := fetch(next); err != nil || len(next.Breakers()) != 0 {
		t.Fatalf("recovery: %v, %v", err, next.Breakers())
	}
}

// TestOneTrial asks twice at once after the cool-down: the second has to wait for what the first learns.
func TestOneTrial(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	b := newBreakers(Breaker{Failures: 2, Cooldown: time.Hour}, []BreakerState{{Source: "a", Failures: 2, OpenUntil: now}})
	if _, ok := b.admit("a", now.Add(-time.Minute)); ok {
		t.Error("admitted before the cool-down ended")
	}
	if _, ok := b.admit("a", now); !ok {
		t.Error("the trial was refused")
	}
	if wait, ok := b.admit("a", now); ok || wait <= 0 {
		t.Errorf("a second trial at once: %v, wait %s", ok, wait)
	}
	b.report("a", unknown, now) // cancelled: nothing was learnt, the next may try
	if _, ok := b.admit("a", now); !ok {
		t.Error("no trial after one that was cancelled")
	}
	b.report("a", alive, now)
	for range 2 {
		if _, ok := b.admit("a", now); !ok {
			t.Error("refused after recovery")
		}
	}
}

func TestWhatAilsASource(t *testing.T) {
	for _, c := range []struct {
		err  Error
		want bool
	}{
		{Error{Class: ClassStatus, Status: 400}, false}, {Error{Class: ClassStatus, Status: 404}, false}, {Error{Class: ClassStatus, Status: 410}, false},
		{Error{Class: ClassStatus, Status: 401}, true}, {Error{Class: ClassStatus, Status: 403}, true}, {Error{Class: ClassStatus, Status: 429}, true}, {Error{Class: ClassStatus, Status: 503}, true},
		{Error{Class: ClassTimeout}, true}, {Error{Class: ClassTLS}, true}, {Error{Class: ClassPrivate}, true}, {Error{Class: ClassNotDocument}, true},
		{Error{Class: ClassCanceled}, false}, {Error{Class: ClassSink}, false}, {Error{Class: ClassForbidden}, false},
	} {
		if got := c.err.ails(); got != c.want {
			t.Errorf("%s %d: %v, want %v", c.err.Class, c.err.Status, got, c.want)
		}
	}
}
