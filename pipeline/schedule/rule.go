// Package schedule is the nightly clock: it runs each due instant of a pipeline once, whoever is awake to run it.
//
// A [Rule] says which instants a cron line names; robfig/cron/v3 only supplies
// the grammar. A [Daemon] waits for them, claims each in the ledger before
// running it, and records what it missed, skipped or saw fail.
package schedule

import (
	"iter"
	"math/bits"
	"time"
)

// The grammar sets the top bit of a field that was written as * or ?. Two
// restricted day fields are alternatives; with a star the other one decides.
const star = 1 << 63

// horizon bounds the search for the next instant. 29 February is the rarest
// day that a rule can name; it is 8 years apart around 1900, 2100 and 2200.
const horizon = 9 * 366

const (
	daySeconds    = 24 * 60 * 60
	minuteSeconds = 60
)

// Rule is a parsed cron line in one time zone. Make it with [Parse]; the zero
// value names no instants.
type Rule struct {
	zone    *time.Location
	minutes uint64
	hours   uint64
	dom     uint64
	months  uint64
	dow     uint64
}

// Next returns the first instant after the given one, in the rule's zone. It
// is the zero time only for the zero Rule.
func (r Rule) Next(after time.Time) time.Time {
	if r.zone == nil {
		return time.Time{}
	}
	for t := range r.instants(after, horizon) {
		return t
	}
	return time.Time{}
}

// Between yields the instants t with a < t <= b, ascending, in the rule's zone.
//
// Each minute of the wall clock counts once. A minute that the clock passes
// twice is its first passing. A minute that the clock leaves out stands for the
// first minute after the gap; where that belongs to the next day already, for
// the last minute before it. So a daily rule has one instant on every day of
// every zone. A date that a zone leaves out as a whole (Samoa, 30 December
// 2011) has an instant, at the start of the next day, only when the rule does
// not name that day too.
func (r Rule) Between(a, b time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if r.zone == nil || !b.After(a) {
			return
		}
		// More than the distance: the dates at both ends are cut, and offsets differ.
		days := (b.Unix()-a.Unix())/daySeconds + 3
		for t := range r.instants(a, days) {
			if t.After(b) || !yield(t) {
				return
			}
		}
	}
}

// instants yields what comes after the given instant on the dates of the next days.
func (r Rule) instants(after time.Time, days int64) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		_, offset := after.In(r.zone).Zone()
		local := after.Unix() + int64(offset)
		first := floor(local, daySeconds)
		w := walls{zone: r.zone}
		last := after.Unix()
		for day := first; day <= first+(days+1)*daySeconds; day += daySeconds {
			for unix := range r.onDay(&w, day) {
				if unix <= last {
					continue
				}
				last = unix
				if !yield(time.Unix(unix, 0).In(r.zone)) {
					return
				}
			}
		}
	}
}

// onDay yields the instants of one date, in seconds, ascending, possibly repeated.
func (r Rule) onDay(w *walls, day int64) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		if !r.names(day) {
			return
		}
		w.cover(day)
		if end, missing := w.missing(day); missing {
			if local := end.wall; !r.names(floor(local, daySeconds)) {
				yield(end.unix)
			}
			return
		}
		for h := range each(r.hours) {
			for m := range each(r.minutes) {
				if !yield(w.instant(day, day+int64(h*60+m)*minuteSeconds)) {
					return
				}
			}
		}
	}
}

// names says whether the rule asks for a date, given as the seconds of its midnight in UTC.
func (r Rule) names(day int64) bool {
	t := time.Unix(day, 0).UTC()
	if r.months&(1<<uint(t.Month())) == 0 {
		return false
	}
	dom := r.dom&(1<<uint(t.Day())) != 0
	dow := r.dow&(1<<uint(t.Weekday())) != 0
	if r.dom&star != 0 || r.dow&star != 0 {
		return dom && dow
	}
	return dom || dow
}

// each yields the set bits of a field.
func each(field uint64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for f := field &^ star; f != 0; f &= f - 1 {
			if !yield(bits.TrailingZeros64(f)) {
				return
			}
		}
	}
}

// floor rounds down to a multiple of step, also below zero.
func floor(n, step int64) int64 {
	r := n % step
	if r < 0 {
		r += step
	}
	return n - r
}
