package snapshot

import (
	"context"
	"path"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lumbung/internal/disk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyFS runs a test against a data directory on each file system.
func everyFS(t *testing.T, test func(t *testing.T, fsys disk.FS)) {
	t.Run("os", func(t *testing.T) {
		r, err := disk.OS(t.TempDir())
		must(t, err)
		t.Cleanup(func() { must(t, r.Close()) })
		test(t, r)
	})
	t.Run("mem", func(t *testing.T) { test(t, disk.NewMem()) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var start = time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)

// hourly is a clock that moves one hour each time it is read.
func hourly() func() time.Time {
	now := start
	return func() time.Time {
		t := now
		now = now.Add(time.Hour)
		return t
	}
}

const martName = "marts/mart_tren_status/data.parquet"

// fill writes what a run would: a database and a mart whose bytes say version.
func fill(fsys disk.FS, b *Build, version string) error {
	mart := path.Join(b.Dir(), martName)
	if err := disk.MkdirAll(fsys, path.Dir(mart), 0o755); err != nil {
		return err
	}
	if err := disk.WriteFile(fsys, path.Join(b.Dir(), Warehouse), []byte("db "+version), 0o644); err != nil {
		return err
	}
	return disk.WriteFile(fsys, mart, []byte("mart "+version), 0o644)
}

func info() Info {
	return Info{
		Tool:   "test",
		Inputs: []Input{{Rilis: "idm-2024", Sumber: "idm", Parts: []Part{{Name: "a.xlsx", Bytes: 1}}, Rows: Rows{In: 2, Loaded: 1, Skipped: 1}}},
		Audits: []Audit{{Name: "kode", Severity: "error"}},
		Files:  map[string]FileInfo{martName: {Rows: 7, Columns: []Column{{Name: "kode_wilayah", Type: "VARCHAR"}}}},
	}
}

// publishRun is one whole run, faults and all.
func publishRun(ctx context.Context, fsys disk.FS, s *Store, run, version string) (Manifest, error) {
	b, err := s.Begin(ctx, run)
	if err != nil {
		return Manifest{}, err
	}
	if err := fill(fsys, b, version); err != nil {
		return Manifest{}, err
	}
	m, err := s.Seal(ctx, b, info())
	if err != nil {
		return Manifest{}, err
	}
	return m, s.Publish(ctx, b, nil)
}

func publish(t *testing.T, fsys disk.FS, s *Store, run, version string) Manifest {
	t.Helper()
	m, err := publishRun(t.Context(), fsys, s, run, version)
	must(t, err)
	return m
}

// current opens the current snapshot, reads all of it and returns its version.
func current(t *testing.T, fsys disk.FS, s *Store) (version string, fallback *Fallback) {
	t.Helper()
	snap, err := s.Current(t.Context())
	must(t, err)
	defer func() { must(t, snap.Close()) }()
	return versionOf(t, fsys, snap), snap.Fallback
}

func versionOf(t *testing.T, fsys disk.FS, snap *Snapshot) string {
	t.Helper()
	for _, f := range snap.Manifest.Files {
		if _, err := snap.File(t.Context(), f.Name); err != nil {
			t.Fatal(err)
		}
	}
	text, err := disk.ReadFile(fsys, path.Join(dirOf(snap.ID()), martName), 100)
	must(t, err)
	return strings.TrimPrefix(string(text), "mart ")
}

func wantCurrent(t *testing.T, fsys disk.FS, s *Store, want string) {
	t.Helper()
	if got, fallback := current(t, fsys, s); got != want || fallback != nil {
		t.Errorf("current is %q (fallback %+v), want %q", got, fallback, want)
	}
}

// runs lists the snapshots by run, newest first.
func runs(t *testing.T, s *Store) string {
	t.Helper()
	list, err := s.List(t.Context())
	must(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Run)
	}
	return strings.Join(names, " ")
}

// overwrite changes a sealed file behind the store's back.
func overwrite(t *testing.T, fsys disk.FS, name, text string) {
	t.Helper()
	must(t, disk.RemoveAll(fsys, name))
	must(t, disk.WriteFile(fsys, name, []byte(text), 0o444))
}
