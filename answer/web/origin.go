package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
	"lumbung/load/duck"
)

// changePart is one pair of statuses in a difference.
type changePart struct {
	Text, Href string
	Signed     string // villages, counted down when they left
}

// parts takes the difference of a status between two successive years apart, those who left first.
func (q *request) parts(ctx context.Context, p *page, area answer.Area, status string, year int) ([]changePart, error) {
	all, err := q.Matrices(ctx, area)
	if err != nil {
		return nil, err
	}
	rank := rankOf(status)
	var left, came []changePart
	for _, m := range all {
		if m.From != year-1 || m.To != year {
			continue
		}
		for other := range m.Counts {
			if other == rank {
				continue
			}
			if n := m.Counts[rank][other]; n > 0 {
				left = append(left, p.part(area.Code, year, rank, other, -n))
			}
			if n := m.Counts[other][rank]; n > 0 {
				came = append(came, p.part(area.Code, year, other, rank, n))
			}
		}
	}
	return append(left, came...), nil
}

// part is the pair of ranks from and to, 0 for a year that does not have the village.
func (p *page) part(code string, year, from, to int, n int64) changePart {
	nameFrom, slugFrom := p.standing(from)
	nameTo, slugTo := p.standing(to)
	return changePart{Text: nameFrom + " → " + nameTo, Signed: p.Signed(n),
		Href: p.Href(fmt.Sprintf("/asal/mart_transisi/%s/%d/%d/%s/%s", code, year-1, year, slugFrom, slugTo))}
}

// standing is a rank in words and in addresses.
func (p *page) standing(rank int) (name, address string) {
	if rank == 0 {
		return p.T("tidak ada", "absent"), "tidak-ada"
	}
	return p.Status(p.StatusOf(rank)), slug(p.StatusOf(rank))
}

// change is the page of a difference: who left the status and who came.
func (s *Server) change(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	year, err := yearOf(q.http.PathValue("tahun"))
	if err != nil {
		return nil, err
	}
	status, ok := unslug(q.http.PathValue("status"))
	if !ok {
		return nil, errBadAddress
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	if f.trend == nil || !f.has(year) || !f.has(year-1) {
		return nil, errBadAddress
	}
	p := s.newPage(q, "angka", area)
	series := &kalimat.Series{Area: areaName(p.Lang, area), Status: status}
	for _, y := range f.years {
		series.Points = append(series.Points, kalimat.Point{Year: y, Count: f.count(status, y)})
	}
	from, to := kalimat.Point{Year: year - 1, Count: f.count(status, year-1)}, kalimat.Point{Year: year, Count: f.count(status, year)}
	series.Reconstructed = f.totalNature(year-1) == rebuilt || f.totalNature(year) == rebuilt
	p.Head = p.Lang.Change(series, from, to)
	b := &numberBody{Moves: true, Big: p.Signed(to.Count - from.Count), After: " · " + p.Head, Snapshot: p.Snapshot, Methodology: kalimat.Index(f.main),
		Reconstructed: f.rows(year) == rebuilt || f.rows(year-1) == rebuilt, Claims: append(f.claimsOf(year-1, status), f.claimsOf(year, status)...)}
	moved := answer.MoverFilter{Area: area.Code, From: year - 1, To: year, Moved: true, Limit: maxRows}
	left, came := moved, moved
	left.StatusFrom, came.StatusTo = status, status
	var gone, new int64
	if b.Left, gone, err = q.Movers(ctx, left); err != nil {
		return nil, err
	}
	if b.Came, new, err = q.Movers(ctx, came); err != nil {
		return nil, err
	}
	if b.Parts, err = q.parts(ctx, p, area, status, year); err != nil {
		return nil, err
	}
	b.Total = gone + new
	b.unlisted(p, gone+new)
	b.CSV = fmt.Sprintf("/unduh/%s/perpindahan.csv?dari=%d&ke=%d", area.Code, year-1, year)
	b.Steps = []step{{p.T("Angka", "Number"), []string{"mart_tren_status.perubahan", fmt.Sprintf("%s · %d · %s", area.Code, year, kalimat.Status(status))}},
		{p.count(b.Total, "desa", "village", "villages"), []string{fmt.Sprintf(p.T("%s keluar, %s masuk", "%s left, %s came"), p.Int(gone), p.Int(new))}},
		{p.count(2*b.Total, "sel", "cell", "cells"), []string{fmt.Sprintf(p.T("satu untuk tiap tahun, %d dan %d", "one for each year, %d and %d"), year-1, year)}}}
	b.SQL = fmt.Sprintf("SELECT perubahan FROM mart_tren_status\nWHERE kode_wilayah = %s AND tahun = %d\n  AND status = %s;", duck.Literal(area.Code), year, duck.Literal(status))
	b.Parquet = "/berkas/mart_perpindahan_desa"
	p.Title, p.Body, p.Crumbs, p.Sources = p.Head, b, s.originCrumbs(p, area), sourcesLine(p.Lang, f)
	return p, nil
}

// unlisted says how many of the villages behind a number the page does not list.
func (b *numberBody) unlisted(p *page, total int64) {
	if rest := total - int64(len(b.Left)+len(b.Came)); rest > 0 {
		b.Unlisted = fmt.Sprintf(p.T("%s lainnya tidak ditampilkan di sini; berkas CSV dan Parquet memuat semuanya.", "%s more are not listed here; the CSV and Parquet files have all."), p.Lang.Villages(rest))
	}
}

// moved is the page of a matrix cell, or of all that rose (semua/naik) or fell (semua/turun).
func (s *Server) moved(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	from, err := yearOf(q.http.PathValue("dari"))
	if err != nil {
		return nil, err
	}
	to, err := yearOf(q.http.PathValue("ke"))
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "angka", area)
	filter := answer.MoverFilter{Area: area.Code, From: from, To: to, Limit: maxRows}
	a, b := q.http.PathValue("status_dari"), q.http.PathValue("status_ke")
	direction := ""
	var what string
	if a == "semua" && (b == "naik" || b == "turun") {
		direction = b
		what = p.T(b+" status", map[string]string{"naik": "moved up", "turun": "moved down"}[b])
	} else if !matrixStatus(&filter, a, b) {
		return nil, errBadAddress
	} else {
		what = kalimat.Status(filter.StatusFrom) + " → " + kalimat.Status(filter.StatusTo)
	}
	filter.Direction = direction
	body := &numberBody{Moves: true, Snapshot: p.Snapshot}
	if body.Came, body.Total, err = q.Movers(ctx, filter); err != nil {
		return nil, err
	}
	body.unlisted(p, body.Total)
	if direction == "" {
		if body.Gains, err = s.gains(ctx, q, p, filter, area); err != nil {
			return nil, err
		}
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	if f.trend != nil {
		body.Reconstructed = f.rows(from) == rebuilt || f.rows(to) == rebuilt
		body.Methodology = kalimat.Index(f.main)
	}
	body.Big = p.Int(body.Total)
	body.After = fmt.Sprintf(p.T(" desa di %s: %s, %d ke %d", " villages in %s: %s, %d to %d"), areaName(p.Lang, area), what, from, to)
	p.Head = body.Big + body.After
	body.Steps = []step{{p.T("Angka", "Number"), []string{"mart_transisi", fmt.Sprintf("%s · %d → %d · %s", area.Code, from, to, what)}},
		{p.count(body.Total, "baris", "row", "rows"), []string{p.T("mart_perpindahan_desa, satu desa satu baris", "mart_perpindahan_desa, one row a village")}},
		{p.count(2*body.Total, "sel", "cell", "cells"), []string{p.T("satu untuk tiap tahun", "one for each year")}}}
	body.SQL = movedSQL(filter, direction)
	body.Parquet = "/berkas/mart_perpindahan_desa"
	body.CSV = fmt.Sprintf("/unduh/%s/perpindahan.csv?dari=%d&ke=%d", area.Code, from, to)
	p.Title, p.Body, p.Crumbs, p.Sources = p.Head, body, s.originCrumbs(p, area), sourcesLine(p.Lang, f)
	return p, nil
}

func matrixStatus(f *answer.MoverFilter, a, b string) bool {
	for _, x := range []struct {
		text string
		into *string
	}{{a, &f.StatusFrom}, {b, &f.StatusTo}} {
		if x.text == "tidak-ada" {
			*x.into = "TIDAK ADA"
		} else if s, ok := unslug(x.text); ok {
			*x.into = s
		} else {
			return false
		}
	}
	return true
}

func movedSQL(f answer.MoverFilter, direction string) string {
	where := fmt.Sprintf("arah = %s", duck.Literal(direction))
	if direction == "" {
		where = fmt.Sprintf("status_dari = %s AND status_ke = %s", duck.Literal(f.StatusFrom), duck.Literal(f.StatusTo))
	}
	area := fmt.Sprintf("kode_wilayah LIKE %s", duck.Literal(f.Area+".%"))
	if f.Area == "0" {
		area = "true"
	}
	return fmt.Sprintf("SELECT * FROM mart_perpindahan_desa\nWHERE %s\n  AND tahun_dari = %d AND tahun_ke = %d\n  AND %s;", area, f.From, f.To, where)
}

// rowBody is the page of one village row.
type rowBody struct {
	Row           originRow
	Reconstructed bool
	SQL           string
	Others        []answer.VillageRow
}

// row is the page of one village and year: the cells.
func (s *Server) row(ctx context.Context, q *request) (*page, error) {
	year, err := yearOf(q.http.PathValue("tahun"))
	if err != nil {
		return nil, err
	}
	code := q.http.PathValue("kode")
	if strings.Count(code, ".") != 3 || strings.Trim(code, "0123456789.") != "" {
		return nil, errBadAddress
	}
	r, err := q.Village(ctx, code, year)
	if err != nil {
		return nil, err
	}
	area := answer.Area{Code: r.CodeNow, Name: r.Name, Level: "desa"}
	p := s.newPage(q, "baris", area)
	b := &rowBody{Row: originRow{VillageRow: r}, Reconstructed: r.Nature == rebuilt}
	if b.Row.Open, err = s.detail(ctx, q, p, r); err != nil {
		return nil, err
	}
	p.Head = fmt.Sprintf(p.T("Desa %s, %s %d: %s (%s)", "%s, %s %d: %s (%s)"), r.Name, kalimat.Index(r.Methodology), year, kalimat.Status(r.Status), p.Score(r.Score))
	if b.Reconstructed {
		p.Head = p.Lang.ByReconstruction(p.Head)
	}
	p.Title = p.Head
	b.SQL = fmt.Sprintf("SELECT * FROM mart_profil_desa\nWHERE kode_wilayah = %s AND tahun = %d;", duck.Literal(code), year)
	p.Crumbs = []link{{Href: p.Href("/" + code[:5]), Text: code[:5]}, {Href: p.Href("/" + code[:8]), Text: r.District}, {Href: p.Href("/" + r.CodeNow), Text: r.Name},
		{Text: p.T("Baris ", "Row ") + strconv.Itoa(year)}}
	p.Body = b
	return p, nil
}

// indicatorBody is one indicator of a village.
type indicatorBody struct {
	answer.Indicator
	Year int
	Code string
	Name string
	Full []rubricRow // the scores that it can have
}

// rubricRow is a score that an indicator can have.
type rubricRow struct {
	answer.RubricStep
	Here bool   // the village has it
	Gain string // of IDM from the village's score to this one, 8 places; "" when not higher
}

func (s *Server) indicator(ctx context.Context, q *request) (*page, error) {
	year, err := yearOf(q.http.PathValue("tahun"))
	if err != nil {
		return nil, err
	}
	r, err := q.Village(ctx, q.http.PathValue("kode"), year)
	if err != nil {
		return nil, err
	}
	list, err := q.Indicators(ctx, r.Code, year)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(q.http.PathValue("nomor"))
	if err != nil || n < 1 || n > len(list) {
		return nil, errBadAddress
	}
	ind := list[n-1]
	p := s.newPage(q, "indikator", answer.Area{Code: r.CodeNow, Name: r.Name, Level: "desa"})
	b := indicatorBody{Indicator: ind, Year: year, Code: r.Code, Name: r.Name}
	steps, err := answer.Rubric(n)
	if err != nil {
		return nil, err
	}
	score := "–"
	if ind.Score != nil {
		score = strconv.FormatInt(*ind.Score, 10)
	}
	for _, step := range steps {
		if ind.Finding == step.Meaning {
			b.Finding = "" // the table has it
		}
		row := rubricRow{RubricStep: step, Here: ind.Score != nil && step.Score == *ind.Score}
		if ind.Score != nil && step.Score > *ind.Score && ind.Advised {
			row.Gain = kalimat.Grid(ind.Weight * (step.Score - *ind.Score))
		}
		b.Full = append(b.Full, row)
	}
	p.Head = fmt.Sprintf(p.T("%s di Desa %s bernilai %s dari 5 (%d)", "%s in %s scores %s of 5 (%d)"), ind.Name, r.Name, score, year)
	p.Title, p.Body = p.Head, b
	p.Crumbs = []link{{Href: p.Href("/" + r.Code[:8]), Text: r.District}, {Href: p.Href("/" + r.CodeNow), Text: r.Name}, {Text: p.T("Indikator ", "Indicator ") + strconv.Itoa(n)}}
	return p, nil
}
