package sql

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// construct is what does not mean the same everywhere, and what to write in its place.
type construct struct {
	pattern *regexp.Regexp
	remedy  string
}

// forbidden lists what DuckDB alone reads, or reads differently from Trino and Spark.
var forbidden = []construct{
	{regexp.MustCompile(`(?i)\bqualify\b`), "row_number() in a subquery"},
	{regexp.MustCompile(`(?i)\bdistinct\s+on\b`), "row_number() in a subquery"},
	{regexp.MustCompile(`(?i)\b(group|order)\s+by\s+all\b`), "name the columns"},
	{regexp.MustCompile(`(?i)\b(un)?pivot\b`), "CASE in aggregates, or UNION ALL"},
	{regexp.MustCompile(`::`), "CAST(x AS type)"},
	{regexp.MustCompile(`(?i)\b(string_agg|group_concat|listagg|array_agg|list)\s*\(`), "one row per value"},
	{regexp.MustCompile(`(?i)\b(median|quantile\w*|percentile_cont|percentile_disc|mode)\b\s*\(`), "row_number() and count"},
	{regexp.MustCompile(`(?i)\bilike\b`), "lower(x) LIKE"},
	{regexp.MustCompile(`(?i)\b(left|right)\s*\(`), "substr"},
	{regexp.MustCompile(`(?i)\b(strpos|instr|contains|starts_with)\s*\(`), "position(x IN y)"},
	{regexp.MustCompile(`(?i)\bconcat\s*\(`), "a || coalesce(b, '')"},
	{regexp.MustCompile(`(?i)\bregexp_(matches|replace|like|full_match)\s*\(`), "LIKE, replace or regexp_extract"},
	{regexp.MustCompile(`//`), "CAST((a - a % b) / b AS BIGINT)"},
	{regexp.MustCompile(`[\[{]`), "VALUES lists, joins"},
	{regexp.MustCompile(`(?i)\b(generate_series|range|unnest)\s*\(`), "VALUES lists"},
	{regexp.MustCompile(`(?i)\b(strftime|strptime|date_diff|datediff|date_add)\b`), "store what is needed in staging"},
	{regexp.MustCompile(`(?i)\b(arg_max|arg_min|first|last|any_value)\s*\(`), "max_by, min_by"},
	{regexp.MustCompile(`(?i)\b(exclude|asof|hugeint|tablesample|ignore\s+nulls)\b`), "the common subset"},
	{regexp.MustCompile(`(?i)\*\s*replace\b`), "name the columns"},
	{regexp.MustCompile(`(?i)\b(md5|sha256|hash)\s*\(`), "hashes come from the staged data"},
	{regexp.MustCompile(`(?i)\bas\s+timestamp\b`), "no cast: Trino's TIMESTAMP has milliseconds, DuckDB's microseconds"},
	{regexp.MustCompile(`(?i)\bcast\s*\(\s*\w*\.?\w*\s+as\s+(float|real)\b`), "exact numbers"},
}

// forbiddenInModels is forbidden in models beside these: answers run on DuckDB and Trino only.
var forbiddenInModels = []construct{
	{regexp.MustCompile(`(?i)\bavg\s*\(`), "sum and count, divided exactly"},
	{regexp.MustCompile(`(?i)\bas\s+(varchar|text|string)\s*\)`), "VARCHAR(n)"},
}

// forbiddenInAnswers is forbidden in the queries of answers beside these.
var forbiddenInAnswers = []construct{
	{regexp.MustCompile(`(?i)\bavg\s*\(\s*(?:[^c\s]|c[^a])`), "the mean of whole numbers, as mean in package answer writes it"},
	{regexp.MustCompile(`(?i)\bfilter\s*\(\s*(?:[^w\s]|w[^h])`), "FILTER (WHERE ...)"},
	{regexp.MustCompile(`(?is)\blimit\b.*\boffset\b`), "OFFSET before LIMIT"},
	{regexp.MustCompile(`(?i)\b(offset|limit)\s*\?.*\?`), "numbers: DuckDB counts the ? of OFFSET and LIMIT the other way round"},
}

var (
	typedDecimal = regexp.MustCompile(`(?i)\bdecimal\s*'`)
	lineComment  = regexp.MustCompile(`--[^\n]*`)
	orderBy      = regexp.MustCompile(`(?i)\border\s+by\b`)
	maxBy        = regexp.MustCompile(`(?i)\b(max|min)_by\s*\([^()]*\)\s*(\bfilter\b)?`)
)

// constructs names file, line and remedy of each of the given constructs.
func constructs(file, text string, forbidden []construct) []string {
	var found []string
	plain := code(text)
	for _, f := range forbidden {
		for _, m := range f.pattern.FindAllStringIndex(plain, -1) {
			found = append(found, notPortable(file, text, m[0], plain[m[0]:m[1]], f.remedy))
		}
	}
	return found
}

func notPortable(file, text string, at int, what, remedy string) string {
	return fmt.Sprintf("sql/%s:%d: %q is not portable; use %s", file, 1+strings.Count(text[:at], "\n"), what, remedy)
}

// lint names file, line and remedy of every construct of a model outside the common subset.
func lint(file, text string) []string {
	found := constructs(file, text, slices.Concat(forbidden, forbiddenInModels))
	report := func(at int, what, remedy string) { found = append(found, notPortable(file, text, at, what, remedy)) }
	plain := code(text)
	literals := lineComment.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat(" ", len(s)) })
	for _, m := range typedDecimal.FindAllStringIndex(literals, -1) {
		report(m[0], "DECIMAL '...'", "a bare literal")
	}
	for _, m := range maxBy.FindAllStringSubmatchIndex(plain, -1) {
		if m[4] < 0 {
			report(m[0], plain[m[0]:m[1]], "FILTER (WHERE ... IS NOT NULL): DuckDB passes over nulls, Trino does not")
		}
	}
	for _, m := range orderBy.FindAllStringIndex(plain, -1) {
		for _, key := range sortKeys(plain[m[1]:]) {
			if !strings.Contains(strings.ToUpper(key), "NULLS LAST") {
				report(m[0], "ORDER BY "+strings.TrimSpace(key), "NULLS LAST after every key")
			}
		}
	}
	return found
}

// sortKeys splits the list after ORDER BY at its commas, up to the closing parenthesis or the frame.
func sortKeys(text string) []string {
	if frame := regexp.MustCompile(`(?i)\b(rows|range)\s+between\b`).FindStringIndex(text); frame != nil {
		text = text[:frame[0]]
	}
	var keys []string
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth == 0:
			return append(keys, text[from:i])
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			keys = append(keys, text[from:i])
			from = i + 1
		}
	}
	return append(keys, text[from:])
}

func TestModelsKeepToTheCommonSubset(t *testing.T) {
	all, err := Models()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, m := range all {
		checked++
		for _, problem := range lint(m.File, m.SQL) {
			t.Error(problem)
		}
	}
	if checked < 50 {
		t.Errorf("%d models checked, want all", checked)
	}
}

func TestDecompositionKeepsToTheCommonSubset(t *testing.T) {
	files, err := filepath.Glob("../answer/sql/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d queries: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range lint(file, string(text)) {
			t.Error(problem)
		}
	}
}

// The queries of answers, in files and in Go, run on DuckDB and on Trino.
func TestAnswersKeepToTheCommonSubset(t *testing.T) {
	checked := 0
	check := func(file, text string) {
		checked++
		for _, problem := range constructs(file, text, slices.Concat(forbidden, forbiddenInAnswers)) {
			t.Error(problem)
		}
	}
	isQuery := regexp.MustCompile(`(?s)\bSELECT\b.*\bFROM\b`)
	err := filepath.WalkDir("../answer", func(name string, _ fs.DirEntry, err error) error {
		switch {
		case err != nil || strings.HasSuffix(name, "_test.go"):
			return err
		case strings.HasSuffix(name, ".sql"):
			text, err := os.ReadFile(name)
			check(name, string(text))
			return err
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && isQuery.MatchString(lit.Value) {
				check(name, lit.Value[1:len(lit.Value)-1])
			}
			return true
		})
		return nil
	})
	if err != nil || checked < 70 {
		t.Errorf("%d queries checked, want all: %v", checked, err)
	}
	for text, want := range map[string]string{
		"SELECT avg(skor) FROM a": "mean of whole numbers", "SELECT count(*) FILTER (n = 1) FROM a": "FILTER (WHERE ...)",
		"SELECT n FROM a LIMIT 1 OFFSET 2": "OFFSET before LIMIT", "SELECT n FROM a OFFSET ? LIMIT ?": "numbers",
	} {
		if found := strings.Join(constructs("x.sql", text, forbiddenInAnswers), "\n"); !strings.Contains(found, want) {
			t.Errorf("%s: found %q, want %q in it", text, found, want)
		}
	}
}

func TestLintFindsEach(t *testing.T) {
	tests := []struct{ text, want string }{
		{"SELECT 1\nFROM a QUALIFY x = 1", "sql/core/a.sql:2"},
		{"SELECT DISTINCT ON (a) a FROM b", "row_number()"},
		{"SELECT a, sum(b) FROM c GROUP BY ALL", "name the columns"},
		{"PIVOT a ON b USING sum(c)", "UNION ALL"},
		{"SELECT a::INTEGER", "CAST(x AS type)"},
		{"SELECT a <= DECIMAL '0.4907'", "a bare literal"},
		{"SELECT string_agg(a, ',') FROM b", "one row per value"},
		{"SELECT median(a) FROM b", "row_number()"},
		{"SELECT a ILIKE 'x'", "lower(x) LIKE"},
		{"SELECT left(a, 2)", "substr"},
		{"SELECT strpos(a, '.')", "position"},
		{"SELECT a // 10", "BIGINT"},
		{"SELECT [1, 2]", "VALUES"},
		{"SELECT {'a': 1}", "VALUES"},
		{"SELECT * FROM generate_series(1, 5)", "VALUES"},
		{"SELECT arg_max(a, b) FROM c", "max_by"},
		{"SELECT * EXCLUDE (a) FROM b", "common subset"},
		{"SELECT CAST(a AS VARCHAR)", "VARCHAR(n)"},
		{"SELECT avg(a) FROM b", "sum and count"},
		{"SELECT CAST(a AS TIMESTAMP)", "no cast"},
		{"SELECT max_by(a, b) FROM c", "FILTER"},
		{"SELECT row_number() OVER (ORDER BY a NULLS LAST, b) FROM c", "NULLS LAST after every key"},
	}
	for _, tt := range tests {
		if found := strings.Join(lint("core/a.sql", tt.text), "\n"); !strings.Contains(found, tt.want) {
			t.Errorf("%s: found %q, want %q in it", tt.text, found, tt.want)
		}
	}
	clean := []string{
		"SELECT a FROM b LEFT JOIN c ON c.a = b.a -- QUALIFY ::",
		"SELECT 'a::b // [x]' AS t",
		"SELECT row_number() OVER (PARTITION BY a ORDER BY coalesce(b, 0) DESC NULLS LAST, c NULLS LAST) FROM d",
		"SELECT max_by(a, b) FILTER (WHERE a IS NOT NULL) FROM c",
		"SELECT sum(a) OVER (ORDER BY b NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM c",
	}
	for _, text := range clean {
		if found := lint("core/a.sql", text); len(found) > 0 {
			t.Errorf("%s: %v", text, found)
		}
	}
}
