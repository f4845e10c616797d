package rumusan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lumbung/extract/http"
)

// clock stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
func (c *clock) Wait(ctx context.Context, d time.Duration) error { c.add(d); return ctx.Err() }

// store is what a pipeline would keep.
type store struct {
	entries []Entry
	answers map[Question][]byte
	bundles int
}

func (s *store) take(_ context.Context, b Bundle) error {
	if s.answers == nil {
		s.answers = map[Question][]byte{}
	}
	s.bundles++
	s.entries = merge(s.entries, b.Entries)
	if len(b.Bytes) == 0 {
		return nil
	}
	return unpack(bytes.NewReader(b.Bytes), int64(len(b.Bytes)), func(a Answer) error {
		q := Question{a.Kode, a.Tahun}
		if _, twice := s.answers[q]; twice {
			return fmt.Errorf("%v was bundled twice", q)
		}
		s.answers[q] = a.Body
		return nil
	})
}

func (s *store) entry(kode string, tahun int) Entry {
	i := slices.IndexFunc(s.entries, func(e Entry) bool { return e.Kode == kode && e.Tahun == tahun })
	if i < 0 {
		return Entry{}
	}
	return s.entries[i]
}

// TestRuns goes through several runs: a budget, refusals of every kind, and dates that come.
func TestRuns(t *testing.T) {
	a := newAPI(t)
	codes := villages(40)
	other := replyBytes(codes[9], 2024)
	a.play(map[string]func(nethttp.ResponseWriter){
		codes[0]: status(400, notFound), codes[1]: status(200, notFound), codes[2]: status(400, "<html>"), codes[3]: status(200, "<html>busy</html>"),
		codes[4]: status(200, string(other)), codes[5]: status(200, string(replyBytes(codes[5], 2011))), codes[6]: status(403, "no"), codes[7]: status(200, `{"error":false,"mapData":{}}`),
	})
	now := &clock{now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	collector := New(a.client(t, func(o *http.Options) { o.Clock = now }), Options{Base: a.URL + "/rumusan", Budget: 30, BundleSize: 7, Concurrency: 3, Clock: now})
	var kept store
	run := func(want Report) {
		t.Helper()
		report, err := collector.Run(context.Background(), codes, []int{2023, 2024}, kept.entries, kept.take)
		want.Bundles = report.Bundles
		if err != nil || report != want {
			t.Errorf("got %+v, %v\nwant %+v", report, err, want)
		}
		text, err := json.Marshal(kept.entries) // the state has to survive being stored
		if err == nil {
			kept.entries = nil
			err = json.Unmarshal(text, &kept.entries)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run(Report{Stop: StopBudget, Due: 80, Asked: 30, Answered: 22, Missing: 2, Failed: 6})
	for _, q := range a.taken() {
		if q.Tahun != 2024 {
			t.Errorf("asked for %v before 2024 was done", q)
		}
	}
	run(Report{Stop: StopBudget, Due: 50, Asked: 30, Answered: 22, Missing: 2, Failed: 6})
	run(Report{Stop: StopDone, Due: 20, Asked: 20, Answered: 20})
	a.taken()
	run(Report{Stop: StopDone})
	if asked := a.taken(); len(asked) != 0 {
		t.Errorf("asked again for %v", asked)
	}
	now.add(25 * time.Hour) // failures are doubted after a day, refusals of the API after thirty
	run(Report{Stop: StopDone, Due: 12, Asked: 12, Failed: 12})
	now.add(25 * time.Hour)
	run(Report{Stop: StopDone})
	now.add(30 * 24 * time.Hour)
	a.play(nil)
	run(Report{Stop: StopDone, Due: 16, Asked: 16, Answered: 16})
	if len(kept.answers) != 80 {
		t.Errorf("%d answers are kept, want 80", len(kept.answers))
	}
	for q, body := range kept.answers {
		if !bytes.Equal(body, replyBytes(q.Kode, q.Tahun)) || kept.entry(q.Kode, q.Tahun).SHA256 != sum(body) {
			t.Errorf("%v: other bytes than the API sent", q)
		}
	}
}

func TestRememberedRefusals(t *testing.T) {
	a := newAPI(t)
	code := villages(1)
	a.play(map[string]func(nethttp.ResponseWriter){code[0]: status(400, notFound)})
	now := &clock{now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	collector := New(a.client(t, func(o *http.Options) { o.Clock = now }), Options{Base: a.URL + "/rumusan", Clock: now})
	var kept store
	for i, pause := range []int{30, 60, 120, 180, 180} { // days: doubled up to the longest
		if _, err := collector.Run(context.Background(), code, []int{2024}, kept.entries, kept.take); err != nil {
			t.Fatal(err)
		}
		e := kept.entry(code[0], 2024)
		if e.State != Missing || e.Message != "ID Desa tidak ditemukan" || e.Times != i+1 || !e.AskAgain.Equal(now.Now().Add(time.Duration(pause)*24*time.Hour)) {
			t.Fatalf("refusal %d: %+v", i+1, e)
		}
		now.add(time.Duration(pause) * 24 * time.Hour)
	}
}

// TestKilledBetweenBundles fails the k-th bundle for every k: nothing is lost, nothing is kept twice.
func TestKilledBetweenBundles(t *testing.T) {
	a := newAPI(t)
	codes := villages(20)
	collector := New(a.client(t, nil), Options{Base: a.URL + "/rumusan", BundleSize: 5, Concurrency: 3})
	for k := range 4 {
		var kept store
		_, err := collector.Run(context.Background(), codes, []int{2024}, nil, func(ctx context.Context, b Bundle) error {
			if kept.bundles == k {
				return errors.New("disk full")
			}
			return kept.take(ctx, b)
		})
		if err == nil || len(kept.answers) != 5*k {
			t.Fatalf("bundle %d: %v, %d answers", k, err, len(kept.answers))
		}
		report, err := collector.Run(context.Background(), codes, []int{2024}, kept.entries, kept.take)
		if err != nil || report.Due != 20-5*k || len(kept.answers) != 20 {
			t.Errorf("after bundle %d: %+v, %v, %d answers", k, report, err, len(kept.answers))
		}
	}
}

func TestBreakerStops(t *testing.T) {
	a := newAPI(t)
	codes := villages(200)
	away := map[string]func(nethttp.ResponseWriter){}
	for _, kode := range codes[20:] {
		away[kode] = status(503, "")
	}
	a.play(away)
	client := a.client(t, func(o *http.Options) { o.Breaker = http.Breaker{Failures: 5, Cooldown: time.Hour} })
	var kept store
	report, err := New(client, Options{Base: a.URL + "/rumusan", Concurrency: 1}).Run(context.Background(), codes, []int{2024}, nil, kept.take)
	if err != nil || report.Stop != StopBreaker || report.Answered != 20 || report.Failed != 5 || len(a.taken()) != 25 {
		t.Errorf("got %+v, %v", report, err)
	}
	if state := client.Breakers(); len(state) != 1 || state[0].Source != "rumusan" {
		t.Errorf("breakers: %+v", state)
	}
}

// slowFetcher answers after a pause of the bubble's time.
type slowFetcher struct{ pause time.Duration }

func (f slowFetcher) Fetch(ctx context.Context, req http.Request, sink http.Sink) (http.Result, error) {
	select {
	case <-time.After(f.pause):
	case <-ctx.Done():
		return http.Result{}, &http.Error{Class: http.ClassCanceled, Err: ctx.Err()}
	}
	parts := strings.Split(req.URL, "/")
	var tahun int
	if _, err := fmt.Sscan(parts[len(parts)-1], &tahun); err != nil {
		return http.Result{}, err
	}
	_, err := sink.WriteAt(replyBytes(parts[len(parts)-2], tahun), 0)
	return http.Result{Status: http.Fetched}, err
}

func TestDeadlineAndCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var kept store
		report, err := New(slowFetcher{time.Second}, Options{Concurrency: 2, Reserve: 10 * time.Second}).Run(ctx, villages(500), []int{2024}, nil, kept.take)
		if err != nil || report.Stop != StopDeadline || ctx.Err() != nil {
			t.Errorf("got %+v, %v; the deadline itself: %v", report, err, ctx.Err())
		}
		if report.Answered < 98 || report.Answered > 100 || len(kept.answers) != report.Answered {
			t.Errorf("%d answers in 50 s at two a second, %d kept", report.Answered, len(kept.answers))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(10500*time.Millisecond, cancel)
		var kept store
		report, err := New(slowFetcher{time.Second}, Options{Concurrency: 2}).Run(ctx, villages(500), []int{2024}, nil, kept.take)
		if !errors.Is(err, context.Canceled) || report.Stop != StopCanceled || report.Answered != 20 || len(kept.answers) != 20 {
			t.Errorf("got %+v, %v, %d kept", report, err, len(kept.answers))
		}
	})
}
