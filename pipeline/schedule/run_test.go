package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPanickingJobRunsEveryNight(t *testing.T) {
	for name, work := range map[string]func(context.Context) error{
		"panic":         func(context.Context) error { panic("index out of range") },
		"error panic":   func(context.Context) error { panic(errors.New("boom")) },
		"nil panic":     func(context.Context) error { panic(nil) },
		"goroutine end": func(context.Context) error { runtime.Goexit(); return nil },
		"error":         func(context.Context) error { return errors.New("404") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var bad, good runs
				claims := &memoryClaims{}
				d := launch(t, claims, &setClock{}, nightly("bad", &bad, work), nightly("good", &good, nil))
				pass(10 * day)
				d.stop(t)
				sameTimes(t, "runs", bad.list(), nights(1, 10))
				sameTimes(t, "failed", claims.having("bad", "failed: "), nights(1, 10))
				sameTimes(t, "other job", good.list(), nights(1, 10))
			})
		})
	}
}

func TestHungJobIsReportedAndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hung, good runs
		release := make(chan struct{})
		job := nightly("hung", &hung, func(context.Context) error { <-release; return nil })
		job.Deadline = time.Hour
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, job, nightly("good", &good, nil))
		passTo(at(1, 3, 32))
		if state := claims.state("hung", at(1, 2, 30)); !strings.HasPrefix(state, "failed: hangs") {
			t.Errorf("two minutes after the deadline the run is %q", state)
		}
		passTo(at(4, 0, 0))
		sameTimes(t, "runs", hung.list(), nights(1, 1))
		sameTimes(t, "skipped", claims.having("hung", "skipped: the run of 2000-01-01T02:30:00Z is still going"), nights(2, 3))
		sameTimes(t, "other job", good.list(), nights(1, 3))
		close(release)
		pass(day)
		d.stop(t)
		sameTimes(t, "runs after the hang", hung.list(), []time.Time{at(1, 2, 30), at(4, 2, 30)})
	})
}

func TestThirtyHourJobNeverRunsTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		job := nightly("idm", &seen, func(ctx context.Context) error {
			select {
			case <-time.After(30 * time.Hour):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		job.Deadline = 40 * time.Hour
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, job)
		pass(7*day + 12*time.Hour)
		d.stop(t)
		odd := []time.Time{at(1, 2, 30), at(3, 2, 30), at(5, 2, 30), at(7, 2, 30)}
		even := []time.Time{at(2, 2, 30), at(4, 2, 30), at(6, 2, 30), at(8, 2, 30)}
		sameTimes(t, "runs", seen.list(), odd)
		sameTimes(t, "skipped", claims.having("idm", "skipped"), even)
		if seen.top != 1 {
			t.Errorf("%d runs at once", seen.top)
		}
	})
}

func TestDeadlineEndsARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		var cause error
		job := nightly("idm", &seen, func(ctx context.Context) error {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		})
		job.Deadline = time.Hour
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, job)
		passTo(at(1, 3, 31))
		d.stop(t)
		if !errors.Is(cause, ErrDeadline) {
			t.Errorf("the run's context ended by %v", cause)
		}
		if state := claims.state("idm", at(1, 2, 30)); !strings.HasPrefix(state, "failed: deadline of the run passed") {
			t.Errorf("row %q", state)
		}
	})
}

func TestBusyPipelineIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, nightly("idm", &seen, func(context.Context) error {
			return fmt.Errorf("idm: %w", ErrBusy)
		}))
		pass(day)
		d.stop(t)
		sameTimes(t, "failed", claims.having("idm", "failed: idm: another run holds the pipeline"), nights(1, 1))
	})
}

func TestStopCancelsAndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen, other runs
		slow := func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(5 * time.Second) // rolls back
			return context.Cause(ctx)
		}
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, nightly("idm", &seen, slow), nightly("blt", &other, slow))
		passTo(at(1, 3, 0))
		asked := time.Now()
		d.stop(t)
		if took := time.Since(asked); took != 5*time.Second {
			t.Errorf("stop took %v, want the 5 s of the jobs", took)
		}
		for _, name := range []string{"idm", "blt"} {
			if state := claims.state(name, at(1, 2, 30)); state != "failed: "+ErrStopping.Error() {
				t.Errorf("%s: row %q", name, state)
			}
		}
	})
}

func TestStopDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deaf, alsoDeaf, good runs
		release := make(chan struct{})
		hang := func(context.Context) error { <-release; return nil }
		obey := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, nightly("deaf", &deaf, hang), nightly("deaf-too", &alsoDeaf, hang), nightly("good", &good, obey))
		passTo(at(1, 3, 0))
		asked := time.Now()
		d.cancel()
		err := <-d.ended
		if err == nil || !strings.Contains(err.Error(), "deaf, deaf-too") || strings.Contains(err.Error(), "good") {
			t.Errorf("error %v, want one that names the two jobs", err)
		}
		if took := time.Since(asked); took != stopPatience {
			t.Errorf("stop took %v, want %v", took, stopPatience)
		}
		if state := claims.state("deaf", at(1, 2, 30)); !strings.HasPrefix(state, "failed: did not stop") {
			t.Errorf("row %q", state)
		}
		close(release)
	})
}
