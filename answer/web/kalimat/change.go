package kalimat

import (
	"fmt"
	"strconv"
)

// Point is the number of villages of one status in one year.
type Point struct {
	Year  int
	Count int64
}

// Series is one status over the years of one area that have data.
type Series struct {
	Area   string // with level where needed
	Status string // as in the marts
	Points []Point
	// Reconstructed years have village rows made to fit a total and no published total that says so.
	Reconstructed bool
}

// yearly reports that every year from a to b has data.
func (s *Series) yearly(a, b int) bool {
	have := map[int]bool{}
	for _, p := range s.Points {
		have[p.Year] = true
	}
	for y := a; y <= b; y++ {
		if !have[y] {
			return false
		}
	}
	return true
}

// Change says what became of a status from one year to another.
func (l Lang) Change(s *Series, from, to Point) string {
	text := l.change(s, from, to)
	if s.Reconstructed {
		return l.ByReconstruction(text)
	}
	return Upper(text)
}

// ByReconstruction marks a sentence whose rows are reconstructed.
func (l Lang) ByReconstruction(sentence string) string {
	return l.T("Menurut rekonstruksi, ", "By reconstruction, ") + sentence
}

func (l Lang) change(s *Series, from, to Point) string {
	name, a, b := Status(s.Status), l.Int(from.Count), l.Int(to.Count)
	subject := l.T("desa "+name+" di "+s.Area, name+" villages in "+s.Area)
	switch {
	case from.Count == 0 && to.Count == 0:
		return l.none(s, from, to)
	case to.Count == 0:
		return l.had(from, name, l.T(" di ", " in ")+s.Area) + l.gone(s, to)
	case from.Count == 0:
		return fmt.Sprintf(l.T("%s desa %s di %s pada %d; pada %d tidak ada", "%[1]s %[2]s %[6]s in %[3]s in %[4]d, none in %[5]d"),
			arg(l, b, name, s.Area, to.Year, from.Year, to.Count)...)
	case from.Count == to.Count:
		return fmt.Sprintf(l.T("%s tetap %s (%d dan %d)", "%s stayed at %s (%d and %d)"), subject, a, from.Year, to.Year)
	case to.Count < from.Count:
		return fmt.Sprintf(l.T("%s turun dari %s (%d) menjadi %s (%d)", "%s fell from %s (%d) to %s (%d)"), subject, a, from.Year, b, to.Year)
	}
	return fmt.Sprintf(l.T("%s naik dari %s (%d) menjadi %s (%d)", "%s rose from %s (%d) to %s (%d)"), subject, a, from.Year, b, to.Year)
}

// had counts the villages of a status in a year: "21 desa Tertinggal di Tabang pada 2020".
func (l Lang) had(p Point, name, where string) string {
	if l == EN {
		noun := " villages"
		if p.Count == 1 {
			noun = " village"
		}
		return l.Int(p.Count) + " " + name + noun + where + " in " + strconv.Itoa(p.Year)
	}
	return l.Int(p.Count) + " desa " + name + where + " pada " + strconv.Itoa(p.Year)
}

// gone says since when there are none, as exactly as the years with data tell: a
// year whose year before has villages, or else the latest that it can be.
func (l Lang) gone(s *Series, to Point) string {
	zero := s.firstZero(to)
	switch {
	case !s.yearly(zero.Year-1, zero.Year):
		return fmt.Sprintf(l.T(", tidak ada lagi, paling lambat %d", ", none, by %d at the latest"), zero.Year)
	case zero.Year < to.Year && s.yearly(zero.Year, to.Year):
		return fmt.Sprintf(l.T(", tidak ada lagi sejak %d", ", none since %d"), zero.Year)
	}
	return fmt.Sprintf(l.T(", tidak ada lagi pada %d", ", none in %d"), zero.Year)
}

// firstZero is the year from which every later year with data up to one that has none has none.
func (s *Series) firstZero(to Point) Point {
	for i := len(s.Points) - 1; i >= 0; i-- {
		switch p := s.Points[i]; {
		case p.Year >= to.Year:
		case p.Count > 0:
			return to
		default:
			to = p
		}
	}
	return to
}

// arg adds the English noun, which Indonesian does not mark.
func arg(l Lang, count, name, area string, y1, y2 int, n int64) []any {
	list := []any{count, name, area, y1, y2}
	if l == EN {
		noun := "villages"
		if n == 1 {
			noun = "village"
		}
		list = append(list, noun)
	}
	return list
}

// none is said of a status without villages at both ends.
func (l Lang) none(s *Series, from, to Point) string {
	name := Status(s.Status)
	if s.yearly(from.Year, to.Year) {
		return fmt.Sprintf(l.T("tidak ada desa %s di %s sejak %d", "no %s village in %s since %d"), name, s.Area, from.Year)
	}
	return fmt.Sprintf(l.T("tidak ada desa %s di %s pada %d dan %d", "no %s village in %s in %d and %d"), name, s.Area, from.Year, to.Year)
}

// Count says one number of the trend.
func (l Lang) Count(area, status string, year int, methodology string, n int64, reconstructed bool) string {
	text := fmt.Sprintf(l.T("%s desa di %s berstatus %s pada %s %d", "%[1]s %[6]s in %[2]s %[7]s %[3]s in %[4]s %[5]d"),
		countArgs(l, n, area, Status(status), Index(methodology), year)...)
	if status == "" {
		text = fmt.Sprintf(l.T("%s desa di %s tercatat pada %s %d", "%[1]s %[5]s in %[2]s are recorded in %[3]s %[4]d"),
			totalArgs(l, n, area, Index(methodology), year)...)
	}
	if reconstructed {
		return l.ByReconstruction(text)
	}
	return text
}

func countArgs(l Lang, n int64, area, status, index string, year int) []any {
	list := []any{l.Int(n), area, status, index, year}
	if l == EN && n == 1 {
		return append(list, "village", "was")
	}
	if l == EN {
		return append(list, "villages", "were")
	}
	return list
}

func totalArgs(l Lang, n int64, area, index string, year int) []any {
	list := []any{l.Int(n), area, index, year}
	if l == EN && n == 1 {
		return append(list, "village")
	}
	if l == EN {
		return append(list, "villages")
	}
	return list
}

// Index is the short name of a methodology.
func Index(methodology string) string {
	if methodology == "INDEKS DESA" {
		return "Indeks Desa"
	}
	return methodology
}

// Break says that two years are not compared.
func (l Lang) Break(from string, a int, to string, b int) string {
	return fmt.Sprintf(l.T("%s %d dan %s %d tidak dibandingkan", "%s %d and %s %d are not compared"), Index(from), a, Index(to), b)
}

// Partial says how much of a year is there.
func (l Lang) Partial(have, of int64) string {
	return fmt.Sprintf(l.T("%s dari %s desa tersedia", "%s of %s villages available"), l.Int(have), l.Int(of))
}

// NoData says that an area has nothing of a year; year 0 is any year.
func (l Lang) NoData(area string, year int) string {
	if year == 0 {
		return l.T("Belum ada data untuk ", "No data yet for ") + area
	}
	y := strconv.Itoa(year)
	return l.T("Belum ada data "+y+" untuk "+area, "No data yet for "+y+" in "+area)
}

// ListYears writes years and ranges: 2021–22, 2025.
func ListYears(years []int) string {
	out := ""
	for i := 0; i < len(years); {
		j := i
		for j+1 < len(years) && years[j+1] == years[j]+1 {
			j++
		}
		if out != "" {
			out += ", "
		}
		out += strconv.Itoa(years[i])
		if j > i {
			out += "–" + pad(int64(years[j]%100), 2)
		}
		i = j + 1
	}
	return out
}
