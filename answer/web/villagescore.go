package web

import (
	"fmt"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// scores are the years on the ruler; reconstructed ones only when asked for.
func (b *villageBody) scores(withRebuilt bool) []chart.YearScore {
	var out []chart.YearScore
	add := func(year int, text string) {
		v, err := strconv.ParseFloat(text, 64)
		if err == nil {
			out = append(out, chart.YearScore{Year: year, Text: text, Value: v})
		}
	}
	answers := b.Answers
	for _, y := range b.Years {
		for len(answers) > 0 && answers[0].Year < y.Year {
			add(answers[0].Year, answers[0].Score)
			answers = answers[1:]
		}
		if y.Nature != rebuilt || withRebuilt {
			add(y.Year, y.Score)
		}
	}
	return out
}

func (b *villageBody) ruler(p *page) {
	scores := b.scores(false)
	if len(scores) == 0 {
		scores = b.scores(true)
	}
	var borders [4]float64
	for i, t := range b.Borders {
		borders[i], _ = strconv.ParseFloat(t, 64)
	}
	top, next := 1.0, 0.0
	if borders[3] > 1 {
		top = 100
	}
	if border := b.border(); border != "" {
		next, _ = strconv.ParseFloat(border, 64)
		b.GapText = p.T("kurang ", "lacks ") + p.Score(b.lack())
	}
	b.Ruler = chart.ScoreRuler(scores, borders, b.Borders, top, next)
	first, last := scores[0], scores[len(scores)-1]
	change := strconv.FormatFloat(last.Value-first.Value, 'f', 8, 64)
	switch {
	case first.Year == last.Year:
		b.RulerTitle = fmt.Sprintf(p.T("Skor %s pada %d", "Score %s in %d"), p.Score(last.Text), last.Year)
	case last.Value >= first.Value:
		b.RulerTitle = fmt.Sprintf(p.T("Skor naik %s dalam %s tahun", "The score rose by %s in %s year(s)"), p.Score(change), spell(p.Lang, last.Year-first.Year))
	default:
		b.RulerTitle = fmt.Sprintf(p.T("Skor turun %s dalam %s tahun", "The score fell by %s in %s year(s)"), p.Score(strings.TrimPrefix(change, "-")), spell(p.Lang, last.Year-first.Year))
	}
	b.RulerLine = fmt.Sprintf(p.T("Skor %s Desa %s %d–%d pada skala status.", "%s score of %s %d–%d on the scale of the statuses."), kalimat.Index(b.Latest().Methodology), b.Latest().Name, first.Year, last.Year)
	var thin []string
	for _, t := range b.Ruler.Ticks[:len(b.Ruler.Ticks)-1] {
		thin = append(thin, strconv.Itoa(t.Year))
	}
	if len(thin) > 0 {
		b.RulerLine += p.T(" Garis tipis: ", " Thin ticks: ") + strings.Join(thin, ", ") + "."
	}
}

func (b *villageBody) indices(p *page) {
	last := b.Latest()
	var prev *answer.VillageRow
	for i := range b.Years {
		if b.Years[i].Year == last.Year-1 && b.Years[i].Nature == last.Nature {
			prev = &b.Years[i]
		}
	}
	worst, worstGap := "", 0.0
	for _, x := range []struct {
		name, short, value, mean string
		before                   func(*answer.VillageRow) string
	}{{p.T("Sosial (IKS)", "Social (IKS)"), p.T("Sosial", "Social"), last.IKS, b.Mean.IKS, func(r *answer.VillageRow) string { return r.IKS }},
		{p.T("Ekonomi (IKE)", "Economic (IKE)"), p.T("Ekonomi", "Economy"), last.IKE, b.Mean.IKE, func(r *answer.VillageRow) string { return r.IKE }},
		{p.T("Lingkungan (IKL)", "Environment (IKL)"), p.T("Lingkungan", "Environment"), last.IKL, b.Mean.IKL, func(r *answer.VillageRow) string { return r.IKL }}} {
		v, _ := strconv.ParseFloat(x.value, 64)
		m, _ := strconv.ParseFloat(x.mean, 64)
		row := indexRow{Name: x.name, Value: x.value, Mean: x.mean, Bar: chart.Pct(100 * v), Tick: chart.Pct(100 * m), Change: "–"}
		if prev != nil {
			before, _ := strconv.ParseFloat(x.before(prev), 64)
			row.Change = p.SignedScore(strconv.FormatFloat(v-before, 'f', 8, 64))
		}
		b.Indices = append(b.Indices, row)
		if m-v > worstGap {
			worst, worstGap = x.short, m-v
		}
	}
	b.IndexTitle = p.T("Ketiga indeks tidak di bawah rata-rata kabupaten", "No index is below the regency mean")
	if worst != "" {
		b.IndexTitle = worst + p.T(" paling jauh di bawah rata-rata kabupaten", " is furthest below the regency mean")
	}
	b.IndexLine = fmt.Sprintf(p.T("Tiga indeks %d, 0–1. Garis jingga: rata-rata %s.", "Three indices of %d, 0–1. Orange tick: mean of %s."), last.Year, p.Lang.Villages(b.Mean.Villages))
}
