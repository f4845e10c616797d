package sql

import (
	"slices"
	"strings"
	"testing"
)

const sample = `-- purpose: Villages per status.
-- grain: kode, tahun
-- key: kode, tahun
-- inputs: fct_indeks, seed_status
-- materialized: view
-- columns:
--   kode BIGINT: Area code: 2 to 10 digits
--   skor DECIMAL(10,8): Score, 0..1
-- jejak:
--   SELECT * FROM mart_profil_desa
--   WHERE kode = :kode
SELECT kode, 'fct_blt' AS skor -- reads tahap_klaim
FROM fct_indeks JOIN seed_status ON "fct_stunting" /* fct_bumdes */ = 1;
`

func TestParse(t *testing.T) {
	m, err := parse("marts/mart_contoh.sql", sample)
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	if m.Name != "mart_contoh" || m.Layer != Marts || h.Materialized != View {
		t.Errorf("name %q, layer %q, materialized %q", m.Name, m.Layer, h.Materialized)
	}
	if h.Purpose != "Villages per status." || h.Grain != "kode, tahun" || !slices.Equal(h.Key, []string{"kode", "tahun"}) {
		t.Errorf("purpose %q, grain %q, key %v", h.Purpose, h.Grain, h.Key)
	}
	want := []Column{{"kode", "BIGINT", "Area code: 2 to 10 digits"}, {"skor", "DECIMAL(10,8)", "Score, 0..1"}}
	if !slices.Equal(h.Columns, want) {
		t.Errorf("columns %v, want %v", h.Columns, want)
	}
	if h.Trace != "SELECT * FROM mart_profil_desa\nWHERE kode = :kode" {
		t.Errorf("trace %q", h.Trace)
	}
	if strings.HasSuffix(m.SQL, ";") || !strings.HasPrefix(m.SQL, "-- purpose") {
		t.Errorf("text %q", m.SQL)
	}
}

func TestDeprecatedColumnSaysSo(t *testing.T) {
	h, err := parseHeader("core/a.sql", "-- columns:\n--   a BIGINT: Old code\n--   b BIGINT: Code\n-- deprecated: a since 2027-01-01, use b\nSELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{{"a", "BIGINT", "Old code. Deprecated since 2027-01-01, use b"}, {"b", "BIGINT", "Code"}}
	if !slices.Equal(h.Columns, want) {
		t.Errorf("columns %v, want %v", h.Columns, want)
	}
}

// A mart that got another name stays as a view, and says so.
func TestDeprecatedRelationSaysSo(t *testing.T) {
	const old = "-- purpose: Villages per status.\n-- grain: a\n-- key: a\n-- inputs: mart_baru\n-- materialized: view\n-- deprecated: since 2027-01-01, use mart_baru\n" +
		"-- columns:\n--   a BIGINT: Code\n-- jejak:\n--   SELECT 1\nSELECT a FROM mart_baru"
	m, err := parse("marts/mart_lama.sql", old)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Villages per status. Deprecated since 2027-01-01, use mart_baru"; m.Header.Purpose != want || m.Header.Materialized != View {
		t.Errorf("%s %q, want view %q", m.Header.Materialized, m.Header.Purpose, want)
	}
	for what, text := range map[string]string{
		"a table":        strings.Replace(old, "-- materialized: view\n", "", 1),
		"of another one": strings.Replace(old, "use mart_baru", "use mart_lain", 1),
		"of two":         strings.Replace(old, "inputs: mart_baru", "inputs: mart_baru, fct_indeks", 1),
	} {
		if _, err := parse("marts/mart_lama.sql", text); err == nil || !strings.Contains(err.Error(), "is a view over") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReferencesComeFromCodeOnly(t *testing.T) {
	var all []Model
	for _, name := range []string{"fct_indeks", "fct_blt", "fct_bumdes", "fct_stunting"} {
		all = append(all, Model{Name: name, SQL: "SELECT 1 FROM tahap_x"})
	}
	all = append(all, Model{Name: "mart_contoh", SQL: sample})
	resolve(all)
	if got := all[4].References; !slices.Equal(got, []string{"fct_indeks", "seed_status"}) {
		t.Errorf("references %v", got)
	}
	if got := all[0].References; !slices.Equal(got, []string{"tahap_x"}) {
		t.Errorf("references %v", got)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, file, text, want string
	}{
		{"unknown key", "core/a.sql", "-- purpose: p\n-- owner: x\nSELECT 1", `sql/core/a.sql:2: header: unknown key "owner"`},
		{"broken column", "core/a.sql", "-- columns:\n--   kode: no type\nSELECT 1", "sql/core/a.sql:2"},
		{"stray line", "core/a.sql", "-- purpose: p\n-- goes on\nSELECT 1", "belongs to no key"},
		{"materialized", "core/a.sql", "-- materialized: cube\nSELECT 1", `materialized is "cube", not one of table, view`},
		{"severity", "audits/a.sql", "-- severity: fatal\nSELECT 1", `severity is "fatal", not one of block, warn`},
		{"no purpose", "core/a.sql", "SELECT 1", `header has no "purpose"`},
		{"no key", "core/a.sql", "-- purpose: p\n-- grain: g\n-- columns:\n--   a BIGINT: d\nSELECT 1", `header has no "key"`},
		{"mart without trace", "marts/a.sql", "-- purpose: p\n-- grain: g\n-- key: a\n-- columns:\n--   a BIGINT: d\nSELECT 1", `header has no "jejak"`},
		{"deprecation", "core/a.sql", "-- columns:\n--   a BIGINT: d\n-- deprecated: a", "sql/core/a.sql:3: header: \"a\": write \"-- deprecated: COLUMN since YYYY-MM-DD, use COLUMN\""},
		{"deprecation of nothing", "core/a.sql", "-- columns:\n--   a BIGINT: d\n-- deprecated: b since 2027-01-01, use a", "b is none of the columns above"},
		{"deprecation for nothing", "core/a.sql", "-- columns:\n--   a BIGINT: d\n-- deprecated: a since 2027-01-01, use b", "b is none of the columns above"},
		{"deprecation on no day", "core/a.sql", "-- columns:\n--   a BIGINT: d\n-- deprecated: a since 2027-02-30, use a", "2027-02-30 is no date"},
		{"partition", "core/a.sql", "-- partition: tahun of x\nSELECT 1", "write \"-- partition: COLUMN\""},
		{"partition of nothing", "core/a.sql", "-- partition: tahun from a by b\nSELECT 1", `"a by b": write INPUT, INPUT as RELATION`},
		{"audit without severity", "audits/a.sql", "-- purpose: p\n-- grain: g\n-- columns:\n--   a BIGINT: d\nSELECT 1", `header has no "severity"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.file, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestCodeKeepsLines(t *testing.T) {
	text := "a -- b\n'c\nd' /* e\n f */ g \"h\" 'it''s' i 'open"
	got := code(text)
	if strings.Count(got, "\n") != strings.Count(text, "\n") || len(got) != len(text) {
		t.Errorf("shape changed: %q", got)
	}
	if words := strings.Fields(got); !slices.Equal(words, []string{"a", "g", "i"}) {
		t.Errorf("words %v", words)
	}
}
