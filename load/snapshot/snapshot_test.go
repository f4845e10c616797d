package snapshot

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lumbung/internal/disk"
)

func TestPublishAndRead(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := New(fsys, hourly())
		if _, err := s.Current(t.Context()); !errors.Is(err, ErrNone) {
			t.Errorf("nothing published yet: %v", err)
		}
		one := publish(t, fsys, s, "r000001", "satu")
		wantCurrent(t, fsys, s, "satu")
		two := publish(t, fsys, s, "r000002", "dua")
		wantCurrent(t, fsys, s, "dua")
		if one.Number != 1 || two.Number != 2 || one.Previous != nil || two.Previous.ID != one.ID {
			t.Errorf("numbers %d, %d; previous %v, %v", one.Number, two.Number, one.Previous, two.Previous)
		}
		if want := "20261124T021000Z-" + one.Content[:8]; one.ID != want {
			t.Errorf("id %s, want %s", one.ID, want)
		}
		f, ok := two.File(martName)
		if !ok || f.Rows != 7 || f.Bytes != int64(len("mart dua")) || len(f.Columns) != 1 {
			t.Errorf("mart %+v", f)
		}
		snap, err := s.AsOf(t.Context(), one.ID)
		must(t, err)
		if got := versionOf(t, fsys, snap); got != "satu" {
			t.Errorf("as of %s: %q", one.ID, got)
		}
		if files := snap.Files("marts/mart_tren_status"); len(files) != 1 || files[0].Name != martName {
			t.Errorf("files %v", files)
		}
		if _, err := snap.File(t.Context(), "../"+two.ID+"/"+martName); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a name that is not in the manifest: %v", err)
		}
		must(t, snap.Close())
		report, err := s.Verify(t.Context(), nil)
		if err != nil || report.Snapshots != 2 || report.Files != 4 || len(report.Damaged)+len(report.Foreign) > 0 {
			t.Errorf("report %+v (%v)", report, err)
		}
	})
}

func TestSameContentSameHash(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, hourly())
	one := publish(t, fsys, s, "r000001", "satu")
	two := publish(t, fsys, s, "r000002", "satu")
	if one.Content != two.Content || one.ID == two.ID {
		t.Errorf("content %s and %s, ids %s and %s", one.Content, two.Content, one.ID, two.ID)
	}
}

func TestIDsDifferWhenTheClockStands(t *testing.T) {
	fsys := disk.NewMem()
	s := New(fsys, func() time.Time { return start })
	one := publish(t, fsys, s, "r000001", "satu")
	two := publish(t, fsys, s, "r000002", "satu")
	if one.ID == two.ID || two.Number != 2 {
		t.Errorf("%s and %s", one.ID, two.ID)
	}
}

// TestOvertakenWithinTheSecond publishes the same content from a run whose place
// was taken by another one in the same second: both have the same id.
func TestOvertakenWithinTheSecond(t *testing.T) {
	fenced := errors.New("fenced")
	overtake := map[string]func(t *testing.T, fsys disk.FS, s *Store, b *Build) error{
		"before the move": func(t *testing.T, fsys disk.FS, s *Store, b *Build) error {
			publish(t, fsys, s, "r000002", "satu")
			return s.Publish(t.Context(), b, nil)
		},
		"after the move": func(t *testing.T, fsys disk.FS, s *Store, b *Build) error {
			return s.Publish(t.Context(), b, func(context.Context, func() error) error {
				publish(t, fsys, s, "r000002", "satu")
				return fenced
			})
		},
	}
	for name, publishFrozen := range overtake {
		t.Run(name, func(t *testing.T) {
			everyFS(t, func(t *testing.T, fsys disk.FS) {
				s := New(fsys, func() time.Time { return start })
				b, err := s.Begin(t.Context(), "r000001")
				must(t, err)
				must(t, fill(fsys, b, "satu"))
				frozen, err := s.Seal(t.Context(), b, info())
				must(t, err)
				if err := publishFrozen(t, fsys, s, b); err == nil {
					t.Error("published by both")
				}
				must(t, s.Discard(t.Context(), b))
				if got := runs(t, s); got != "r000002" {
					t.Errorf("snapshots of %q", got)
				}
				wantCurrent(t, fsys, s, "satu")
				if _, err := s.Resolve(frozen.ID); err != nil {
					t.Errorf("the two ids differ: %v", err)
				}
			})
		})
	}
}

// TestContentHashByHand computes the content hash with the tools that the
// documentation of ContentHash names.
func TestContentHashByHand(t *testing.T) {
	dir := t.TempDir()
	fsys, err := disk.OS(dir)
	must(t, err)
	m := publish(t, fsys, New(fsys, hourly()), "r000001", "satu")
	must(t, fsys.Close())
	cmd := exec.Command("sh", "-c", "find marts -type f | LC_ALL=C sort | xargs sha256sum | sha256sum")
	cmd.Dir = filepath.Join(dir, "current")
	out, err := cmd.Output()
	must(t, err)
	if got := strings.Fields(string(out))[0]; got != m.Content {
		t.Errorf("by hand %s, in the manifest %s", got, m.Content)
	}
}

func TestOpenByPath(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(t.Context(), filepath.Join(dir, "missing"), ""); !errors.Is(err, ErrNone) {
		t.Errorf("missing directory: %v", err)
	}
	fsys, err := disk.OS(dir)
	must(t, err)
	defer func() { must(t, fsys.Close()) }()
	if _, err := Open(t.Context(), dir, ""); !errors.Is(err, ErrNone) {
		t.Errorf("empty directory: %v", err)
	}
	s := New(fsys, hourly())
	one := publish(t, fsys, s, "r000001", "satu")
	two := publish(t, fsys, s, "r000002", "dua")
	for asOf, want := range map[string]string{
		"": two.ID, one.ID: one.ID, "20261124T02": one.ID, "20261124T03": two.ID,
		"2026-11-24T02:30:00Z": one.ID, "2026-11-24T11:30:00+08:00": two.ID,
	} {
		snap, err := Open(t.Context(), dir, asOf)
		must(t, err)
		if snap.ID() != want {
			t.Errorf("as of %q: %s, want %s", asOf, snap.ID(), want)
		}
		p, err := snap.File(t.Context(), Warehouse)
		must(t, err)
		if p != filepath.Join(snap.Dir(), Warehouse) || !filepath.IsAbs(p) {
			t.Errorf("path %q", p)
		}
		must(t, snap.Close())
	}
	for _, asOf := range []string{"2026", "2025", "2020-01-01T00:00:00Z", "../..", "%", "."} {
		if _, err := Open(t.Context(), dir, asOf); err == nil {
			t.Errorf("as of %q worked", asOf)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "current", martName)) // the stable path of notebooks
	if err != nil || string(text) != "mart dua" {
		t.Errorf("through the link: %q (%v)", text, err)
	}
}

func TestSealRefuses(t *testing.T) {
	cases := map[string]func(fsys disk.FS, b *Build, info *Info) error{
		"write-ahead log": func(fsys disk.FS, b *Build, _ *Info) error {
			return disk.WriteFile(fsys, b.Dir()+"/warehouse.duckdb.wal", nil, 0o644)
		},
		"spill file": func(fsys disk.FS, b *Build, _ *Info) error {
			return disk.WriteFile(fsys, b.Dir()+"/x.tmp", nil, 0o644)
		},
		"half-written file": func(fsys disk.FS, b *Build, _ *Info) error {
			_, err := disk.CreateTemp(fsys, b.Dir(), "x")
			return err
		},
		"link": func(fsys disk.FS, b *Build, _ *Info) error {
			return fsys.Symlink("/etc/passwd", b.Dir()+"/marts/x")
		},
		"own name": func(fsys disk.FS, b *Build, _ *Info) error {
			return disk.WriteFile(fsys, b.Dir()+"/manifest.json", nil, 0o644)
		},
		"mark": func(fsys disk.FS, b *Build, _ *Info) error {
			return disk.WriteFile(fsys, b.Dir()+"/.published", nil, 0o644)
		},
		"undescribed Parquet": func(fsys disk.FS, b *Build, _ *Info) error {
			return disk.WriteFile(fsys, b.Dir()+"/marts/x.parquet", nil, 0o644)
		},
		"missing file": func(_ disk.FS, _ *Build, info *Info) error {
			info.Files["marts/y.parquet"] = FileInfo{}
			return nil
		},
		"nothing built": func(fsys disk.FS, b *Build, info *Info) error {
			info.Files = nil
			return errors.Join(disk.RemoveAll(fsys, b.Dir()), fsys.Mkdir(b.Dir(), 0o755))
		},
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			fsys := disk.NewMem()
			s := New(fsys, hourly())
			b, err := s.Begin(t.Context(), "r000001")
			must(t, err)
			must(t, fill(fsys, b, "satu"))
			about := info()
			must(t, spoil(fsys, b, &about))
			if _, err := s.Seal(t.Context(), b, about); err == nil {
				t.Error("sealed")
			}
			if _, sealed := b.Manifest(); sealed {
				t.Error("the build says that it is sealed")
			}
			if err := s.Publish(t.Context(), b, nil); err == nil {
				t.Error("published")
			}
			must(t, s.Discard(t.Context(), b))
			publish(t, fsys, s, "r000002", "dua")
		})
	}
}

func TestBeginWipesWhatDeadRunsLeft(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := New(fsys, hourly())
		publish(t, fsys, s, "r000001", "satu")
		dead, err := s.Begin(t.Context(), "r000002")
		must(t, err)
		must(t, disk.WriteFile(fsys, dead.Dir()+"/warehouse.duckdb.wal", []byte("old"), 0o644))
		must(t, fsys.Symlink("nowhere", ".tmp-current"))
		b, err := s.Begin(t.Context(), "r000002")
		must(t, err)
		entries, err := fsys.ReadDir(b.Dir())
		if err != nil || len(entries) != 0 {
			t.Errorf("the new build has %v (%v)", entries, err)
		}
		if _, err := fsys.Lstat(".tmp-current"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("half a link is left: %v", err)
		}
		wantCurrent(t, fsys, s, "satu")
		for _, run := range []string{"", "..", "a/b", "../x", "-", ".build", strings.Repeat("r", 65)} {
			if _, err := s.Begin(t.Context(), run); err == nil {
				t.Errorf("run %q was begun", run)
			}
		}
	})
}

func TestFence(t *testing.T) {
	fenced := errors.New("fenced")
	refuse := func(context.Context, func() error) error { return fenced }
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := New(fsys, hourly())
		one := publish(t, fsys, s, "r000001", "satu")
		b, err := s.Begin(t.Context(), "r000002")
		must(t, err)
		must(t, fill(fsys, b, "dua"))
		_, err = s.Seal(t.Context(), b, info())
		must(t, err)
		if err := s.Publish(t.Context(), b, refuse); !errors.Is(err, fenced) {
			t.Errorf("publish: %v", err)
		}
		if got := runs(t, s); got != "r000001" {
			t.Errorf("snapshots of %s", got)
		}
		wantCurrent(t, fsys, s, "satu")
		must(t, s.Publish(t.Context(), b, nil)) // the build is whole still
		wantCurrent(t, fsys, s, "dua")
		if err := s.Rollback(t.Context(), one.ID, refuse); !errors.Is(err, fenced) {
			t.Errorf("rollback: %v", err)
		}
		wantCurrent(t, fsys, s, "dua")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Rollback(ctx, one.ID, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func TestRefusedBuildsAreKept(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := New(fsys, hourly())
		publish(t, fsys, s, "r000001", "satu")
		for _, run := range []string{"r999998", "r999999", "r1000000", "r1000001", "r1000001"} {
			b, err := s.Begin(t.Context(), run)
			must(t, err)
			must(t, fill(fsys, b, run))
			dir, err := s.Refuse(t.Context(), b)
			if err != nil || dir != "refused/"+run {
				t.Errorf("refused to %q (%v)", dir, err)
			}
		}
		entries, err := fsys.ReadDir("refused")
		must(t, err)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if got := strings.Join(names, " "); got != "r1000000 r1000001 r999999" {
			t.Errorf("kept %s", got)
		}
		text, err := disk.ReadFile(fsys, "refused/r1000001/"+martName, 100)
		if err != nil || string(text) != "mart r1000001" {
			t.Errorf("refused mart %q (%v)", text, err)
		}
		wantCurrent(t, fsys, s, "satu")
	})
}

func TestRollback(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys disk.FS) {
		s := New(fsys, hourly())
		one := publish(t, fsys, s, "r000001", "satu")
		two := publish(t, fsys, s, "r000002", "dua")
		must(t, s.Rollback(t.Context(), one.ID, nil))
		wantCurrent(t, fsys, s, "satu")
		three := publish(t, fsys, s, "r000003", "tiga")
		if three.Number != 3 || three.Previous.ID != one.ID {
			t.Errorf("number %d after %s", three.Number, three.Previous.ID)
		}
		if got := runs(t, s); got != "r000003 r000002 r000001" {
			t.Errorf("snapshots of %s: one that was rolled back from is history, not a leftover", got)
		}
		overwrite(t, fsys, path.Join("snapshots", two.ID, martName), "mart dxa")
		var damaged *DamagedError
		if err := s.Rollback(t.Context(), two.ID, nil); !errors.As(err, &damaged) {
			t.Errorf("rollback to a damaged snapshot: %v", err)
		}
		for _, id := range []string{"", "..", "../snapshots/" + one.ID, "20200101T000000Z-00000000"} {
			if err := s.Rollback(t.Context(), id, nil); err == nil {
				t.Errorf("rollback to %q worked", id)
			}
		}
		wantCurrent(t, fsys, s, "tiga")
	})
}
