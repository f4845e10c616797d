package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// DefaultDeadline ends a run whose job sets none: a nightly run that is still
// going at noon will not finish by waiting.
const DefaultDeadline = 12 * time.Hour

// Job is one pipeline and when it runs.
type Job struct {
	Name     string // the pipeline, unique among the jobs and the key of its claims
	Spec     string // cron line, see Parse
	Timezone string // IANA name, DefaultTimezone when empty

	// CatchUp is how late an instant may still be run, when the machine was off
	// or asleep. 0 runs nothing that is more than two minutes late.
	CatchUp time.Duration
	// Jitter delays each run by a random time below it, so that many
	// installations do not ask one server in the same second.
	Jitter time.Duration
	// Deadline ends a run's context, DefaultDeadline when 0.
	Deadline time.Duration

	// Run does the work of an instant. The context ends at the deadline and
	// when the daemon stops. Errors and panics are recorded as failed;
	// one that wraps ErrBusy is logged as a warning only.
	Run func(ctx context.Context, instant time.Time) error
}

// ErrBusy is what a Job's Run returns when a run that another process started
// holds the pipeline.
var ErrBusy = errors.New("another run holds the pipeline")

// ErrDeadline is the cause of a context that a Job's deadline ended.
var ErrDeadline = errors.New("deadline of the run passed")

// ErrStopping is the cause of a context that the daemon's stop ended.
var ErrStopping = errors.New("the schedule is stopping")

// Claims is what the schedule needs of the ledger. A row belongs to one
// (pipeline, instant in UTC); all methods may be called by several processes at
// once. The first three take an instant and say whether they did: false when
// there is a row already, whoever made it and of whichever kind.
type Claims interface {
	// Claim takes an instant in order to run it.
	Claim(ctx context.Context, pipeline string, instant time.Time) (bool, error)
	// RecordMissed takes an instant that nobody ran and nobody will.
	RecordMissed(ctx context.Context, pipeline string, instant time.Time, reason string) (bool, error)
	// RecordSkipped takes an instant that came while the run before went on.
	RecordSkipped(ctx context.Context, pipeline string, instant time.Time, reason string) (bool, error)
	// RecordFailed notes on a claimed instant why its run did not succeed. A
	// later note replaces an earlier one.
	RecordFailed(ctx context.Context, pipeline string, instant time.Time, reason string) error
	// LastClaim is the latest instant with a row of any kind, false when there is none.
	LastClaim(ctx context.Context, pipeline string) (time.Time, bool, error)
}

// parseJobs checks jobs and reads their rules. The error joins all complaints.
func parseJobs(jobs []Job, now time.Time) ([]Rule, error) {
	if len(jobs) == 0 {
		return nil, errors.New("schedule: no jobs; name at least one pipeline with a schedule")
	}
	rules := make([]Rule, len(jobs))
	seen := map[string]bool{}
	var bad []error
	for i, job := range jobs {
		rule, err := parseJob(job, now)
		if err == nil && seen[job.Name] {
			err = errors.New("two jobs have this name; rename one")
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("job %q: %w", job.Name, err))
		}
		seen[job.Name] = true
		rules[i] = rule
	}
	return rules, errors.Join(bad...)
}

func parseJob(job Job, now time.Time) (Rule, error) {
	switch {
	case job.Name == "":
		return Rule{}, errors.New("no name; name the pipeline")
	case job.Run == nil:
		return Rule{}, errors.New("no Run function")
	case job.CatchUp < 0 || job.Jitter < 0 || job.Deadline < 0:
		return Rule{}, fmt.Errorf("catch-up %v, jitter %v, deadline %v: none may be below zero", job.CatchUp, job.Jitter, job.Deadline)
	}
	rule, err := Parse(job.Spec, job.Timezone)
	if err != nil {
		return Rule{}, err
	}
	next := rule.Next(now)
	if gap := rule.Next(next).Sub(next); job.Jitter >= gap {
		return Rule{}, fmt.Errorf("jitter %v reaches the next run %v later; make it shorter", job.Jitter, gap)
	}
	return rule, nil
}
