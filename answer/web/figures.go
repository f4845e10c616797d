package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
	"lumbung/transform/indeks"
)

// figures is the trend of an area together with what is known of its years.
type figures struct {
	area   answer.Area
	trend  *answer.Trend
	claims []answer.Claim // about this area
	cover  answer.Coverage
	main   string // the methodology with the most years; sentences are about it
	years  []int  // of the main methodology
}

// natures of a year's counts beside the rows' own nature.
const (
	published = "terbitan"
	remainder = "dari selisih"
	rebuilt   = "rekonstruksi"
)

func (q *request) figures(ctx context.Context, area answer.Area) (*figures, error) {
	f := &figures{area: area}
	var err error
	if f.cover, err = q.Coverage(ctx, area.Code); err != nil {
		return nil, err
	}
	if f.claims, err = q.Claims(ctx, area.Code); err != nil {
		return nil, err
	}
	f.trend, err = q.Trend(ctx, area, 0, 0)
	var none *answer.NoDataError
	if errors.As(err, &none) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, y := range f.trend.Years {
		m := f.trend.Methodology[strconv.Itoa(y)]
		if count[m]++; count[m] >= count[f.main] {
			f.main = m
		}
	}
	for _, y := range f.trend.Years {
		if f.trend.Methodology[strconv.Itoa(y)] == f.main {
			f.years = append(f.years, y)
		}
	}
	return f, nil
}

// last is the newest year of the main methodology, before the one before it; 0 for none.
func (f *figures) last() int { return f.years[len(f.years)-1] }

func (f *figures) before() int {
	if len(f.years) < 2 {
		return 0
	}
	return f.years[len(f.years)-2]
}

func (f *figures) has(year int) bool {
	_, ok := f.trend.Villages[strconv.Itoa(year)]
	return ok
}

func (f *figures) count(status string, year int) int64 {
	for _, s := range f.trend.Status {
		if s.Status == status {
			return s.Counts[strconv.Itoa(year)]
		}
	}
	return 0
}

func (f *figures) counts(year int) *[6]int64 {
	if f.trend == nil || !f.has(year) {
		return nil
	}
	var out [6]int64
	for i, s := range indeks.Names() {
		out[i+1] = f.count(s, year)
	}
	return &out
}

func (f *figures) total(year int) int64 { return f.trend.Villages[strconv.Itoa(year)] }

// rows is the nature of the village rows of a year.
func (f *figures) rows(year int) string { return f.trend.Nature[strconv.Itoa(year)] }

// claimsOf lists the published figures of a year that agree with ours.
func (f *figures) claimsOf(year int, status string) []answer.Claim {
	var out []answer.Claim
	for _, c := range f.claims {
		if c.Year == year && (status == "" || c.Status == status) {
			out = append(out, c)
		}
	}
	return out
}

// totalNature says what the counts of a year are when its rows are no official data:
// "terbitan" when published totals say the same of all five statuses, else the rows' nature.
func (f *figures) totalNature(year int) string {
	nature := f.rows(year)
	if nature != rebuilt {
		return ""
	}
	for _, s := range indeks.Names() {
		agreed := false
		for _, c := range f.claimsOf(year, s) {
			agreed = agreed || c.Difference != nil && *c.Difference == 0
		}
		if !agreed {
			return rebuilt
		}
	}
	return published
}

// remainders lists the statuses of a year whose published figure is only a remainder.
func (f *figures) remainders(year int) []string {
	var out []string
	for _, s := range indeks.Names() {
		for _, c := range f.claimsOf(year, s) {
			if c.Kind == remainder {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// sentence is the trend as the sentences want it.
func (f *figures) sentence(l kalimat.Lang) *kalimat.Trend {
	t := &kalimat.Trend{Area: areaName(l, f.area), Years: f.years, Counts: map[string][]int64{}, Methodology: f.main}
	for _, y := range f.years {
		for _, s := range indeks.Names() {
			t.Counts[s] = append(t.Counts[s], f.count(s, y))
		}
		t.Totals = append(t.Totals, f.total(y))
		t.Reconstructed = append(t.Reconstructed, f.totalNature(y) == rebuilt)
	}
	return t
}

// maxSlots is how many years a chart shows at most; the newest stay.
const maxSlots = 12

// columns is the chart of the trend with its empty years.
func (f *figures) columns(l kalimat.Lang) (chart.Columns, []int) {
	first, end := f.trend.Years[0], f.trend.Years[len(f.trend.Years)-1]
	breakAfter := 0
	if next := f.cover.Next; next > first {
		end, breakAfter = max(end, next), next-1
	}
	first = max(first, end-maxSlots+1)
	var slots []chart.Year
	var years []int
	for y := first; y <= end; y++ {
		slot := chart.Year{Year: y, Counts: f.counts(y)}
		if slot.Counts == nil {
			slot.Why = f.why(l, y)
		} else if nature := f.totalNature(y); nature == rebuilt {
			slot.Note, slot.Reconstructed = l.T("rekonstruksi", "reconstr."), true
		} else if nature != "" {
			slot.Note = l.T("terbitan", "published")
		}
		slots, years = append(slots, slot), append(years, y)
	}
	if breakAfter > 0 && (breakAfter < first || breakAfter >= end) {
		breakAfter = 0
	}
	return chart.StackedColumns(slots, breakAfter), years
}

func (f *figures) why(l kalimat.Lang, year int) []string {
	switch {
	case f.cover.Partial[year] > 0:
		return []string{l.T("belum", "in-"), l.T("lengkap", "complete")}
	case f.cover.Next > 0 && year >= f.cover.Next:
		return []string{l.T("belum", "not"), l.T("dimuat", "loaded")}
	}
	return []string{l.T("belum", "not"), l.T("ada", "there")}
}

// notes are the lines under the chart. badge tells that the first one ends with the badge.
func (f *figures) notes(l kalimat.Lang) (totals string, rest []string) {
	var pub, reb []int
	var parts []string
	for _, y := range f.years {
		switch f.totalNature(y) {
		case published:
			pub = append(pub, y)
		case rebuilt:
			reb = append(reb, y)
		}
	}
	if len(pub) > 0 {
		totals = fmt.Sprintf(l.T("%s: jumlah terbitan", "%s: published totals"), joinYears(l, pub))
		if text := f.remainderText(l, pub); text != "" {
			totals += " (" + text + ")"
		}
		totals += l.T("; baris per desa untuk tahun itu", "; village rows of these years are a")
	}
	if len(reb) > 0 {
		totals = fmt.Sprintf(l.T("%s: jumlah dari baris per desa yang", "%s: counts of village rows that are a"), joinYears(l, reb))
	}
	var partial, empty []int
	for _, y := range f.missing() {
		if f.cover.Partial[y] > 0 {
			partial = append(partial, y)
			parts = append(parts, l.Int(f.cover.Partial[y]))
		} else {
			empty = append(empty, y)
		}
	}
	if len(partial) > 0 {
		of := f.total(f.last())
		rest = append(rest, fmt.Sprintf(l.T("%s: hanya %s dari %s desa tersedia, jadi tidak digambar.", "%s: only %s of %s villages available, so not drawn."),
			joinYears(l, partial), l.Join(parts), l.Int(of)))
	}
	if len(empty) > 0 {
		rest = append(rest, fmt.Sprintf(l.T("%s: belum ada data.", "%s: no data yet."), joinYears(l, empty)))
	}
	for i := 1; i < len(f.years); i++ {
		if a, b := f.total(f.years[i-1]), f.total(f.years[i]); a != b {
			rest = append(rest, fmt.Sprintf(l.T("Wilayahnya tidak sama: %s pada %d, %s pada %d.", "The area is not the same: %s in %d, %s in %d."),
				l.Villages(a), f.years[i-1], l.Villages(b), f.years[i]))
		}
	}
	for _, b := range f.trend.Breaks {
		rest = append(rest, l.Break(b.From, b.After, b.To, b.Before)+".")
	}
	if n := f.cover.Next; n > f.last() && len(f.trend.Breaks) == 0 {
		rest = append(rest, fmt.Sprintf(l.T("%d: Indeks Desa memakai enam dimensi dan skala lain; tidak disambung dengan IDM.",
			"%d: Indeks Desa uses six dimensions and another scale; it is not joined to IDM."), n))
	}
	return totals, rest
}

func (f *figures) remainderText(l kalimat.Lang, years []int) string {
	text := map[string][]string{}
	var order []string
	for _, y := range years {
		for _, s := range f.remainders(y) {
			if text[s] == nil {
				order = append(order, s)
			}
			text[s] = append(text[s], l.Int(f.count(s, y)))
		}
	}
	var out []string
	for _, s := range order {
		out = append(out, kalimat.Status(s)+", "+l.Join(text[s]))
	}
	if out == nil {
		return ""
	}
	return l.Join(out) + l.T(", dari selisih terhadap ", ", as the remainder of ") + l.Int(f.total(years[0]))
}

// missing lists the years without data between the first and the last.
func (f *figures) missing() []int { return f.trend.Missing }

func joinYears(l kalimat.Lang, years []int) string {
	var out []string
	for _, y := range years {
		out = append(out, strconv.Itoa(y))
	}
	return l.Join(out)
}

// published is the number of villages that a publication gives for the newest year, 0 when none does.
func (f *figures) published() int64 {
	for _, c := range f.claimsOf(f.last(), "TOTAL") {
		return c.Theirs
	}
	return 0
}
