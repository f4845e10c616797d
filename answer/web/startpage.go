package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
	"lumbung/transform/indeks"
)

// startBody is the page of an area: trend, table, areas below.
type startBody struct {
	Keys       []keyFigure
	ChartTitle string
	ChartLine  string
	Summary    string // of the chart, for screen readers
	Columns    chart.Columns
	Totals     string // note on years whose rows are reconstructed; the badge follows it
	Notes      []string
	Years      []yearHead
	Rows       []statusRow
	Sum        statusRow
	Below      *districtsBody
	Children   []answer.Child // below a province or the country
	ChildYear  int
	Villages   []answer.VillageRow // of a kecamatan
	Last       int
	Number     string // address behind "rows and cells"
	Names      []string
}

// keyFigure is one of the large numbers.
type keyFigure struct {
	Status string
	Label  string
	From   *cellText
	To     cellText
	Note   string
}

// cellText is a number and where it leads.
type cellText struct {
	Text, Href string
	Mute       bool
}

// yearHead is a column of the table: a year, a change, or missing years.
type yearHead struct {
	Text, Short string
	Kind        string // tahun, ubah, kosong
	Badge       string
}

// statusRow is a status in the table.
type statusRow struct {
	Status string
	Cells  []cellText
}

func (s *Server) home(_ context.Context, q *request) (*page, error) {
	p := s.newPage(q, "mulai", answer.Area{})
	p.redirect = "/" + s.opt.Area
	return p, nil
}

// code finds the area that a page's address names; only the dotted form is a page.
func (q *request) code(ctx context.Context) (answer.Area, error) {
	text := q.http.PathValue("kode")
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return answer.Area{}, &answer.UnknownAreaError{Name: text}
	}
	return q.FindArea(ctx, text)
}

// section chooses among the pages below an area.
func (s *Server) section(ctx context.Context, q *request) (*page, error) {
	v := map[string]view{"perpindahan": s.moves, "kecamatan": s.districts, "program": s.programmes, "indikator": s.allIndicators}[q.http.PathValue("bagian")]
	if v == nil {
		return nil, errNoPage
	}
	return v(ctx, q)
}

func (s *Server) area(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	if text := q.http.PathValue("kode"); text != area.Code {
		p := s.newPage(q, "mulai", area)
		p.redirect = "/" + area.Code
		return p, nil
	}
	if area.Level == "desa" || area.Level == "kelurahan" {
		return s.village(ctx, q, area)
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "mulai", area)
	if p.Crumbs, err = s.crumbs(ctx, q, p, area); err != nil {
		return nil, err
	}
	if f.trend == nil {
		return s.emptyArea(p, area), nil
	}
	t := f.sentence(p.Lang)
	p.Head, p.Deck, p.Title = p.Lang.Headline(t), p.Lang.Deck(t), shortName(area)+" ("+area.Code+")"
	p.Sources = sourcesLine(p.Lang, f)
	body := &startBody{ChartTitle: p.Lang.ChartTitle(t), Last: f.last(), Names: reversed(indeks.Names()),
		Number: fmt.Sprintf("/asal/mart_tren_status/%s/%d/jumlah", area.Code, f.last())}
	body.ChartLine = fmt.Sprintf(p.T("Jumlah desa menurut status %s, %s, %s%s", "Villages by %s status, %s, %s%s"), kalimat.Index(f.main), t.Area, span(f.years), body.even(p, f))
	body.Columns, _ = f.columns(p.Lang)
	if of := f.published(); of > f.total(f.last()) {
		p.Deck = p.Lang.Partial(f.total(f.last()), of) + ". " + p.Deck
	}
	body.Summary = p.Head + ". " + p.Deck
	body.Totals, body.Notes = f.notes(p.Lang)
	body.table(p, f)
	near := int64(0)
	low := lowest(f)
	if low != "" {
		if near, err = q.NearNext(ctx, area.Code, f.last(), low, "0.03"); err != nil {
			return nil, err
		}
	}
	body.keys(p, f, low, near)
	p.Body = body
	return p, s.below(ctx, q, p, f, body)
}

func reversed(names []string) []string {
	var out []string
	for i := len(names) - 1; i >= 0; i-- {
		out = append(out, names[i])
	}
	return out
}

func span(years []int) string {
	if len(years) == 1 {
		return strconv.Itoa(years[0])
	}
	return fmt.Sprintf("%d–%d", years[0], years[len(years)-1])
}

// even says that the total is the same in all years, when it is.
func (b *startBody) even(p *page, f *figures) string {
	for _, y := range f.years {
		if f.total(y) != f.total(f.last()) {
			return ""
		}
	}
	return " (" + p.Lang.Villages(f.total(f.last())) + p.T(" tiap tahun)", " each year)")
}

// lowest is the lowest status below Mandiri that the newest year still has.
func lowest(f *figures) string {
	for _, s := range indeks.Names()[:4] {
		if f.count(s, f.last()) > 0 {
			return s
		}
	}
	return ""
}

func (s *Server) emptyArea(p *page, area answer.Area) *page {
	name := areaName(p.Lang, area)
	p.Head, p.Title, p.template = p.Lang.NoData(name, 0), name, "kosong"
	p.Deck = p.T("Cari wilayah lain, atau lihat wilayah di atasnya.", "Search for another area, or look at the one above.")
	p.Body = errorBody{Search: true, Hints: p.Crumbs}
	return p
}

// crumbs are the areas above, the area itself last.
func (s *Server) crumbs(ctx context.Context, q *request, p *page, area answer.Area) ([]link, error) {
	parents, err := q.Parents(ctx, area.Code)
	if err != nil {
		return nil, err
	}
	var out []link
	for _, a := range parents {
		out = append(out, link{Href: p.Href("/" + a.Code), Text: shortName(a)})
	}
	text := shortName(area)
	if area.Code != "0" {
		text += " (" + area.Code + ")"
	}
	return append(out, link{Text: text}), nil
}

// below reads what an area is divided into.
func (s *Server) below(ctx context.Context, q *request, p *page, f *figures, b *startBody) (err error) {
	switch f.area.Level {
	case "kabupaten":
		b.Below, err = s.districtsOf(ctx, q, p, f)
	case "kecamatan":
		b.Villages, _, err = q.VillageRows(ctx, answer.RowFilter{Area: f.area.Code, Year: f.last(), Limit: maxRows})
	default:
		b.ChildYear = f.last()
		b.Children, err = q.Children(ctx, f.area, f.last(), f.before())
	}
	return err
}

// sourcesLine is the first half of the footer.
func sourcesLine(l kalimat.Lang, f *figures) string {
	if f.trend == nil {
		return ""
	}
	var official, pub, reb []int
	for _, y := range f.years {
		switch f.totalNature(y) {
		case published:
			pub = append(pub, y)
		case rebuilt:
			reb = append(reb, y)
		default:
			official = append(official, y)
		}
	}
	var parts []string
	if len(official) > 0 {
		parts = append(parts, fmt.Sprintf(l.T("Kementerian Desa, %s %s (per desa)", "Ministry of Villages, %s %s (per village)"), kalimat.Index(f.main), joinYears(l, official)))
	}
	if len(pub) > 0 {
		parts = append(parts, fmt.Sprintf(l.T("angka %s dari angka terbitan", "figures of %s from published totals"), joinYears(l, pub)))
	}
	if len(reb) > 0 {
		parts = append(parts, fmt.Sprintf(l.T("%s rekonstruksi", "%s a reconstruction"), joinYears(l, reb)))
	}
	return l.T("Sumber: ", "Source: ") + strings.Join(parts, "; ") + "."
}
