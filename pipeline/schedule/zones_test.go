package schedule

import (
	_ "embed"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the test is about every zone, also on a machine without tzdata

	"github.com/robfig/cron/v3"
)

//go:embed testdata/zones.txt
var zoneNames string

// TestDailyRunsOncePerDayInEveryZone holds the daily rules of every zone
// against the calendar. LUMBUNG_SCHEDULE_YEARS=50 takes 2000 to 2049 and every
// hour of the day in place of four years and the hours at which clocks change.
func TestDailyRunsOncePerDayInEveryZone(t *testing.T) {
	times := []string{"0 0", "30 0", "30 1", "0 2", "30 2", "15 3", "0 12", "30 23", "59 23"}
	text := os.Getenv("LUMBUNG_SCHEDULE_YEARS")
	if text == "" {
		checkZones(t, 2026, 2, times)
		checkZones(t, 2040, 2, times[3:5]) // computed from rules, and a leap year
		return
	}
	years, err := strconv.Atoi(text)
	if err != nil || years < 1 {
		t.Fatalf("LUMBUNG_SCHEDULE_YEARS=%q is no number of years", text)
	}
	times = nil
	for hour := range 24 {
		times = append(times, fmt.Sprintf("30 %d", hour))
	}
	checkZones(t, 2000, years, times)
}

func checkZones(t *testing.T, first, years int, times []string) {
	t.Helper()
	from := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(years, 0, 0)
	zones := distinctZones(t, from, to)

	var mu sync.Mutex
	var ours, theirs tally
	var group sync.WaitGroup
	work := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for zone := range work {
				var a, b tally
				for _, at := range times {
					spec := at + " * * *"
					rule, err := Parse(spec, zone)
					if err != nil {
						t.Error(err)
						continue
					}
					a.add(checkDaily(t, rule, zone, at, from, to))
					b.add(bareCron(t, spec, rule.zone, from, to))
				}
				mu.Lock()
				ours.add(a)
				theirs.add(b)
				mu.Unlock()
			}
		})
	}
	for _, zone := range zones {
		work <- zone
	}
	close(work)
	group.Wait()

	names := len(strings.Fields(zoneNames))
	t.Logf("%d zone names, %d distinct zones, %d to %d, %d times of day", names, len(zones), first, first+years-1, len(times))
	t.Logf("lumbung: %d runs, %d days missed, %d days doubled", ours.runs, ours.missed, ours.doubled)
	t.Logf("cron/v3: %d runs, %d days missed, %d days doubled, %d times stuck", theirs.runs, theirs.missed, theirs.doubled, theirs.stuck)
	if ours.missed != 0 || ours.doubled != 0 || ours.runs == 0 {
		t.Errorf("not one run a day: %+v", ours)
	}
}

type tally struct{ runs, missed, doubled, stuck int }

func (a *tally) add(b tally) {
	a.runs += b.runs
	a.missed += b.missed
	a.doubled += b.doubled
	a.stuck += b.stuck
}

// count takes the next run of a daily job; the dates between the runs are missed
// unless the zone leaves them out.
func (a *tally) count(zone *time.Location, last, next time.Time) {
	a.runs++
	if last.IsZero() {
		return
	}
	days := int(date(next).Sub(date(last)) / (24 * time.Hour))
	if days == 0 {
		a.doubled++
	}
	for n := 1; n < days; n++ {
		if exists(date(last).AddDate(0, 0, n), zone) {
			a.missed++
		}
	}
}

// checkDaily counts the days of a rule and tells whether each run has the time
// of day that the line says, at its first passing, where the day has that time.
func checkDaily(t *testing.T, rule Rule, name, at string, from, to time.Time) tally {
	t.Helper()
	minute, hour, _ := strings.Cut(at, " ")
	m, _ := strconv.Atoi(minute)
	h, _ := strconv.Atoi(hour)
	var seen tally
	var last time.Time
	for run := range rule.Between(from, to) {
		seen.count(rule.zone, last, run)
		last = run
		y, mo, d := run.Date()
		wanted := time.Date(y, mo, d, h, m, 0, 0, rule.zone)
		if wanted.Hour() != h || wanted.Minute() != m {
			continue // in a gap; the day itself was counted
		}
		if run.Hour() != h || run.Minute() != m || run.After(wanted) {
			t.Errorf("%s %q: %v, want %v", name, at, run, wanted)
		}
	}
	return seen
}

// bareCron counts the same days with cron/v3's own Next.
func bareCron(t *testing.T, spec string, zone *time.Location, from, to time.Time) tally {
	t.Helper()
	s, err := cron.ParseStandard(spec)
	if err != nil {
		t.Error(err)
		return tally{}
	}
	var seen tally
	var last time.Time
	for run := s.Next(from.In(zone)); !run.IsZero() && !run.After(to); run = s.Next(run) {
		if !run.After(last) {
			// Where midnight comes twice, Next can return its own argument for ever.
			seen.stuck++
			run = run.Add(12 * time.Hour)
			continue
		}
		seen.count(zone, last, run)
		last = run
	}
	return seen
}

// distinctZones gives one name for each history of offsets: most of the names
// are links, and the same zone twice shows nothing new.
func distinctZones(t *testing.T, from, to time.Time) []string {
	t.Helper()
	seen := map[string]bool{}
	var names []string
	for _, name := range strings.Fields(zoneNames) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatalf("zone of the list: %v", err)
		}
		var history strings.Builder
		for at := from.AddDate(0, 0, -3).In(zone); at.Before(to.AddDate(0, 0, 3)); at = at.Add(24 * time.Hour) {
			if change, ok := firstChange(at); ok {
				_, offset := change.Zone()
				fmt.Fprintln(&history, offset, change.Unix())
			}
		}
		_, offset := from.In(zone).Zone()
		fmt.Fprintln(&history, offset)
		if !seen[history.String()] {
			seen[history.String()] = true
			names = append(names, name)
		}
	}
	return names
}

// firstChange is the first minute of the next 24 hours, their end included,
// that has another offset.
func firstChange(at time.Time) (time.Time, bool) {
	changed := func(minutes int) bool {
		_, before := at.Zone()
		_, now := at.Add(time.Duration(minutes) * time.Minute).Zone()
		return now != before
	}
	const day = 24 * 60
	if !changed(day) {
		return at, false
	}
	return at.Add(time.Duration(sort.Search(day, changed)) * time.Minute), true
}

// date is the calendar date as midnight in UTC.
func date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// exists looks for a quarter of an hour that has the date in the zone.
func exists(day time.Time, zone *time.Location) bool {
	for at := day.Add(-36 * time.Hour); at.Before(day.Add(60 * time.Hour)); at = at.Add(15 * time.Minute) {
		if date(at.In(zone)).Equal(day) {
			return true
		}
	}
	return false
}

func TestClockChanges(t *testing.T) {
	for _, c := range []struct{ name, spec, zone, from, to, want string }{
		{"spring gap", "30 2 * * *", "America/New_York", "2026-03-07", "2026-03-10", "07 02:30, 08 03:00, 09 02:30"},
		{"autumn overlap, first passing", "30 1 * * *", "America/New_York", "2026-10-31", "2026-11-03", "31 01:30, 01 01:30, 02 01:30"},
		{"autumn overlap in Berlin", "30 2 * * *", "Europe/Berlin", "2026-10-24", "2026-10-27", "24 02:30, 25 02:30, 26 02:30"},
		{"gap at midnight", "15 0 * * *", "America/Sao_Paulo", "2018-11-03", "2018-11-06", "03 00:15, 04 01:00, 05 00:15"},
		{"gap before midnight", "30 23 * * *", "America/Nuuk", "2024-03-29", "2024-04-01", "29 23:30, 30 22:59, 31 23:30"},
		{"gap of half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03", "2026-10-06", "03 02:15, 04 02:30, 05 02:15"},
		{"a date left out, daily", "30 2 * * *", "Pacific/Apia", "2011-12-29", "2012-01-01", "29 02:30, 31 02:30"},
		{"a date left out, that date only", "30 2 30 12 *", "Pacific/Apia", "2011-12-29", "2012-01-01", "31 00:00"},
		{"a date left out in Kiribati", "30 2 * * *", "Pacific/Kiritimati", "1994-12-30", "1995-01-03", "30 02:30, 01 02:30, 02 02:30"},
		{"a date left out in the Marshall Islands", "30 2 * * *", "Pacific/Kwajalein", "1993-08-20", "1993-08-23", "20 02:30, 22 02:30"},
		{"offset with seconds", "30 0 * * *", "Africa/Monrovia", "1972-01-06", "1972-01-09", "06 00:30, 07 00:45, 08 00:30"},
		{"several minutes of one gap are one run", "*/20 2,3 8 3 *", "America/New_York", "2026-03-08", "2026-03-09", "08 03:00, 08 03:20, 08 03:40"},
		{"hourly over the overlap", "0 0-3 1 11 *", "America/New_York", "2026-11-01", "2026-11-02", "01 00:00, 01 01:00, 01 02:00, 01 03:00"},
		{"Ramadan", "30 2 * * *", "Africa/Casablanca", "2026-03-21", "2026-03-24", "21 02:30, 22 03:00, 23 02:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := mustParse(t, c.spec, c.zone)
			var got []string
			for at := range rule.Between(midnight(t, c.from, rule.zone), midnight(t, c.to, rule.zone)) {
				got = append(got, at.Format("02 15:04"))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("runs %s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// midnight is a second before the date begins, or what stands for it.
func midnight(t *testing.T, day string, zone *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02", day, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(-time.Second)
}

func BenchmarkNext(b *testing.B) {
	rule := mustParse(b, "30 2 * * *", "America/New_York")
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if at = rule.Next(at); at.Year() > 2100 {
			at = at.AddDate(-100, 0, 0)
		}
	}
}

// ZoneBounds gives an end that is past on the last day of a leap year after
// 2037; a rule must neither stand still there nor eat the memory.
func TestFarFutureLeapYearsGoOn(t *testing.T) {
	for _, zone := range []string{"America/New_York", "Europe/Berlin", "Australia/Sydney", "Africa/Casablanca", "America/Nuuk"} {
		rule := mustParse(t, "30 2 * * *", zone)
		var seen tally
		var last time.Time
		for run := range rule.Between(time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC)) {
			seen.count(rule.zone, last, run)
			last = run
		}
		if seen.missed+seen.doubled != 0 || seen.runs < 163*365 {
			t.Errorf("%s: %+v", zone, seen)
		}
	}
}
