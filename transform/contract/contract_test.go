package contract

import (
	"strings"
	"testing"
)

const good = `contract: blt
version: 1
table: blt
format: {type: csv, delimiter: ";"}
dates: [dd/mm/yyyy]
columns:
  - {column: kode_desa, from: [KODE]}
  - {column: tahun, from: [TAHUN]}
  - {column: keluarga_penerima, from: [KPM], checks: [{rule: range, min: 0}]}
  - {column: anggaran, from: [ANGGARAN]}
`

func tables(t testing.TB) Tables {
	t.Helper()
	ts, err := BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// Every mistake names file, line and column, and what would be right.
func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	cases := []struct{ name, old, new, place, reason string }{
		{"unknown key", "version: 1", "version: 1\nversi: 2", "blt.yaml:3:1", `unknown field "versi"`},
		{"wrong type", "version: 1", "version: satu", "blt.yaml:2:10", ""},
		{"duplicate key", "version: 1", "version: 1\nversion: 2", "blt.yaml:3:1", "already defined"},
		{"no such table", "table: blt", "table: btl", "blt.yaml:3:8", `table "btl" does not exist; the tables are`},
		{"no such column", "column: anggaran", "column: angaran", "blt.yaml:10:14", "did you mean anggaran?"},
		{"required column unfilled", "  - {column: tahun, from: [TAHUN]}\n", "", "blt.yaml:7:3", "column tahun of table blt is required"},
		{"two sources of a value", "from: [TAHUN]", `from: [TAHUN], value: "2020"`, "blt.yaml:8:5", "exactly one of from, value, join, digits"},
		{"filled twice", "column: tahun,", "column: kode_desa,", "blt.yaml:8", "filled twice"},
		{"format", "type: csv", "type: ods", "blt.yaml:4", `"ods" is not one of xlsx, csv, json, yaml`},
		{"locale", "from: [KPM]", "from: [KPM], numbers: fr", "blt.yaml:9", "fr"},
		{"range on text", "{column: kode_desa, from: [KODE]}", "{column: nama_desa, from: [NAMA], checks: [{rule: range, min: 0}]}\n  - {column: kode_desa, from: [KODE]}", "blt.yaml:7", "range is for numbers"},
		{"rule", "rule: range", "rule: ranje", "blt.yaml:9", `rule "ranje" is not one of`},
		{"severity", "min: 0}", "min: 0, severity: fatal}", "blt.yaml:9", `"fatal" is not one of error, warning`},
		{"name and file", "contract: blt", "contract: lain", "blt.yaml:1:11", "name and file are the same by rule"},
		{"key", "dates:", "key: [kode]\ndates:", "blt.yaml:5", `key column "kode" does not exist`},
		{"skip", "dates:", "skip: [{name: x, from: A, matches: \"(\"}]\ndates:", "blt.yaml:5", "skip x"},
		{"a rule without a name", "dates:", "rules: [{check: area_known, column: kode_desa}]\ndates:", "blt.yaml:5:9", "every rule wants a name of its own"},
		{"a skip rule without headings", `delimiter: ";"}`, `header: none}` + "\nskip: [{name: x, from: NAMA, matches: A}]", "blt.yaml:5", `skip x: with header: none write "#3" for the third column, not "NAMA"`},
		{"two rules of a name", "dates:", "rules: [{name: a, check: area_known, column: kode_desa}, {name: a, check: expr, expr: \"tahun > 1\"}]\ndates:", "blt.yaml:5", "a name of its own"},
		{"no such check", "dates:", "rules: [{name: a, check: area_knwn, column: kode_desa}]\ndates:", "blt.yaml:5:26", `check "area_knwn" is not one of area_known, area_name`},
		{"severity of a rule", "dates:", "rules: [{name: a, check: area_known, column: kode_desa, severity: fatal}]\ndates:", "blt.yaml:5:67", `"fatal" is not one of`},
		{"a rule on no column", "dates:", "rules: [{name: a, check: area_known, column: kode}]\ndates:", "blt.yaml:5", `rule a: column "kode" does not exist in table blt`},
		{"a rule on an unfilled column", "dates:", "rules: [{name: a, check: area_name, column: kode_desa, name_column: nama_desa}]\ndates:", "blt.yaml:5", "rule a: the contract does not fill column nama_desa"},
		{"a rule of another table", "dates:", "rules: [{name: a, check: idm_status}]\ndates:", "blt.yaml:5", `column "iks" does not exist in table blt`},
		{"code_parts of one code", "dates:", "rules: [{name: a, check: code_parts, columns: [kode_desa]}]\ndates:", "blt.yaml:5", "code_parts wants columns: [kode_desa, kode_kec"},
		{"an expression that ends early", "dates:", "rules: [{name: a, check: expr, expr: \"anggaran >\"}]\ndates:", "blt.yaml:5", "ends too early"},
		{"an expression over an unfilled column", "dates:", "rules: [{name: a, check: expr, expr: \"realisasi <= anggaran\"}]\ndates:", "blt.yaml:5", "rule a: the contract does not fill column realisasi"},
		{"lookup by an unknown column", "{column: kode_desa, from: [KODE]}", "{column: kode_desa, lookup: {name: nama, within: tahun}}", "blt.yaml:7", `lookup: name: column "nama" does not exist`},
		{"lookup by an unfilled column", "{column: kode_desa, from: [KODE]}", "{column: kode_desa, lookup: {name: nama_desa, within: tahun}}", "blt.yaml:7", "lookup: the contract does not fill column nama_desa"},
		{"lookup by a number", "{column: kode_desa, from: [KODE]}", "{column: kode_desa, lookup: {name: anggaran, within: tahun}}", "blt.yaml:7", `column "anggaran" is no text`},
		{"lookup without kabupaten", "{column: kode_desa, from: [KODE]}", "{column: kode_desa, lookup: {name: nama_desa, within: nama_desa}}\n  - {column: nama_desa, from: [NAMA]}", "blt.yaml:7", "lookup within a name wants of"},
		{"lookup of another type", "{column: anggaran, from: [ANGGARAN]}", "{column: anggaran, lookup: {name: nama_desa, within: kode_desa}}\n  - {column: nama_desa, from: [NAMA]}", "blt.yaml:10", "lookup finds village codes"},
		{"crosswalk of a number", "from: [ANGGARAN]", "from: [ANGGARAN], crosswalk: bps", "blt.yaml:10", "crosswalk: bps and crosswalk: djpk are for columns of Kemendagri codes"},
		{"another crosswalk", "from: [KODE]", "from: [KODE], crosswalk: kpu", "blt.yaml:7", "crosswalk: bps and crosswalk: djpk are for columns of Kemendagri codes"},
		{"digits without a number column", "from: [KPM]", "digits: KPM", "blt.yaml:9", "digits wants number: an integer column"},
		{"no heading but its name", `delimiter: ";"`, `delimiter: ";", header: none`, "blt.yaml:7", `write "#3" for the third column, not "KODE"`},
		{"a name that no part says", "from: [TAHUN]", `value: "{tahun}"`, "blt.yaml:8:28", "nothing says what {tahun} is"},
		{"range without bounds", "rule: range, min: 0", "rule: range", "blt.yaml:9", "range wants min, max or both"},
		{"one_of without values", "rule: range, min: 0", "rule: one_of", "blt.yaml:9", "one_of wants values"},
		{"pattern", "rule: range, min: 0", `rule: pattern, pattern: "("`, "blt.yaml:9", "is not a regular expression"},
		{"delimiter", `delimiter: ";"`, `delimiter: ";;"`, "blt.yaml:4", "one character, or the word tab"},
		{"encoding", `delimiter: ";"`, "encoding: latin-1", "blt.yaml:4", `"latin-1" is not one of utf-8, utf-16, windows-1252, detect`},
		{"headings of JSON", `{type: csv, delimiter: ";"}`, `{type: json, rows: "[*]", header: {row: 1}}`, "blt.yaml:4", "json has no heading rows"},
		{"JSON without rows", `{type: csv, delimiter: ";"}`, `{type: json}`, "blt.yaml:4", "json wants rows: PATH"},
		{"not YAML", "version: 1", "version: [1", "blt.yaml:", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatalf("%q is not in the contract", c.old)
			}
			_, err := Parse("blt.yaml", []byte(text), tables(t))
			if err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error %v; want %s and %q", err, c.place, c.reason)
			}
		})
	}
}

// What only some formats have is refused in the others.
func TestSourcesFollowTheFormat(t *testing.T) {
	for _, c := range []struct{ format, from, reason string }{
		{`{type: csv, header: none}`, `["#4"]`, ""},
		{`{type: csv, header: none}`, `["#4", "#5"]`, "without headings a column stands at one place"},
		{`{type: csv, header: none}`, `["#0"]`, `write "#3" for the third column, not "#0"`},
		{`{type: csv, header: none}`, `["PAGU_{tahun}"]`, "{tahun} is for headings"},
		{`{type: json, rows: "[*]"}`, `["@.pagu", "@.anggaran"]`, ""},
		{`{type: json, rows: "[*]"}`, `["@.PAGU_{tahun}"]`, "{tahun} is for headings"},
	} {
		text := `{contract: blt, version: 1, table: blt, format: ` + c.format + `, columns: [{column: kode_desa, value: "1"}, {column: tahun, value: "{periode}"},
			{column: keluarga_penerima, value: "1"}, {column: anggaran, from: ` + c.from + `}]}`
		_, err := Parse("blt.yaml", []byte(text), tables(t))
		if c.reason == "" && err != nil || c.reason != "" && (err == nil || !strings.Contains(err.Error(), c.reason)) {
			t.Errorf("%s from %s: %v, want %q", c.format, c.from, err, c.reason)
		}
	}
}

func TestHashFollowsTheMeaning(t *testing.T) {
	parse := func(text string) string {
		c, err := Parse("blt.yaml", []byte(text), tables(t))
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash
	}
	first := parse(good)
	if parse("# a comment\n"+good) != first {
		t.Error("a comment changes the hash")
	}
	if parse(strings.Replace(good, "min: 0", "min: 1", 1)) == first {
		t.Error("another limit does not change the hash")
	}
}

func TestExpressions(t *testing.T) {
	table := tables(t)["stunting"]
	values := map[string]float64{"balita_diukur": 40, "balita_stunting": 10, "prevalensi": 25}
	get := func(col int) (float64, bool) {
		v, ok := values[table.Columns[col].Name]
		return v, ok
	}
	cases := []struct {
		text string
		want bool
	}{
		{"balita_stunting <= balita_diukur", true},
		{"balita_stunting > balita_diukur", false},
		{"abs(100 * balita_stunting / balita_diukur - prevalensi) <= 0.01", true},
		{"balita_stunting + 1 = 11 and prevalensi != 0", true},
		{"(balita_stunting = 1 or balita_diukur = 40) and -prevalensi < 0", true},
		{"0.1 + 0.2 = 0.3", true},
		{"tahun > 3000", true}, // tahun is empty here: emptiness is the business of required
	}
	for _, c := range cases {
		e, err := ParseExpr(c.text, table)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := e.Holds(get); got != c.want {
			t.Errorf("%s is %v", c.text, got)
		}
	}
	for _, bad := range []string{"", "balita_diukur", "a < b", "1 < ", "(1 < 2", "1 < 2 3", "nama_desa = 1", "1 ; 2", "abs 1 < 2", strings.Repeat("(", 200) + "1 < 2"} {
		if _, err := ParseExpr(bad, table); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestPartPattern(t *testing.T) {
	re, err := PartPattern("rumusan/desa/{kode}/{tahun}.json")
	if err != nil {
		t.Fatal(err)
	}
	m := re.FindStringSubmatch("rumusan/desa/64.02.01.2001/2023.json")
	if m == nil || m[1] != "64.02.01.2001" || m[2] != "2023" {
		t.Errorf("match %v", m)
	}
	for _, no := range []string{"rumusan/desa/x/2023.json", "rumusan/desa/1/1823.json", "a/rumusan/desa/1/2023.json"} {
		if re.MatchString(no) {
			t.Errorf("%s fits", no)
		}
	}
	for _, bad := range []string{"{kode", "{KODE}", "{}"} {
		if _, err := PartPattern(bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestNearest(t *testing.T) {
	have := []string{"KODE_DESA", "NAMA DESA", "JML KPM", "Keterangan"}
	for name, want := range map[string]string{"KD_DESA": "KODE_DESA", "KPM": "JML KPM", "nama_desa": "NAMA DESA"} {
		if got := Nearest(name, have, 1); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
	if got := Nearest("PENDUDUK", have, 3); len(got) != 0 {
		t.Errorf("PENDUDUK: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("contract: [\n")
	f.Add("a: &a [*a]")
	ts := tables(f)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("blt.yaml", []byte(text), ts)
		if (c == nil) == (err == nil) {
			t.Errorf("contract %v, error %v", c, err)
		}
	})
}

func FuzzExpr(f *testing.F) {
	f.Add("balita_stunting <= balita_diukur")
	f.Add("abs(1-2)*3 >= -4 or 1=1")
	table := tables(f)["stunting"]
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpr(text, table)
		if err == nil {
			e.Holds(func(int) (float64, bool) { return 1, true })
		}
	})
}
