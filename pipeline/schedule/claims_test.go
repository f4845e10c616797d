package schedule

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memoryClaims keeps rows as the ledger does: one for each pipeline and instant.
type memoryClaims struct {
	mu     sync.Mutex
	rows   map[string]map[time.Time]string // claimed, "missed: reason", ...
	broken bool
}

var errBroken = errors.New("database is locked")

func (c *memoryClaims) put(pipeline string, at time.Time, state string, over bool) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return false, errBroken
	}
	if c.rows == nil {
		c.rows = map[string]map[time.Time]string{}
	}
	if c.rows[pipeline] == nil {
		c.rows[pipeline] = map[time.Time]string{}
	}
	if _, taken := c.rows[pipeline][at]; taken && !over {
		return false, nil
	}
	c.rows[pipeline][at] = state
	return true, nil
}

func (c *memoryClaims) Claim(_ context.Context, pipeline string, at time.Time) (bool, error) {
	return c.put(pipeline, at, "claimed", false)
}

func (c *memoryClaims) LastClaim(_ context.Context, pipeline string) (time.Time, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return time.Time{}, false, errBroken
	}
	var last time.Time
	for at := range c.rows[pipeline] {
		if at.After(last) {
			last = at
		}
	}
	return last, !last.IsZero(), nil
}

func (c *memoryClaims) RecordMissed(_ context.Context, pipeline string, at time.Time, reason string) (bool, error) {
	return c.put(pipeline, at, "missed: "+reason, false)
}

func (c *memoryClaims) RecordSkipped(_ context.Context, pipeline string, at time.Time, reason string) (bool, error) {
	return c.put(pipeline, at, "skipped: "+reason, false)
}

func (c *memoryClaims) RecordFailed(_ context.Context, pipeline string, at time.Time, reason string) error {
	_, err := c.put(pipeline, at, "failed: "+reason, true)
	return err
}

func (c *memoryClaims) fail(broken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = broken
}

// having lists the instants of the rows that begin with a state, ascending.
func (c *memoryClaims) having(pipeline, state string) []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []time.Time
	for at, s := range c.rows[pipeline] {
		if strings.HasPrefix(s, state) {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}

func (c *memoryClaims) state(pipeline string, at time.Time) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rows[pipeline][at]
}

// setClock is the bubble's clock, which a test can set forward and back.
type setClock struct {
	SystemClock
	mu      sync.Mutex
	offset  time.Duration
	longest time.Duration // of all timers
}

func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.SystemClock.Now().Add(c.offset)
}

func (c *setClock) NewTimer(d time.Duration) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.longest = max(c.longest, d)
	return c.SystemClock.NewTimer(d)
}

func (c *setClock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// runs is what a job was called with.
type runs struct {
	mu       sync.Mutex
	instants []time.Time
	starts   []time.Time // by the bubble's own clock
	now, top int         // at once, most at once
}

func (r *runs) begin(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instants = append(r.instants, at.UTC())
	r.starts = append(r.starts, time.Now())
	r.now++
	r.top = max(r.top, r.now)
}

func (r *runs) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now--
}

func (r *runs) list() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.instants)
}

// wrap records each call around the work.
func (r *runs) wrap(work func(ctx context.Context) error) func(context.Context, time.Time) error {
	return func(ctx context.Context, at time.Time) error {
		r.begin(at)
		defer r.end()
		if work == nil {
			return nil
		}
		return work(ctx)
	}
}

// nightly runs at 02:30 UTC.
func nightly(name string, seen *runs, work func(ctx context.Context) error) Job {
	return Job{Name: name, Spec: "30 2 * * *", Timezone: "UTC", Run: seen.wrap(work)}
}

// launched is a daemon that runs in the test's bubble.
type launched struct {
	*Daemon
	cancel context.CancelFunc
	ended  chan error
}

func launch(t *testing.T, claims Claims, clock Clock, jobs ...Job) *launched {
	t.Helper()
	d, err := New(Config{Claims: claims, Clock: clock, Log: slog.New(slog.DiscardHandler)}, jobs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &launched{Daemon: d, cancel: cancel, ended: make(chan error, 1)}
	go func() { l.ended <- d.Run(ctx) }()
	synctest.Wait()
	return l
}

func (l *launched) stop(t *testing.T) {
	t.Helper()
	l.cancel()
	if err := <-l.ended; err != nil {
		t.Errorf("stop: %v", err)
	}
}

// pass lets the bubble's time go on and everything that is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// passTo lets the bubble's time go on until an instant.
func passTo(at time.Time) { pass(time.Until(at)) }

// at is a time of the bubble's first month: January 2000, UTC.
func at(day, hour, minute int) time.Time {
	return time.Date(2000, 1, day, hour, minute, 0, 0, time.UTC)
}

func nights(first, last int) []time.Time {
	var list []time.Time
	for day := first; day <= last; day++ {
		list = append(list, at(day, 2, 30))
	}
	return list
}

func sameTimes(t *testing.T, what string, got, want []time.Time) {
	t.Helper()
	if !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
