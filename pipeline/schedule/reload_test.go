package schedule

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestReloadNeverRunsThePast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen, added runs
		claims := &memoryClaims{}
		job := nightly("idm", &seen, nil)
		job.CatchUp = 2 * day
		d := launch(t, claims, &setClock{}, job)
		passTo(at(3, 12, 0))
		// 11:00 is inside the window and after the last claim.
		moved, fresh := job, nightly("blt", &added, nil)
		moved.Spec = "0 11 * * *"
		fresh.CatchUp = 2 * day
		if err := d.Reload([]Job{moved, fresh}); err != nil {
			t.Fatal(err)
		}
		pass(12 * time.Hour)
		sameTimes(t, "runs of the moved job", seen.list(), nights(1, 3))
		sameTimes(t, "runs of the new job", added.list(), nil)
		pass(day)
		d.stop(t)
		sameTimes(t, "runs of the moved job", seen.list(), append(nights(1, 3), at(4, 11, 0)))
		sameTimes(t, "runs of the new job", added.list(), nights(4, 4))
		sameTimes(t, "missed", claims.having("idm", "missed"), nil)
	})
}

func TestReloadTakesEffectBeforeTheNextWaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		job := nightly("idm", &seen, nil)
		pass(20 * time.Second) // so that it does not wake on the minute by itself
		d := launch(t, &memoryClaims{}, &setClock{}, job)
		pass(10 * time.Second)
		job.Spec = "1 0 * * *"
		if err := d.Reload([]Job{job}); err != nil {
			t.Fatal(err)
		}
		pass(30 * time.Second)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), []time.Time{at(1, 0, 1)})
		if !seen.starts[0].Equal(at(1, 0, 1)) {
			t.Errorf("run began at %v", seen.starts[0])
		}
	})
}

func TestReloadKeepsTheJobsOnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		job := nightly("idm", &seen, nil)
		d := launch(t, &memoryClaims{}, &setClock{}, job)
		job.Spec = "CRON_TZ=UTC"
		if err := d.Reload([]Job{job}); err == nil {
			t.Error("no error")
		}
		if err := d.Reload(nil); err == nil {
			t.Error("no error without jobs")
		}
		pass(day)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 1))
	})
}

func TestReloadHoldsTheGuardOfARunningJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen, other runs
		long := nightly("idm", &seen, func(ctx context.Context) error {
			select {
			case <-time.After(30 * time.Hour):
			case <-ctx.Done():
			}
			return ctx.Err()
		})
		long.Deadline = 40 * time.Hour
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, long)
		passTo(at(1, 3, 0))
		// Taken out while it runs, and put back.
		if err := d.Reload([]Job{nightly("blt", &other, nil)}); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if err := d.Reload([]Job{long}); err != nil {
			t.Fatal(err)
		}
		pass(day)
		sameTimes(t, "runs", seen.list(), nights(1, 1))
		sameTimes(t, "skipped", claims.having("idm", "skipped"), nights(2, 2))
		pass(day)
		d.stop(t)
		if seen.top != 1 {
			t.Errorf("%d runs at once", seen.top)
		}
		sameTimes(t, "runs", seen.list(), []time.Time{at(1, 2, 30), at(3, 2, 30)})
		sameTimes(t, "runs of the job that was taken out", other.list(), nil)
	})
}

func TestRemovedJobIsWaitedForAtStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen, other runs
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, nightly("idm", &seen, func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second)
			return context.Cause(ctx)
		}))
		passTo(at(1, 3, 0))
		if err := d.Reload([]Job{nightly("blt", &other, nil)}); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		d.stop(t)
		sameTimes(t, "stopped", claims.having("idm", "failed: the schedule is stopping"), nights(1, 1))
	})
}

func TestJobTakenOutAndPutBackMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen, other runs
		long := nightly("idm", &seen, func(ctx context.Context) error {
			select {
			case <-time.After(26 * time.Hour):
			case <-ctx.Done():
			}
			return ctx.Err()
		})
		long.Deadline, long.CatchUp = 40*time.Hour, day
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, long)
		passTo(at(2, 2, 0))
		if err := d.Reload([]Job{nightly("blt", &other, nil)}); err != nil {
			t.Fatal(err)
		}
		passTo(at(2, 3, 0))
		if err := d.Reload([]Job{long}); err != nil {
			t.Fatal(err)
		}
		passTo(at(2, 12, 0))
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 1))
		sameTimes(t, "skipped", claims.having("idm", "skipped"), nil)
	})
}
