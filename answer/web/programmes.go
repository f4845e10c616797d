package web

import (
	"context"
	"fmt"
	"strconv"

	"lumbung/answer"
	"lumbung/answer/web/chart"
)

// programmesBody is the page of the district programmes.
type programmesBody struct {
	Rows      []programmeRow
	Total     *programmeRow
	Year      int
	Years     []link
	Synthetic bool
	Empty     bool
	IndexYear bool
}

// programmeRow is one kecamatan.
type programmeRow struct {
	answer.Programme
	Cells []barCell
	Href  string
}

// barCell is a number with its base and a small bar; one scale a column.
type barCell struct {
	Text, Base string
	Bar        chart.Pct
	None       bool
}

func (s *Server) programmes(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	if area.Level != "kabupaten" {
		return nil, errNoPage
	}
	year := 0
	if text := q.http.URL.Query().Get("tahun"); text != "" {
		if year, err = yearOf(text); err != nil {
			return nil, err
		}
	}
	rows, years, err := q.Programmes(ctx, area, year)
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "program", area)
	if p.Crumbs, err = s.crumbs(ctx, q, p, area); err != nil {
		return nil, err
	}
	p.Crumbs[len(p.Crumbs)-1].Href = p.Href("/" + area.Code)
	p.Crumbs = append(p.Crumbs, link{Text: p.T("Program", "Programmes")})
	p.Title = p.T("Program di ", "Programmes in ") + shortName(area)
	b := &programmesBody{}
	p.Body = b
	if len(rows) == 0 {
		b.Empty = true
		p.Head = p.T("Belum ada data program", "No programme data yet")
		p.Deck = p.T("Lumbung belum memuat rilis BLT, BUMDes, stunting, atau pendamping.", "No release of BLT, BUMDes, stunting or facilitators is loaded yet.")
		return p, nil
	}
	nature, err := q.ProgrammeNature(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range nature {
		b.Synthetic = b.Synthetic || n == "sintetis"
	}
	b.Year = rows[0].Year
	for _, y := range years {
		b.Years = append(b.Years, link{Href: p.Href(fmt.Sprintf("/%s/program?tahun=%d", area.Code, y)), Text: strconv.Itoa(y), Here: y == b.Year})
	}
	b.fill(p, rows)
	b.head(p)
	return p, nil
}

func (b *programmesBody) head(p *page) {
	t := b.Total
	p.Head = fmt.Sprintf(p.T("Program desa %d per kecamatan", "Village programmes of %d by district"), b.Year)
	if t != nil && t.Facilitators != nil && *t.Facilitators > 0 && t.Covered != nil {
		p.Head = p.Lang.Facilitators(*t.Facilitators, *t.Covered)
	}
	p.Deck = fmt.Sprintf(p.T("Data %d. Kecamatan dengan desa di bawah Maju terbanyak lebih dulu.", "Data of %d. Districts with most villages below Maju first."), b.Year)
	if b.Synthetic {
		p.Deck = p.T("Angka program di bawah ini data sintetis (contoh), bukan data yang terbit. ", "The programme figures below are synthetic (a sample), not published data. ") + p.Deck
	}
}

func (b *programmesBody) fill(p *page, rows []answer.Programme) {
	var most [5]float64
	for _, r := range rows {
		if r.Level == "kecamatan" {
			for i, c := range programmeCells(p, r) {
				most[i] = max(most[i], c.value)
			}
		}
	}
	for _, r := range rows {
		row := programmeRow{Programme: r, Href: p.Href(fmt.Sprintf("/asal/mart_program/%s/%d", r.Code, r.Year))}
		for i, c := range programmeCells(p, r) {
			cell := barCell{Text: c.text, Base: c.base, None: c.text == "–"}
			if r.Level == "kecamatan" && most[i] > 0 {
				cell.Bar = chart.Pct(100 * c.value / most[i])
			}
			row.Cells = append(row.Cells, cell)
		}
		if r.Level == "kabupaten" {
			b.Total = &row
		} else {
			b.Rows = append(b.Rows, row)
		}
		b.IndexYear = b.IndexYear || r.Villages != nil
	}
}

type valueCell struct {
	text, base string
	value      float64
}

// programmeCells are the five columns: villages below Maju, BLT families, active BUMDes, stunting, facilitators.
func programmeCells(p *page, r answer.Programme) []valueCell {
	of := func(n *int64, id, en string) string {
		if n == nil {
			return ""
		}
		return fmt.Sprintf(p.T("dari %s "+id, "of %s "+en), p.Int(*n))
	}
	plain := func(n *int64, base string) valueCell {
		if n == nil {
			return valueCell{text: "–"}
		}
		return valueCell{p.Int(*n), base, float64(*n)}
	}
	stunting := valueCell{text: "–"}
	if r.Measured != nil && r.Stunted != nil && *r.Measured > 0 {
		stunting = valueCell{p.Int(*r.Stunted), of(r.Measured, "balita", "toddlers"), float64(*r.Stunted) / float64(*r.Measured)}
		if *r.Measured >= 20 {
			stunting.text = p.Lang.Tenths(*r.Stunted, *r.Measured) + "%"
			stunting.base = p.Int(*r.Stunted) + " " + stunting.base
		}
	}
	return []valueCell{plain(r.BelowMaju, of(r.Villages, "desa", "villages")), plain(r.Families, of(r.FamilyVillages, "desa", "villages")),
		plain(r.Enterprises, of(r.EnterpriseVillages, "desa", "villages")), stunting, plain(r.Facilitators, of(r.Covered, "desa", "villages"))}
}

// programmeNumber is the page behind the programme figures of one kecamatan: its villages.
func (s *Server) programmeNumber(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	year, err := yearOf(q.http.PathValue("tahun"))
	if err != nil {
		return nil, err
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	res, _, err := q.DB.Query(ctx, 0, `SELECT kode_wilayah, nama_desa, status, blt_keluarga, CASE WHEN bumdes_aktif THEN 1 WHEN NOT bumdes_aktif THEN 0 END,
		balita_diukur, balita_stunting, pendamping FROM mart_profil_desa WHERE tahun = ? AND kode_wilayah LIKE ? || '.%' ORDER BY skor, kode_wilayah`, year, area.Code)
	if err != nil {
		return nil, fmt.Errorf("programmes of the villages of %s: %w", area.Code, err)
	}
	p := s.newPage(q, "programdesa", area)
	b := &programmeVillages{Year: year, Rebuilt: f.trend != nil && f.rows(year) == rebuilt}
	for _, v := range res.Rows {
		row := programmeVillage{}
		row.Code, _ = v[0].(string)
		row.Name, _ = v[1].(string)
		row.Status, _ = v[2].(string)
		for _, x := range v[3:] {
			text := "–"
			if n, ok := x.(int64); ok {
				text = p.Int(n)
			}
			row.Cells = append(row.Cells, text)
		}
		b.Rows = append(b.Rows, row)
	}
	p.Head = fmt.Sprintf(p.T("Program %d di %s, desa demi desa", "Programmes of %d in %s, village by village"), year, areaName(p.Lang, area))
	p.Title, p.Body = p.Head, b
	p.Crumbs = []link{{Href: p.Href("/" + area.Code[:min(5, len(area.Code))] + "/program"), Text: p.T("Program", "Programmes")}, {Text: areaName(p.Lang, area)}}
	nature, err := q.ProgrammeNature(ctx)
	for _, n := range nature {
		b.Synthetic = b.Synthetic || n == "sintetis"
	}
	return p, err
}

// programmeVillages lists what every village of an area has.
type programmeVillages struct {
	Year      int
	Rows      []programmeVillage
	Synthetic bool
	Rebuilt   bool
}

type programmeVillage struct {
	Code, Name, Status string
	Cells              []string
}
