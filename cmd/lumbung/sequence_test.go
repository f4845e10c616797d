package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lumbung/load/compare"
	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/pipeline"
	"lumbung/sql"
)

// Whatever releases came, were revised and went before, a run that makes only
// what is new ends like one that makes everything again: with the same exit
// code, the same bytes in every mart and the same rows in every table of the
// warehouse. LUMBUNG_SEQUENCES asks for more than one sequence.
func TestSequencesEqualFullRebuild(t *testing.T) {
	sequences, steps := 1, 5
	if s := os.Getenv("LUMBUNG_SEQUENCES"); s != "" {
		var err error
		if sequences, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
		steps = 12
	}
	for seed := range sequences {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { sequence(t, rand.New(rand.NewPCG(uint64(seed), 24)), steps) })
	}
}

func sequence(t *testing.T, rng *rand.Rand, steps int) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	published, carried := map[string]bool{content(t, dir): true}, int64(0)
	for range steps {
		was := filepath.Join(t.TempDir(), "sebelum")
		copyTree(t, dir, was)
		did := changeOne(t, dir, rng)
		args := []string{"run", "--quiet", "--json", "--allow-older", "--project"}
		var out bytes.Buffer
		code := execute(context.Background(), append(args, dir), &out, discard{})
		parts := carriedParts(t, out.Bytes())
		carried += parts
		twin := filepath.Join(t.TempDir(), "penuh")
		copyTree(t, dir, twin)
		full := execute(context.Background(), append(args, twin, "--full"), discard{}, discard{})
		t.Logf("%s: exit code %d, %d parts carried", did, code, parts)
		if code != full {
			t.Errorf("%s: exit code %d, of the full rebuild %d", did, code, full)
		}
		got, want := content(t, dir), content(t, twin)
		if got != want {
			t.Errorf("%s: the marts differ from those of a full rebuild", did)
		}
		sameTables(t, dir, twin)
		if t.Failed() {
			t.FailNow()
		}
		published[got] = true
		if code != 0 { // what is wrong stays wrong, and would keep every later step from being published
			if err := errors.Join(os.RemoveAll(dir), os.Rename(was, dir)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if carried == 0 {
		t.Error("nothing was carried, so nothing was compared")
	}
	if len(published) < 2 {
		t.Error("no step changed a mart")
	}
}

// A file of the current snapshot that was damaged is not copied into the next one, nor built upon.
func TestDamagedFileIsNotCopied(t *testing.T) {
	for _, name := range []string{"marts/mart_profil_desa/2019.parquet", snapshot.Warehouse, "fingerprints.json"} {
		t.Run(filepath.Base(name), func(t *testing.T) { damagedIsNotCopied(t, name) })
	}
}

func damagedIsNotCopied(t *testing.T, file string) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	name := filepath.Join(dir, "data", "current", filepath.FromSlash(file))
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := errors.Join(os.Chmod(name, 0o644), os.WriteFile(name, b, 0o444)); err != nil {
		t.Fatal(err)
	}
	reviseWorkbook(t, dir, 2)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	got := content(t, dir)
	twin := filepath.Join(t.TempDir(), "penuh")
	copyTree(t, dir, twin)
	lumbungCmd(t, "run", "--project", twin, "--quiet", "--full")
	if want := content(t, twin); got != want {
		t.Error("the marts differ from those of a full rebuild")
	}
	sameTables(t, dir, twin)
}

// changeOne changes one thing in a project and says what.
func changeOne(t *testing.T, dir string, rng *rand.Rand) string {
	t.Helper()
	lists := filepath.Join(dir, "wilayah")
	switch rng.IntN(7) {
	case 0:
		return toggle(t, dir, []string{"rilis/idm-2019", "rilis/idm-2023", "rilis/idm-2020", "rilis/idm-2024", "wilayah/perubahan-kode", "wilayah/kemendagri-2019"}[rng.IntN(6)])
	case 1:
		return reviseWorkbook(t, dir, 2+rng.IntN(193))
	case 2:
		year := []int{2019, 2020, 2023, 2024}[rng.IntN(4)]
		return correctStatus(t, dir, year, 2+rng.IntN(193), []string{"MAJU", "MANDIRI", "BERKEMBANG"}[rng.IntN(3)])
	case 3: // a new name
		return replaceInLine(t, filepath.Join(lists, "kemendagri.csv"), rng, "\n", " Baru\n")
	case 4: // a village gets another code, or is split
		return addChange(t, lists, rng, []string{"ganti_kode", "pecah"}[rng.IntN(2)])
	case 5:
		return cutLine(t, filepath.Join(lists, []string{"perubahan-kode.csv", "kemendagri.csv"}[rng.IntN(2)]), rng)
	}
	return cutLine(t, filepath.Join(dir, "kegiatan", []string{"blt.csv", "stunting.csv", "bumdes.csv"}[rng.IntN(3)]), rng)
}

// carriedParts counts what the steps of a run, as it prints them, took over from the snapshot before.
func carriedParts(t *testing.T, out []byte) (n int64) {
	t.Helper()
	var res pipeline.Result
	if len(out) == 0 { // it came to no outcome
		return 0
	}
	if err := json.Unmarshal(out, &res); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, s := range res.Steps {
		n += s.Carried
	}
	return n
}

// sameTables compares every relation of the current warehouses of two projects, row by row.
func sameTables(t *testing.T, dir, twin string) {
	t.Helper()
	all, err := compare.Models(t.Context(), currentWarehouse(t, dir), currentWarehouse(t, twin), sql.Core, sql.Marts, sql.Audits)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if !d.Same() {
			t.Errorf("%s is not that of a full rebuild: %s%s", d.Relation, d.Summary(), d.First())
		}
	}
}

func currentWarehouse(t *testing.T, dir string) *duck.DB {
	t.Helper()
	db, err := duck.OpenReadOnly(t.Context(), filepath.Join(dir, "data", "current", snapshot.Warehouse), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// toggle takes a release out of lumbung.yaml, or puts it back.
func toggle(t *testing.T, dir, release string) string {
	t.Helper()
	name := filepath.Join(dir, "lumbung.yaml")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	in, out := []byte("      - {path: "+release), []byte("#     - {path: "+release)
	did := "without " + release
	if bytes.Contains(b, out) {
		in, out, did = out, in, "with "+release
	}
	if err := os.WriteFile(name, bytes.Replace(b, in, out, 1), 0o644); err != nil {
		t.Fatal(err)
	}
	return did
}

// reviseWorkbook writes another note beside one village of 2024.
func reviseWorkbook(t *testing.T, dir string, row int) string {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(dir, "rilis", "idm-2024.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	cell := fmt.Sprintf("N%d", row)
	if err := errors.Join(f.SetCellStr("IDM 2024", cell, "Update 2023"), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return "2024 revised in " + cell
}

// correctStatus writes another status beside one village of one year: one corrected cell.
func correctStatus(t *testing.T, dir string, year, row int, status string) string {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(dir, "rilis", fmt.Sprintf("idm-%d.xlsx", year)))
	if err != nil {
		t.Fatal(err)
	}
	cell := fmt.Sprintf("M%d", row)
	if err := errors.Join(f.SetCellStr(f.GetSheetName(0), cell, status), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d: %s is %s", year, cell, status)
}

// replaceInLine changes one line of a CSV file, but not its head.
func replaceInLine(t *testing.T, name string, rng *rand.Rand, old, new string) string {
	t.Helper()
	lines := linesOf(t, name)
	at := 1 + rng.IntN(len(lines)-2)
	lines[at] = bytes.Replace(lines[at], []byte(old), []byte(new), 1)
	writeLines(t, name, lines)
	return fmt.Sprintf("%s: line %d is %s", filepath.Base(name), at+1, bytes.TrimSpace(lines[at]))
}

// addChange gives one village of the code list another code from some year on.
func addChange(t *testing.T, lists string, rng *rand.Rand, kind string) string {
	t.Helper()
	var villages []string
	for _, l := range linesOf(t, filepath.Join(lists, "kemendagri.csv")) {
		if code, _, _ := strings.Cut(string(l), ","); len(code) == len("64.02.01.2001") {
			villages = append(villages, code)
		}
	}
	code := villages[rng.IntN(len(villages))]
	name := filepath.Join(lists, "perubahan-kode.csv")
	line := fmt.Sprintf("%s,%s%d,LAMA,BARU,SATU,SATU,%s,%d,uji\n", code, code[:11], 80+rng.IntN(20), kind, 2019+rng.IntN(6))
	writeLines(t, name, append(linesOf(t, name), []byte(line)))
	return "code change " + strings.TrimSpace(line)
}

func linesOf(t *testing.T, name string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.SplitAfter(b, []byte("\n"))
}

func writeLines(t *testing.T, name string, lines [][]byte) {
	t.Helper()
	if err := os.WriteFile(name, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
}

// cutLine deletes a line of a CSV file, but not its head.
func cutLine(t *testing.T, name string, rng *rand.Rand) string {
	t.Helper()
	lines := linesOf(t, name)
	at := 1 + rng.IntN(len(lines)-2)
	writeLines(t, name, append(lines[:at:at], lines[at+1:]...))
	return fmt.Sprintf("%s without line %d", filepath.Base(name), at+1)
}
