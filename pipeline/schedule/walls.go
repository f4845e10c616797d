package schedule

import (
	"math"
	"time"
)

// reach is how far around a date its spans are looked up: the largest offset
// (16 h) and the largest gap (24 h), rounded up.
const reach = 48 * 60 * 60

// cautious divides every time of day at which rules for the future change clocks.
const cautious = 15 * 60

// forever stands for the open end of a zone; half of the range, so that an
// offset can be added to it.
const forever = math.MaxInt64 / 2

// span is a stretch of time with one offset from UTC, all in seconds. Local
// time ("wall") is counted as if it were UTC.
type span struct {
	start, end int64
	offset     int64
}

func (s span) wallStart() int64 { return s.start + s.offset }
func (s span) wallEnd() int64   { return s.end + s.offset }

// moment is an instant with its local time.
type moment struct{ unix, wall int64 }

// walls translates local times of ascending dates into instants.
type walls struct {
	zone  *time.Location
	spans []span
}

// cover makes the spans around a date known.
func (w *walls) cover(day int64) {
	from, to := day-reach, day+daySeconds+reach
	for len(w.spans) > 0 && w.spans[0].end <= from {
		w.spans = w.spans[1:]
	}
	if len(w.spans) == 0 {
		w.spans = append(w.spans, spanAt(w.zone, from))
	}
	for last := &w.spans[len(w.spans)-1]; last.end < to; last = &w.spans[len(w.spans)-1] {
		next := spanAt(w.zone, last.end)
		if next.offset == last.offset {
			last.end = next.end // a change of name only, or a cautious step
			continue
		}
		w.spans = append(w.spans, next)
	}
}

// instant returns when a local time of the covered date comes, by the rule that
// Rule.Between states. The date has minutes of its own.
func (w *walls) instant(day, wall int64) int64 {
	for _, s := range w.spans {
		if s.wallStart() <= wall && wall < s.wallEnd() {
			return wall - s.offset
		}
	}
	before, after := w.gap(wall)
	if floor(after.wall, daySeconds) == day {
		return after.unix
	}
	return before.unix
}

// missing says whether the zone leaves the covered date out as a whole, and
// which minute follows it.
func (w *walls) missing(day int64) (moment, bool) {
	for i := 1; i < len(w.spans); i++ {
		a, b := w.spans[i-1], w.spans[i]
		if a.wallEnd() <= day && day+daySeconds <= b.wallStart() {
			_, after := w.gap(day)
			return after, true
		}
	}
	return moment{}, false
}

// gap returns the last whole minute before and the first after the gap in which
// a local time lies. Offsets with seconds exist before 1972, hence the rounding.
func (w *walls) gap(wall int64) (before, after moment) {
	for i := 1; i < len(w.spans); i++ {
		a, b := w.spans[i-1], w.spans[i]
		if a.wallEnd() <= wall && wall < b.wallStart() {
			early := floor(a.wallEnd()-1, minuteSeconds)
			late := floor(b.wallStart()+minuteSeconds-1, minuteSeconds)
			return moment{early - a.offset, early}, moment{late - b.offset, late}
		}
	}
	// Unreachable: cover leaves no local time of the date between two spans
	// other than in a gap.
	return moment{wall, wall}, moment{wall, wall}
}

// spanAt returns the span from an instant on. Its true beginning may lie
// earlier, further than reach before the date that asks for it.
//
// ZoneBounds (Go 1.26) forgets the leap day where it computes from a zone's rule
// for the far future, after 2037: on the last day of such a year the end that it
// gives is past. The zone is then taken in steps in which no clock changes.
func spanAt(zone *time.Location, unix int64) span {
	t := time.Unix(unix, 0).In(zone)
	_, offset := t.Zone()
	s := span{start: unix, end: forever, offset: int64(offset)}
	if _, end := t.ZoneBounds(); !end.IsZero() {
		s.end = end.Unix()
	}
	if s.end <= unix {
		s.end = floor(unix, cautious) + cautious
	}
	return s
}
