package http

import (
	"bufio"
	"context"
	"fmt"
	"net"
	nethttp "net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lumbung/extract/http/complete"
)

// TestSlowBodies runs on the bubble's own time, over pipes: an hour of trickling takes no time.
func TestSlowBodies(t *testing.T) {
	doc := csvBytes(2000)
	for _, c := range []struct {
		name  string
		piece int
		every time.Duration
		class Class
		after time.Duration // longest time that the fetch may take
	}{
		{"one byte a second", 1, time.Second, ClassTimeout, 32 * time.Second},
		{"just under the least speed", 1000, time.Second, ClassTimeout, 62 * time.Second},
		{"slow but fast enough", 1100, time.Second, "", 2 * time.Minute},
		{"bursts with pauses", 40_000, 29 * time.Second, "", 2 * time.Minute},
		{"pauses too long", 40_000, 31 * time.Second, ClassTimeout, 62 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, err := New(Options{Retries: -1, Allow: []HostPort{{Host: "pipe.test", Port: 80, Insecure: true}}})
				if err != nil {
					t.Fatal(err)
				}
				var server sync.WaitGroup
				client.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
					here, there := net.Pipe()
					server.Go(func() { trickle(there, doc, c.piece, c.every) })
					return here, nil
				}
				start := time.Now()
				_, err = client.Fetch(context.Background(), Request{URL: "http://pipe.test/x", Check: complete.CSV(complete.CSVOptions{})}, &memory{})
				if took := time.Since(start); ClassOf(err) != c.class || took > c.after {
					t.Errorf("got %v after %s", err, took)
				}
				client.Close()
				server.Wait()
			})
		})
	}
}

func trickle(conn net.Conn, doc []byte, piece int, every time.Duration) {
	defer conn.Close()
	if _, err := nethttp.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	if _, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n%s\r\n\r\n", length(len(doc))); err != nil {
		return
	}
	for len(doc) > 0 {
		n := min(piece, len(doc))
		if _, err := conn.Write(doc[:n]); err != nil {
			return
		}
		doc = doc[n:]
		time.Sleep(every)
	}
}
