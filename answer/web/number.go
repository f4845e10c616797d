package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/transform"
)

// The rows of a number: a few first, then pages of at most maxRows.
const (
	firstRows = 11
	maxRows   = 500
)

// numberBody is the way from a number to its rows and cells.
type numberBody struct {
	Before, Big, After string // the sentence with its number apart
	Steps              []step
	Claims             []answer.Claim // published figures about this number
	Reconstructed      bool
	Nature             string
	Caption            string
	Rows               []originRow
	More               *link
	Sort               string
	SQL                string
	CSV, Parquet, XLSX string
	Snapshot           string
	Methodology        string
	Left, Came         []answer.Mover // of a change
	Parts              []changePart   // of a change: the pairs of statuses
	Unlisted           string         // how many of them are not listed
	Moves              bool
	Gains              *gainsBody // of a matrix cell
	Total              int64
	Synthetic          bool
	Loaded             string
}

// step is one of the three stations.
type step struct {
	Head  string
	Lines []string
}

// originRow is one village row, opened or not.
type originRow struct {
	answer.VillageRow
	Anchor string
	Toggle string // address that opens or closes the row
	Open   *rowDetail
}

// rowDetail is where a row stands and what was read there.
type rowDetail struct {
	Sheet string
	Cells []transform.TracedCell
	Note  string // why raw texts are not shown
}

// shown tells the columns of an index row whose cells are shown.
func shown(column string) bool {
	switch column {
	case "kode_desa", "nama_desa", "skor", "iks", "ike", "ikl", "status":
		return true
	}
	return false
}

func (s *Server) number(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	year, err := yearOf(q.http.PathValue("tahun"))
	if err != nil {
		return nil, err
	}
	status := ""
	if text := q.http.PathValue("status"); text != "jumlah" {
		var ok bool
		if status, ok = unslug(text); !ok {
			return nil, errBadAddress
		}
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	if f.trend == nil || !f.has(year) {
		return nil, &answer.UnknownAreaError{Name: area.Code + " " + strconv.Itoa(year)}
	}
	return s.numberPage(ctx, q, f, year, status)
}

func (s *Server) numberPage(ctx context.Context, q *request, f *figures, year int, status string) (*page, error) {
	p := s.newPage(q, "angka", f.area)
	n := f.total(year)
	if status != "" {
		n = f.count(status, year)
	}
	nature := f.totalNature(year)
	method := f.trend.Methodology[strconv.Itoa(year)]
	sentence := p.Lang.Count(areaName(p.Lang, f.area), status, year, method, n, nature == rebuilt)
	b := &numberBody{Nature: f.rows(year), Reconstructed: f.rows(year) == rebuilt, Snapshot: p.Snapshot, Methodology: kalimat.Index(method), Total: n}
	b.Before, b.Big, b.After = cutNumber(sentence, p.Int(n))
	p.Head, p.Title = sentence, sentence
	claimed := status
	if claimed == "" {
		claimed = "TOTAL"
	}
	b.Claims = f.claimsOf(year, claimed)
	if err := s.numberRows(ctx, q, p, b, answer.RowFilter{Area: f.area.Code, Year: year, Status: status}); err != nil {
		return nil, err
	}
	label := kalimat.Status(status)
	if status == "" {
		label = p.T("semua status", "all statuses")
	}
	b.Steps = []step{{p.T("Angka", "Number"), []string{"mart_tren_status", fmt.Sprintf("%s · %d · %s", f.area.Code, year, label)}},
		{p.count(b.Total, "baris", "row", "rows"), []string{p.T("fct_indeks, satu desa satu baris", "fct_indeks, one row a village")}},
		{p.count(b.Total, "sel", "cell", "cells"), []string{b.Loaded}}}
	b.SQL = numberSQL(f.area.Code, year, status)
	base := fmt.Sprintf("/unduh/%s/baris", f.area.Code)
	query := fmt.Sprintf("?tahun=%d&status=%s", year, slug(status))
	file := fmt.Sprintf("mart_profil_desa/%d.parquet", year)
	b.CSV, b.XLSX, b.Parquet = base+".csv"+query, base+".xlsx"+query, "/unduh/mart/"+file
	if files := q.martFiles("mart_profil_desa"); len(files) > 0 && !slices.ContainsFunc(files, func(f snapshot.File) bool { return f.Name == "marts/"+file }) {
		b.Parquet = "/berkas/mart_profil_desa" // the year has several
	}
	p.Body, p.Crumbs = b, s.originCrumbs(p, f.area)
	p.Sources = sourcesLine(p.Lang, f)
	return p, nil
}

func (s *Server) originCrumbs(p *page, area answer.Area) []link {
	return []link{{Href: p.Href("/" + area.Code), Text: shortName(area)}, {Text: p.T("Asal angka", "Origin of a number")}}
}

// count is "23 baris" or "23 rows".
func (p *page) count(n int64, id, one, many string) string {
	if p.Lang == kalimat.EN {
		if n == 1 {
			return "1 " + one
		}
		return p.Int(n) + " " + many
	}
	return p.Int(n) + " " + id
}

// cutNumber parts a sentence at its first number.
func cutNumber(sentence, number string) (before, big, after string) {
	i := strings.Index(sentence, number)
	if i < 0 {
		return sentence, "", ""
	}
	return sentence[:i], number, sentence[i+len(number):]
}

// numberSQL is the statement behind a number, as it could be typed.
func numberSQL(code string, year int, status string) string {
	column, where := "jumlah", fmt.Sprintf("\n  AND status = %s", duck.Literal(status))
	if status == "" {
		column, where = "DISTINCT jumlah_desa", ""
	}
	return fmt.Sprintf("SELECT %s FROM mart_tren_status\nWHERE kode_wilayah = %s AND tahun = %d%s;", column, duck.Literal(code), year, where)
}

// numberRows reads the rows that the address asks for.
func (s *Server) numberRows(ctx context.Context, q *request, p *page, b *numberBody, filter answer.RowFilter) error {
	query := q.http.URL.Query()
	b.Sort = query.Get("urut")
	if b.Sort != "nama" && b.Sort != "kode" {
		b.Sort = "skor"
	}
	filter.Sort, filter.Limit = b.Sort, firstRows
	at := 1
	if query.Get("hal") != "" {
		at = pageOf(query.Get("hal"))
		filter.Limit, filter.Offset = maxRows, (at-1)*maxRows
	}
	rows, total, err := q.VillageRows(ctx, filter)
	if err != nil {
		return err
	}
	b.Total = total
	open := query.Get("buka")
	files := map[string]bool{}
	for _, r := range rows {
		files[r.SHA256] = true
		row := originRow{VillageRow: r, Anchor: "b" + r.Code}
		row.Toggle = p.Href(withQuery(q, "buka", r.Code)) + "#" + row.Anchor
		if open == r.Code {
			row.Toggle = p.Href(withQuery(q, "buka", "")) + "#" + row.Anchor
			if row.Open, err = s.detail(ctx, q, p, r); err != nil {
				return err
			}
		}
		b.Rows = append(b.Rows, row)
	}
	b.Loaded = fmt.Sprintf(p.T("%d berkas, dimuat %s", "%d file(s), loaded %s"), len(files), p.Lang.ShortDate(p.Created.In(p.Location)))
	shown := int64(filter.Offset + len(rows))
	if rest := total - shown; rest > 0 {
		next := 1
		if filter.Limit == maxRows {
			next = at + 1
		}
		b.More = &link{Href: p.Href(withQuery(q, "hal", strconv.Itoa(next))), Text: p.count(rest, "baris lagi", "more row", "more rows")}
	}
	orders := map[string]string{"skor": p.T("skor terendah lebih dulu", "lowest score first"), "nama": p.T("menurut nama", "by name"), "kode": p.T("menurut kode", "by code")}
	b.Caption = p.count(total, "baris", "row", "rows") + ", " + orders[b.Sort]
	return nil
}

// withQuery is the address of the request with one parameter set, or taken away when value is "".
func withQuery(q *request, name, value string) string {
	query := url.Values{}
	for key, v := range q.http.URL.Query() {
		if key != name && key != "potret" && len(v) > 0 {
			query.Set(key, v[0])
		}
	}
	if value != "" {
		query.Set(name, value)
	}
	if enc := query.Encode(); enc != "" {
		return q.path + "?" + enc
	}
	return q.path
}

// detail reads what stands in the cells of a row.
func (s *Server) detail(ctx context.Context, q *request, p *page, r answer.VillageRow) (*rowDetail, error) {
	d := &rowDetail{}
	if s.opt.Sources == nil {
		return d, nil
	}
	leave, err := s.heavy.enter(ctx) // it reads a raw object from its start
	if err != nil {
		return nil, err
	}
	defer leave()
	t, err := q.Trace(ctx, "mart_profil_desa", []string{r.Code, strconv.Itoa(r.Year)}, s.opt.Sources)
	if err != nil || len(t.Rows) != 1 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.opt.Log.Warn("raw cells", "release", r.Release, "row", r.Row, "error", err)
		d.Note = p.T("Sel asli tidak dapat dibaca; lihat `lumbung verify`.", "The raw cells cannot be read; see `lumbung verify`.")
		return d, nil
	}
	if d.Note = t.Rows[0].Note; t.Rows[0].Source == nil {
		return d, nil
	}
	d.Sheet = t.Rows[0].Source.Sheet
	for _, c := range t.Rows[0].Source.Cells {
		if shown(c.Column) && c.Cell != "" {
			d.Cells = append(d.Cells, c)
		}
	}
	return d, nil
}
