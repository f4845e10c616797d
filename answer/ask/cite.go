package ask

import (
	"fmt"
	"slices"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
)

// evidence says which rows an answer about the index rests on.
type evidence struct {
	years  []int
	status string
	id     int64 // one village
}

// cite adds the index releases of some years, one example row of each with its cells, and what is to be known about them.
func (q *asking) cite(e evidence) error {
	list, err := q.r.Citations(q.ctx, e.years)
	if err != nil {
		return err
	}
	q.addSources(list)
	code := q.area.Code
	if e.id != 0 {
		code = q.village.Code
	}
	example := params{"kode": code, "tahun": joinYears(e.years), "status": e.status, "id": e.id}
	if err := q.examples("contoh", example); err != nil {
		return err
	}
	return q.notes(code, e.years)
}

func joinYears(years []int) string {
	return strings.Trim(fmt.Sprint(years), "[]")
}

func (q *asking) addSources(list []answer.Citation) {
	for _, c := range list {
		if !slices.ContainsFunc(q.out.Sources, func(s Source) bool { return s.Release == c.Release }) {
			q.out.Sources = append(q.out.Sources, Source{Citation: c})
		}
		if c.Stale {
			q.note(fmt.Sprintf(q.l.T("%s: salinan lama, karena sumbernya gagal dibaca", "%s: an old copy, the source could not be read"), c.Release))
		}
	}
}

// citeTable adds the releases that fill a table, and an example row of it.
func (q *asking) citeTable(table, query string, p params) error {
	r, err := q.look("rilis_tabel", params{"tabel": table, "rilis": ""})
	if err != nil {
		return err
	}
	list := citations(r)
	for _, c := range list {
		if c.Nature == "sintetis" {
			q.note(fmt.Sprintf(q.l.T("%s: data sintetis, dibuat untuk contoh", "%s: synthetic data, made for the sample"), c.Release))
		}
	}
	q.addSources(list)
	return q.examples(query, p)
}

// citations are the releases of a result with rilis_id, sha256, judul, sifat and basi.
func citations(r rows) (out []answer.Citation) {
	for i := range r.list {
		out = append(out, answer.Citation{Release: r.text(i, "rilis_id"), SHA256: r.text(i, "sha256"), Title: r.text(i, "judul"), Nature: r.text(i, "sifat"), Stale: r.bool(i, "basi")})
	}
	return out
}

// synthetic says that a release of the answer is synthetic.
func (q *asking) synthetic() bool {
	return slices.ContainsFunc(q.out.Sources, func(s Source) bool { return s.Nature == "sintetis" })
}

// exampleColumns are the columns whose cells are shown.
var exampleColumns = []string{"skor", "status", "keluarga_penerima", "aktif", "balita_diukur", "balita_stunting", "id_pendamping", "jumlah"}

// examples reads the cells behind a few rows. Without raw objects the rows stay uncited.
func (q *asking) examples(query string, p params) error {
	if q.src == nil {
		return nil
	}
	r, err := q.look(query, p)
	if err != nil {
		return err
	}
	list := make([]answer.TracedRow, r.len())
	for i, row := range r.list {
		values := map[string]any{}
		for j, c := range r.columns {
			values[c] = row[j]
		}
		list[i] = answer.TracedRow{Values: values, Release: r.text(i, "rilis_id"), Part: r.text(i, "bagian"), SHA256: r.text(i, "sha256")}
	}
	if err := q.r.Cells(q.ctx, list, q.src); err != nil {
		return fmt.Errorf("example cells: %w", err)
	}
	for i := range list {
		q.addCells(&list[i])
	}
	return nil
}

func (q *asking) addCells(row *answer.TracedRow) {
	if row.Note != "" {
		q.note(row.Release + ": " + row.Note)
		return
	}
	for i := range q.out.Sources {
		s := &q.out.Sources[i]
		if s.Release != row.Release {
			continue
		}
		for _, c := range row.Source.Cells {
			if c.Cell != "" && slices.Contains(exampleColumns, c.Column) {
				s.Cells = append(s.Cells, Cell{answer.Text(row.Values["kode_wilayah"]), row.Part, row.Source.Sheet, c.Cell, c.Column, c.Text})
			}
		}
	}
}

// notes says of the years of an answer what a reader has to know: reconstruction, values carried over, gaps, breaks.
func (q *asking) notes(code string, years []int) error {
	r, err := q.look("catatan", params{"kode": code, "tahun": joinYears(years), "id": q.id})
	if err != nil {
		return err
	}
	for i := range r.list {
		if r.int(i, "rekonstruksi") > 0 {
			q.note(fmt.Sprintf(q.l.T("%d: baris per desa adalah rekonstruksi, disusun agar jumlahnya sama dengan angka terbitan", "%d: village rows are a reconstruction, made to count as published"), r.year(i)))
		}
		if n := r.int(i, "dibawa"); n > 0 {
			q.note(fmt.Sprintf(q.l.T("%d: nilai %s adalah nilai tahun sebelumnya", "%d: values of %s are those of an earlier year"), r.year(i), q.l.Villages(n)))
		}
		if n := r.int(i, "ditandai"); n > 0 {
			q.note(fmt.Sprintf(q.l.T("%d: %s bertanda peringatan, lihat `lumbung quarantine list --all`", "%d: %s carry a warning, see `lumbung quarantine list --all`"), r.year(i), q.l.Villages(n)))
		}
	}
	q.gaps(years)
	return nil
}

// gaps notes years without figures and methodology breaks between the first and the last of some years.
func (q *asking) gaps(years []int) {
	if len(years) < 2 {
		return
	}
	first, last := slices.Min(years), slices.Max(years)
	var missing []int
	for y := first; y <= last; y++ {
		if !has(q.known, y) {
			missing = append(missing, y)
		}
	}
	if len(missing) > 0 && len(q.known) > 0 {
		q.note(q.l.T("tanpa data: ", "no data: ") + kalimat.ListYears(missing))
	}
	for i := 1; i < len(q.known); i++ {
		a, b := q.known[i-1], q.known[i]
		if a.methodology != b.methodology && a.year >= first && b.year <= last {
			q.note(q.l.Break(a.methodology, a.year, b.methodology, b.year))
		}
	}
}
