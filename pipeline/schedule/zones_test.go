package schedule

import (
	_ "embed"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test is about every zone, also on a machine without tzdata

	"github.com/robfig/cron/v3"
)

//go:embed testdata/zones.txt
var zoneNames string

// TestDailyRunsOncePerDayInEveryZone holds the daily rules of every zone
// against the calendar. LUMBUNG_SCHEDULE_YEARS=50 takes 1990 to 2039 and every
// hour of the day in place of two years and the hours at which clocks change.
func TestDailyRunsOncePerDayInEveryZone(t *testing.T) {
	first, years := 2026, 2
	times := []string{"0 0", "30 0", "30 1", "0 2", "30 2", "15 3", "0 12", "30 23", "59 23"}
	if text := os.Getenv("LUMBUNG_SCHEDULE_YEARS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("LUMBUNG_SCHEDULE_YEARS=%q is no number of years", text)
		}
		first, years, times = 1990, n, nil
		for hour := range 24 {
			times = append(times, fmt.Sprintf("30 %d", hour))
		}
	}
	from := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(years, 0, 0)
	zones := distinctZones(t, from, to)

	var ours, theirs tally
	for _, zone := range zones {
		for _, at := range times {
			spec := at + " * * *"
			ours.add(checkDaily(t, mustParse(t, spec, zone), zone, at, from, to))
			theirs.add(bareCron(t, spec, zone, from, to))
		}
	}
	names := len(strings.Fields(zoneNames))
	t.Logf("%d zone names, %d distinct zones, %d to %d, %d times of day", names, len(zones), first, first+years-1, len(times))
	t.Logf("lumbung: %d runs, %d days missed, %d days doubled", ours.runs, ours.missed, ours.doubled)
	t.Logf("cron/v3: %d runs, %d days missed, %d days doubled", theirs.runs, theirs.missed, theirs.doubled)
	if ours.missed != 0 || ours.doubled != 0 || ours.runs == 0 {
		t.Errorf("not one run a day: %+v", ours)
	}
}

type tally struct{ runs, missed, doubled int }

func (a *tally) add(b tally) {
	a.runs += b.runs
	a.missed += b.missed
	a.doubled += b.doubled
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
func bareCron(t *testing.T, spec, name string, from, to time.Time) tally {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := cron.ParseStandard(spec)
	if err != nil {
		t.Fatal(err)
	}
	var seen tally
	var last time.Time
	for run := s.Next(from.In(zone)); !run.IsZero() && !run.After(to); run = s.Next(run) {
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
		for at := from.AddDate(0, 0, -3).In(zone); at.Before(to.AddDate(0, 0, 3)); {
			_, offset := at.Zone()
			_, end := at.ZoneBounds()
			fmt.Fprintln(&history, offset, end.Unix())
			if end.IsZero() {
				break
			}
			at = end
		}
		if !seen[history.String()] {
			seen[history.String()] = true
			names = append(names, name)
		}
	}
	return names
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
		at = rule.Next(at)
	}
}
