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
