package web

import (
	"context"
	"fmt"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// districtsBody is the block of the kecamatan: tiles beside a table.
type districtsBody struct {
	Title, Line string
	Status      string // that is left to leave, "" when all are Mandiri
	Year, Prev  int
	Nature      string // of the year's rows
	HasTiles    bool
	Tiles       []tile
	Note        string
	Rows        []districtRow
	Statuses    []string // columns of the table: those with any village
	Names       []string
	Alone       bool // the block is a page of its own
}

// tile is one kecamatan on the grid.
type tile struct {
	answer.Child
	Column, Row int
	Squares     chart.Squares
}

// districtRow is one kecamatan in the table.
type districtRow struct {
	answer.Child
	Counts  []cellText
	Up      cellText
	Squares chart.Squares // for the phone
}

func (s *Server) districts(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	if area.Level != "kabupaten" {
		return nil, errNoPage
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "kecamatan", area)
	if p.Crumbs, err = s.crumbs(ctx, q, p, area); err != nil {
		return nil, err
	}
	if f.trend == nil {
		return s.emptyArea(p, area), nil
	}
	b, err := s.districtsOf(ctx, q, p, f)
	if err != nil {
		return nil, err
	}
	b.Alone = true
	p.Head, p.Deck, p.Title, p.Body, p.Sources = b.Title, b.Line, p.T("Kecamatan di ", "Districts of ")+shortName(area), b, sourcesLine(p.Lang, f)
	return p, nil
}

func (s *Server) districtsOf(ctx context.Context, q *request, p *page, f *figures) (*districtsBody, error) {
	year, prev := f.last(), f.before()
	children, err := q.Children(ctx, f.area, year, prev)
	if err != nil {
		return nil, err
	}
	b := &districtsBody{Year: year, Prev: prev, Status: lowest(f), Nature: f.rows(year), Names: reversed(statusNames())}
	grid, hasGrid := s.tiles[f.area.Code]
	b.HasTiles = hasGrid
	for rank, name := range statusNames() {
		if f.count(name, year) > 0 {
			b.Statuses = append(b.Statuses, name)
			_ = rank
		}
	}
	var named []kalimat.Named
	withVillages := 0
	for _, c := range children {
		if c.Villages > 0 {
			withVillages++
			b.Rows = append(b.Rows, b.row(p, c))
			named = append(named, kalimat.Named{Name: c.Name, Count: statusCount(c, b.Status)})
		}
		if place, ok := grid.Places[c.Code]; ok {
			b.Tiles = append(b.Tiles, tile{c, place.Column, place.Row, chart.VillageSquares(c.Ranks, 0)})
		}
	}
	b.Title = p.Lang.Remaining(b.Status, named, withVillages)
	if b.Status == "" {
		b.Title = fmt.Sprintf(p.T("Semua desa di %s sudah Mandiri", "All villages in %s are Mandiri"), shortName(f.area))
	}
	b.Line = p.T("Tiap kotak satu desa, diurutkan dari skor terendah.", "Each square is one village, lowest score first.")
	if hasGrid {
		b.Line += p.T(" Petak disusun menurut letak kasar kecamatan (utara di atas).", " Tiles follow the rough position of the districts (north is up).")
		b.Note = p.T(grid.Note[0], grid.Note[1])
	}
	b.Line += fmt.Sprintf(" %s %d.", kalimat.Index(f.main), year)
	return b, nil
}

func statusCount(c answer.Child, status string) int64 {
	for i, s := range statusNames() {
		if s == status {
			return c.Counts[i+1]
		}
	}
	return 0
}

func (b *districtsBody) row(p *page, c answer.Child) districtRow {
	r := districtRow{Child: c, Squares: chart.VillageSquares(c.Ranks, 10)}
	for _, s := range b.Statuses {
		n := statusCount(c, s)
		cell := cellText{Text: p.Int(n), Mute: n == 0}
		if n > 0 {
			cell.Href = p.Href(number(c.Code, b.Year, s))
		}
		r.Counts = append(r.Counts, cell)
	}
	r.Up = cellText{Text: p.Int(c.Up), Mute: c.Up == 0}
	if c.Up > 0 {
		r.Up.Href = p.Href(fmt.Sprintf("/asal/mart_transisi/%s/%d/%d/semua/naik", c.Code, b.Prev, b.Year))
	}
	return r
}
