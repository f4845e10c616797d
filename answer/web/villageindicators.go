package web

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// shownSteps is how many steps the table shows beside those that suffice.
const shownSteps = 6

func (b *villageBody) path(p *page) {
	if len(b.Steps) == 0 {
		b.PathNone = b.NoSteps
		return
	}
	open := 0
	for _, i := range b.Indicators {
		if i.Score != nil && *i.Score < 5 {
			open++
		}
	}
	next := p.Status(b.Next)
	b.PathTitle = fmt.Sprintf(p.T("Jalan ke %s: %s indikator belum penuh", "The way to %s: %s indicators are below full"), next, p.Int(int64(open)))
	if n := b.StepsNeed; n > 0 {
		b.PathTitle = fmt.Sprintf(p.T("Jalan ke %s: dari %s indikator yang belum penuh, %s langkah sudah cukup", "The way to %s: of %s indicators below full, %s step(s) suffice"),
			next, p.Int(int64(open)), spell(p.Lang, int(n)))
	}
	b.PathLine = fmt.Sprintf(p.T("Kenaikan skor bila satu indikator diperbaiki; diurutkan dari langkah tunggal paling berpengaruh. Perlu +%s.",
		"Gain in score when one indicator is raised; the most effective single step first. Needed: +%s."), p.Score(b.lack()))
	limit := max(shownSteps, int(b.StepsNeed))
	for i, st := range b.Steps {
		if i >= limit {
			break
		}
		gain := kalimat.Grid(st.Gain)
		row := pathRow{Step: st, GainText: gain, Result: kalimat.Grid(st.Grid + st.Gain)}
		if st.Suffices && st.Rank == b.StepsNeed {
			row.Reached = next
		}
		b.Path = append(b.Path, row)
	}
}

func (b *villageBody) cells(p *page) {
	last := b.Latest()
	low := 0
	for _, ind := range b.Indicators {
		dim := p.T(map[string]string{"IKS": "Sosial", "IKE": "Ekonomi", "IKL": "Lingkungan"}[ind.Dimension], map[string]string{"IKS": "Social", "IKE": "Economic", "IKL": "Environment"}[ind.Dimension])
		if n := len(b.Dimensions); n == 0 || b.Dimensions[n-1].Name != dim {
			b.Dimensions = append(b.Dimensions, dimension{Name: dim, Index: map[string]string{"IKS": last.IKS, "IKE": last.IKE, "IKL": last.IKL}[ind.Dimension]})
		}
		d := &b.Dimensions[len(b.Dimensions)-1]
		if n := len(d.Groups); n == 0 || d.Groups[n-1].Name != ind.Group {
			d.Groups = append(d.Groups, indicatorGroup{Name: ind.Group})
		}
		g := &d.Groups[len(d.Groups)-1]
		c := indicatorCell{Indicator: ind, None: ind.Score == nil, Href: p.Href(fmt.Sprintf("/asal/fct_indikator/%s/%d/%d", last.Code, last.Year, ind.Number))}
		d.Full, g.Full = d.Full+5, g.Full+5
		if ind.Score != nil {
			v := *ind.Score
			c.Fill, c.Low, c.Zero = chart.Px(32*float64(v)/5), v <= 2, v == 0
			c.Top = 32 - c.Fill
			d.Sum, g.Sum = d.Sum+v, g.Sum+v
			switch v {
			case 0:
				b.Zeros = append(b.Zeros, ind.Name)
			case 1:
				b.Ones = append(b.Ones, ind.Name)
			}
			b.FullNote = true
		}
		if ind.Score != nil && *ind.Score <= 1 {
			low++
		}
		g.Cells = append(g.Cells, c)
	}
	b.CellsTitle = fmt.Sprintf(p.T("50 indikator: %s bernilai 0 atau 1", "50 indicators: %s at 0 or 1"), spell(p.Lang, low))
	if !b.FullNote {
		b.CellsTitle = p.T("50 indikator: rincian belum ada", "50 indicators: no details yet")
	}
}

func (b *villageBody) sources(p *page) string {
	var out []string
	for _, y := range b.Years {
		text := y.Release
		if n := p.Nature(y.Nature); n != "" {
			text += " (" + n + ")"
		}
		out = append(out, text)
	}
	return p.T("Sumber: ", "Source: ") + strings.Join(out, ", ") + "."
}

// allBody is the page of all 50 indicators of a village, with the ministry's words for each score.
type allBody struct {
	Year int
	Code string
	Rows []allRow
}

// allRow is one indicator.
type allRow struct {
	answer.Indicator
	First   string // dimension and its index, on the first row of each
	Meaning string // of the village's score
	Next    string // the next score that it can have and what IDM gains by it; "" for none, or when it is never advised
}

func (s *Server) allIndicators(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	if area.Level != "desa" {
		return nil, errNoPage
	}
	prof, err := q.Profile(ctx, area)
	if err != nil {
		return nil, err
	}
	last := prof.Latest()
	p := s.newPage(q, "semuaindikator", area)
	if last.Code != area.Code {
		p.redirect = "/" + last.Code + "/indikator"
		return p, nil
	}
	b := &allBody{Year: last.Year, Code: last.Code}
	have, before := 0, ""
	for _, ind := range prof.Indicators {
		row := allRow{Indicator: ind}
		if ind.Dimension != before {
			row.First = ind.Dimension + " " + p.Score(map[string]string{"IKS": last.IKS, "IKE": last.IKE, "IKL": last.IKL}[ind.Dimension])
			before = ind.Dimension
		}
		if ind.Score != nil {
			have++
			if err := row.read(p); err != nil {
				return nil, err
			}
		}
		b.Rows = append(b.Rows, row)
	}
	p.Head = fmt.Sprintf(p.T("50 indikator Desa %s, %s %d", "The 50 indicators of %s, %s %d"), last.Name, kalimat.Index(last.Methodology), last.Year)
	p.Title, p.Body = p.Head, b
	p.Deck = fmt.Sprintf(p.T("Nilai 0–5 dan artinya menurut kementerian; %d dari 50 nilai ada.", "Scores 0–5 and what they mean in the ministry's words; %d of 50 scores are there."), have)
	p.Crumbs = []link{{Href: p.Href("/" + prof.Regency.Code), Text: shortName(prof.Regency)}, {Href: p.Href("/" + prof.District.Code), Text: prof.District.Name},
		{Href: p.Href("/" + area.Code), Text: area.Name}, {Text: p.T("Semua indikator", "All indicators")}}
	return p, nil
}

// read finds what the score means and which one comes next.
func (r *allRow) read(p *page) error {
	steps, err := answer.Rubric(r.Number)
	if err != nil {
		return err
	}
	for _, step := range steps {
		switch {
		case step.Score == *r.Score:
			r.Meaning = step.Meaning
		case step.Score > *r.Score && r.Next == "" && r.Advised:
			r.Next = fmt.Sprintf("%d: %s", step.Score, p.SignedScore(kalimat.Grid(r.Weight*(step.Score-*r.Score))))
		}
	}
	return nil
}
