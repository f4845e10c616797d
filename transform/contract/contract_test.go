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
