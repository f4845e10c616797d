package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"lumbung/load/duck"
)

// Equal rows give equal mart files, whatever the order in which they came, the
// threads and the memory: files of one row group and of three, written beside
// one another.
func TestMartFilesHaveTheSameBytes(t *testing.T) {
	const rows = 300_000
	first := exported(t, duck.Options{Threads: 1, Memory: "1GB"}, "n", rows)
	for i, opt := range []duck.Options{
		{Threads: 2, Memory: "1GB"},
		{Threads: 4, Memory: "160MB"},
		{Threads: 4, Memory: "1GB"},
		{Threads: 1, Memory: "160MB"},
	} {
		order := []string{"-n", "(n * 7919) % 300007"}[i%2]
		for name, sum := range exported(t, opt, order, rows) {
			if sum != first[name] {
				t.Errorf("%+v, rows in order of %s: %s differs", opt, order, name)
			}
		}
	}
}

// warehouseIn makes a warehouse that is closed with the test.
func warehouseIn(t *testing.T, dir string, opt duck.Options) *duck.DB {
	t.Helper()
	db, err := duck.Create(context.Background(), filepath.Join(dir, "gudang.duckdb"), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// exported builds a table whose rows come in an order, writes it whole and by
// year, and returns the hash of each file.
func exported(t *testing.T, opt duck.Options, order string, rows int64) map[string]string {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	opt.TempDir = filepath.Join(dir, "spill")
	db := warehouseIn(t, dir, opt)
	if _, err := db.Table(ctx, "desa", fmt.Sprintf(`
		SELECT CAST(6402010000 + n AS BIGINT) AS kode, CAST(2020 + n %% 4 AS SMALLINT) AS tahun,
			'DESA ' || (n * 31 %% 1009) AS nama, sha256(CAST(n %% 7 AS VARCHAR)) AS sha256,
			CASE WHEN n %% 5 > 0 THEN CAST(n %% 6301 / 6300.0 AS DECIMAL(10,8)) END AS skor
		FROM range(%d) r(n) ORDER BY %s`, rows, order), false); err != nil {
		t.Fatal(err)
	}
	years, err := db.Slices(ctx, "desa", "tahun", []duck.Column{{Name: "kode"}, {Name: "nama"}, {Name: "skor"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(years) != 4 || years[0].Value != 2020 || years[0].Rows != rows/4 || years[0].Hash == years[1].Hash {
		t.Fatalf("slices %v", years)
	}
	// One file of three row groups, and the same rows in three files.
	files := []duck.File{{Relation: "desa", Path: filepath.Join(dir, "semua"), Key: []string{"kode"}, Rows: rows}}
	cut, err := db.Cut(ctx, duck.File{Relation: "desa", Path: filepath.Join(dir, "potong.parquet"), Key: []string{"kode"}, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	if len(cut) != 3 || filepath.Base(cut[2].Path) != "potong-3.parquet" || cut[0].Rows+cut[1].Rows+cut[2].Rows != rows {
		t.Fatalf("cut into %v", cut)
	}
	files = append(files, cut...)
	for _, y := range years {
		files = append(files, duck.File{Relation: "desa", Path: filepath.Join(dir, fmt.Sprint(y.Value)), Key: []string{"nama", "kode"},
			Column: "tahun", Value: y.Value, Rows: y.Rows})
	}
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	var g errgroup.Group
	g.SetLimit(db.AtOnce())
	for _, f := range files {
		g.Go(func() error { return db.Export(ctx, f) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		sums[filepath.Base(f.Path)] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return sums
}

// A file whose rows are not those that were counted is refused.
func TestMartFileOfOtherRowsIsRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := warehouseIn(t, dir, duck.Options{Threads: 1})
	if _, err := db.Table(ctx, "desa", "SELECT n FROM range(10) r(n)", false); err != nil {
		t.Fatal(err)
	}
	err := db.Export(ctx, duck.File{Relation: "desa", Path: filepath.Join(dir, "f"), Key: []string{"n"}, Rows: 11})
	if err == nil || err.Error() != "export of desa: 10 rows written, 11 are there" {
		t.Errorf("got %v", err)
	}
}

// Rows that are too many for one row group are cut by their first key, never within a value of it; a key of another type
// cannot be cut by, and rows without a value come last.
func TestCutMartFiles(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := warehouseIn(t, dir, duck.Options{Threads: 1})
	const rows = 250_000
	if _, err := db.Table(ctx, "desa", fmt.Sprintf(`SELECT CASE WHEN n >= 1000 THEN 'O''Brien ' || lpad(CAST(n // 100 AS VARCHAR), 4, '0') END AS nama,
		n // 100 AS kode, DATE '2020-01-01' + CAST(n AS INTEGER) AS hari, 2020 AS tahun FROM range(%d) r(n)`, rows), false); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key   []string
		files int
	}{{[]string{"nama", "hari"}, 3}, {[]string{"tahun", "kode", "hari"}, 3}, {[]string{"hari"}, 1}, {[]string{"tahun"}, 1}} {
		f := duck.File{Relation: "desa", Path: filepath.Join(dir, c.key[0]+"_"+c.key[len(c.key)-1]+".parquet"), Key: c.key, Column: "tahun", Value: 2020, Rows: rows}
		cut, err := db.Cut(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		var paths []string
		for i, part := range cut {
			if err := db.Export(ctx, part); err != nil { // which counts what it writes
				t.Errorf("by %v, file %d: %v", c.key, i, err)
			}
			sum += part.Rows
			paths = append(paths, duck.Literal(part.Path))
		}
		if len(cut) != c.files || sum != rows {
			t.Fatalf("by %v: %d files of %d rows, %d of %d are wanted", c.key, len(cut), sum, c.files, rows)
		}
		if c.files == 1 {
			continue
		}
		query := fmt.Sprintf(`SELECT count(*) FROM (SELECT %s AS k, lag(%s) OVER (ORDER BY berkas, ke) AS k0, lag(berkas) OVER (ORDER BY berkas, ke) AS berkas0, * FROM (
			SELECT *, filename AS berkas, file_row_number AS ke FROM read_parquet([%s], filename = true, file_row_number = true)))
			WHERE k < k0 OR k0 IS NULL AND k IS NOT NULL AND ke > 0 OR k = k0 AND berkas <> berkas0`, c.key[len(c.key)-2], c.key[len(c.key)-2], strings.Join(paths, ", "))
		found, _, err := db.Query(ctx, 0, query)
		if err != nil {
			t.Fatal(err)
		}
		if n := found.Rows[0][0].(int64); n != 0 {
			t.Errorf("by %v: %d rows are out of order, or in another file than their neighbours", c.key, n)
		}
	}
}
