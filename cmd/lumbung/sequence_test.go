package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Whatever releases came, were revised and went before, a run that decodes
// only what is new ends like one that decodes everything again: with the same
// exit code and the same bytes in every mart. LUMBUNG_SEQUENCES asks for more
// than one sequence.
func TestSequencesEqualFullRebuild(t *testing.T) {
	sequences, steps := 1, 4
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
	published := map[string]bool{content(t, dir): true}
	for range steps {
		did := changeOne(t, dir, rng)
		args := []string{"run", "--quiet", "--allow-older", "--project"}
		code := execute(context.Background(), append(args, dir), discard{}, discard{})
		twin := filepath.Join(t.TempDir(), "penuh")
		copyTree(t, dir, twin)
		full := execute(context.Background(), append(args, twin, "--full"), discard{}, discard{})
		t.Logf("%s: exit code %d", did, code)
		if code != full {
			t.Errorf("%s: exit code %d, of the full rebuild %d", did, code, full)
		}
		got, want := content(t, dir), content(t, twin)
		if got != want {
			t.Fatalf("%s: the marts differ from those of a full rebuild", did)
		}
		published[got] = true
	}
	if len(published) < 2 {
		t.Error("no step changed a mart")
	}
}

// A file of the current snapshot that was damaged is not copied into the next one.
func TestDamagedFileIsNotCopied(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	name := filepath.Join(dir, "data", "current", "marts", "mart_profil_desa", "2019.parquet")
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
	lumbungCmd(t, "run", "--project", dir, "--quiet", "--full")
	if want := content(t, dir); got != want {
		t.Error("the marts differ from those of a full rebuild")
	}
}

// changeOne changes one thing in a project and says what.
func changeOne(t *testing.T, dir string, rng *rand.Rand) string {
	t.Helper()
	switch rng.IntN(3) {
	case 0:
		return toggle(t, dir, []string{"rilis/idm-2019", "rilis/idm-2023", "rilis/idm-2020", "rilis/idm-2024"}[rng.IntN(4)])
	case 1:
		return reviseWorkbook(t, dir, 2+rng.IntN(193))
	}
	return cutLine(t, filepath.Join(dir, "kegiatan", []string{"blt.csv", "stunting.csv", "bumdes.csv"}[rng.IntN(3)]), rng)
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

// cutLine deletes a line of a CSV file, but not its head.
func cutLine(t *testing.T, name string, rng *rand.Rand) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	at := 1 + rng.IntN(len(lines)-2)
	if err := os.WriteFile(name, bytes.Join(append(lines[:at:at], lines[at+1:]...), nil), 0o644); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s without line %d", filepath.Base(name), at+1)
}
