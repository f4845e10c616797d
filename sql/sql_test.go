package sql_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"lumbung/sql"
)

func models(t *testing.T) []sql.Model {
	t.Helper()
	all, err := sql.Models()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestModelsHoldWhatTheDesignNames(t *testing.T) {
	byName := map[string]sql.Model{}
	for _, m := range models(t) {
		byName[m.Name] = m
	}
	want := map[string]string{
		"dim_wilayah": sql.Core, "dim_rilis": sql.Core, "dim_sumber": sql.Core, "dim_status": sql.Core,
		"dim_indikator": sql.Core, "dim_metodologi": sql.Core, "fct_indeks": sql.Core, "fct_indikator": sql.Core,
		"fct_rumusan": sql.Core, "fct_blt": sql.Core, "fct_bumdes": sql.Core, "fct_stunting": sql.Core,
		"fct_pendamping": sql.Core, "fct_dana_desa": sql.Core, "fct_klaim": sql.Core,
		"mart_tren_status": sql.Marts, "mart_transisi": sql.Marts, "mart_perpindahan_desa": sql.Marts,
		"mart_profil_desa": sql.Marts, "mart_prioritas": sql.Marts, "mart_rekonsiliasi": sql.Marts,
		"mart_program": sql.Marts, "mart_kualitas": sql.Marts, "audit_kunci_unik": sql.Audits,
	}
	for name, layer := range want {
		if got := byName[name].Layer; got != layer {
			t.Errorf("%s is in layer %q, want %q", name, got, layer)
		}
	}
	trend := byName["mart_tren_status"].Header
	var columns []string
	for _, c := range trend.Columns {
		columns = append(columns, c.Name)
	}
	contract := []string{"kode_wilayah", "nama_wilayah", "tingkat", "tahun", "status", "jumlah", "perubahan", "metodologi"}
	if len(columns) < len(contract) || !slices.Equal(columns[:len(contract)], contract) {
		t.Errorf("mart_tren_status has columns %v, want them to begin with %v", columns, contract)
	}
}

// The header's inputs are what a reader believes; the references are what the text does.
func TestInputsAreTheReferences(t *testing.T) {
	for _, m := range models(t) {
		inputs := slices.Sorted(slices.Values(m.Header.Inputs))
		if !slices.Equal(inputs, m.References) {
			t.Errorf("sql/%s: inputs\n%v\nreferences\n%v", m.File, inputs, m.References)
		}
	}
}

func TestLayersBuildUpwards(t *testing.T) {
	all := models(t)
	rank := map[string]int{sql.Staging: 1, sql.Core: 2, sql.Marts: 3, sql.Audits: 4}
	layer := map[string]string{}
	for _, m := range all {
		layer[m.Name] = m.Layer
	}
	for _, m := range all {
		for _, ref := range m.References {
			if rank[layer[ref]] > rank[m.Layer] || layer[ref] == sql.Audits {
				t.Errorf("sql/%s reads %s of the later layer %s", m.File, ref, layer[ref])
			}
		}
	}
}

func TestKeysAreColumns(t *testing.T) {
	for _, m := range models(t) {
		seen := map[string]bool{}
		for _, c := range m.Header.Columns {
			if seen[c.Name] {
				t.Errorf("sql/%s: column %s is described twice", m.File, c.Name)
			}
			seen[c.Name] = true
		}
		for _, key := range m.Header.Key {
			if !seen[key] {
				t.Errorf("sql/%s: key %s is no column", m.File, key)
			}
		}
	}
}

func TestAuditsShareOneShape(t *testing.T) {
	for _, m := range models(t) {
		if m.Layer != sql.Audits {
			continue
		}
		var columns []string
		for _, c := range m.Header.Columns {
			columns = append(columns, c.Name+" "+c.Type)
		}
		if want := []string{"subjek VARCHAR", "tahun SMALLINT", "rincian VARCHAR"}; !slices.Equal(columns, want) {
			t.Errorf("sql/%s: columns %v, want %v", m.File, columns, want)
		}
	}
}

func TestSeeds(t *testing.T) {
	seeds, err := sql.Seeds()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]sql.Seed{}
	for _, s := range seeds {
		byName[s.Name] = s
	}
	if n := len(byName["seed_status"].Rows); n != 5 {
		t.Errorf("seed_status has %d rows, want 5", n)
	}
	if n := len(byName["seed_metodologi"].Rows); n != 2 {
		t.Errorf("seed_metodologi has %d rows, want 2", n)
	}
	indicators := byName["seed_indikator"]
	weight := slices.Index(indicators.Columns, "bobot")
	allowed := slices.Index(indicators.Columns, "nilai_boleh")
	total := 0
	for i, row := range indicators.Rows {
		if row[0] != strconv.Itoa(i+1) {
			t.Errorf("seed_indikator: row %d has number %s", i+1, row[0])
		}
		w, err := strconv.Atoi(row[weight])
		if err != nil {
			t.Errorf("seed_indikator %s: weight %q", row[0], row[weight])
		}
		total += 5 * w
		if !strings.HasSuffix(row[allowed], "|5") {
			t.Errorf("seed_indikator %s: allowed scores %q do not end with 5", row[0], row[allowed])
		}
	}
	// Best scores everywhere are an IDM of 1, which is 6300 units.
	if total != 6300 {
		t.Errorf("best scores weigh %d, want 6300", total)
	}
}
