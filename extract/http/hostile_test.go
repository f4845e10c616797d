package http

import (
	"bytes"
	"context"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestHostileServer plays every behaviour against every format at several cut points;
// LUMBUNG_HOSTILE=all takes a hundred cut points.
func TestHostileServer(t *testing.T) {
	all := behaviours()
	if len(all) < 60 {
		t.Fatalf("%d behaviours, at least 60 are wanted", len(all))
	}
	var cases, bad atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d behaviours, %d cases, %d bad documents accepted", len(all), cases.Load(), bad.Load())
	})
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			server := serveRaw(t, nil, 0, b.play)
			defer server.close()
			for _, doc := range documents(t) {
				for _, cut := range cutPoints(b, doc.bytes) {
					cases.Add(1)
					server.next(doc.bytes, cut)
					playOne(t, b, server, doc, cut, &bad)
				}
			}
		})
	}
}

func playOne(t *testing.T, b behaviour, server *rawServer, doc document, cut int, bad *atomic.Int64) {
	t.Helper()
	client := newClient(t, func(o *Options) {
		o.Allow = []HostPort{server.allow()}
		if b.slow {
			o.Retries = 1
			o.Timeouts = Timeouts{Headers: 100 * time.Millisecond, Idle: 100 * time.Millisecond}
		}
	})
	defer client.Close()
	sink := &memory{}
	result, err := client.Fetch(context.Background(), Request{URL: server.url() + "/", Check: doc.check}, sink)
	if err == nil && (result.Status != Fetched || result.Bytes != int64(len(sink.data)) || !bytes.Equal(sink.data, doc.bytes)) {
		bad.Add(1)
		t.Errorf("%s cut at %d of %d: accepted %d bytes that are not the document (%s)", doc.format, cut, len(doc.bytes), len(sink.data), result.Status)
		return
	}
	if len(b.want) == 0 && err != nil {
		t.Errorf("%s cut at %d of %d: refused: %v", doc.format, cut, len(doc.bytes), err)
	}
	if len(b.want) > 0 && (err == nil || !slices.Contains(b.want, ClassOf(err))) {
		t.Errorf("%s cut at %d of %d: got %v, want class %v", doc.format, cut, len(doc.bytes), err, b.want)
	}
	if p := result.Partial; p.Bytes > 0 && !bytes.Equal(sink.data[:p.Bytes], doc.bytes[:min(p.Bytes, int64(len(doc.bytes)))]) {
		t.Errorf("%s cut at %d: a partial download of wrong bytes is offered for resuming", doc.format, cut)
	}
}

func cutPoints(b behaviour, doc []byte) []int {
	size := len(doc)
	if !b.cuts {
		return []int{size / 2}
	}
	points := []int{0, 1, 5, size / 3, size * 2 / 3, size - 1, bytes.LastIndexByte(doc[:size-1], '\n') + 1}
	if os.Getenv("LUMBUNG_HOSTILE") == "all" {
		for i := range 100 {
			points = append(points, i*size/100)
		}
	}
	slices.Sort(points)
	return slices.Compact(points)
}
