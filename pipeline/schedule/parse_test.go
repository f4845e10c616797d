package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, spec, zone, want string }{
		{"empty", "", "", "0 fields in place of five"},
		{"blank", "   ", "", "0 fields"},
		{"zone without a blank", "TZ=0", "", "time zone does not belong"},
		{"zone of cron", "CRON_TZ=UTC", "", "time zone does not belong"},
		{"bare zone", "TZ=", "", "time zone does not belong"},
		{"zone and a line", "CRON_TZ=UTC 0 2 * * *", "", "set timezone"},
		{"30 February", "0 0 30 2 *", "", "never comes due"},
		{"31st of short months", "0 0 31 2,4,6,9,11 *", "", "never comes due"},
		{"seconds", "0 0 2 * * *", "", "seconds are not read"},
		{"seven fields", "0 0 2 * * * *", "", "7 fields"},
		{"four fields", "0 2 * *", "", "4 fields"},
		{"megabyte", strings.Repeat("*", 1<<20), "", "1048576 bytes long"},
		{"megabyte of commas", "0" + strings.Repeat(",0", 1<<19) + " 2 * * *", "", "bytes long"},
		{"every", "@every 1h", "", "names no instants"},
		{"reboot", "@reboot", "", "unrecognized descriptor"},
		{"empty element", "1,,2 2 * * *", "", `minute: "" is no number`},
		{"comma alone", ", 2 * * *", "", `minute: "" is no number`},
		{"star to five", "*-5 2 * * *", "", `minute: "*-5"`},
		{"signed", "+5 2 * * *", "", `minute: "+5"`},
		{"negative", "-5 2 * * *", "", `minute: "-5"`},
		{"every 90 minutes", "*/90 * * * *", "", "step of 90 is longer than the field"},
		{"step of nothing", "*/0 * * * *", "", "positive number"},
		{"minute 60", "60 2 * * *", "", "above maximum"},
		{"hour 24", "0 24 * * *", "", "above maximum"},
		{"Sunday as 7", "0 2 * * 7", "", "above maximum"},
		{"backwards", "0 5-2 * * *", "", "beyond end of range"},
		{"a name that is none", "0 2 * foo *", "", "foo"},
		{"NUL", "0 2 * * \x00", "", `is no number`},
		{"Arabic digits", "٠ ٢ * * *", "", "is no number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.spec, c.zone)
			var spec *SpecError
			if !errors.As(err, &spec) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want a *SpecError with %q", err, c.want)
			}
			if spec.Remedy == "" || len(err.Error()) > 400 {
				t.Errorf("no remedy, or %d bytes of message: %v", len(err.Error()), err)
			}
		})
	}
}

func TestParseRefusesZones(t *testing.T) {
	for _, zone := range []string{"Asia/Makasar ", "Local", "../../etc/passwd", "WITA", "/etc/localtime", strings.Repeat("x", 1<<20)} {
		_, err := Parse("0 2 * * *", zone)
		var bad *ZoneError
		if !errors.As(err, &bad) || bad.Remedy == "" || len(err.Error()) > 400 {
			t.Errorf("zone %.30q: error %.200v, want a *ZoneError with a remedy", zone, err)
		}
	}
}

func TestMissingZoneDatabaseIsNamed(t *testing.T) {
	none := func(string) (*time.Location, error) { return nil, errors.New("no such file") }
	_, err := loadZone("Asia/Jakarta", none)
	if err == nil || !strings.Contains(err.Error(), "no time-zone database") {
		t.Fatalf("error %v, want one that says the database is missing", err)
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ spec, zone, after, want string }{
		{"30 2 * * *", "", "2026-11-24T00:00:00Z", "2026-11-24T18:30:00Z"},
		{"30 2 * * *", "UTC", "2026-11-24T02:30:00Z", "2026-11-25T02:30:00Z"},
		{"30 2 * * *", "UTC", "2026-11-24T02:29:59.999999999Z", "2026-11-24T02:30:00Z"},
		{"30 2 * * *", "UTC", "2026-11-24T02:30:00.000000001Z", "2026-11-25T02:30:00Z"},
		{"@daily", "Asia/Jakarta", "2026-11-24T00:00:00Z", "2026-11-24T17:00:00Z"},
		{"@yearly", "UTC", "2026-11-24T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"@hourly", "Asia/Kathmandu", "2026-11-24T00:00:00Z", "2026-11-24T00:15:00Z"},
		{"*/20 * * * *", "UTC", "2026-11-24T00:41:00Z", "2026-11-24T01:00:00Z"},
		{"0 2 * * mon-fri", "UTC", "2026-11-27T03:00:00Z", "2026-11-30T02:00:00Z"},
		{"0 2 13 * fri", "UTC", "2026-11-24T00:00:00Z", "2026-11-27T02:00:00Z"},
		{"0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"0 0 31 * ?", "UTC", "2026-11-24T00:00:00Z", "2026-12-31T00:00:00Z"},
		{"0 2 * * *", "UTC", "0001-01-01T00:00:00Z", "0001-01-01T02:00:00Z"},
		{"0 2 * * *", "UTC", "9999-12-31T03:00:00Z", "10000-01-01T02:00:00Z"},
	} {
		rule := mustParse(t, c.spec, c.zone)
		got := rule.Next(instant(t, c.after)).UTC().Format(time.RFC3339)
		if got != c.want {
			t.Errorf("%s in %q after %s: %s, want %s", c.spec, c.zone, c.after, got, c.want)
		}
	}
}

func TestBetweenIsOpenBelowAndClosedAbove(t *testing.T) {
	rule := mustParse(t, "0 * * * *", "UTC")
	a, b := instant(t, "2026-11-24T01:00:00Z"), instant(t, "2026-11-24T03:00:00Z")
	var got []string
	for at := range rule.Between(a, b) {
		got = append(got, at.Format("15:04"))
	}
	if strings.Join(got, " ") != "02:00 03:00" {
		t.Errorf("instants %v, want 02:00 and 03:00", got)
	}
	for at := range rule.Between(b, a) {
		t.Errorf("instant %v between a later and an earlier time", at)
	}
	for at := range (Rule{}).Between(a, b) {
		t.Errorf("the zero rule names %v", at)
	}
	if next := (Rule{}).Next(a); !next.IsZero() {
		t.Errorf("the zero rule names %v", next)
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"30 2 * * *", "TZ=0", "CRON_TZ=UTC", "TZ=", "0 0 30 2 *", "@daily", "@every 1s", "1-5/2,7 */3 ? jan-mar mon", "0 0 29 2 *", "*/0 * * * *"} {
		f.Add(spec)
	}
	after := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		rule, err := Parse(spec, "America/New_York")
		if err != nil {
			var refused *SpecError
			if !errors.As(err, &refused) || len(err.Error()) > 1000 {
				t.Fatalf("%.60q: error %.200v is no short *SpecError", spec, err)
			}
			return
		}
		next := rule.Next(after)
		if !next.After(after) || next.Second() != 0 {
			t.Fatalf("%q: next instant %v after %v", spec, next, after)
		}
		second := rule.Next(next)
		n := 0
		for at := range rule.Between(after, second) {
			n++
			if !at.Equal(next) && !at.Equal(second) {
				t.Fatalf("%q: Between names %v, Next %v and %v", spec, at, next, second)
			}
		}
		if n != 2 {
			t.Fatalf("%q: %d instants up to the second one", spec, n)
		}
	})
}

func mustParse(t testing.TB, spec, zone string) Rule {
	t.Helper()
	rule, err := Parse(spec, zone)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
