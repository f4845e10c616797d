package schedule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// maxSpec is more than any schedule that a person writes; the grammar would
// otherwise chew on megabytes.
const maxSpec = 200

// SpecError says why a schedule is refused and what to write in its place.
type SpecError struct {
	Spec   string // as given, cut to 40 bytes
	Reason string
	Remedy string
}

func (e *SpecError) Error() string {
	return fmt.Sprintf("schedule %q: %s; %s", e.Spec, e.Reason, e.Remedy)
}

func refuse(spec, reason, remedy string) error {
	const shown = 40
	if len(spec) > shown {
		spec = spec[:shown] + "..."
	}
	return &SpecError{Spec: spec, Reason: reason, Remedy: remedy}
}

// fieldPart is one element of a field's list: star, number, name or range, and a step.
var fieldPart = regexp.MustCompile(`^(?:[*?]|(?:[0-9]{1,2}|[A-Za-z]{3})(?:-(?:[0-9]{1,2}|[A-Za-z]{3}))?)(?:/([0-9]{1,4}))?$`)

const example = `write five fields such as "30 2 * * *" (02:30 every night)`

// Parse reads a cron line of five fields (minute, hour, day of month, month,
// day of week) or one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly,
// @annually. The zone is an IANA name, [DefaultTimezone] when empty.
//
// It refuses, with a *[SpecError], what is no such line, what never comes due,
// and what the grammar would read otherwise than it is written. Unknown zones
// are a *[ZoneError].
func Parse(spec, timezone string) (Rule, error) {
	zone, err := loadZone(timezone, time.LoadLocation)
	if err != nil {
		return Rule{}, err
	}
	if err := checkText(spec); err != nil {
		return Rule{}, err
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return Rule{}, refuse(spec, err.Error(), example)
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Rule{}, refuse(spec, "names no instants of the clock", example)
	}
	r := Rule{zone: zone, minutes: s.Minute, hours: s.Hour, dom: s.Dom, months: s.Month, dow: s.Dow}
	if !r.possible() {
		return Rule{}, refuse(spec, "never comes due: no such day of the month in these months", "change the day or the month")
	}
	return r, nil
}

// checkText refuses what must not reach the grammar: it panics on some of it
// and guesses at the rest.
func checkText(spec string) error {
	switch {
	case len(spec) > maxSpec:
		return refuse(spec, fmt.Sprintf("%d bytes long, at most %d are read", len(spec), maxSpec), example)
	case strings.Contains(spec, "TZ="):
		return refuse(spec, "a time zone does not belong into the cron line", "take TZ= out and set timezone")
	case strings.HasPrefix(spec, "@every"):
		return refuse(spec, "@every counts from the start of a process and names no instants of the clock", `write "*/30 * * * *" for every half hour`)
	case strings.HasPrefix(spec, "@"):
		return nil
	}
	fields := strings.Fields(spec)
	if len(fields) == 6 {
		return refuse(spec, "six fields: seconds are not read", "leave the first field out")
	}
	if len(fields) != 5 {
		return refuse(spec, fmt.Sprintf("%d fields in place of five", len(fields)), example)
	}
	for i, f := range fields {
		if err := checkField(spec, i, f); err != nil {
			return err
		}
	}
	return nil
}

// checkField holds the parts of one field against the written grammar. The
// library lets "1,,2", "*-5", "+5" and "*/90" pass as something else.
func checkField(spec string, i int, text string) error {
	field := []struct {
		name  string
		count int
	}{{"minute", 60}, {"hour", 24}, {"day of month", 31}, {"month", 12}, {"day of week", 7}}[i]
	for one := range strings.SplitSeq(text, ",") {
		m := fieldPart.FindStringSubmatch(one)
		if m == nil {
			return refuse(spec, fmt.Sprintf("%s: %.20q is no number, name, range or step", field.name, one), example)
		}
		if step, _ := strconv.Atoi(m[1]); step >= field.count {
			return refuse(spec, fmt.Sprintf("%s: a step of %d is longer than the field, which starts anew after %d", field.name, step, field.count),
				"use the field above it")
		}
	}
	return nil
}

// possible says whether the rule names any day. Five years hold every
// combination of day and month that the calendar has.
func (r Rule) possible() bool {
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for day := range int64(5 * 366) {
		if r.names(first + day*daySeconds) {
			return true
		}
	}
	return false
}
