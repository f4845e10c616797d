package wilayah

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// Match pairs the codes of one area in several schemes.
type Match struct {
	BPS, Kemendagri int64
	DJPK            string // such as 17/03; "" for none
}

// Register answers which Kemendagri codes exist in a year. It is built once
// from the staged code lists and then only read, by any number of goroutines.
type Register struct {
	names   map[int64]string
	folded  map[int64]string
	begins  map[int64]int // first year of a code that replaced another
	ends    map[int64]int // first year in which a code is gone
	next    map[int64][]int64
	foreign map[string]map[string][]int64 // Kemendagri codes by scheme and foreign code
	covered map[int64]bool                // kabupaten that the list covers
	prev    map[int64]int64
	inside  map[int64][]int64 // codes by the code one level up, in order
}

// NewRegister builds a register. Changes rule over the lists: a code that a
// change replaced is known only before its year, the new code only from it on.
func NewRegister(areas []Area, changes []Change, matches []Match) *Register {
	r := &Register{
		names: make(map[int64]string, len(areas)), folded: make(map[int64]string, len(areas)),
		begins: map[int64]int{}, ends: map[int64]int{}, next: map[int64][]int64{},
		foreign: map[string]map[string][]int64{BPSCrosswalk: {}, DJPKCrosswalk: {}}, covered: map[int64]bool{},
		prev: map[int64]int64{}, inside: map[int64][]int64{},
	}
	for _, a := range areas {
		r.names[a.Code] = a.Name
		r.folded[a.Code] = value.Fold(a.Name)
		if Digits(a.Code) == 10 {
			r.covered[a.Code/1_000_000] = true
		}
		r.inside[Parent(a.Code)] = append(r.inside[Parent(a.Code)], a.Code)
	}
	for _, codes := range r.inside {
		slices.Sort(codes)
	}
	for _, c := range changes {
		r.ends[c.Old] = c.FirstYear
		r.begins[c.New] = c.FirstYear
		r.next[c.Old] = append(r.next[c.Old], c.New)
		if _, two := r.prev[c.New]; two {
			r.prev[c.New] = 0 // merged from several: no single code of former years
		} else {
			r.prev[c.New] = c.Old
		}
	}
	for _, m := range matches {
		r.match(BPSCrosswalk, strconv.FormatInt(m.BPS, 10), m.Kemendagri)
		if m.DJPK != "" {
			r.match(DJPKCrosswalk, m.DJPK, m.Kemendagri)
		}
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
	if k, ok := r.Translate(BPSCrosswalk, strconv.FormatInt(code, 10)); ok {
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

// The schemes that a crosswalk translates from.
const (
	BPSCrosswalk  = "bps"
	DJPKCrosswalk = "djpk"
)

func (r *Register) match(scheme, code string, kemendagri int64) {
	if !slices.Contains(r.foreign[scheme][code], kemendagri) {
		r.foreign[scheme][code] = append(r.foreign[scheme][code], kemendagri)
	}
}

// candidates are the Kemendagri codes that a code of another scheme may stand for.
func (r *Register) candidates(scheme, code string) []int64 {
	if r == nil {
		return nil
	}
	return r.foreign[scheme][code]
}

// Translate gives the Kemendagri code of a code of another scheme; ok is false
// when the crosswalk does not have it, or has several areas for it. Which of
// the two says WhyNot.
func (r *Register) Translate(scheme, code string) (kemendagri int64, ok bool) {
	found := r.candidates(scheme, code)
	if len(found) != 1 {
		return 0, false
	}
	return found[0], true
}

// WhyNot explains why Translate does not translate a code, and what to do about it.
func (r *Register) WhyNot(scheme, code string) (reason, remedy string) {
	const add = "add the area to a source that fills the table padanan; it is not guessed"
	label := strings.ToUpper(scheme) + " code " + code
	found := r.candidates(scheme, code)
	if r == nil || len(r.foreign[scheme]) == 0 {
		return label + " cannot be translated, there is no crosswalk", "add a source that fills the table padanan"
	}
	if len(found) > 1 {
		to := make([]string, len(found))
		for i, k := range found {
			to[i] = Dotted(k)
		}
		return fmt.Sprintf("%s stands for several areas in the crosswalk: %s", label, strings.Join(to, ", ")),
			"write the Kemendagri code into the source, or correct the crosswalk; it is not guessed"
	}
	if n, err := ParseCode(code, Kemendagri); err == nil && r.names[n] != "" {
		return fmt.Sprintf("%s is not in the crosswalk, but is the Kemendagri code of %s", label, r.names[n]),
			"if the release uses Kemendagri codes, remove crosswalk: " + scheme + " from the contract; otherwise " + add
	}
	return label + " is not in the crosswalk", add
}

// AsOf gives the code that an area had in a year. Where the history does not
// lead to one code, the code stays as it is.
func (r *Register) AsOf(code int64, year int) int64 {
	for range 8 { // a chain of renumberings; longer ones are a mistake in the list
		begin, replaced := r.begins[code]
		if before := r.prev[code]; replaced && year < begin && before != 0 {
			code = before
			continue
		}
		if end, gone := r.ends[code]; gone && year >= end && len(r.next[code]) == 1 {
			code = r.next[code][0]
			continue
		}
		return code
	}
	return code
}

// VillagesNamed lists the villages of a kecamatan that had a name in a year.
func (r *Register) VillagesNamed(kecamatan int64, name string, year int) []int64 {
	var out []int64
	want := value.Fold(name)
	for _, code := range r.inside[kecamatan] {
		if r.folded[code] == want && r.Known(code, year) {
			out = append(out, code)
		}
	}
	return out
}

// NamesIn lists the village names of a kecamatan.
func (r *Register) NamesIn(kecamatan int64) []string {
	var out []string
	for _, code := range r.inside[kecamatan] {
		out = append(out, r.names[code])
	}
	return out
}

// KecamatanNamed lists the kecamatan of a name in kabupaten of a name, with or
// without the word for its level.
func (r *Register) KecamatanNamed(kabupaten, kecamatan string) []int64 {
	var out []int64
	for code := range r.names {
		if Digits(code) != 6 || r.folded[code] != value.Fold(kecamatan) {
			continue
		}
		kab, want := r.folded[Parent(code)], value.Fold(kabupaten)
		if kab == want || kab == "KABUPATEN"+want || kab == "KOTA"+want || "KABUPATEN"+kab == want {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// Villages lists the codes of desa (seventh digit 2, or 3 for desa adat) that
// exist in the year, in order; within restricts them to areas, none means all.
func (r *Register) Villages(year int, within []int64) []int64 {
	if r.Empty() {
		return nil
	}
	var out []int64
	for code := range r.names {
		kind := code / 1000 % 10
		if Digits(code) == 10 && (kind == 2 || kind == 3) && r.Known(code, year) && inside(code, within) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// inside says whether a village lies in one of the areas, or is one of them.
func inside(code int64, areas []int64) bool {
	if len(areas) == 0 {
		return true
	}
	for at := code; at > 0; at = Parent(at) {
		if slices.Contains(areas, at) {
			return true
		}
	}
	return false
}
