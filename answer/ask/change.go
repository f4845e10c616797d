package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

// change: how a status changed between two years.
func change(q *asking) error {
	from, to, r, ok, err := q.series()
	if err != nil || !ok {
		return err
	}
	s := kalimat.Series{Area: q.name(q.area), Status: q.status(), Points: points(r)}
	s.Reconstructed = q.unpublished(q.status(), from.year, to.year)
	first, last := s.Points[0], s.Points[len(s.Points)-1]
	q.say(q.l.Change(&s, first, last))
	return q.cite(evidence{years: []int{from.year, to.year}, status: q.status()})
}

// series runs the query of the counts between the two years of the question; ok is as in two.
func (q *asking) series() (from, to known, r rows, ok bool, err error) {
	if from, to, ok, err = q.two(false); err != nil || !ok {
		return from, to, r, ok, err
	}
	r, err = q.run("seri", params{"kode": q.area.Code, "dari": from.year, "ke": to.year, "status": q.status()})
	return from, to, r, ok, err
}

func points(r rows) (out []kalimat.Point) {
	for i := range r.list {
		out = append(out, kalimat.Point{Year: r.year(i), Count: r.int(i, "jumlah")})
	}
	return out
}

// trend: all years with figures, of one status or of all.
func trend(q *asking) error {
	from, to, r, ok, err := q.series()
	if err != nil || !ok {
		return err
	}
	var list []int
	for _, k := range q.known {
		if k.year >= from.year && k.year <= to.year {
			list = append(list, k.year)
		}
	}
	q.say(q.trendText(r, list))
	return q.cite(evidence{years: list, status: q.status()})
}

func (q *asking) trendText(r rows, list []int) string {
	if q.status() != "" {
		var parts []string
		for _, p := range points(r) {
			parts = append(parts, fmt.Sprintf("%s (%d)", q.l.Int(p.Count), p.Year))
		}
		name := kalimat.Status(q.status())
		text := q.l.T("desa "+name+" di ", name+" villages in ") + q.name(q.area) + ": " + strings.Join(parts, ", ")
		if q.unpublished(q.status(), list...) {
			text = q.l.ByReconstruction(text)
		}
		return text
	}
	counts := map[string][]string{}
	var order []string
	for i := range r.list {
		status := r.text(i, "status")
		if counts[status] == nil {
			order = append(order, status)
		}
		counts[status] = append(counts[status], q.l.Int(r.int(i, "jumlah")))
	}
	years := make([]string, len(list))
	for i, y := range list {
		years[i] = fmt.Sprint(y)
	}
	text := q.l.T("desa di ", "villages in ") + q.name(q.area) + q.l.T(" pada ", " in ") + q.l.Join(years)
	sep := ": "
	for _, s := range order {
		text += sep + kalimat.Status(s) + " " + strings.Join(counts[s], ", ")
		sep = "; "
	}
	for s := range counts {
		if q.unpublished(s, list...) {
			return q.l.ByReconstruction(text)
		}
	}
	return text
}

// since: from when on a status has no villages.
func since(q *asking) error {
	list, err := q.years()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return q.nothing(0)
	}
	from, to := list[0], list[len(list)-1]
	r, err := q.run("seri", params{"kode": q.area.Code, "dari": from.year, "ke": to.year, "status": q.status()})
	if err != nil {
		return err
	}
	p := points(r)
	used := make([]int, len(p))
	for i := range p {
		used[i] = p[i].Year
	}
	text := q.sinceText(p)
	if q.unpublished(q.status(), used[lastSome(p):]...) {
		text = q.l.ByReconstruction(text)
	}
	q.say(text)
	return q.cite(evidence{years: used, status: q.status()})
}

// lastSome is the place of the last year with villages; the years from there on carry the sentence.
func lastSome(p []kalimat.Point) int {
	for i := len(p) - 1; i > 0; i-- {
		if p[i].Count > 0 {
			return i
		}
	}
	return 0
}

func (q *asking) sinceText(p []kalimat.Point) string {
	name, area := kalimat.Status(q.status()), q.name(q.area)
	last := p[len(p)-1]
	if last.Count > 0 {
		verb := q.l.T("", " were")
		if last.Count == 1 {
			verb = q.l.T("", " was")
		}
		return fmt.Sprintf(q.l.T("masih ada %s %s di %s pada %d", "%s %s in %s%[5]s still there in %[4]d"), kept(q, last, name, area, verb)...)
	}
	first := len(p) - 1
	for first > 0 && p[first-1].Count == 0 {
		first--
	}
	years := make([]int, 0, len(p))
	for _, x := range p[first:] {
		years = append(years, x.Year)
	}
	if first == 0 {
		return fmt.Sprintf(q.l.T("tidak ada desa %s di %s pada semua tahun yang ada datanya (%s)", "no %s village in %s in any year with data (%s)"), name, area, kalimat.ListYears(years))
	}
	before := p[first-1]
	tail := fmt.Sprintf(q.l.T("terakhir %s pada %d", "last: %s in %d"), q.l.Villages(before.Count), before.Year)
	if before.Count == 1 {
		tail = fmt.Sprintf(q.l.T("terakhir 1 desa pada %d", "last: 1 village in %d"), before.Year)
	}
	switch yearly := years[len(years)-1]-years[0] == len(years)-1; {
	case p[first].Year > before.Year+1:
		return fmt.Sprintf(q.l.T("tidak ada lagi desa %s di %s, paling lambat sejak %d (%s)", "no %s village in %s, by %d at the latest (%s)"), name, area, p[first].Year, tail)
	case yearly:
		return fmt.Sprintf(q.l.T("tidak ada desa %s di %s sejak %d (%s)", "no %s village in %s since %d (%s)"), name, area, p[first].Year, tail)
	}
	return fmt.Sprintf(q.l.T("tidak ada lagi desa %s di %s pada %s (%s)", "no %s village in %s in %s (%s)"), name, area, kalimat.ListYears(years), tail)
}

// kept orders the words of "still there": the number with its noun, then the status, or the other way round.
func kept(q *asking, p kalimat.Point, name, area, verb string) []any {
	if q.l == kalimat.ID {
		return []any{q.l.Villages(p.Count), name, area, p.Year}
	}
	noun := "villages"
	if p.Count == 1 {
		noun = "village"
	}
	return []any{q.l.Int(p.Count) + " " + name, noun, area, p.Year, verb}
}
