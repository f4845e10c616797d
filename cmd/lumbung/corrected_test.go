package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lumbung/answer"
	"lumbung/load/compare"
	"lumbung/load/snapshot"
	"lumbung/sql"
)

// One corrected cell, a status of 2023, has just the consequences that follow from it: the village's own row, the counts of
// the areas above it in that year and the change to the next, and its transitions into and out of the year.
func TestConsequencesOfOneCell(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	withoutClaims(t, dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	was := filepath.Join(t.TempDir(), "sebelum")
	copyTree(t, dir, was)
	before := currentID(t, dir)
	correctStatus(t, dir, 2023, 2, "MAJU") // Perian, MANDIRI until now
	out := lumbungCmd(t, "run", "--project", dir, "--quiet", "--json")
	if n := carriedParts(t, []byte(out)); n == 0 {
		t.Error("nothing was carried")
	}
	var d answer.Diff
	text := lumbungCmd(t, "diff", "--project", dir, "--json", before, currentID(t, dir))
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Villages) != 1 || d.Villages[0].Code != "64.02.01.2001" || d.Villages[0].Year != 2023 {
		t.Fatalf("diff names %+v", d.Villages)
	}
	var values []string
	for _, v := range d.Villages[0].Values {
		values = append(values, fmt.Sprintf("%s: %s -> %s", v.Column, v.From, v.To))
	}
	if want := []string{"status: MANDIRI -> MAJU", "tanda:  -> status-idm"}; !slices.Equal(values, want) {
		t.Errorf("diff says %q, want %q", values, want)
	}

	all, err := compare.Models(t.Context(), currentWarehouse(t, was), currentWarehouse(t, dir), sql.Marts)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][3]int64{}
	for _, m := range all {
		if !m.Same() {
			got[m.Relation] = [3]int64{m.OnlyFrom, m.OnlyTo, m.Changed}
			t.Logf("%s: %s%s", m.Relation, m.Summary(), m.First())
		}
	}
	const villages, levels, years, statuses = 193, 4, 2, 2 // the country, province, kabupaten, kecamatan
	want := map[string][3]int64{
		"mart_profil_desa":      {0, 0, villages},                  // all of the year come from the new revision
		"mart_tren_status":      {0, 0, levels * years * statuses}, // one less, one more; the next year's change
		"mart_transisi":         {0, levels, 3 * levels},           // MAJU into 2023 where there was none, and three counts
		"mart_perpindahan_desa": {0, 0, years},
		"mart_kualitas":         {1, 2, 0}, // the revision's own row, and the rule that the cell hits
	}
	if !maps.Equal(got, want) {
		t.Errorf("changed rows %v, want %v", got, want)
	}
	for _, m := range d.Marts {
		if _, changed := want[m.Mart]; m.Same == changed {
			t.Errorf("diff says of %s: same %t", m.Mart, m.Same)
		}
	}
}

func currentID(t *testing.T, dir string) string {
	t.Helper()
	s, err := snapshot.Open(t.Context(), filepath.Join(dir, "data"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	return s.ID()
}

// withoutClaims takes the published figures out of a project: they would rightly refuse another count.
func withoutClaims(t *testing.T, dir string) {
	t.Helper()
	name := filepath.Join(dir, "lumbung.yaml")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	from, to := bytes.Index(b, []byte("  - name: klaim\n")), bytes.Index(b, []byte("retention:"))
	if err := os.WriteFile(name, append(b[:from:from], b[to:]...), 0o644); err != nil {
		t.Fatal(err)
	}
}
