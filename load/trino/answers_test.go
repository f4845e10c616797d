package trino_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"lumbung/answer"
	"lumbung/answer/ask"
	"lumbung/pipeline"
	"lumbung/transform/indeks"
)

// sides are the readers of one snapshot on both engines, and what a trace needs beside them.
type sides struct {
	duck, trino *answer.Reader
	src         *answer.Sources
	compared    int
}

func openSides(t *testing.T, p *pipeline.Project) *sides {
	t.Helper()
	s := &sides{trino: onTrino(t, p, "")}
	var err error
	if s.duck, err = answer.Open(t.Context(), p.Config.DataDir(), s.trino.Snap.ID()); err != nil {
		t.Fatal(err)
	}
	if s.src, err = answer.OpenSources(p.Config.DataDir(), nil, p.Config.Known); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.duck.Close(); err != nil {
			t.Error(err)
		}
		if err := s.src.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onTrino opens what Trino has published.
func onTrino(t *testing.T, p *pipeline.Project, asOf string) *answer.Reader {
	t.Helper()
	db, err := pipeline.OpenTrino(t.Context(), p.Config)
	if err != nil {
		t.Fatal(err)
	}
	r, err := answer.OpenTrino(t.Context(), db, asOf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// same wants the same JSON, or the same error, from both engines.
func (s *sides) same(t *testing.T, what string, of func(ctx context.Context, r *answer.Reader) (any, error)) {
	t.Helper()
	said := func(r *answer.Reader) string {
		v, err := of(t.Context(), r)
		if err != nil {
			return "error: " + err.Error()
		}
		text, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	a, b := said(s.duck), said(s.trino)
	s.compared++
	if a == b {
		return
	}
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			t.Errorf("%s: line %d: DuckDB says %s, Trino %s", what, i+1, x[i], y[i])
			return
		}
	}
	t.Errorf("%s: DuckDB says %d lines, Trino %d: %.300s", what, len(x), len(y), b)
}

// Every question of the corpus gets the same answer from both engines, table, SQL, sources, cells and notes.
func questionsAreEqual(t *testing.T, s *sides, area string) {
	f, err := os.Open("../../answer/testdata/questions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, 3
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 150 {
		t.Fatalf("%d questions, %v", len(rows), err)
	}
	askers := map[*answer.Reader]*ask.Asker{}
	for _, side := range []*answer.Reader{s.duck, s.trino} {
		if askers[side], err = ask.New(t.Context(), side, s.src, area); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range rows[1:] {
		s.same(t, row[1], func(ctx context.Context, r *answer.Reader) (any, error) { return askers[r].Ask(ctx, row[1]) })
	}
}

// Everything that trend can be asked for.
func trendsAreEqual(t *testing.T, s *sides) {
	for _, name := range []string{"0", "64", "Kutai Kartanegara", "64.02.08", "kecamatan Tabang", "64.02.08.2009", "99.99", "Sumber Sari"} {
		s.same(t, "area "+name, func(ctx context.Context, r *answer.Reader) (any, error) { return r.FindArea(ctx, name) })
		area, err := s.duck.FindArea(t.Context(), name)
		if err != nil {
			continue
		}
		for _, years := range [][2]int{{0, 0}, {2020, 2023}, {1990, 1991}} {
			s.same(t, fmt.Sprint("trend ", name, years), func(ctx context.Context, r *answer.Reader) (any, error) {
				return r.Trend(ctx, area, years[0], years[1])
			})
		}
		s.same(t, "districts of "+name, func(ctx context.Context, r *answer.Reader) (any, error) { return r.Children(ctx, area, 2024, 2023) })
		s.same(t, "moves of "+name, func(ctx context.Context, r *answer.Reader) (any, error) { return r.Matrices(ctx, area) })
		for _, f := range []answer.MoverFilter{{Moved: true}, {Direction: "tetap", Limit: 7}, {StatusFrom: "MAJU", StatusTo: "MANDIRI"}} {
			f.Area, f.From, f.To = area.Code, 2023, 2024
			s.same(t, fmt.Sprintf("movers %+v", f), func(ctx context.Context, r *answer.Reader) (any, error) {
				list, n, err := r.Movers(ctx, f)
				return []any{list, n}, err
			})
		}
		s.same(t, "coverage of "+name, func(ctx context.Context, r *answer.Reader) (any, error) { return r.Coverage(ctx, area.Code) })
	}
	area := answer.Area{Code: "64.02", Level: "kabupaten"}
	names := indeks.Names()
	for i, from := range names[:4] {
		a, b := answer.Standing{Status: from, Year: 2023}, answer.Standing{Status: names[i+1], Year: 2024}
		s.same(t, "villages "+from, func(ctx context.Context, r *answer.Reader) (any, error) {
			return r.VillagesWith(ctx, area, []answer.Standing{a, b})
		})
		s.same(t, "gains "+from, func(ctx context.Context, r *answer.Reader) (any, error) { return r.Gains(ctx, area, a, b) })
	}
}

// Rows of every mart, traced to their cells.
func tracesAreEqual(t *testing.T, s *sides) {
	for _, key := range [][]string{
		{"mart_tren_status", "64.02", "2020", "TERTINGGAL"},
		{"mart_tren_status", "64.02.08", "2024", "MAJU"},
		{"mart_transisi", "64.02", "2023", "2024", "BERKEMBANG", "MAJU"},
		{"mart_perpindahan_desa", "64.02.08.2009", "2023", "2024"},
		{"mart_profil_desa", "64.02.08.2009", "2024"},
		{"mart_prioritas", "64.02.08.2009", "2024", "1"},
		{"mart_program", "64.02.08", "2024"},
		{"mart_tren_status", "64.02", "1999", "MAJU"},
	} {
		s.same(t, strings.Join(key, " "), func(ctx context.Context, r *answer.Reader) (any, error) { return r.Trace(ctx, key[0], key[1:], s.src) })
	}
	for mart, columns := range map[string]string{"mart_rekonsiliasi": "id_klaim, kode_wilayah, CAST(tahun AS VARCHAR), status", "mart_kualitas": "rilis_id, kontrak, aturan"} {
		res, _, err := s.duck.DB.Query(t.Context(), 3, "SELECT "+columns+" FROM "+mart+" ORDER BY 1, 2, 3")
		if err != nil || len(res.Rows) == 0 {
			t.Fatalf("%s: %v", mart, err)
		}
		for _, row := range res.Rows {
			key := make([]string, len(row))
			for i, v := range row {
				key[i] = answer.Text(v)
			}
			s.same(t, fmt.Sprint(mart, key), func(ctx context.Context, r *answer.Reader) (any, error) { return r.Trace(ctx, mart, key, s.src) })
		}
	}
}

// What the dashboard and other commands read beside these.
func restIsEqual(t *testing.T, s *sides) {
	area := answer.Area{Code: "64.02", Level: "kabupaten"}
	village := answer.Area{Code: "64.02.08.2009", Name: "Pela", Level: "desa"}
	for what, of := range map[string]func(ctx context.Context, r *answer.Reader) (any, error){
		"profile": func(ctx context.Context, r *answer.Reader) (any, error) { return r.Profile(ctx, village) },
		"claims":  func(ctx context.Context, r *answer.Reader) (any, error) { return r.Claims(ctx, "") },
		"parents": func(ctx context.Context, r *answer.Reader) (any, error) { return r.Parents(ctx, village.Code) },
		"nature":  func(ctx context.Context, r *answer.Reader) (any, error) { return r.ProgrammeNature(ctx) },
		"findings": func(ctx context.Context, r *answer.Reader) (any, error) {
			return r.RejectedCells(ctx, answer.CellFilter{Limit: 50})
		},
		"near next": func(ctx context.Context, r *answer.Reader) (any, error) {
			return r.NearNext(ctx, area.Code, 2024, "MAJU", "0.03")
		},
		"village": func(ctx context.Context, r *answer.Reader) (any, error) { return r.Village(ctx, village.Code, 2024) },
		"audit rows": func(ctx context.Context, r *answer.Reader) (any, error) {
			res, _, err := r.AuditRows(ctx, "audit_rekonsiliasi_ragu")
			return res, err
		},
		"BPS meaning": func(ctx context.Context, r *answer.Reader) (any, error) {
			a, ok, err := r.BPSMeaning(ctx, "6403080009")
			return []any{a, ok}, err
		},
		"quality": func(ctx context.Context, r *answer.Reader) (any, error) {
			a, b, err := r.Quality(ctx)
			return []any{a, b}, err
		},
		"programmes": func(ctx context.Context, r *answer.Reader) (any, error) {
			rows, years, err := r.Programmes(ctx, area, 0)
			return []any{rows, years}, err
		},
		"search": func(ctx context.Context, r *answer.Reader) (any, error) {
			hits, near, err := r.Search(ctx, "sumber", 20)
			return []any{hits, near}, err
		},
		"village rows": func(ctx context.Context, r *answer.Reader) (any, error) {
			rows, n, err := r.VillageRows(ctx, answer.RowFilter{Area: "64.02", Year: 2024, Sort: "nama", Limit: 9, Offset: 4})
			return []any{rows, n}, err
		},
	} {
		s.same(t, what, of)
	}
}
