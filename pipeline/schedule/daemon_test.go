package schedule

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const day = 24 * time.Hour

func TestRunsEveryNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		claims, clock := &memoryClaims{}, &setClock{}
		d := launch(t, claims, clock, nightly("idm", &seen, nil))
		pass(10 * day)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 10))
		sameTimes(t, "claims", claims.having("idm", "claimed"), nights(1, 10))
		for i, start := range seen.starts {
			if !start.Equal(seen.instants[i]) {
				t.Errorf("run of %v began at %v", seen.instants[i], start)
			}
		}
	})
}

func TestWakesEachMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &setClock{}
		job := Job{Name: "idm", Spec: "@yearly", Timezone: "UTC", Run: (&runs{}).wrap(nil)}
		d := launch(t, &memoryClaims{}, clock, job)
		pass(day)
		d.stop(t)
		if clock.longest != time.Minute {
			t.Errorf("longest sleep %v, want a minute", clock.longest)
		}
	})
}

func TestStartsFromTheLedger(t *testing.T) {
	for _, c := range []struct {
		name         string
		last         int // night of January of the last claim, 0 none
		catchUp      time.Duration
		run          bool
		missedNights int
	}{
		{"new installation", 0, day, false, 0},
		{"nothing missed", 31, day, false, 0},
		{"one day off, in the window", 30, 12 * time.Hour, true, 0},
		{"one day off, past the window", 30, 6 * time.Hour, false, 1},
		{"one day off, no window", 30, 0, false, 1},
		{"two days off", 29, 12 * time.Hour, true, 1},
		{"thirty days off", 1, 12 * time.Hour, true, 29},
		{"thirty days off, past the window", 1, time.Hour, false, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				passTo(at(31, 12, 0))
				claims := &memoryClaims{}
				if c.last > 0 {
					claims.Claim(t.Context(), "idm", at(c.last, 2, 30))
				}
				var seen runs
				job := nightly("idm", &seen, nil)
				job.CatchUp = c.catchUp
				d := launch(t, claims, &setClock{}, job)
				pass(time.Hour)
				d.stop(t)
				var want []time.Time
				if c.run {
					want = nights(31, 31)
				}
				sameTimes(t, "catch-up", seen.list(), want)
				missed := claims.having("idm", "missed")
				if len(missed) != c.missedNights {
					t.Errorf("missed %v, want %d nights", missed, c.missedNights)
				}
				// A second start finds nothing more to do.
				before := len(claims.rows["idm"])
				d = launch(t, claims, &setClock{}, job)
				pass(time.Hour)
				d.stop(t)
				sameTimes(t, "runs after a second start", seen.list(), want)
				if after := len(claims.rows["idm"]); after != before {
					t.Errorf("%d rows after a second start, %d before", after, before)
				}
			})
		})
	}
}

func TestJitterStaysInItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		job := nightly("idm", &seen, nil)
		job.Jitter = 30 * time.Minute
		d := launch(t, &memoryClaims{}, &setClock{}, job)
		pass(20 * day)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 20))
		delays := map[time.Duration]bool{}
		for i, start := range seen.starts {
			delay := start.Sub(seen.instants[i])
			delays[delay] = true
			if delay < 0 || delay >= 30*time.Minute {
				t.Errorf("run of %v began %v later", seen.instants[i], delay)
			}
		}
		if len(delays) < 10 {
			t.Errorf("20 runs with only %d different delays", len(delays))
		}
	})
}

func TestEightDaemonsRunEachInstantOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		claims := &memoryClaims{}
		var all []*launched
		for i := range 8 {
			job := nightly("idm", &seen, nil)
			job.CatchUp, job.Jitter = day, time.Duration(i)*time.Minute
			minutely := Job{Name: "blt", Spec: "*/10 * * * *", Timezone: "UTC", Run: seen.wrap(nil)}
			clock := &setClock{offset: time.Duration(i) * 100 * time.Millisecond}
			all = append(all, launch(t, claims, clock, job, minutely))
		}
		pass(30*day + time.Hour)
		for _, d := range all {
			d.stop(t)
		}
		// 30 nights and the ten-minute runs of 30 days and an hour.
		if got, want := len(seen.list()), 30+30*144+6; got != want {
			t.Errorf("%d runs, want %d", got, want)
		}
		sameTimes(t, "claims", claims.having("idm", "claimed"), nightsFrom(at(1, 2, 30), 30))
	})
}

func nightsFrom(first time.Time, n int) []time.Time {
	var list []time.Time
	for i := range n {
		list = append(list, first.AddDate(0, 0, i))
	}
	return list
}

func TestLedgerThatRefusesIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		claims := &memoryClaims{}
		d := launch(t, claims, &setClock{}, nightly("idm", &seen, nil))
		pass(2*time.Hour + 29*time.Minute)
		claims.fail(true)
		pass(90 * time.Second)
		sameTimes(t, "runs without a claim", seen.list(), nil)
		claims.fail(false)
		pass(time.Minute)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 1))
	})
}

func TestLedgerThatCannotBeReadStopsTheStart(t *testing.T) {
	claims := &memoryClaims{broken: true}
	d, err := New(Config{Claims: claims, Log: slog.New(slog.DiscardHandler)}, []Job{nightly("idm", &runs{}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Run(t.Context())
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), `job "idm": last claim in the ledger`) {
		t.Errorf("error %v, want the ledger's, with the job", err)
	}
	if err := d.Run(t.Context()); err == nil {
		t.Error("Run twice gave no error")
	}
}

func TestNewRefusesJobs(t *testing.T) {
	run := func(context.Context, time.Time) error { return nil }
	good := Job{Name: "idm", Spec: "30 2 * * *", Run: run}
	for _, c := range []struct {
		want string
		jobs []Job
	}{
		{"no jobs", nil},
		{`job "": no name`, []Job{{Spec: "@daily", Run: run}}},
		{`job "idm": no Run`, []Job{{Name: "idm", Spec: "@daily"}}},
		{`two jobs have this name`, []Job{good, good}},
		{`job "x": schedule "0 0 30 2 *": never comes due`, []Job{good, {Name: "x", Spec: "0 0 30 2 *", Run: run}}},
		{`timezone "WITA"`, []Job{{Name: "x", Spec: "@daily", Timezone: "WITA", Run: run}}},
		{"none may be below zero", []Job{{Name: "x", Spec: "@daily", CatchUp: -1, Run: run}}},
		{"jitter 1h0m0s reaches the next run", []Job{{Name: "x", Spec: "@hourly", Jitter: time.Hour, Run: run}}},
	} {
		_, err := New(Config{Claims: &memoryClaims{}}, c.jobs)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	if _, err := New(Config{}, []Job{good}); err == nil {
		t.Error("no error without a ledger")
	}
}
