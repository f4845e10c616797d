package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lumbung/load/snapshot"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/schedule"
)

// simulation is a project whose daemon lives through many nights.
type simulation struct {
	t      *testing.T
	dir    string
	clock  *swiftClock
	rng    *rand.Rand
	rate   float64 // of nights with a fault
	faults []fault
	file   string         // the workbook that all are made from
	of     map[string]int // the numbers of the portal's workbooks by hash

	mu     sync.Mutex
	fault  *fault // of this night
	last   book   // what the portal has
	before book   // what it had before

	left      int       // nights still to run
	until     time.Time // no more nights after it; zero is no end
	nth       int
	published int                     // number of the published workbook
	claimed   map[time.Time]int       // runs by instant, in UTC
	off       map[time.Time]bool      // instants at which the machine was off
	tally     map[string]int          // nights by fault
	used      []held                  // one for each night
	stop      context.CancelCauseFunc // ends the daemon of now
}

// held is what the process holds after a night.
type held struct{ heap, rss, files, routines int64 }

// errOff means that the machine is switched off, errOver that the simulation is done.
var errOff, errOver = errors.New("machine off"), errors.New("over")

// night runs one claimed instant between a dice and a look at what is published.
func (s *simulation) night(ctx context.Context, at time.Time, run func(context.Context, time.Time) error) error {
	s.dice()
	err := run(ctx, at)
	s.claimed[at.UTC()]++
	s.look(at, err)
	s.left--
	switch {
	case s.left == 0 || !s.until.IsZero() && time.Now().After(s.until):
		s.clock.freeze()
		s.stop(errOver)
	case s.rng.Float64() < 0.03:
		s.clock.freeze()
		s.stop(errOff)
	}
	return err
}

// dice decides what the portal has and does tonight.
func (s *simulation) dice() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = nil
	if s.published > 0 && s.rng.Float64() < s.rate {
		f := &s.faults[s.nth%len(s.faults)]
		s.nth++
		if !f.older || s.last.number > 1 {
			s.fault = f
			s.tally[f.name]++
			return
		}
	}
	s.tally["good"]++
	if s.published > 0 && (s.last.number == 1 || s.rng.Float64() < 0.05) {
		s.newBook()
	}
}

// look compares what is published with what the portal ever had.
func (s *simulation) look(at time.Time, err error) {
	snap, oerr := snapshot.Open(context.Background(), filepath.Join(s.dir, "data"), "")
	if oerr != nil {
		s.t.Errorf("%v: %v", at, oerr)
		return
	}
	defer func() { _ = snap.Close() }()
	found := false
	for _, in := range snap.Manifest.Inputs {
		if in.Sumber != "idm-web" {
			continue
		}
		n, known := s.of[in.Parts[0].SHA256]
		bad := s.fault != nil && s.fault.stale
		switch {
		case !known:
			s.t.Errorf("%v: published is what the portal never had", at)
		case n < s.published:
			s.t.Errorf("%v: workbook %d is published after %d", at, n, s.published)
		case s.fault == nil && (n != s.last.number || in.Stale || err != nil):
			s.t.Errorf("%v: a good night: workbook %d of %d is published, stale %v (%v)", at, n, s.last.number, in.Stale, err)
		case bad && (!in.Stale || err == nil):
			s.t.Errorf("%v: %s: stale %v (%v)", at, s.fault.name, in.Stale, err)
		case s.fault != nil && err == nil:
			s.t.Errorf("%v: %s: the run did well", at, s.fault.name)
		}
		found, s.published = true, n
	}
	if !found {
		s.t.Errorf("%v: nothing of the portal is published", at)
	}
	if kept, err := filepath.Glob(filepath.Join(s.dir, "data", "snapshots", "2*")); err != nil || len(kept) > 8 {
		s.t.Errorf("%v: %d snapshots are kept (%v)", at, len(kept), err)
	}
	h, err := measure()
	if err != nil {
		s.t.Error(err)
	}
	s.used = append(s.used, h)
}

func measure() (held, error) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return held{}, err
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return held{}, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return held{int64(m.HeapAlloc), pages * int64(os.Getpagesize()), int64(len(files)), int64(runtime.NumGoroutine())}, err
}

// live runs daemons, one after the other, until all nights have passed.
func (s *simulation) live() {
	led, err := ledger.Open(context.Background(), filepath.Join(s.dir, "data", "ledger.db"), s.clock.Now)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = led.Close() }()
	for {
		cfg, err := config.Load(s.dir)
		if err != nil {
			s.t.Fatal(err)
		}
		jobs, err := pipeline.Jobs(cfg, s.clock.Now, func() pipeline.Reporter { return silent{} }, func(context.Context, *pipeline.Project) {})
		if err != nil {
			s.t.Fatal(err)
		}
		inner := jobs[0].Run
		jobs[0].Run = func(ctx context.Context, at time.Time) error { return s.night(ctx, at, inner) }
		d, err := schedule.New(schedule.Config{Claims: pipeline.Claims{Ledger: led}, Clock: s.clock, Log: slog.New(slog.DiscardHandler)}, jobs)
		if err != nil {
			s.t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		s.stop = cancel
		if err := d.Run(ctx); err != nil {
			s.t.Fatal(err)
		}
		if errors.Is(context.Cause(ctx), errOver) {
			return
		}
		s.sleep()
	}
}

// sleep leaves the machine off for hours or days, and notes the nights that pass meanwhile.
func (s *simulation) sleep() {
	from := s.clock.Now()
	s.clock.leap(time.Duration(s.rng.IntN(80)) * time.Hour)
	now := s.clock.Now()
	for at := from.Truncate(24 * time.Hour); !at.After(now); at = at.AddDate(0, 0, 1) {
		if night := at.Add(18*time.Hour + 10*time.Minute); night.After(from) && !night.After(now) { // 02:10 in Makassar
			s.off[night] = true
		}
	}
}

// settle compares the ledger's claims and runs with what the machine lived through.
func (s *simulation) settle(first, last time.Time) {
	led, err := ledger.OpenReadOnly(context.Background(), filepath.Join(s.dir, "data", "ledger.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = led.Close() }()
	rows, err := led.Instants(context.Background(), "malam", -1)
	if err != nil {
		s.t.Fatal(err)
	}
	states := map[time.Time]string{}
	for _, r := range rows {
		states[r.Instant.UTC()] = r.State
	}
	runs, err := led.Runs(context.Background(), 0)
	if err != nil {
		s.t.Fatal(err)
	}
	ran := map[time.Time]int{}
	for _, r := range runs {
		ran[r.Instant.UTC()]++
		if r.Outcome == ledger.Running || r.Outcome == ledger.Interrupted || r.Outcome == ledger.Failed {
			s.t.Errorf("run %s of %v: %s %s", r.ID, r.Instant, r.Outcome, r.Error)
		}
	}
	nights, missed := 0, 0
	for at := first; !at.After(last); at = at.AddDate(0, 0, 1) {
		nights++
		switch {
		case states[at] == "claimed" && ran[at] == 1 && s.claimed[at] == 1:
		case states[at] == "missed" && ran[at] == 0 && s.off[at]:
			missed++
		default:
			s.t.Errorf("night %v: %q, %d runs in the ledger, %d seen; machine off: %v", at, states[at], ran[at], s.claimed[at], s.off[at])
		}
	}
	s.t.Logf("%d nights, %d of them missed because the machine was off, %d workbooks, %v", nights, missed, s.last.number, s.tally)
}

// flat wants the means of the last quarter of nights no higher than those of the second, but for a slack.
func (s *simulation) flat() {
	quarter := len(s.used) / 4
	mean := func(from int, of func(held) int64) int64 {
		var sum int64
		for _, u := range s.used[from : from+quarter] {
			sum += of(u)
		}
		return sum / int64(quarter)
	}
	for _, m := range []struct {
		name  string
		of    func(held) int64
		slack int64
	}{
		{"heap bytes", func(u held) int64 { return u.heap }, 2 << 20},
		{"resident bytes", func(u held) int64 { return u.rss }, 96 << 20},
		{"open files", func(u held) int64 { return u.files }, 2},
		{"goroutines", func(u held) int64 { return u.routines }, 2},
	} {
		second, last := mean(quarter, m.of), mean(3*quarter, m.of)
		s.t.Logf("%s: mean of the second quarter %d, of the last %d", m.name, second, last)
		if last > second+m.slack {
			s.t.Errorf("%s grow: %d in the second quarter of nights, %d in the last", m.name, second, last)
		}
	}
}

// Nights of a project whose portal fails in every fifth of them, or in every
// second of the short form: one run for each, memory stays, never an older release.
func TestNights(t *testing.T) {
	nights, rate := 24, 0.5
	if text := os.Getenv("LUMBUNG_NIGHTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		nights, rate = n, 0.2
	}
	s := &simulation{t: t, rng: rand.New(rand.NewPCG(20261124, 1)), rate: rate, left: nights, until: deadline(t), of: map[string]int{},
		claimed: map[time.Time]int{}, off: map[time.Time]bool{}, tally: map[string]int{},
		clock: &swiftClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}}
	portal := newServer(t)
	portal.set("/idm-2024.xlsx", s.serve)
	s.dir = portalProject(t, portal, "/idm-2024.xlsx")
	file := filepath.Join(s.dir, "lumbung.yaml")
	editText(t, file, localRumusan, "")
	editText(t, file, localIndicators, "")
	editText(t, file, `cron: "10 2 * * *"`, `cron: "10 2 * * *", catch_up: 12h`)
	s.file = filepath.Join(s.dir, "rilis", "idm-2024.xlsx")
	s.faults = faults(editedBook(t, s.file, func(f *excelize.File) error { return change(f, true) }))
	s.newBook()
	if err := os.MkdirAll(filepath.Join(s.dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 11, 24, 18, 10, 0, 0, time.UTC) // 02:10 in Makassar
	s.live()
	last := first
	for at := range s.claimed {
		if at.After(last) {
			last = at
		}
	}
	s.settle(first, last)
	s.flat()
}
