package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// wakeEvery is the longest sleep. Timers stand still in suspend and do not
	// follow a clock that is set, so the clock is looked at this often.
	wakeEvery = 60 * time.Second
	// punctual is how late a run still counts as on time: one sleep and slack.
	punctual = 2 * wakeEvery
	// stopPatience is what running jobs get to end after their context did.
	stopPatience = 10 * time.Second
	// ledgerPatience bounds one call to the ledger, which holds up all jobs.
	ledgerPatience = 10 * time.Second
)

// Config is what a Daemon works with.
type Config struct {
	Claims Claims       // the ledger
	Clock  Clock        // SystemClock when nil
	Log    *slog.Logger // slog.Default when nil
	Notify *Notifier    // service manager, may be nil
}

// Daemon runs jobs at their instants. Any number of daemons may share a
// ledger: each instant runs in one of them.
//
// It owns one goroutine for each running job, nothing else.
type Daemon struct {
	claims Claims
	clock  Clock
	log    *slog.Logger
	notify *Notifier
	poke   chan struct{} // a run ended, or the jobs changed
	state  atomic.Pointer[State]

	mu      sync.Mutex
	started bool
	entries []*entry
}

// entry is a job and where its time stands.
type entry struct {
	job     Job
	rule    Rule
	cursor  time.Time     // instants up to it are dealt with
	delay   time.Duration // jitter of the next run
	active  *active       // the run that is going on, nil when none
	removed bool          // not in the jobs any more, waiting for its last run
}

// New checks the jobs. Errors name the job and what to change.
func New(cfg Config, jobs []Job) (*Daemon, error) {
	if cfg.Claims == nil {
		return nil, errors.New("schedule: no ledger to claim instants in")
	}
	if cfg.Clock == nil {
		cfg.Clock = SystemClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	d := &Daemon{claims: cfg.Claims, clock: cfg.Clock, log: cfg.Log, notify: cfg.Notify, poke: make(chan struct{}, 1)}
	rules, err := parseJobs(jobs, d.clock.Now())
	if err != nil {
		return nil, err
	}
	for i, job := range jobs {
		d.entries = append(d.entries, newEntry(job, rules[i], d.clock.Now()))
	}
	d.publish(d.clock.Now())
	return d, nil
}

func newEntry(job Job, rule Rule, cursor time.Time) *entry {
	e := &entry{job: job, rule: rule, cursor: cursor}
	e.draw()
	return e
}

// draw picks the jitter of the next run.
func (e *entry) draw() {
	e.delay = 0
	if e.job.Jitter > 0 {
		e.delay = rand.N(e.job.Jitter)
	}
}

// Run works until the context ends, then gives running jobs ten seconds to end.
// It returns nil after an orderly stop, an error when the ledger cannot be read
// at the start or when jobs did not end in time (they are named). Call it once.
func (d *Daemon) Run(ctx context.Context) error {
	if err := d.open(ctx); err != nil {
		return err
	}
	// Jobs get the cause of their end; the caller's context keeps its own.
	jobs, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	d.tell(d.notify.Ready())
	for ctx.Err() == nil {
		timer := d.clock.NewTimer(d.turn(ctx, jobs))
		select {
		case <-ctx.Done():
		case <-timer.C():
		case <-d.poke:
		}
		timer.Stop()
		d.tell(d.notify.Watchdog())
	}
	d.tell(d.notify.Stopping())
	cancel(ErrStopping)
	return d.stop(ctx)
}

// open sets each job's time from the ledger. A pipeline without a row starts
// now: a new installation has missed nothing.
func (d *Daemon) open(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.started {
		return errors.New("schedule: Run was called twice")
	}
	d.started = true
	now := d.clock.Now()
	for _, e := range d.entries {
		last, ok, err := d.lastClaim(ctx, e)
		if err != nil {
			return fmt.Errorf("schedule: job %q: last claim in the ledger: %w", e.job.Name, err)
		}
		e.cursor = now
		if ok {
			e.cursor = last
		}
		d.log.Info("job scheduled", "job", e.job.Name, "schedule", e.job.Spec, "next", e.rule.Next(now))
	}
	return nil
}

// turn does what is due and returns how long there is nothing to do.
func (d *Daemon) turn(ctx, jobs context.Context) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = slices.DeleteFunc(d.entries, func(e *entry) bool {
		d.collect(ctx, e)
		return e.removed && e.active == nil
	})
	for _, e := range d.entries {
		if !e.removed && ctx.Err() == nil {
			d.advance(ctx, jobs, e)
		}
	}
	// Read again: the ledger may have taken its time.
	now := d.clock.Now()
	d.publish(now)
	wait := wakeEvery
	if every := d.notify.Every(); every > 0 {
		wait = min(wait, every)
	}
	for _, e := range d.entries {
		if e.removed {
			continue
		}
		// From now on, not from the cursor: what the ledger refused is tried
		// again at the next waking, not at once.
		wait = min(wait, e.rule.Next(now.Add(-e.delay)).Add(e.delay).Sub(now))
	}
	return wait
}

// stop waits for the running jobs.
func (d *Daemon) stop(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	var left []string
	for _, e := range d.entries {
		if e.active == nil {
			continue
		}
		select {
		case err := <-e.active.done:
			d.finish(ctx, e, err)
		case <-patience.Done():
			d.collect(ctx, e) // it may have ended while another was waited for
		}
		if e.active != nil {
			left = append(left, e.job.Name)
			d.failed(ctx, e, "did not stop within "+stopPatience.String()+" of the end of the schedule")
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("schedule: jobs that did not stop within %v: %s", stopPatience, strings.Join(left, ", "))
	}
	return nil
}

// wake ends the present sleep.
func (d *Daemon) wake() {
	select {
	case d.poke <- struct{}{}:
	default: // one is waiting already
	}
}

// tell reports a service manager that cannot be told; the jobs go on without it.
func (d *Daemon) tell(err error) {
	if err != nil {
		d.log.Warn("service manager not told", "error", err)
	}
}
