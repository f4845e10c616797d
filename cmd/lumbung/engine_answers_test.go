package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/answer"
	"lumbung/answer/ask"
	"lumbung/answer/ask/asktest"
	"lumbung/answer/ask/grammar"
	"lumbung/answer/web"
	"lumbung/internal/closing"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/transform/indeks"
)

// sides are the readers of one snapshot on both engines, and what a trace needs beside them.
type sides struct {
	duck, trino *answer.Reader
	src         *answer.Sources
	compared    int
}

func openSides(t *testing.T, cfg *config.Config) *sides {
	t.Helper()
	s := &sides{trino: onTrino(t, cfg, "")}
	var err error
	if s.src, err = openSources(cfg); err != nil {
		t.Fatal(err)
	}
	closing.After(t, s.src)
	if s.duck, err = answer.Open(t.Context(), cfg.DataDir(), s.trino.Snap.ID()); err != nil {
		t.Fatal(err)
	}
	closing.After(t, s.duck)
	return s
}

// onTrino opens what Trino has published.
func onTrino(t *testing.T, cfg *config.Config, asOf string) *answer.Reader {
	t.Helper()
	r, err := (&trinoSnapshots{cfg: cfg}).Open(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, r)
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

// Every answer is the same from both engines: questions, trends, traces, pages, and what changed between two snapshots.
// LUMBUNG_QUESTIONS=all asks the whole corpus, else one question of each form and language.
func answersAreEqual(t *testing.T, dir string, cfg *config.Config) {
	first := openSides(t, cfg)
	t.Run("trends", func(t *testing.T) { trendsAreEqual(t, first) })
	t.Run("traces", func(t *testing.T) { tracesAreEqual(t, first) })
	t.Run("questions", func(t *testing.T) { questionsAreEqual(t, first, cfg.Area) })
	t.Run("pages", func(t *testing.T) { pagesAreEqual(t, cfg, first.src) })
	file := filepath.Join(dir, "kegiatan", "blt.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "PERIAN;2020;169;", "PERIAN;2020;170;", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	second := openSides(t, cfg)
	older := &sides{duck: first.duck, trino: onTrino(t, cfg, first.duck.Snap.ID()), src: first.src}
	second.same(t, "diff", func(ctx context.Context, r *answer.Reader) (any, error) {
		before := older.duck
		if r == second.trino {
			before = older.trino
		}
		d, err := answer.Compare(ctx, before, r)
		if err == nil && len(d.Villages) != 1 {
			err = fmt.Errorf("%d villages changed, want 1", len(d.Villages))
			t.Error(err)
		}
		return d, err
	})
	t.Run("older", func(t *testing.T) {
		older.same(t, "an older snapshot", func(ctx context.Context, r *answer.Reader) (any, error) { return r.Village(ctx, "64.02.01.2001", 2020) })
	})
	t.Logf("%d answers compared", first.compared+second.compared+older.compared)
}

// pagesAreEqual fetches pages of the dashboard from both engines.
func pagesAreEqual(t *testing.T, cfg *config.Config, src *answer.Sources) {
	db, err := pipeline.OpenTrino(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, db)
	said := map[web.Engine]http.Handler{}
	engines := []web.Engine{nil, &trinoSnapshots{db, cfg}}
	for _, e := range engines {
		s, err := web.New(web.Options{DataDir: cfg.DataDir(), Engine: e, Area: cfg.Area, Sources: src})
		if err != nil {
			t.Fatal(err)
		}
		closing.After(t, s)
		said[e] = s.Handler()
	}
	for _, path := range []string{"/64.02", "/en/64", "/64.02/perpindahan", "/64.02/kecamatan", "/64.02/program", "/64.02.08.2009", "/cocokkan", "/mutu", "/pembaruan", "/cari?q=sumber",
		"/asal/mart_tren_status/64.02/2019/tertinggal", "/asal/mart_profil_desa/64.02.08.2009/2024", "/asal/fct_indikator/64.02.08.2009/2024/1", "/unduh/64.02/tren.csv", "/unduh/64.02/tren.svg", "/sehat", "/99.99"} {
		var body [2]string
		for i, e := range engines {
			w := httptest.NewRecorder()
			said[e].ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
			body[i] = fmt.Sprint(w.Code, " ", w.Body)
		}
		if body[0] != body[1] || strings.HasPrefix(body[0], "5") {
			t.Errorf("%s: DuckDB gives %d bytes, Trino %d: %.80s, %.300s", path, len(body[0]), len(body[1]), body[0], body[1])
		}
	}
	w := httptest.NewRecorder()
	said[engines[1]].ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/berkas/mart_program", nil))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Berkas Parquet") {
		t.Errorf("files of Trino's marts: %d %.300s", w.Code, w.Body)
	}
}

func questionsAreEqual(t *testing.T, s *sides, area string) {
	askers := map[*answer.Reader]*ask.Asker{}
	for _, side := range []*answer.Reader{s.duck, s.trino} {
		var err error
		if askers[side], err = ask.New(t.Context(), side, s.src, area); err != nil {
			t.Fatal(err)
		}
	}
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, row := range asktest.Corpus(t) {
		kind := row[0]
		if !testing.Short() { // Trino takes seconds for a question
			kind += g.Language(row[1])
		}
		if asked[kind] && os.Getenv("LUMBUNG_QUESTIONS") != "all" {
			continue
		}
		asked[kind] = true
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
		if from != "MAJU" && os.Getenv("LUMBUNG_QUESTIONS") != "all" {
			continue // the same two queries, which take Trino ten seconds to plan
		}
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
