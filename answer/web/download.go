package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/berkas"
	"lumbung/answer/web/kalimat"
)

// maxDownload is how many rows a download has at most; the Parquet marts have all.
const maxDownload = 100_000

// download writes the files of an area: tren, baris, perpindahan, kecamatan, program and cocokkan as CSV or XLSX, tren as SVG.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()
	q, err := s.begin(ctx, r)
	if err != nil {
		s.fail(w, r, nil, err)
		return
	}
	defer s.end(q)
	leave, err := s.heavy.enter(ctx)
	if err != nil {
		s.fail(w, r, q, err)
		return
	}
	defer leave()
	name := r.PathValue("berkas")
	ext := path.Ext(name)
	body, contentType, err := s.file(ctx, q, strings.TrimSuffix(name, ext), ext)
	if err != nil {
		s.fail(w, r, q, err)
		return
	}
	attach(w, "lumbung-"+r.PathValue("kode")+"-"+name)
	send(w, r, http.StatusOK, contentType, body)
}

func attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", `attachment; filename="`+berkas.Filename(name)+`"`)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *Server) file(ctx context.Context, q *request, name, ext string) ([]byte, string, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, "", err
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, "", err
	}
	if f.trend == nil {
		return nil, "", errBadAddress
	}
	if name == "tren" && ext == ".svg" {
		body, err := s.trendSVG(q, f)
		return body, "image/svg+xml", err
	}
	var tables []berkas.Table
	switch {
	case name == "rekap" && ext == ".xlsx":
		tables, err = s.workbook(ctx, q, f)
	default:
		var t berkas.Table
		if t, err = s.table(ctx, q, f, name); err == nil {
			tables = []berkas.Table{t, originSheet(q, f)}
		}
	}
	if err != nil {
		return nil, "", err
	}
	switch ext {
	case ".csv":
		body, err := berkas.CSV(tables[0])
		return body, "text/csv; charset=utf-8", err
	case ".xlsx":
		body, err := berkas.XLSX(tables)
		return body, xlsxType, err
	}
	return nil, "", errBadAddress
}

// table is the table of one view.
func (s *Server) table(ctx context.Context, q *request, f *figures, name string) (berkas.Table, error) {
	query := q.http.URL.Query()
	switch name {
	case "tren":
		return trendTable(f), nil
	case "baris":
		year, err := yearOf(query.Get("tahun"))
		if err != nil {
			return berkas.Table{}, err
		}
		status := query.Get("status")
		if status == "jumlah" || status == "" {
			status = ""
		} else if known, ok := unslug(status); ok {
			status = known
		} else {
			return berkas.Table{}, errBadAddress
		}
		return q.villageTable(ctx, f.area.Code, year, status)
	case "perpindahan":
		from, err := yearOf(query.Get("dari"))
		if err != nil {
			return berkas.Table{}, err
		}
		to, err := yearOf(query.Get("ke"))
		if err != nil {
			return berkas.Table{}, err
		}
		return q.moverTable(ctx, f, from, to)
	case "kecamatan":
		return q.recap(ctx, f)
	}
	return berkas.Table{}, errBadAddress
}

func trendTable(f *figures) berkas.Table {
	t := berkas.Table{Name: "Tren", Head: []string{"KODE_WILAYAH", "NAMA_WILAYAH", "TAHUN", "METODOLOGI", "STATUS", "JUMLAH", "UBAH_DARI_TAHUN_SEBELUMNYA", "JUMLAH_DESA", "SIFAT_BARIS", "SIFAT_JUMLAH"}}
	for _, y := range f.trend.Years {
		nature := f.totalNature(y)
		if nature == "" {
			nature = f.rows(y)
		}
		for _, st := range statusNames() {
			var change any
			if f.has(y-1) && f.trend.Methodology[strconv.Itoa(y)] == f.trend.Methodology[strconv.Itoa(y-1)] {
				change = f.count(st, y) - f.count(st, y-1)
			}
			mark := nature
			for _, c := range f.claimsOf(y, st) {
				if nature == published && c.Kind == remainder {
					mark = remainder
				}
			}
			t.Rows = append(t.Rows, []any{f.area.Code, f.area.Name, y, f.trend.Methodology[strconv.Itoa(y)], st, f.count(st, y), change, f.total(y), f.rows(y), mark})
		}
	}
	return t
}

func tooMany(rows int64) error {
	return fmt.Errorf("%d rows are more than a download has (%d); take the Parquet mart: %w", rows, maxDownload, errBadAddress)
}

func (q *request) villageTable(ctx context.Context, area string, year int, status string) (berkas.Table, error) {
	t := berkas.Table{Name: "Desa", Head: []string{"KODE_DESA", "NAMA_DESA", "NAMA_KECAMATAN", "TAHUN", "IKS", "IKE", "IKL", "NILAI_IDM", "STATUS_IDM", "STATUS_HITUNG", "KETERANGAN", "SIFAT", "SUMBER", "SHA256", "BERKAS", "BARIS"}}
	rows, total, err := q.VillageRows(ctx, answer.RowFilter{Area: area, Year: year, Status: status, Limit: maxDownload})
	if err != nil {
		return t, err
	}
	if total > maxDownload {
		return t, tooMany(total)
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, []any{r.Code, r.Name, r.District, r.Year, berkas.Number(r.IKS), berkas.Number(r.IKE), berkas.Number(r.IKL), berkas.Number(r.Score),
			r.Status, r.Computed, r.Note, r.Nature, r.Release, r.SHA256, r.Part, r.Row})
	}
	return t, nil
}

func (q *request) moverTable(ctx context.Context, f *figures, from, to int) (berkas.Table, error) {
	t := berkas.Table{Name: "Perpindahan", Head: []string{"KODE_DARI", "KODE_KE", "NAMA_DESA", "NAMA_KECAMATAN", "TAHUN_DARI", "TAHUN_KE", "STATUS_DARI", "STATUS_KE", "SKOR_DARI", "SKOR_KE", "UBAH_SKOR", "ARAH", "SIFAT"}}
	list, total, err := q.Movers(ctx, answer.MoverFilter{Area: f.area.Code, From: from, To: to, Limit: maxDownload})
	if err == nil && total > maxDownload {
		err = tooMany(total)
	}
	nature := "resmi"
	if f.rows(from) == rebuilt || f.rows(to) == rebuilt {
		nature = rebuilt
	}
	for _, m := range list {
		t.Rows = append(t.Rows, []any{m.CodeFrom, m.CodeTo, m.Name, m.District, from, to, m.StatusFrom, m.StatusTo,
			berkas.Number(m.ScoreFrom), berkas.Number(m.ScoreTo), berkas.Number(m.Change), m.Direction, nature})
	}
	return t, err
}

// recap is the ministry's recap: areas below, MANDIRI first, TOTAL, and the moves.
func (q *request) recap(ctx context.Context, f *figures) (berkas.Table, error) {
	t := berkas.Table{Name: "Rekap", Head: []string{"KODE", "WILAYAH", "TAHUN", "MANDIRI", "MAJU", "BERKEMBANG", "TERTINGGAL", "SANGAT TERTINGGAL", "TOTAL", "RATA_RATA_SKOR", "NAIK", "TURUN", "SIFAT"}}
	children, err := q.Children(ctx, f.area, f.last(), f.before())
	for _, c := range children {
		var mean any
		if c.Mean != "" {
			mean = berkas.Number(c.Mean)
		}
		t.Rows = append(t.Rows, []any{c.Code, c.Name, f.last(), c.Counts[5], c.Counts[4], c.Counts[3], c.Counts[2], c.Counts[1], c.Villages, mean, c.Up, c.Down, f.rows(f.last())})
	}
	return t, err
}

// minutesTable has the columns of the ministry's minutes of a year (Berita Acara Penetapan Status Desa), for copying:
// what is signed is the form itself. The last column says whether a row is official.
func (q *request) minutesTable(ctx context.Context, area string, year int) (berkas.Table, error) {
	y := strconv.Itoa(year)
	t := berkas.Table{Name: "Lampiran Berita Acara", Head: []string{"KODE PROV", "NAMA PROVINSI", "KODE KAB", "NAMA KABUPATEN", "KODE KEC", "NAMA KECAMATAN", "KODE DESA", "NAMA DESA",
		"IKS " + y, "IKE " + y, "IKL " + y, "NILAI IDM " + y, "STATUS IDM " + y, "SIFAT"}}
	err := q.DB.Each(ctx, `SELECT CAST(kode_desa AS VARCHAR), nama_provinsi, nama_kabupaten, nama_kecamatan, nama_desa, iks, ike, ikl, skor, status, sifat
		FROM mart_profil_desa WHERE tahun = ? AND (? = '0' OR kode_wilayah LIKE ? || '.%') ORDER BY kode_desa`, []any{year, area, area}, nil, func(v []any) error {
		code := answer.Text(v[0])
		t.Rows = append(t.Rows, []any{code[:2], answer.Text(v[1]), code[:4], answer.Text(v[2]), code[:6], answer.Text(v[3]), code, answer.Text(v[4]),
			berkas.Number(answer.Text(v[5])), berkas.Number(answer.Text(v[6])), berkas.Number(answer.Text(v[7])), berkas.Number(answer.Text(v[8])), answer.Text(v[9]), answer.Text(v[10])})
		return nil
	})
	return t, err
}

// workbook is the whole of an area: recap, villages of the newest year, trend, minutes, origin.
func (s *Server) workbook(ctx context.Context, q *request, f *figures) ([]berkas.Table, error) {
	recap, err := q.recap(ctx, f)
	if err != nil {
		return nil, err
	}
	villages, err := q.villageTable(ctx, f.area.Code, f.last(), "")
	if err != nil {
		return nil, err
	}
	minutes, err := q.minutesTable(ctx, f.area.Code, f.last())
	if err != nil {
		return nil, err
	}
	return []berkas.Table{recap, villages, trendTable(f), minutes, originSheet(q, f)}, nil
}

// originSheet says where the figures of a workbook come from.
func originSheet(q *request, f *figures) berkas.Table {
	t := berkas.Table{Name: "Asal", Head: []string{"APA", "NILAI", "SHA256", "SIFAT", "KETERANGAN"}}
	t.Rows = append(t.Rows, []any{"Potret", q.Snap.ID(), q.Snap.SHA256, "", q.Snap.Manifest.Created.Format("2006-01-02 15:04:05 UTC")})
	for _, c := range f.trend.Sources {
		stale := ""
		if c.Stale {
			stale = "salinan lama: sumber gagal"
		}
		t.Rows = append(t.Rows, []any{"Rilis", c.Release, c.SHA256, c.Nature, strings.TrimSpace(c.Title + " " + stale)})
	}
	totals, notes := f.notes(kalimat.ID)
	if totals != "" {
		notes = append([]string{totals + " rekonstruksi."}, notes...)
	}
	for _, n := range notes {
		t.Rows = append(t.Rows, []any{"Catatan", n, "", "", ""})
	}
	return t
}

func (s *Server) trendSVG(q *request, f *figures) ([]byte, error) {
	p := s.newPage(q, "mulai", f.area)
	b := &startBody{}
	b.Columns, _ = f.columns(p.Lang)
	p.Head = p.Lang.Headline(f.sentence(p.Lang))
	var buf bytes.Buffer
	buf.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if err := s.pages["mulai"].ExecuteTemplate(&buf, "svgberkas", map[string]any{"P": p, "B": b}); err != nil {
		return nil, fmt.Errorf("chart file: %w", err)
	}
	return buf.Bytes(), nil
}
