package schedule

import (
	"context"
	"fmt"
	"time"
)

// missedRows is how many missed instants get a row each: a year of nights.
// Older ones share a row, so that a clock ten years ahead costs seconds.
const missedRows = 400

// advance deals with the instants of a job up to now: the last one runs when it
// is late by no more than the catch-up window, those before it are missed.
func (d *Daemon) advance(ctx, jobs context.Context, e *entry) {
	now := d.clock.Now()
	if now.Before(e.cursor) {
		// The clock went back. Instants that come a second time are claimed
		// already; staying ahead would silence the job until the clock catches up.
		d.log.Warn("clock went back", "job", e.job.Name, "from", e.cursor, "to", now)
		e.cursor = now
	}
	until := now.Add(-e.delay)
	late := collectDue(e.rule, e.cursor, until)
	if late.count > 1 {
		// More than one means that time passed unseen. The ledger knows what
		// others did meanwhile.
		var ok bool
		if late, ok = d.sinceLastClaim(ctx, e, until); !ok {
			return
		}
	}
	if late.count == 0 {
		return
	}
	last := late.recent[len(late.recent)-1]
	if until.Sub(last) > max(e.job.CatchUp, punctual) {
		d.miss(ctx, e, late, len(late.recent))
		return
	}
	if d.miss(ctx, e, late, len(late.recent)-1) {
		d.take(ctx, jobs, e, last)
	}
}

// due is a stretch of instants that came since the cursor.
type due struct {
	count  int         // all of them
	first  time.Time   // the earliest
	recent []time.Time // the latest missedRows, ascending
}

func collectDue(rule Rule, after, until time.Time) due {
	var found due
	for at := range rule.Between(after, until) {
		if found.count == 0 {
			found.first = at
		}
		found.count++
		found.recent = append(found.recent, at)
		if len(found.recent) >= 2*missedRows {
			found.recent = append(found.recent[:0], found.recent[len(found.recent)-missedRows:]...)
		}
	}
	if extra := len(found.recent) - missedRows; extra > 0 {
		found.recent = found.recent[extra:]
	}
	return found
}

// sinceLastClaim looks again from the ledger's last row on. False when the
// ledger does not answer; the next waking asks it again.
func (d *Daemon) sinceLastClaim(ctx context.Context, e *entry, until time.Time) (due, bool) {
	last, ok, err := d.lastClaim(ctx, e)
	if err != nil {
		d.log.Error("last claim in the ledger", "job", e.job.Name, "error", err)
		return due{}, false
	}
	if ok && last.After(e.cursor) && !last.After(until) {
		e.cursor = last
	}
	return collectDue(e.rule, e.cursor, until), true
}

// miss records the first n of the recent instants as missed, and the ones
// before them in one row. False when the ledger refused; the cursor then stands
// where the next waking goes on.
func (d *Daemon) miss(ctx context.Context, e *entry, late due, n int) bool {
	if older := late.count - len(late.recent); older > 0 {
		reason := fmt.Sprintf("the schedule was not running; stands for %d instants before %s", older, late.recent[0].UTC().Format(time.RFC3339))
		if !d.missed(ctx, e, late.first, reason) {
			return false
		}
		// Just before the first recent one: what is older has its row.
		e.cursor = late.recent[0].Add(-time.Nanosecond)
	}
	for _, at := range late.recent[:n] {
		if !d.missed(ctx, e, at, "the schedule was not running, and a later instant or the catch-up window passed it") {
			return false
		}
	}
	return true
}

// take claims an instant in the ledger and runs it, or records it as skipped
// while the run before still goes on. Another daemon may have been faster.
func (d *Daemon) take(ctx, jobs context.Context, e *entry, at time.Time) {
	claim := d.claims.Claim
	if e.active != nil {
		reason := "the run of " + e.active.instant.UTC().Format(time.RFC3339) + " is still going"
		claim = func(ctx context.Context, pipeline string, instant time.Time) (bool, error) {
			return d.claims.RecordSkipped(ctx, pipeline, instant, reason)
		}
	}
	call, cancel := outlive(ctx)
	defer cancel()
	mine, err := claim(call, e.job.Name, at.UTC())
	if err != nil {
		d.log.Error("claim in the ledger", "job", e.job.Name, "instant", at, "error", err)
		return
	}
	e.cursor = at
	e.draw()
	switch {
	case !mine:
		d.log.Info("instant taken already", "job", e.job.Name, "instant", at)
	case e.active != nil:
		d.log.Warn("instant skipped", "job", e.job.Name, "instant", at, "running", e.active.instant)
	default:
		d.start(jobs, e, at)
	}
}

func (d *Daemon) lastClaim(ctx context.Context, e *entry) (time.Time, bool, error) {
	call, cancel := context.WithTimeout(ctx, ledgerPatience)
	defer cancel()
	return d.claims.LastClaim(call, e.job.Name)
}

func (d *Daemon) missed(ctx context.Context, e *entry, at time.Time, reason string) bool {
	call, cancel := outlive(ctx)
	defer cancel()
	mine, err := d.claims.RecordMissed(call, e.job.Name, at.UTC(), reason)
	if err != nil {
		d.log.Error("missed instant in the ledger", "job", e.job.Name, "instant", at, "error", err)
		return false
	}
	if mine {
		d.log.Warn("instant missed", "job", e.job.Name, "instant", at, "reason", reason)
	}
	e.cursor = at
	return true
}

// failed notes why the run that is going on, or just ended, did not succeed.
func (d *Daemon) failed(ctx context.Context, e *entry, reason string) {
	call, cancel := outlive(ctx)
	defer cancel()
	if err := d.claims.RecordFailed(call, e.job.Name, e.active.instant.UTC(), reason); err != nil {
		d.log.Error("failed run in the ledger", "job", e.job.Name, "instant", e.active.instant, "reason", reason, "error", err)
	}
}

// outlive is the context of a write to the ledger: a stop must not leave open
// whether it was made, nor keep the outcomes of the last runs out.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), ledgerPatience)
}
