package wilayah

import (
	"fmt"
	"slices"

	"lumbung/transform/value"
)

// Area is one entry of a code list.
type Area struct {
	Code int64
	Name string
}

// Change is one village code that gave way to another.
type Change struct {
	Old, New  int64
	FirstYear int // first index year that uses New
}

// Match pairs a BPS code with the Kemendagri code of the same area.
type Match struct {
	BPS, Kemendagri int64
}

// Register answers which Kemendagri codes exist in a year. It is built once
// from the staged code lists and then only read, by any number of goroutines.
type Register struct {
	names   map[int64]string
	folded  map[int64]string
	begins  map[int64]int // first year of a code that replaced another
	ends    map[int64]int // first year in which a code is gone
	next    map[int64][]int64
	fromBPS map[int64]int64
	covered map[int64]bool // kabupaten that the list covers
}

// NewRegister builds a register. Changes rule over the lists: a code that a
// change replaced is known only before its year, the new code only from it on.
func NewRegister(areas []Area, changes []Change, matches []Match) *Register {
	r := &Register{
		names: make(map[int64]string, len(areas)), folded: make(map[int64]string, len(areas)),
		begins: map[int64]int{}, ends: map[int64]int{}, next: map[int64][]int64{},
		fromBPS: make(map[int64]int64, len(matches)), covered: map[int64]bool{},
	}
	for _, a := range areas {
		r.names[a.Code] = a.Name
		r.folded[a.Code] = value.Fold(a.Name)
		if Digits(a.Code) == 10 {
			r.covered[a.Code/1_000_000] = true
		}
	}
	for _, c := range changes {
		r.ends[c.Old] = c.FirstYear
		r.begins[c.New] = c.FirstYear
		r.next[c.Old] = append(r.next[c.Old], c.New)
	}
	for _, m := range matches {
		r.fromBPS[m.BPS] = m.Kemendagri
	}
	return r
}

// Empty says that no code list was given, so that nothing can be asked.
func (r *Register) Empty() bool { return r == nil || len(r.names) == 0 }

// Known says whether the code exists in the year.
func (r *Register) Known(code int64, year int) bool {
	if _, ok := r.names[code]; !ok {
		return false
	}
	if end, ok := r.ends[code]; ok && year >= end {
		return false
	}
	if begin, ok := r.begins[code]; ok && year < begin {
		return false
	}
	return true
}

// Name is the name of a code in the list, "" when it is not there.
func (r *Register) Name(code int64) string { return r.names[code] }

// SameName compares a published name with the list's, case, blanks and
// punctuation aside. A code without a name in the list matches any.
func (r *Register) SameName(code int64, name string) bool {
	want, ok := r.folded[code]
	return !ok || value.Fold(name) == want
}

// WhyUnknown explains why Known is false, and what to do about it.
func (r *Register) WhyUnknown(code int64, year int) (reason, remedy string) {
	if end, ok := r.ends[code]; ok && year >= end {
		to := make([]string, len(r.next[code]))
		for i, n := range r.next[code] {
			to[i] = Dotted(n)
		}
		slices.Sort(to)
		return fmt.Sprintf("code %s is gone since %d, its successor is %v", Dotted(code), end, to),
			"ask the publisher for the code of that year, or add the year to the code-change list"
	}
	if begin, ok := r.begins[code]; ok && year < begin {
		return fmt.Sprintf("code %s exists only since %d", Dotted(code), begin),
			"the release uses codes of a later year; check its period"
	}
	if k, ok := r.fromBPS[code]; ok {
		return fmt.Sprintf("%d is a BPS code; the Kemendagri code of that area is %s (%s)", code, Dotted(k), r.names[k]),
			"the contract wants Kemendagri codes; translate the column through the BPS crosswalk"
	}
	if Digits(code) == 10 && !r.covered[code/1_000_000] {
		return fmt.Sprintf("code %s lies in kabupaten %s, which the code list does not cover", Dotted(code), Dotted(code/1_000_000)),
			"add that kabupaten to the code list, or restrict the release to the areas it covers"
	}
	return fmt.Sprintf("code %s is not in the code list of %d", Dotted(code), year),
		"check for a mistyped digit; a new or renumbered village needs a row in the code-change list"
}
