package trino_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lumbung/internal/campaign"
	"lumbung/internal/trinotest"
	"lumbung/load/duck"
	"lumbung/load/trino"
)

// read opens a build by its number, 0 for the current one.
func read(t *testing.T, db *trino.DB, n int) *trino.Reading {
	t.Helper()
	r, _, err := tryRead(t.Context(), db, n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryRead(ctx context.Context, db *trino.DB, n int) (*trino.Reading, trino.Held, error) {
	held, err := db.Held(ctx)
	if err != nil {
		return nil, trino.Held{}, err
	}
	for _, h := range held {
		if n == 0 && h.Current || h.ID == buildID(n) {
			r, err := db.Read(h, two)
			return r, h, err
		}
	}
	return nil, trino.Held{}, fmt.Errorf("build %d is not among %v", n, held)
}

// one is the only value of a query.
func one(t *testing.T, r *trino.Reading, query string, args ...any) any {
	t.Helper()
	res, _, err := r.Query(t.Context(), 0, query, args...)
	if err != nil || len(res.Rows) != 1 || len(res.Rows[0]) != 1 {
		t.Fatalf("%s: %+v, %v", query, res, err)
	}
	return res.Rows[0][0]
}

// A reading keeps its build while others are published, and says so when the build has gone.
func TestReadingKeepsItsBuild(t *testing.T) {
	ctx := t.Context()
	db := open(t, options(t, trinotest.Start(t), "tetap"))
	if held, err := db.Held(ctx); err != nil || len(held) != 0 {
		t.Fatalf("before the first: %v, %v", held, err)
	}
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	first := read(t, db, 0)
	if m, err := first.Manifest(ctx); err != nil || m != "manifest of "+buildID(1) {
		t.Errorf("manifest %q, %v", m, err)
	}
	if err := build(ctx, db, 2, quiet); err != nil {
		t.Fatal(err)
	}
	for n, r := range map[int64]*trino.Reading{1: first, 2: read(t, db, 0)} {
		for _, mart := range []string{"mart_a", "mart_b", `"mart_a"`, "MART_B"} {
			if got := one(t, r, "SELECT CAST(sum(n) AS BIGINT) FROM "+mart); got != 3*n {
				t.Errorf("build %d: %s sums up to %v, want %d", n, mart, got, 3*n)
			}
		}
		if got := one(t, r, "SELECT snapshot FROM potret"); got != buildID(int(n)) {
			t.Errorf("build %d calls itself %v", n, got)
		}
	}
	if err := build(ctx, db, 3, quiet); err != nil {
		t.Fatal(err)
	}
	var gone *trino.GoneError
	if res, _, err := first.Query(ctx, 0, "SELECT count(*) FROM mart_a"); !errors.As(err, &gone) {
		t.Errorf("a build that has gone: %+v, %v", res, err)
	}
	if _, err := first.Manifest(ctx); !errors.As(err, &gone) {
		t.Errorf("its manifest: %v", err)
	}
	held, err := db.Held(ctx)
	if err != nil || len(held) != 2 || held[0].ID != buildID(2) || held[0].Current || held[1].ID != buildID(3) || !held[1].Current {
		t.Errorf("held are %v, %v", held, err)
	}
	if err := build(ctx, db, 2, quiet); err != nil { // made again, as after a rollback
		t.Fatal(err)
	}
	long := strings.Repeat("désa—'", 100_000)
	if err := db.Each(ctx, "DROP TABLE potret", nil, nil, nil); err != nil { // as before there was a list
		t.Fatal(err)
	}
	if held, err := db.Held(ctx); err != nil || len(held) != 0 {
		t.Errorf("without a list %v, %v", held, err)
	}
	if err := db.Enlist(ctx, buildID(2), long); err != nil {
		t.Fatal(err)
	}
	if m, err := read(t, db, 0).Manifest(ctx); err != nil || m != long {
		t.Errorf("a manifest of %d bytes came back with %d, %v", len(long), len(m), err)
	}
}

// Readers ask two questions for one answer while builds are published, and older ones made again: both are answered from
// the build that the reader named, or the answer is refused.
func TestAnswersOfSeveralQueriesAreOfOneBuild(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opt := options(t, trinotest.Start(t), "jawaban")
	opt.Keep = 1 // so that builds go while they are read
	opt.MinAge = time.Hour
	db := open(t, opt)
	if err := build(ctx, db, 2, quiet); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	var answers, refused atomic.Int64
	for range campaign.Rounds(t, "LUMBUNG_READERS", 3) {
		readers.Go(func() {
			for ctx.Err() == nil {
				r, h, err := tryRead(ctx, db, 0)
				for err == nil { // as long as the build is there
					if err = answerTwice(ctx, r, h); err == nil {
						answers.Add(1)
					}
				}
				var gone *trino.GoneError
				if ctx.Err() == nil && !errors.As(err, &gone) {
					t.Error(err)
					return
				}
				refused.Add(1)
			}
		})
	}
	turns := []int{3, 2, 3, 4, 2, 5}
	for i := range campaign.Rounds(t, "LUMBUNG_TURNS", len(turns)) {
		n := turns[i%len(turns)]
		if err := build(ctx, db, n, quiet); err != nil {
			t.Error(err)
		}
	}
	cancel()
	readers.Wait()
	t.Logf("%d answers, %d refused", answers.Load(), refused.Load())
	if answers.Load() < 6 || refused.Load() < 12 {
		t.Error("too few answers or refusals to say anything")
	}
}

func answerTwice(ctx context.Context, r *trino.Reading, h trino.Held) error {
	for _, mart := range []string{"mart_a", "mart_b"} {
		res, _, err := r.Query(ctx, 0, "SELECT n, count(*) FROM "+mart+" GROUP BY n")
		if err != nil {
			return err
		}
		if len(res.Rows) != 1 || buildID(int(res.Rows[0][0].(int64))) != h.ID || res.Rows[0][1] != int64(3) {
			return fmt.Errorf("%s of build %s: %v", mart, h.ID, res.Rows)
		}
	}
	return nil
}

// Whatever a person sends, only queries are run.
func TestOnlyQueriesAreRun(t *testing.T) {
	ctx := t.Context()
	db := open(t, options(t, trinotest.Start(t), "baca"))
	if err := build(ctx, db, 7, quiet); err != nil {
		t.Fatal(err)
	}
	r := read(t, db, 0)
	for _, query := range []string{
		"SELECT max(n) FROM mart_a", "select max(n) from mart_a ; \n", "-- mart_b\n/* WITH */ (SELECT max(n) FROM mart_a)", "WITH x AS (SELECT n FROM mart_a) SELECT max(n) FROM x",
		"  with recursive x(n) AS (SELECT max(n) FROM mart_a UNION ALL SELECT n + 1 FROM x WHERE n < 0) SELECT n FROM x", "VALUES (7)",
		"SELECT 7 WHERE 'mart_b ; --' <> ''", "SELECT max(a.n) FROM mart_a a JOIN mart_b b ON b.n = a.n", "SELECT max(x.n) FROM (TABLE mart_a) x",
	} {
		if got := one(t, r, query); got != int64(7) {
			t.Errorf("%s: %v", query, got)
		}
	}
	if got := one(t, r, "SELECT max(n) FROM mart_b WHERE nama = ? AND n IN (?, ?) AND ? LIKE 'desa%' LIMIT 1", "it's", 7, int64(1)<<40, "desa ? ':x'"); got != int64(7) {
		t.Errorf("with parameters: %v", got)
	}
	for query, want := range map[string]string{
		"DELETE FROM baca.isi_mart_a": `not with "DELETE"`, "/* SELECT */ DROP VIEW baca.mart_a": `not with "DROP"`, "CALL iceberg.system.x()": "only a query", "": "only a query",
		"WITH x AS (SELECT 1) DELETE FROM baca.isi_mart_a": "mismatched input", "SELECT 1; DELETE FROM baca.isi_mart_a": "mismatched input", "WITH FUNCTION f() RETURNS BIGINT RETURN 1 SELECT f()": "mismatched input",
		"(DELETE FROM baca.isi_mart_a)": "mismatched input", "EXECUTE IMMEDIATE 'DELETE FROM baca.isi_mart_a'": "only a query", "FROM mart_a": "only a query",
		"SELECT * FROM isi_mart_a": "no such relation", "SELECT * FROM lain": "no such relation",
		"SELECT ARRAY[n] AS daftar FROM mart_a": "column daftar is ARRAY(INTEGER), which is not read from Trino", "SELECT now() AS kini": "column kini is TIMESTAMP WITH TIME ZONE",
	} {
		if res, _, err := r.Query(ctx, 0, query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v; want %q", query, res, err, want)
		}
	}
	if got := one(t, r, "SELECT count(*) FROM mart_a"); got != int64(3) {
		t.Errorf("afterwards %v rows, want 3", got)
	}
}

// Values are of the Go types that DuckDB gives, by type.
func TestValuesAreDuckDBs(t *testing.T) {
	ctx := t.Context()
	db := open(t, options(t, trinotest.Start(t), "nilai"))
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	warehouse, err := duck.Create(ctx, t.TempDir()+"/w.duckdb", duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = warehouse.Close() }()
	const query = `SELECT CAST(1 AS SMALLINT), 2, CAST(-3 AS BIGINT), CAST(0.54060000 AS DECIMAL(10,8)), CAST(-0.5 AS DECIMAL(38,2)), CAST('1234567890123456789012' AS DECIMAL(38,0)), true, false,
		CAST(0.1 AS DOUBLE), 'it''s — désa', CAST('2024-02-29' AS DATE), CAST('2024-02-29 13:14:15.678901' AS TIMESTAMP(6)), CAST(NULL AS DATE), CAST(NULL AS DECIMAL(5,1)), CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT)`
	want, _, err := warehouse.Query(ctx, 0, strings.Replace(query, "(6)", "", 1))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := read(t, db, 0).Query(ctx, 0, query)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Rows[0] {
		w := got.Rows[0][i]
		if x, ok := v.(time.Time); ok && x.Equal(w.(time.Time)) && x.Format(time.RFC3339Nano) == w.(time.Time).Format(time.RFC3339Nano) {
			continue
		}
		if v != w {
			t.Errorf("column %d, %s: DuckDB gives %T %v, Trino %T %v", i, want.Columns[i].Type, v, v, w, w)
		}
		if want.Columns[i].Type != got.Columns[i].Type {
			t.Errorf("column %d: %s on DuckDB, %s on Trino", i, want.Columns[i].Type, got.Columns[i].Type)
		}
	}
}

// What keeps a person from an answer is said, with what to do about it.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	ctx := t.Context()
	opt := options(t, trinotest.Start(t), "halangan")
	db := open(t, opt)
	if err := build(ctx, db, 1, quiet); err != nil {
		t.Fatal(err)
	}
	held, err := db.Held(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// A newer program documents a column and a relation that the builds there do not have.
	newer := []trino.Relation{{Name: "mart_a", Columns: []duck.Column{{Name: "n", Type: "INTEGER"}, {Name: "baru", Type: "VARCHAR"}}}, two[1],
		{Name: "mart_baru", Columns: []duck.Column{{Name: "n", Type: "INTEGER"}}}}
	r, err := db.Read(held[0], newer)
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"SELECT n FROM mart_a":        "was made by another version of lumbung: mart_a has no column baru; `lumbung run` of this version",
		"SELECT n FROM mart_baru":     "was made by another version of lumbung: mart_a has no column baru",
		"SELECT salah FROM mart_b":    "was made by another version",
		"SELECT salah FROM dual.dual": "schema 'dual' does not exist",
	} {
		if _, _, err := r.Query(ctx, 0, query); err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(want)) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
	if _, _, err := read(t, db, 0).Query(ctx, 0, "SELECT salah FROM mart_b"); err == nil || !strings.Contains(err.Error(), "Column 'salah' cannot be resolved") {
		t.Errorf("a column that nobody has: %v", err)
	}
	guest := opt
	guest.URL = strings.Replace(opt.URL, "lumbung@", trinotest.Guest+"@", 1)
	if held, err := open(t, guest).Held(ctx); err == nil || !strings.Contains(err.Error(), "Access Denied") || !strings.Contains(err.Error(), "needs SELECT on all tables of schema halangan") {
		t.Errorf("a user without rights: %v, %v", held, err)
	}
	empty := opt
	empty.Schema = "tidak_ada"
	if held, err := open(t, empty).Held(ctx); err != nil || len(held) != 0 {
		t.Errorf("a schema that nobody made: %v, %v", held, err)
	}
	nobody := opt
	nobody.URL = "http://lumbung@127.0.0.1:1"
	if _, err := trino.Open(ctx, nobody); err == nil || !strings.Contains(err.Error(), "no answer from Trino at 127.0.0.1:1") {
		t.Errorf("nobody listens: %v", err)
	}
}
