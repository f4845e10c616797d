package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
)

// outside is a folder that a project may not touch.
func outside(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "luar")
	if err := os.MkdirAll(filepath.Join(dir, "dalam"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"surat.txt", "dalam/manifest.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("jangan disentuh\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// untouched checks that such a folder is as it was made.
func untouched(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if string(b) != "jangan disentuh\n" {
			t.Errorf("%s holds %q", path, b)
		}
		return err
	})
	if err != nil || files != 2 {
		t.Errorf("%d files outside, 2 were there (%v)", files, err)
	}
}

// startRun starts the real program on a project and returns what it said.
func startRun(bin, dir string) (string, error) {
	out, err := exec.Command(bin, "run", "--project", dir, "--quiet").CombinedOutput()
	return string(out), err
}

// Links, pipes and names made to do harm, in every directory of a project: a
// run goes on beside them, and nothing outside is read, written or removed.
func TestPlantedNames(t *testing.T) {
	t.Parallel()
	bin, p := program(t), prepare(t, false)
	dir, away := p.copy(t), outside(t)
	data := filepath.Join(dir, "data")
	var dirs []string
	err := filepath.WalkDir(data, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			dirs = append(dirs, path)
		}
		return err
	})
	if err != nil || len(dirs) < 20 {
		t.Fatalf("%d directories (%v)", len(dirs), err)
	}
	planted := 0
	for _, d := range dirs {
		for name, plant := range map[string]func(string) error{
			"tautan":                 func(n string) error { return os.Symlink(away, n) },
			".tmp-tautan":            func(n string) error { return os.Symlink(away, n) },
			".build-r000001":         func(n string) error { return os.Symlink(away, n) },
			".gone-x":                func(n string) error { return os.Symlink(away, n) },
			"x.parquet":              func(n string) error { return os.Symlink(filepath.Join(away, "surat.txt"), n) },
			"pipa":                   func(n string) error { return syscall.Mkfifo(n, 0o644) },
			"-rf":                    func(n string) error { return os.WriteFile(n, nil, 0o644) },
			"baris\nbaru\x1b[2J":     func(n string) error { return os.WriteFile(n, nil, 0o644) },
			"'; DROP TABLE x--":      func(n string) error { return os.WriteFile(n, nil, 0o644) },
			strings.Repeat("p", 255): func(n string) error { return os.WriteFile(n, nil, 0o644) },
			"\xff\xfe":               func(n string) error { return os.WriteFile(n, nil, 0o644) },
		} {
			if err := plant(filepath.Join(d, name)); err != nil {
				t.Fatal(err)
			}
			planted++
		}
	}
	if out, err := startRun(bin, dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if c := content(t, dir); c != p.new {
		t.Errorf("content %.8s, undisturbed it is %.8s", c, p.new)
	}
	verify := lumbungCmd(t, "verify", "--project", dir)
	if !strings.Contains(verify, "foreign ") || strings.ContainsRune(verify, '\x1b') {
		t.Errorf("verify does not name what is foreign, or hands it to the terminal as it is:\n%q", verify)
	}
	untouched(t, away)
	t.Logf("%d names in %d directories", planted, len(dirs))
}

// A link, or a pipe, in the place of anything that a project keeps: the run
// refuses or goes on, and nothing outside is read, written or removed.
func TestPlantedLinks(t *testing.T) {
	t.Parallel()
	bin, p := program(t), prepare(t, false)
	current, err := os.Readlink(filepath.Join(p.dir, "data", "current"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, target string }{
		{"raw", "."}, {"raw/00", "."}, {"stage", "."}, {"snapshots", "."}, {"refused", "."}, {"current", "."}, {current, "dalam"},
		{current + "/marts", "."}, {current + "/manifest.json", "dalam/manifest.json"}, {current + "/warehouse.duckdb", "surat.txt"},
		{"ledger.db", "surat.txt"}, {"ledger.db.sum", "surat.txt"}, {"run.lock", "surat.txt"},
		{"raw", ""}, {current + "/manifest.json", ""}, {"ledger.db.sum", ""},
	} {
		kind := map[bool]string{true: "pipe ", false: "link "}[c.target == ""]
		t.Run(kind+strings.TrimPrefix(c.name, "snapshots/"), func(t *testing.T) {
			t.Parallel()
			dir, away := p.copy(t), outside(t)
			path, aside := filepath.Join(dir, "data", c.name), filepath.Join(t.TempDir(), "aside")
			if err := os.Rename(path, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			plant := func() error { return os.Symlink(filepath.Join(away, c.target), path) }
			if c.target == "" {
				plant = func() error { return syscall.Mkfifo(path, 0o644) }
			}
			if err := plant(); err != nil {
				t.Fatal(err)
			}
			out, err := startRun(bin, dir)
			untouched(t, away)
			if err == nil {
				if content(t, dir) != p.new {
					t.Errorf("success without the new figures:\n%s", out)
				}
				return
			}
			if err := errors.Join(os.Remove(path), os.Rename(aside, path)); err != nil {
				t.Fatalf("%v, after: %s", err, out)
			}
			assertSound(t, p, dir)
		})
	}
}

// A write-ahead log beside a sealed warehouse would be replayed into the
// answers: it is refused instead.
func TestStaleWAL(t *testing.T) {
	t.Parallel()
	p := prepare(t, false)
	dir := p.copy(t)
	other := filepath.Join(t.TempDir(), "lain.duckdb")
	db, err := duck.Create(t.Context(), other, duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Table(t.Context(), "mart_palsu", "SELECT 7 AS jumlah", false); err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(other + ".wal")
	if err != nil || len(wal) == 0 {
		t.Fatalf("no log to plant: %v", err)
	}
	planted := filepath.Join(dir, "data", "current", snapshot.Warehouse+".wal")
	if err := os.WriteFile(planted, wal, 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	if code := execute(context.Background(), []string{"query", "--project", dir, "FROM mart_palsu"}, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), ".wal") {
		t.Errorf("ended with %d: %s%s", code, &out, &errs)
	}
	if v := lumbungCmd(t, "verify", "--project", dir); !strings.Contains(v, "foreign ") {
		t.Errorf("verify does not name it:\n%s", v)
	}
	if err := os.Remove(planted); err != nil {
		t.Fatal(err)
	}
	assertConverged(t, p, dir, false)
}
