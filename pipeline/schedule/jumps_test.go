package schedule

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestClockJumps(t *testing.T) {
	for _, c := range []struct {
		name    string
		jump    time.Duration
		catchUp time.Duration
		caught  int // catch-up runs right after the jump
		missed  int
	}{
		{"1 h forward, nothing between", time.Hour, day, 0, 0},
		{"3 d forward", 3 * day, day, 1, 2},
		{"3 d forward, no window", 3 * day, 0, 0, 3},
		{"10 y forward", 3653 * day, day, 1, 400},
		{"1 h back", -time.Hour, day, 0, 0},
		{"1 d back", -day, day, 0, 0},
		{"3 d back", -3 * day, day, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen runs
				claims, clock := &memoryClaims{}, &setClock{}
				job := nightly("idm", &seen, nil)
				job.CatchUp = c.catchUp
				d := launch(t, claims, clock, job)
				passTo(at(5, 3, 0)) // half an hour after the fifth run
				sameTimes(t, "runs before", seen.list(), nights(1, 5))
				clock.jump(c.jump)
				pass(2 * time.Minute)
				if got := len(seen.list()) - 5; got != c.caught {
					t.Errorf("%d runs after the jump, want %d", got, c.caught)
				}
				if got := len(claims.having("idm", "missed")); got != c.missed {
					t.Errorf("%d rows of missed instants, want %d", got, c.missed)
				}
				pass(10 * day)
				d.stop(t)
				once(t, seen.list())
				// Nights that come a second time are not run; all others are.
				repeated := int((max(0, -c.jump) + day - 1) / day)
				if got, want := len(seen.list()), 5+c.caught+10-repeated; got != want {
					t.Errorf("%d runs ten days later, want %d", got, want)
				}
			})
		})
	}
}

func TestClockTenYearsAheadAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		claims, clock := &memoryClaims{}, &setClock{}
		job := nightly("idm", &seen, nil)
		job.CatchUp = day
		d := launch(t, claims, clock, job)
		pass(day)
		clock.jump(3653 * day)
		pass(time.Hour)
		clock.jump(-3653 * day)
		pass(3 * day)
		d.stop(t)
		once(t, seen.list())
		// 1 January, the catch-up, and 3 and 4 January: the row that stands for
		// the older missed nights takes the second.
		if got := seen.list(); len(got) != 4 || !got[3].Equal(at(4, 2, 30)) {
			t.Errorf("runs %v, want the nights after the clock was right again", got)
		}
		d = launch(t, claims, clock, job)
		pass(2 * day)
		d.stop(t)
		once(t, seen.list())
		if got := seen.list(); len(got) != 6 {
			t.Errorf("%d runs two nights after a restart, want 6: the last claim lies in the future", len(got))
		}
	})
}

// A machine without a clock of its own starts in the past, and is then set.
func TestClockIsSetAfterTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		passTo(at(10, 12, 0))
		claims := &memoryClaims{}
		claims.Claim(t.Context(), "idm", at(9, 2, 30))
		var seen runs
		job := nightly("idm", &seen, nil)
		job.CatchUp = day
		clock := &setClock{offset: -365 * day}
		d := launch(t, claims, clock, job)
		pass(time.Minute)
		clock.jump(365 * day)
		pass(time.Minute)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(10, 10))
		sameTimes(t, "missed", claims.having("idm", "missed"), nil)
	})
}

func TestManyMissedInstantsShareARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(3 * day)
		claims := &memoryClaims{}
		claims.Claim(t.Context(), "idm", at(1, 0, 0))
		var seen runs
		d := launch(t, claims, &setClock{}, Job{Name: "idm", Spec: "* * * * *", Timezone: "UTC", Run: seen.wrap(nil)})
		d.stop(t)
		sameTimes(t, "runs", seen.list(), []time.Time{at(4, 0, 0)})
		missed := claims.having("idm", "missed")
		if len(missed) != missedRows { // 399 and the shared one
			t.Fatalf("%d rows, want %d", len(missed), missedRows)
		}
		shared := claims.state("idm", at(1, 0, 1))
		if !strings.Contains(shared, fmt.Sprintf("stands for %d instants", 3*24*60-missedRows)) {
			t.Errorf("shared row %q does not say how many instants it stands for", shared)
		}
	})
}

func TestSleepOverTheInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen runs
		clock := &setClock{}
		job := nightly("idm", &seen, nil)
		job.CatchUp = 8 * time.Hour
		d := launch(t, &memoryClaims{}, clock, job)
		pass(time.Hour)
		woke := time.Now()
		clock.jump(7 * time.Hour) // the timers stood still
		pass(time.Minute)
		d.stop(t)
		sameTimes(t, "runs", seen.list(), nights(1, 1))
		if late := seen.starts[0].Sub(woke); late > time.Minute {
			t.Errorf("run %v after the end of the sleep, want at most a minute", late)
		}
	})
}

func once(t *testing.T, instants []time.Time) {
	t.Helper()
	seen := map[time.Time]bool{}
	for _, at := range instants {
		if seen[at] {
			t.Errorf("%v ran twice", at)
		}
		seen[at] = true
	}
}
