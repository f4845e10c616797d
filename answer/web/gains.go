package web

import (
	"context"
	"fmt"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// gainsBody takes the change of the villages of a matrix cell apart into indicators.
type gainsBody struct {
	Title, Line string
	Rows, Rest  []gainRow // the largest, and those behind a fold
	RestTitle   string
	Sum         string // points of all
	Mean        string // IDM a village
	Rebuilt     bool   // a year is reconstructed
	Notes       []string
}

// gainRow is one indicator.
type gainRow struct {
	answer.IndicatorGain
	PointsText, Mean string
	Bar              chart.Pct // of the largest gain or loss
}

// openGains is how many indicators a page shows unfolded.
const openGains = 8

// gains is nil for villages that stayed or that one of the years does not have.
func (s *Server) gains(ctx context.Context, q *request, p *page, f answer.MoverFilter, area answer.Area) (*gainsBody, error) {
	if f.StatusFrom == f.StatusTo || rankOf(f.StatusFrom) == 0 || rankOf(f.StatusTo) == 0 {
		return nil, nil
	}
	g, err := q.Gains(ctx, area, answer.Standing{Status: f.StatusFrom, Year: f.From}, answer.Standing{Status: f.StatusTo, Year: f.To})
	if err != nil || len(g.Villages) == 0 {
		return nil, err
	}
	n, apart := int64(len(g.Villages)), g.Apart()
	b := &gainsBody{Title: p.T("Indikator di balik perpindahan", "Indicators behind the moves"), Line: kalimat.Upper(p.Lang.Apart(apart, n)) + "."}
	b.Rebuilt = g.Count(func(v answer.GainVillage) bool { return v.Reconstructed }) > 0
	if text := p.Lang.Dimensions(g.Dimensions()); text != "" {
		b.Line += " " + kalimat.Upper(text) + "."
	}
	for _, gap := range g.Gaps() {
		b.Notes = append(b.Notes, kalimat.Upper(p.Lang.NotApart(gap.Villages, gap.Years))+".")
	}
	if apart == 0 {
		return b, nil
	}
	largest := int64(1)
	for _, i := range g.Indicators {
		largest = max(largest, i.Points, -i.Points)
	}
	for _, i := range g.Indicators {
		row := gainRow{i, p.Signed(i.Points), p.SignedScore(kalimat.GridMean(i.Points, apart)), chart.Pct(100 * float64(max(i.Points, -i.Points)) / float64(largest))}
		if len(b.Rows) < openGains {
			b.Rows = append(b.Rows, row)
		} else {
			b.Rest = append(b.Rest, row)
		}
	}
	b.RestTitle = p.count(int64(len(b.Rest)), "indikator lain", "more indicator", "more indicators")
	b.Sum, b.Mean = p.Signed(g.Points()), p.SignedScore(kalimat.GridMean(g.Points(), apart))
	b.Title += fmt.Sprintf(p.T(" %s dari %s: %s IDM per desa", " of %s of %s: %s IDM a village"), p.Int(apart), p.Lang.Villages(n), b.Mean)
	b.Notes = append(b.Notes, fmt.Sprintf(p.T("1 poin = 1/%s IDM. Jumlah poin indikator sama persis dengan perubahan skor.", "1 point = 1/%s of IDM. The points of the indicators are exactly the change of the score."), p.Int(answer.GridPoints)))
	return b, nil
}
