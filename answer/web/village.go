package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// villageBody is the page of one village.
type villageBody struct {
	*answer.Profile
	RulerTitle, RulerLine string
	Ruler                 chart.Ruler
	GapText               string
	YearRows              []answer.VillageRow
	IndexTitle, IndexLine string
	Indices               []indexRow
	PathTitle, PathLine   string
	Path                  []pathRow
	PathNone              string
	CellsTitle            string
	Dimensions            []dimension
	Zeros, Ones           []string
	Rebuilt               bool // any year is reconstructed
	OldCodes              []string
	Synthetic             bool
	HasProgramme          bool
	FullNote              bool
}

// indexRow is one of the three indices.
type indexRow struct {
	Name, Value, Change, Mean string
	Bar, Tick                 chart.Pct
}

// pathRow is one step to the next status.
type pathRow struct {
	answer.Step
	GainText, Result string
	Reached          string
}

// dimension is a group of groups of indicator cells.
type dimension struct {
	Name   string
	Sum    int64
	Full   int64
	Index  string
	Groups []indicatorGroup
}

type indicatorGroup struct {
	Name      string
	Sum, Full int64
	Cells     []indicatorCell
}

type indicatorCell struct {
	answer.Indicator
	Top  chart.Px // of the filled part
	Fill chart.Px // its height, 0..32
	Low  bool
	Zero bool
	None bool
	Href string
}

func (s *Server) village(ctx context.Context, q *request, area answer.Area) (*page, error) {
	if area.Level == "kelurahan" {
		return s.ward(ctx, q, area)
	}
	prof, err := q.Profile(ctx, area)
	if err != nil {
		return nil, err
	}
	if now := prof.Latest().Code; now != area.Code {
		p := s.newPage(q, "desa", area)
		p.redirect = "/" + now
		return p, nil
	}
	p := s.newPage(q, "desa", area)
	b := &villageBody{Profile: prof, YearRows: prof.Years}
	namesakes, _, err := q.Search(ctx, area.Name, 20)
	if err != nil {
		return nil, err
	}
	b.heads(p, prof, len(namesakes) > 1)
	b.ruler(p)
	b.indices(p)
	b.path(p)
	b.cells(p)
	nature, err := q.ProgrammeNature(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range nature {
		b.Synthetic = b.Synthetic || n == "sintetis"
	}
	pr := prof.Programme
	b.HasProgramme = pr.Families != nil || pr.Enterprises != nil || pr.Measured != nil || pr.Facilitators != nil
	p.Crumbs = []link{{Href: p.Href("/" + prof.Regency.Code), Text: shortName(prof.Regency)}, {Href: p.Href("/" + prof.District.Code), Text: prof.District.Name},
		{Text: area.Name + " · " + area.Code}}
	p.Title, p.Body = area.Name+" ("+area.Code+")", b
	p.Sources = b.sources(p)
	return p, nil
}

func (s *Server) ward(ctx context.Context, q *request, area answer.Area) (*page, error) {
	p := s.newPage(q, "kosong", area)
	var err error
	if p.Crumbs, err = s.crumbs(ctx, q, p, area); err != nil {
		return nil, err
	}
	p = s.emptyArea(p, area)
	p.Deck = p.T("Ini kelurahan; IDM mencakup desa saja.", "This is an urban ward; IDM covers villages only.")
	return p, nil
}

func (b *villageBody) heads(p *page, prof *answer.Profile, repeated bool) {
	last := prof.Latest()
	place := kalimat.Place{Name: last.Name, Status: last.Status, Next: prof.Next, Score: last.Score, Steps: prof.StepsNeed,
		Details: prof.StepsFit && prof.NoSteps == "", Reconstructed: last.Nature == rebuilt}
	if prof.NoSteps == "sudah MANDIRI" || last.Status == "MANDIRI" {
		place.Next = ""
	}
	if repeated {
		place.District = prof.District.Name
	}
	if len(prof.Steps) > 0 {
		place.StepName = prof.Steps[0].Name
	}
	p.Head = p.Lang.Village(place)
	var parts []string
	scores := b.scores(false)
	if n := len(scores); n > 1 && rising(scores) {
		parts = append(parts, fmt.Sprintf(p.T("Skor naik tiap tahun sejak %d.", "The score rose in every year since %d."), scores[0].Year))
	}
	if prof.Steps != nil && prof.Next != "" {
		if border := b.border(); border != "" {
			parts = append(parts, fmt.Sprintf(p.T("Pada %d kurang %s dari batas bawah %s (%s).", "In %d it lacks %s to the lower end of %s (%s)."), last.Year, p.Score(b.lack()), p.Status(prof.Next), p.Score(nextFloor(border))))
		}
	}
	if prof.RankOf >= 5 {
		parts = append(parts, fmt.Sprintf(p.T("Peringkat %s dari %s desa di Kecamatan %s.", "Rank %s of %s villages in district %s."), p.Int(prof.Rank), p.Int(prof.RankOf), prof.District.Name))
	}
	if prof.Steps != nil {
		parts = append(parts, fmt.Sprintf(p.T("Langkah dihitung dari rumus %s %d.", "Steps follow the formula of %s %d."), kalimat.Index(last.Methodology), last.Year))
	}
	p.Deck = strings.Join(parts, " ")
	for _, y := range prof.Years {
		b.Rebuilt = b.Rebuilt || y.Nature == rebuilt
		if y.Code != last.Code && (len(b.OldCodes) == 0 || b.OldCodes[len(b.OldCodes)-1] != y.Code) {
			b.OldCodes = append(b.OldCodes, y.Code)
		}
	}
}

// rising reports scores that rise from each year to the next.
func rising(scores []chart.YearScore) bool {
	for i := 1; i < len(scores); i++ {
		if scores[i].Value <= scores[i-1].Value || scores[i].Year != scores[i-1].Year+1 {
			return false
		}
	}
	return true
}

// nextFloor is the least score above a border: borders are upper ends, and the grid's next value is shown.
func nextFloor(border string) string {
	for units, b := range map[int64]string{3092: "0.4907", 3774: "0.5989", 4456: "0.7072", 5138: "0.8155"} {
		if b == border {
			return kalimat.Grid(units)
		}
	}
	return border
}

// border is the upper end of the present status, "" for the highest.
func (b *villageBody) border() string {
	if r := rankOf(b.Latest().Status); r >= 1 && r <= 4 {
		return b.Borders[r-1]
	}
	return ""
}

// lack is what the score needs to the least score of the next status.
func (b *villageBody) lack() string {
	floor, _ := strconv.ParseFloat(nextFloor(b.border()), 64)
	score, _ := strconv.ParseFloat(b.Latest().Score, 64)
	return strconv.FormatFloat(floor-score, 'f', 8, 64)
}

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
