package compare_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/load/compare"
	"lumbung/load/duck"
)

// warehouse makes a warehouse with one table t.
func warehouse(t *testing.T, query string) *duck.DB {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Create(ctx, filepath.Join(t.TempDir(), "w.duckdb"), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.Table(ctx, "t", query, false); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestRelation(t *testing.T) {
	const base = "SELECT * FROM (VALUES (1, 'a', 1.50), (2, NULL, NULL), (3, 'Å', 2.00), (NULL, 'z', 0.00)) v(k, nama, nilai)"
	tests := []struct {
		name, other string
		key         []string
		summary     string
		rows        []string
	}{
		{"the same rows in another order", base + " ORDER BY nama", []string{"k"}, "the same", nil},
		{"the same without a key", base + " ORDER BY nilai", nil, "the same", nil},
		{"a value", strings.Replace(base, "1.50", "1.51", 1), []string{"k"}, "1 changed", []string{"k=1: nilai=1.50 -> nilai=1.51"}},
		{"null is not empty", strings.Replace(base, "2, NULL", "2, ''", 1), []string{"k"}, "1 changed", []string{"k=2: nama=null -> nama="}},
		{"a row less", strings.Replace(base, "(2, NULL, NULL), ", "", 1), []string{"k"}, "1 only in the first", []string{"k=2: only in the first"}},
		{"a row more", strings.Replace(base, "(NULL, 'z', 0.00)", "(NULL, 'z', 0.00), (9, 'y', 0.10)", 1), []string{"k"},
			"1 only in the second", []string{"k=9: only in the second"}},
		{"another null row", strings.Replace(base, "'z'", "'zz'", 1), []string{"k"}, "1 changed", []string{"k=null: nama=z -> nama=zz"}},
		{"a changed row without a key", strings.Replace(base, "'a'", "'b'", 1), nil, "1 only in the first, 1 only in the second",
			[]string{"k=1 nama=a nilai=1.50: only in the first", "k=1 nama=b nilai=1.50: only in the second"}},
		{"a type", "SELECT k, nama, CAST(nilai AS DECIMAL(9,2)) AS nilai FROM (" + base + ")", []string{"k"}, "column nilai: DECIMAL(3,2), DECIMAL(9,2)", nil},
		{"a column less", "SELECT k, nama FROM (" + base + ")", []string{"k"}, "column nilai: DECIMAL(3,2), missing", nil},
		{"columns in another order", "SELECT nama, k, nilai FROM (" + base + ")", []string{"k"}, "column k: column 1, elsewhere", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := compare.Relation(context.Background(), warehouse(t, base), warehouse(t, tt.other), "t", tt.key)
			if err != nil {
				t.Fatal(err)
			}
			if d.Summary() != tt.summary || d.Same() != (tt.summary == "the same") {
				t.Errorf("%s, same %v; want %s", d.Summary(), d.Same(), tt.summary)
			}
			var rows []string
			for _, r := range d.Rows {
				rows = append(rows, r.String())
			}
			if strings.Join(rows, "\n") != strings.Join(tt.rows, "\n") {
				t.Errorf("rows\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(tt.rows, "\n"))
			}
			if len(d.Columns) == 0 && (d.From != 4 || d.From-d.OnlyFrom != d.To-d.OnlyTo) {
				t.Errorf("%d rows, %d rows, %d and %d alone", d.From, d.To, d.OnlyFrom, d.OnlyTo)
			}
		})
	}
}

// unsorted answers in whatever order the table has.
type unsorted struct{ *duck.DB }

func (u unsorted) Each(ctx context.Context, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	query, _, _ = strings.Cut(query, " ORDER BY")
	return u.DB.Each(ctx, query, args, head, each)
}

// An engine that orders otherwise must not make rows seem missing.
func TestOtherOrderIsAnError(t *testing.T) {
	a := warehouse(t, "SELECT * FROM (VALUES ('a'), ('b')) v(k)")
	b := unsorted{warehouse(t, "SELECT * FROM (VALUES ('b'), ('a')) v(k)")}
	if _, err := compare.Relation(context.Background(), a, b, "t", nil); err == nil || !strings.Contains(err.Error(), "orders otherwise") {
		t.Errorf("error %v", err)
	}
}
