package lineage

import (
	"fmt"
	"strings"
	"testing"

	"lumbung/sql"
)

var inputs = map[string][]string{
	"tahap_a": {"kode", "nama", "n"},
	"tahap_b": {"kode", "skor"},
}

// model makes a core model of a SELECT; the header takes two lines.
func model(name, columns, text string) sql.Model {
	m := sql.Model{Name: name, File: "core/" + name + ".sql", SQL: "-- purpose: p\n-- grain: g\n" + text}
	for _, c := range strings.Fields(columns) {
		m.Header.Columns = append(m.Header.Columns, sql.Column{Name: c})
	}
	return m
}

func show(columns []Column) string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Relation+"."+c.Name)
	}
	return strings.Join(out, " ")
}

func TestFrom(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // of the column x
		choosing   string
	}{
		{name: "name", text: "SELECT kode AS x FROM tahap_a", want: "tahap_a.kode"},
		{name: "constant", text: "SELECT 1 AS x FROM tahap_a"},
		{name: "without FROM", text: "SELECT CAST(NULL AS BIGINT) AS x"},
		{name: "alias", text: "SELECT b.kode AS x FROM tahap_a JOIN tahap_b b ON b.kode = tahap_a.kode", want: "tahap_b.kode",
			choosing: "tahap_a.kode tahap_b.kode"},
		{name: "expression", text: "SELECT CASE WHEN n > 1 THEN coalesce(nama, 'x') ELSE CAST(kode AS VARCHAR(9)) END AS x FROM tahap_a",
			want: "tahap_a.kode tahap_a.n tahap_a.nama"},
		{name: "column of the select list", text: "SELECT x FROM (SELECT kode AS k, k + n AS x FROM tahap_a)", want: "tahap_a.kode tahap_a.n"},
		{name: "a column wins over a name of the select list", text: "SELECT x FROM (SELECT n AS kode, kode AS x FROM tahap_a)", want: "tahap_a.kode"},
		{name: "star", text: "SELECT x FROM (SELECT * FROM tahap_a) AS q(x)", want: "tahap_a.kode"},
		{name: "star of an alias", text: "WITH q AS (SELECT b.*, a.n FROM tahap_a a CROSS JOIN tahap_b b) SELECT skor AS x FROM q", want: "tahap_b.skor"},
		{name: "common table expressions", text: "WITH p AS (SELECT kode, n AS m FROM tahap_a), q AS (SELECT m + 1 AS m FROM p) SELECT m AS x FROM q",
			want: "tahap_a.n"},
		{name: "names of a common table expression", text: "WITH p(a, x) AS (SELECT kode, n FROM tahap_a) SELECT x FROM p", want: "tahap_a.n"},
		{name: "inner WITH hides the outer", text: "WITH p AS (SELECT n AS x FROM tahap_a) SELECT x FROM (WITH p AS (SELECT kode AS x FROM tahap_b) SELECT x FROM p)",
			want: "tahap_b.kode"},
		{name: "union by position", text: "SELECT kode AS x FROM tahap_a UNION ALL SELECT skor FROM tahap_b", want: "tahap_a.kode tahap_b.skor"},
		{name: "union of distinct rows", text: "SELECT kode AS x FROM tahap_a UNION SELECT 1", want: "tahap_a.kode", choosing: "tahap_a.kode"},
		{name: "values", text: "SELECT x FROM tahap_a CROSS JOIN (VALUES (1, 2), (3, 4)) AS v(x, y)"},
		{name: "values of columns", text: "SELECT x FROM (SELECT (SELECT max(v.c) FROM (VALUES (a.n), (a.kode)) AS v(c)) AS x FROM tahap_a a)", want: "tahap_a.kode tahap_a.n"},
		{name: "rows", text: "SELECT count(*) AS x FROM tahap_a", want: "tahap_a.*"},
		{name: "rows of a join", text: "WITH t AS (SELECT 1 AS k), q AS (SELECT a.kode FROM tahap_a a LEFT JOIN tahap_b b ON b.kode = a.kode) SELECT count(*) AS x FROM q CROSS JOIN t",
			want: "tahap_a.* tahap_b.*", choosing: "tahap_a.kode tahap_b.kode"},
		{name: "filter", text: "SELECT count(*) FILTER (WHERE n > 1) AS x FROM tahap_a GROUP BY kode", want: "tahap_a.* tahap_a.n", choosing: "tahap_a.kode"},
		{name: "sum of counts", text: "WITH q AS (SELECT kode, count(*) AS n FROM tahap_b GROUP BY kode) SELECT sum(n) AS x FROM q HAVING max(kode) > 1",
			want: "tahap_b.*", choosing: "tahap_b.kode"},
		{name: "aggregate", text: "SELECT max_by(nama, n) AS x FROM tahap_a", want: "tahap_a.n tahap_a.nama"},
		{name: "window with arguments", text: "SELECT lag(n, 1, kode) OVER (PARTITION BY nama ORDER BY nama) AS x FROM tahap_a", want: "tahap_a.kode tahap_a.n",
			choosing: "tahap_a.nama"},
		{name: "window that counts", text: "SELECT count(*) OVER (PARTITION BY kode) AS x FROM tahap_a", want: "tahap_a.*", choosing: "tahap_a.kode"},
		{name: "window that numbers", text: "SELECT row_number() OVER (PARTITION BY kode ORDER BY n DESC) AS x FROM tahap_a", want: "tahap_a.kode tahap_a.n"},
		{name: "qualify", text: "SELECT kode AS x FROM tahap_a QUALIFY row_number() OVER (PARTITION BY kode ORDER BY n) = 1", want: "tahap_a.kode",
			choosing: "tahap_a.kode tahap_a.n"},
		{name: "scalar subquery", text: "SELECT (SELECT max(b.skor) FROM tahap_b b WHERE b.kode = a.kode) AS x FROM tahap_a a", want: "tahap_b.skor",
			choosing: "tahap_a.kode tahap_b.kode"},
		{name: "correlated without alias", text: "SELECT (SELECT max(skor + n) FROM tahap_b) AS x FROM tahap_a", want: "tahap_a.n tahap_b.skor"},
		{name: "IN", text: "SELECT n IN (SELECT skor FROM tahap_b) AS x FROM tahap_a", want: "tahap_a.n tahap_b.skor"},
		{name: "NOT EXISTS", text: "SELECT NOT EXISTS (SELECT 1 FROM tahap_b b WHERE b.kode = a.kode) AS x FROM tahap_a a", want: "tahap_b.*",
			choosing: "tahap_a.kode tahap_b.kode"},
		{name: "name of the select list in WHERE", text: "SELECT nama AS x FROM (SELECT nama, n + 1 AS m FROM tahap_a WHERE m > 1)", want: "tahap_a.nama", choosing: "tahap_a.n"},
		{name: "order", text: "SELECT nama AS x FROM tahap_a ORDER BY n LIMIT 1", want: "tahap_a.nama", choosing: "tahap_a.n"},
		{name: "order of a union", text: "SELECT nama AS x FROM tahap_a UNION ALL SELECT 'a' ORDER BY x", want: "tahap_a.nama", choosing: "tahap_a.nama"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := Read(t.Context(), []sql.Model{model("m", "x", tt.text)}, inputs)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(g.From(Column{"m", "x"})); got != tt.want {
				t.Errorf("x is made from %q, want %q", got, tt.want)
			}
			if got := show(g.Choosing("m")); got != tt.choosing {
				t.Errorf("rows are chosen by %q, want %q", got, tt.choosing)
			}
		})
	}
}

func TestThroughModels(t *testing.T) {
	g, err := Read(t.Context(), []sql.Model{
		model("dim_a", "kode nama", "SELECT kode, nama FROM tahap_a"),
		model("fct_b", "kode jumlah nama", "SELECT b.kode, count(*) AS jumlah, max(a.nama) AS nama FROM tahap_b b JOIN dim_a a ON a.kode = b.kode GROUP BY b.kode"),
		model("mart_c", "jumlah nama", "SELECT sum(jumlah) AS jumlah, nama FROM fct_b GROUP BY nama"),
	}, inputs)
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		show(g.From(Column{"mart_c", "nama"})):          "fct_b.nama",
		show(g.Origins(Column{"mart_c", "nama"})):       "tahap_a.nama",
		show(g.Origins(Column{"mart_c", "jumlah"})):     "tahap_a.* tahap_b.*",
		show(g.Origins(Column{"tahap_a", "n"})):         "tahap_a.n",
		show(g.Uses(Column{"dim_a", "nama"})):           "fct_b.nama",
		show(g.Uses(Column{"tahap_a", "n"})):            "",
		fmt.Sprint(g.Choosers(Column{"dim_a", "kode"})): "[fct_b]",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no SQL", "SELECT kode\nFRO tahap_a", `sql/core/m.sql:4: syntax error at or near "tahap_a"`},
		{"no SELECT", "DROP TABLE tahap_a", "sql/core/m.sql: Only SELECT statements"},
		{"two statements", "SELECT 1 AS x; SELECT 2", "sql/core/m.sql: 2 statements"},
		{"unknown column", "SELECT kode AS x\nFROM tahap_a\nWHERE tahun = 1", "sql/core/m.sql:5: nothing here has a column tahun"},
		{"unknown column of a relation", "SELECT a.skor AS x FROM tahap_a a", "sql/core/m.sql:3: a has no column skor"},
		{"unknown column in a join", "SELECT a.kode AS x FROM tahap_a a\nJOIN tahap_b b ON b.nama = a.nama", "sql/core/m.sql:4: b has no column nama"},
		{"unknown column in an unused expression", "WITH q AS (SELECT tidak_ada FROM tahap_a) SELECT 1 AS x", "nothing here has a column tidak_ada"},
		{"unknown column in OVER", "SELECT count(*) OVER (PARTITION BY tahun) AS x FROM tahap_a", "nothing here has a column tahun"},
		{"unknown alias", "SELECT c.kode AS x FROM tahap_a a", "nothing here has a column c.kode"},
		{"unknown relation", "SELECT kode AS x\nFROM tahap_c", "sql/core/m.sql:4: tahap_c is no model, no staged table and no seed"},
		{"a later common table expression", "WITH a AS (SELECT x FROM b), b AS (SELECT kode AS x FROM tahap_a) SELECT x FROM a", "b is no model"},
		{"two relations have it", "SELECT kode AS x FROM tahap_a CROSS JOIN tahap_b", "kode is a column of 2 relations here; write alias.kode"},
		{"star of nothing", "SELECT c.* FROM tahap_a", `no relation "c"`},
		{"star with exceptions", "SELECT * EXCLUDE (nama, n) FROM tahap_a", "name the columns"},
		{"star with replacements", "SELECT * REPLACE (1 AS n) FROM tahap_a", "name the columns"},
		{"columns by pattern", "SELECT COLUMNS('k.*') FROM tahap_a", "name the columns"},
		{"star in an expression", "SELECT max(COLUMNS(*)) AS x FROM tahap_a", "a * inside an expression is not understood"},
		{"using", "SELECT skor AS x FROM tahap_a JOIN tahap_b USING (kode)", "only JOIN ... ON"},
		{"natural join", "SELECT skor AS x FROM tahap_a NATURAL JOIN tahap_b", "only JOIN ... ON"},
		{"table function", "SELECT range AS x FROM range(3)", "FROM with a TABLE_FUNCTION is not understood"},
		{"recursion", "WITH RECURSIVE q AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM q) SELECT x FROM q", "a RECURSIVE_CTE_NODE is not understood"},
		{"lambda", "SELECT list_transform(nama, z -> z + 1) AS x FROM tahap_a", "nothing here has a column z"},
		{"structure", "SELECT a.nama.b AS x FROM tahap_a a", "a.nama.b: write alias.column"},
		{"unions of two lengths", "SELECT kode AS x, n FROM tahap_a UNION ALL SELECT 1", "UNION of 2 and 1 columns"},
		{"too many names", "SELECT x FROM tahap_b AS b(x, y, z)", "3 names for 2 columns"},
		{"undeclared column", "SELECT kode AS x, nama FROM tahap_a", `column 2, "nama", is not in the header`},
		{"declared and not made", "SELECT FROM_x FROM (SELECT 1 AS FROM_x) WHERE false", `column 1 is "FROM_x", the header says "x"`},
		{"expression without a name", "SELECT n + 1 FROM tahap_a", `column 1 is "", the header says "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(t.Context(), []sql.Model{model("m", "x", tt.text)}, inputs)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
	_, err := Read(t.Context(), []sql.Model{model("m", "x y", "SELECT 1 AS x")}, inputs)
	if err == nil || err.Error() != `sql/core/m.sql: column "y" of the header is not made` {
		t.Errorf("error %v", err)
	}
}
