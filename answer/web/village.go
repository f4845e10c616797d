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
