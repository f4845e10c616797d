package rumusan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"os"
	"path/filepath"
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
	s.entries = Merge(s.entries, b.Entries)
	if len(b.Bytes) == 0 {
		return nil
	}
	return Unpack(bytes.NewReader(b.Bytes), int64(len(b.Bytes)), func(a Answer) error {
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

func TestCheckKode(t *testing.T) {
	for _, kode := range []string{"6402012001", "1101012003", "9601053001", "6402082014"} {
		if err := CheckKode(kode); err != nil {
			t.Errorf("%s: %v", kode, err)
		}
	}
	for kode, want := range map[string]string{
		"": "ten digits", "64.02.01.2001": "ten digits", "640201200": "ten digits", "64020120011": "ten digits", "640201200a": "ten digits", "６402012001": "ten digits",
		"6403010001": "BPS", "6402011001": "kelurahan", "6402014001": "seventh digit 4", "0402012001": "province", "1001012001": "province",
		"6400012001": "above a village", "6402002001": "above a village", "6402012000": "above a village",
	} {
		if err := CheckKode(kode); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", kode, err, want)
		}
	}
}

func TestBadCodesAskNothing(t *testing.T) {
	a := newAPI(t)
	_, err := New(a.client(t, nil), Options{Base: a.URL + "/rumusan"}).Run(context.Background(), []string{"6402012001", "6403010001"}, []int{2024}, nil, (&store{}).take)
	if err == nil || !strings.Contains(err.Error(), "1 of 2 codes") || len(a.taken()) != 0 {
		t.Errorf("got %v", err)
	}
	if _, err := New(a.client(t, nil), Options{}).Run(context.Background(), nil, []int{24}, nil, nil); err == nil {
		t.Error("year 24 was taken")
	}
}

func TestPlanOrder(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	known := []Entry{
		{Kode: "6402012001", Tahun: 2024, State: Answered, Asked: now.Add(-40 * day)},
		{Kode: "6402012002", Tahun: 2024, State: Missing, Asked: now.Add(-40 * day), AskAgain: now},
		{Kode: "6402012003", Tahun: 2024, State: Failed, Asked: now, AskAgain: now.Add(day)},
		{Kode: "6402012001", Tahun: 2023, State: Answered, Asked: now.Add(-50 * day)},
		{Kode: "6402012002", Tahun: 2023, State: Missing, Asked: now},
	}
	got := Plan([]string{"6402012003", "6402012002", "6402012001", "6402012004", "6402012004"}, []int{2023, 2024}, known, 30*day, now)
	want := "[{6402012004 2024} {6402012003 2023} {6402012004 2023} {6402012002 2024} {6402012001 2023} {6402012001 2024}]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
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

func TestBundle(t *testing.T) {
	answers := []Answer{{"6402012002", 2024, []byte("b")}, {"6402012001", 2024, []byte("a")}, {"6402012001", 2023, []byte("c")}}
	one, err := Pack(answers)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(answers)
	two, err := Pack(answers)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the order of answers changes the bundle: %v", err)
	}
	var names []string
	err = Unpack(bytes.NewReader(one), int64(len(one)), func(a Answer) error { names = append(names, a.Part()+"="+string(a.Body)); return nil })
	if want := "[desa/6402012001/2023.json=c desa/6402012001/2024.json=a desa/6402012002/2024.json=b]"; err != nil || fmt.Sprint(names) != want {
		t.Errorf("got %v, %v", names, err)
	}
	for n := range one {
		if Unpack(bytes.NewReader(one[:n]), int64(n), func(Answer) error { return nil }) == nil {
			t.Errorf("a bundle cut at %d was taken", n)
		}
	}
	bad, err := Pack([]Answer{{"6403010001", 2024, nil}})
	if err != nil {
		t.Fatal(err)
	}
	if Unpack(bytes.NewReader(bad), int64(len(bad)), func(Answer) error { return nil }) == nil {
		t.Error("a bundle with a BPS code was taken")
	}
}

// TestRealAnswers holds the check against the 157 stored answers of the ministry.
func TestRealAnswers(t *testing.T) {
	root := realData(t)
	paths, err := filepath.Glob(filepath.Join(root, "idm-api-rumusan/desa/*/*.json"))
	if err != nil || len(paths) < 150 {
		t.Fatalf("%d answers, %v", len(paths), err)
	}
	var answers []Answer
	size := 0
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Kode: filepath.Base(filepath.Dir(path))}
		if _, err := fmt.Sscanf(filepath.Base(path), "%d.json", &q.Tahun); err != nil {
			t.Fatal(err)
		}
		if err := check(q).Verify(nil, bytes.NewReader(body), int64(len(body))); err != nil {
			t.Errorf("%v: %v", q, err)
		}
		if err := CheckKode(q.Kode); err != nil {
			t.Error(err)
		}
		size += len(body)
		answers = append(answers, Answer{q.Kode, q.Tahun, body})
	}
	packed, err := Pack(answers)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d answers of %d bytes make a bundle of %d", len(answers), size, len(packed))
}

func realData(t *testing.T) string {
	t.Helper()
	root := os.Getenv("LUMBUNG_REAL_DATA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for dir != "/" {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "../shared/data/real")
	}
	if _, err := os.Stat(root); err == nil {
		return root
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no real data at %s; set LUMBUNG_REAL_DATA", root)
	}
	t.Skipf("no real data at %s; set LUMBUNG_REAL_DATA", root)
	return ""
}

// BenchmarkPace measures 5,000 answers at 20 ms latency against the bound that the rate limit alone sets.
func BenchmarkPace(b *testing.B) {
	const answers, perSecond = 5000, 500
	for b.Loop() {
		a := newAPI(b)
		a.latency = 20 * time.Millisecond
		client := a.client(b, func(o *http.Options) { o.RatePerHost, o.ConcurrencyPerHost = perSecond, 32 })
		var kept store
		start := time.Now()
		report, err := New(client, Options{Base: a.URL + "/rumusan", Concurrency: 32}).Run(context.Background(), villages(answers), []int{2024}, nil, kept.take)
		took := time.Since(start).Seconds()
		if err != nil || report.Answered != answers || len(kept.answers) != answers {
			b.Fatalf("%+v, %v", report, err)
		}
		ratio := took / (float64(answers) / perSecond)
		b.ReportMetric(ratio, "times-bound")
		b.ReportMetric(answers/took, "answers/s")
		if ratio > 1.2 {
			b.Errorf("%.1f s, the rate limit alone needs %d s", took, answers/perSecond)
		}
	}
}
