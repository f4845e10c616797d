package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/load/duck"
	"lumbung/sql"
)

// audit_baris_geser compares each village with its neighbours in the list: it
// has to find values that slipped by a row, and nothing in a kabupaten whose
// first or last village stands far from the others.
func TestSlippedRows(t *testing.T) {
	db, err := duck.Create(t.Context(), filepath.Join(t.TempDir(), "a.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	models, err := sql.Models()
	if err != nil {
		t.Fatal(err)
	}
	query := ""
	for _, m := range models {
		if m.Name == "audit_baris_geser" {
			query = m.SQL
		}
	}
	const villages = 60
	before := func(i int) int { return 5000 + i*7919%1000 } // in units of 0.0001, in no order
	for _, c := range []struct {
		name string
		x, y func(i int) int
		want string
	}{
		{"the same and a little more", before, func(i int) int { return before(i) + i%7*10 }, ""},
		{"the first village far above", func(i int) int { return before(i) + 4000*one(i == 0) }, func(i int) int { return before(i) + 4000*one(i == 0) + i%5*20 }, ""},
		{"the last village far below", func(i int) int { return before(i) - 4000*one(i == villages-1) }, func(i int) int { return before(i) - 4000*one(i == villages-1) + i%5*20 }, ""},
		{"one row down", before, func(i int) int { return before(max(i-1, 0)) }, "desa sebelumnya"},
		{"one row up", before, func(i int) int { return before(i + 1) }, "desa sesudahnya"},
	} {
		rows := make([]string, villages)
		for i := range rows {
			rows[i] = fmt.Sprintf("(%d, 2023, 2024, 3, 3, %d / 10000.0, %d / 10000.0)", 6402010000+2001+i, c.x(i), c.y(i))
		}
		err := db.Exec(t.Context(), `CREATE OR REPLACE TABLE fct_perpindahan AS SELECT CAST(v.a AS BIGINT) AS id_desa, v.b AS tahun_dari, v.c AS tahun_ke, v.d AS status_dari,
			v.e AS status_ke, CAST(v.f AS DECIMAL(10,8)) AS skor_dari, CAST(v.g AS DECIMAL(10,8)) AS skor_ke FROM (VALUES `+strings.Join(rows, ", ")+`) v(a, b, c, d, e, f, g)`)
		if err != nil {
			t.Fatal(err)
		}
		res, _, err := db.Query(t.Context(), 0, query)
		switch {
		case err != nil:
			t.Fatal(err)
		case c.want == "" && len(res.Rows) > 0:
			t.Errorf("%s: %v", c.name, res.Rows)
		case c.want != "" && (len(res.Rows) != 1 || !strings.Contains(fmt.Sprint(res.Rows[0]), c.want)):
			t.Errorf("%s: %v, want %q", c.name, res.Rows, c.want)
		}
	}
}
