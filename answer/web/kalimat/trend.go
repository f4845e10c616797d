package kalimat

import (
	"fmt"
	"strconv"
)

// Trend is what the start page's sentences are made of.
type Trend struct {
	Area          string
	Years         []int              // with data, of one methodology
	Counts        map[string][]int64 // status -> count by Years
	Totals        []int64            // by Years
	Reconstructed []bool             // by Years: rows without a published total behind them
	Methodology   string
}

// worstFirst is the order of the statuses.
var worstFirst = [...]string{"SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}

// Focus is the status that the headline is about: Tertinggal when any year
// has one, else the lowest status that any year has.
func (t *Trend) Focus() string {
	if t.ever("TERTINGGAL") {
		return "TERTINGGAL"
	}
	for _, s := range worstFirst {
		if t.ever(s) {
			return s
		}
	}
	return "TERTINGGAL"
}

func (t *Trend) ever(status string) bool {
	for _, n := range t.Counts[status] {
		if n > 0 {
			return true
		}
	}
	return false
}

func (t *Trend) series(status string) *Series {
	s := &Series{Area: t.Area, Status: status}
	for i, y := range t.Years {
		s.Points = append(s.Points, Point{y, t.Counts[status][i]})
	}
	return s
}

// shortSeries is how many years with data a headline can tell from the first pair on; of longer ones it tells the first and the last.
const shortSeries = 4

// Second is the place in Years of the year that the first is compared with: the next of a short series, the last of a long one.
func (t *Trend) Second() int {
	if len(t.Years) > shortSeries {
		return len(t.Years) - 1
	}
	return min(1, len(t.Years)-1)
}

// Headline is the page's finding: the first pair of years, then what the last year says; of a long series the first and the last year.
func (l Lang) Headline(t *Trend) string {
	status := t.Focus()
	s := t.series(status)
	name := Status(status)
	last := s.Points[len(s.Points)-1]
	if len(s.Points) == 1 {
		return fmt.Sprintf(l.T("%s desa %s pada %d, dari %s desa", "%s %s %[5]s in %[3]d, out of %[4]s"), headArgs(l, last, name, t.Totals[len(t.Totals)-1])...)
	}
	if status == "TERTINGGAL" {
		name = l.T("tertinggal", "Tertinggal")
	}
	second := t.Second()
	text := l.pair(name, s, s.Points[0], s.Points[second])
	if second == 1 {
		text += l.since(s)
	}
	if t.Reconstructed[0] || t.Reconstructed[second] {
		return l.ByReconstruction(lower(l, text))
	}
	return text
}

func headArgs(l Lang, p Point, name string, total int64) []any {
	list := []any{l.Int(p.Count), name, p.Year, l.Int(total)}
	if l == EN {
		noun := "villages"
		if p.Count == 1 {
			noun = "village"
		}
		list = append(list, noun)
	}
	return list
}

// lower undoes the capital of a sentence that something is put before.
func lower(l Lang, s string) string {
	if l == EN || s == "" {
		return s // English sentences begin with the name of a status
	}
	return string(s[0]|0x20) + s[1:]
}

func (l Lang) pair(name string, s *Series, a, b Point) string {
	subject := l.T("Desa "+name, name+" villages")
	switch {
	case a.Count == 0 && b.Count == 0:
		return fmt.Sprintf(l.T("Tidak ada desa %s pada %d dan %d", "No %s village in %d and %d"), name, a.Year, b.Year)
	case b.Count == 0:
		return l.had(a, name, "") + l.gone(s, b)
	case a.Count == 0:
		return fmt.Sprintf(l.T("%[1]s desa %[2]s pada %[3]d; pada %[4]d tidak ada", "%[1]s %[2]s %[5]s in %[3]d, none in %[4]d"),
			countNoun(l, b.Count, name, b.Year, a.Year)...)
	case a.Count == b.Count:
		return fmt.Sprintf(l.T("%s tetap %s (%d dan %d)", "%s stayed at %s (%d and %d)"), subject, l.Int(a.Count), a.Year, b.Year)
	}
	verb := l.T("turun", "fell")
	if b.Count > a.Count {
		verb = l.T("naik", "rose")
	}
	return fmt.Sprintf(l.T("%s %s dari %s (%d) menjadi %s (%d)", "%s %s from %s (%d) to %s (%d)"), subject, verb, l.Int(a.Count), a.Year, l.Int(b.Count), b.Year)
}

func countNoun(l Lang, n int64, name string, y1, y2 int) []any {
	list := []any{l.Int(n), name, y1, y2}
	if l == EN {
		noun := "villages"
		if n == 1 {
			noun = "village"
		}
		list = append(list, noun)
	}
	return list
}

// since is the second half of the headline, about the years after the first pair.
func (l Lang) since(s *Series) string {
	if len(s.Points) < 3 {
		return ""
	}
	last := s.Points[len(s.Points)-1]
	if last.Count > 0 {
		return fmt.Sprintf(l.T(", dan menjadi %s (%d)", ", and to %s (%d)"), l.Int(last.Count), last.Year)
	}
	if s.Points[1].Count == 0 {
		return ""
	}
	return fmt.Sprintf(l.T(", dan tidak ada lagi pada %d", ", and none in %d"), s.firstZero(last).Year)
}

// Deck is the grey line under the headline.
func (l Lang) Deck(t *Trend) string {
	last := len(t.Years) - 1
	total := l.Int(t.Totals[last])
	index := l.T("Indeks Desa Membangun (IDM)", "the Indeks Desa Membangun (IDM)")
	if t.Methodology == "INDEKS DESA" {
		index = l.T("Indeks Desa", "the Indeks Desa")
	}
	span := strconv.Itoa(t.Years[0])
	if last > 0 {
		span += "–" + strconv.Itoa(t.Years[last])
	}
	text := fmt.Sprintf(l.T("Status %s desa %s menurut %s, %s.", "Status of %s villages in %s by %s, %s."), total, t.Area, index, span)
	best, low := t.Counts["MANDIRI"][last], ""
	for _, s := range worstFirst[:4] {
		if t.Counts[s][last] > 0 {
			low = s
			break
		}
	}
	text += fmt.Sprintf(l.T(" Pada %d, %s berstatus Mandiri", " In %d, %s were Mandiri"), t.Years[last], l.Villages(best))
	if low == "" {
		return text + "."
	}
	return text + fmt.Sprintf(l.T(" dan %s masih %s.", " and %s still %s."), l.Villages(t.Counts[low][last]), Status(low))
}

// ChartTitle is the finding of the columns: the share of the most common status now, and the end of the lowest two.
func (l Lang) ChartTitle(t *Trend) string {
	last := len(t.Years) - 1
	most := worstFirst[0]
	for _, s := range worstFirst {
		if t.Counts[s][last] >= t.Counts[most][last] {
			most = s
		}
	}
	text := l.share(t.Counts[most][last], t.Totals[last]) + " " + l.T("kini ", "are now ") + Status(most)
	low := Series{Area: t.Area}
	for i, y := range t.Years {
		low.Points = append(low.Points, Point{y, t.Counts["SANGAT TERTINGGAL"][i] + t.Counts["TERTINGGAL"][i]})
	}
	switch now := low.Points[last].Count; {
	case now > 0:
		return text + fmt.Sprintf(l.T("; %s masih di bawah Berkembang", "; %s still below Berkembang"), l.Villages(now))
	case low.Points[0].Count == 0 || last == 0:
		return text
	}
	zero := low.firstZero(low.Points[last])
	if low.yearly(zero.Year-1, zero.Year) {
		return text + fmt.Sprintf(l.T("; yang tertinggal habis pada %d", "; none lag from %d on"), zero.Year)
	}
	return text + fmt.Sprintf(l.T("; yang tertinggal habis paling lambat %d", "; none lag by %d at the latest"), zero.Year)
}

// share is a fraction in words; below a base of 20, and between the fractions, the counts themselves.
func (l Lang) share(n, of int64) string {
	counts := fmt.Sprintf(l.T("%s dari %s desa", "%s of %s villages"), l.Int(n), l.Int(of))
	switch {
	case of < minBase:
		return counts
	case n == of:
		return l.T("Semua desa", "All villages")
	case 10*n >= 9*of:
		return l.T("Hampir semua desa", "Nearly all villages")
	case 3*n > 2*of:
		return l.T("Lebih dari dua pertiga desa", "More than two thirds of the villages")
	case 2*n > of:
		return l.T("Lebih dari separuh desa", "More than half of the villages")
	case 2*n == of:
		return l.T("Separuh desa", "Half of the villages")
	case 20*n >= 9*of:
		return l.T("Hampir separuh desa", "Nearly half of the villages")
	case 3*n > of:
		return l.T("Lebih dari sepertiga desa", "More than a third of the villages")
	}
	return counts
}
