package sql

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden lists what DuckDB alone reads, or reads differently from Trino and Spark.
var forbidden = []struct {
	pattern *regexp.Regexp
	remedy  string
}{
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
	{regexp.MustCompile(`(?i)\bavg\s*\(`), "sum and count, divided exactly"},
	{regexp.MustCompile(`(?i)\bas\s+(varchar|text|string)\s*\)`), "VARCHAR(n)"},
	{regexp.MustCompile(`(?i)\bas\s+timestamp\b`), "no cast: Trino's TIMESTAMP has milliseconds, DuckDB's microseconds"},
	{regexp.MustCompile(`(?i)\bcast\s*\(\s*\w*\.?\w*\s+as\s+(float|real)\b`), "exact numbers"},
}

var (
	typedDecimal = regexp.MustCompile(`(?i)\bdecimal\s*'`)
	lineComment  = regexp.MustCompile(`--[^\n]*`)
	orderBy      = regexp.MustCompile(`(?i)\border\s+by\b`)
	maxBy        = regexp.MustCompile(`(?i)\b(max|min)_by\s*\([^()]*\)\s*(\bfilter\b)?`)
)

// lint names file, line and remedy of every construct outside the common subset.
func lint(file, text string) []string {
	var found []string
	report := func(at int, what, remedy string) {
		line := 1 + strings.Count(text[:at], "\n")
		found = append(found, fmt.Sprintf("sql/%s:%d: %q is not portable; use %s", file, line, what, remedy))
	}
	plain := code(text)
	for _, f := range forbidden {
		for _, m := range f.pattern.FindAllStringIndex(plain, -1) {
			report(m[0], plain[m[0]:m[1]], f.remedy)
		}
	}
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
