package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// hangPatience is how long after its deadline a run that ignores it is called hung.
const hangPatience = 10 * time.Second

// active is a run that is going on.
type active struct {
	instant time.Time
	done    chan error // one value, buffered: a hung run may end when nobody listens
	overdue Timer      // fires when the run has outlived its deadline
}

// PanicError is the outcome of a job that panicked.
type PanicError struct {
	Value any
	Stack string
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// start runs an instant beside the loop.
func (d *Daemon) start(jobs context.Context, e *entry, at time.Time) {
	job := e.job
	deadline := job.Deadline
	if deadline == 0 {
		deadline = DefaultDeadline
	}
	run := &active{instant: at, done: make(chan error, 1), overdue: d.clock.NewTimer(deadline + hangPatience)}
	e.active = run
	d.log.Info("run begins", "job", job.Name, "instant", at)
	go func() {
		var outcome error
		// Deferred, because a job can end its goroutine.
		defer func() {
			run.done <- outcome
			d.wake()
		}()
		ctx, cancel := context.WithTimeoutCause(jobs, deadline, ErrDeadline)
		defer cancel()
		call(ctx, job, at, &outcome)
	}()
}

// call runs the job and turns a panic, or an end of its goroutine, into an
// error. It lies inside the overlap guard, which a panic would otherwise leave
// shut for ever.
func call(ctx context.Context, job Job, at time.Time, outcome *error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		*outcome = errors.New("the job ended its goroutine in place of returning")
		if value := recover(); value != nil {
			*outcome = &PanicError{Value: value, Stack: string(debug.Stack())}
		}
	}()
	err := job.Run(ctx, at)
	returned = true
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	*outcome = err
}

// collect takes the outcome of a run that has ended, and reports one that hangs.
func (d *Daemon) collect(ctx context.Context, e *entry) {
	if e.active == nil {
		return
	}
	select {
	case err := <-e.active.done:
		d.finish(ctx, e, err)
		return
	default:
	}
	select {
	case <-e.active.overdue.C():
		d.log.Error("job hangs", "job", e.job.Name, "instant", e.active.instant)
		d.failed(ctx, e, fmt.Sprintf("hangs: did not end within %v of its deadline; later instants are skipped until it does", hangPatience))
	default:
	}
}

// finish records the outcome and opens the overlap guard.
func (d *Daemon) finish(ctx context.Context, e *entry, err error) {
	log := d.log.With("job", e.job.Name, "instant", e.active.instant)
	var panicked *PanicError
	switch {
	case err == nil:
		log.Info("run ended")
	case errors.Is(err, ErrBusy):
		log.Warn("pipeline busy", "error", err)
	case errors.As(err, &panicked):
		log.Error("panic in a job", "error", err, "stack", panicked.Stack)
	default:
		log.Error("run failed", "error", err)
	}
	if err != nil {
		d.failed(ctx, e, err.Error())
	}
	e.active.overdue.Stop()
	e.active = nil
}
