package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
)

// decomposition: which indicators moved the villages of one status change.
func decomposition(q *asking) error {
	from, to, ok, err := q.spanOfScores()
	if err != nil || !ok {
		return err
	}
	g, err := q.r.Gains(q.ctx, q.area, answer.Standing{Status: q.status(), Year: from}, answer.Standing{Status: q.statusTo(), Year: to})
	if err != nil {
		return err
	}
	r, err := q.run("uraian", g.Params())
	if err != nil {
		return err
	}
	q.sayRows(q.gainsSentence(g), from, to)
	for _, gap := range g.Gaps() {
		q.note(q.l.NotApart(gap.Villages, gap.Years))
	}
	if text := q.l.Dimensions(g.Dimensions()); text != "" {
		q.note(text)
	}
	if n := g.Count(func(v answer.GainVillage) bool { return v.Answers }); n > 0 {
		q.note(q.l.SingleAnswers(n))
	}
	if g.Apart() > 0 {
		if err := q.citeIndicators(int(firstNumber(r)), fmt.Sprintf("%d %d", from, to)); err != nil {
			return err
		}
	}
	var released []int
	for _, y := range []int{from, to} {
		if has(q.known, y) {
			released = append(released, y)
		}
	}
	return q.cite(evidence{years: released})
}

// spanOfScores are the two years of the question, the last two with releases
// unless it names others. Years of which only single answers are there will do.
func (q *asking) spanOfScores() (from, to int, ok bool, err error) {
	if q.asked() == 0 || q.askedTo() == 0 {
		a, b, ok, err := q.two(true)
		return a.year, b.year, ok, err
	}
	if _, err := q.years(); err != nil {
		return 0, 0, false, err
	}
	from, to = q.asked(), q.askedTo()
	c, err := q.r.Coverage(q.ctx, q.area.Code)
	if err != nil {
		return 0, 0, false, err
	}
	for _, y := range []int{from, to} {
		if !has(q.known, y) && c.Partial[y] == 0 {
			return 0, 0, false, q.nothing(y)
		}
	}
	if has(q.known, from) && has(q.known, to) {
		_, _, ok, err = q.two(true) // says what is wrong with their order or methodology
		return from, to, ok, err
	}
	return from, to, true, nil
}

// gainsSentence says how many villages moved, and what the change of those that can be taken apart is made up of.
func (q *asking) gainsSentence(g *answer.Gains) string {
	n, apart := int64(len(g.Villages)), g.Apart()
	moved := q.l.Moved(n, q.name(q.area), g.From.Status, g.From.Year, g.To.Status, g.To.Year, !has(q.known, g.From.Year) || !has(q.known, g.To.Year))
	if n == 0 {
		return moved
	}
	text := moved + "; " + q.l.Apart(apart, n)
	if apart == 0 {
		return text
	}
	way := q.movement()
	var parts []string
	left := 0
	for _, i := range bySize(g.Indicators) {
		if i.Points == 0 || way == "naik" && i.Points < 0 || way == "turun" && i.Points > 0 {
			continue
		}
		if len(parts) == mostIndicators {
			left++
			continue
		}
		parts = append(parts, i.Name+" "+q.l.SignedScore(kalimat.GridMean(i.Points, apart)))
	}
	if left > 0 {
		parts = append(parts, fmt.Sprintf(q.l.T("%d lainnya", "%d more"), left))
	}
	text += ": " + q.l.SignedScore(kalimat.GridMean(g.Points(), apart)) + q.l.T(" per desa", " a village")
	if len(parts) == 0 {
		return text + fmt.Sprintf(q.l.T(", tidak ada indikator yang %s", ", no indicator %s"), q.moved(way))
	}
	if way == "berubah" {
		return text + q.l.T(", terdiri dari ", ", made up of ") + strings.Join(parts, "; ")
	}
	return text + fmt.Sprintf(q.l.T("; yang %s: ", "; those that %s: "), q.moved(way)) + strings.Join(parts, "; ")
}

// bySize orders indicators by the size of their gain or loss.
func bySize(list []answer.IndicatorGain) []answer.IndicatorGain {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b answer.IndicatorGain) int {
		return cmp.Compare(max(b.Points, -b.Points), max(a.Points, -a.Points))
	})
	return out
}
