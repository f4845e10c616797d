package main

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lumbung/answer"
	"lumbung/extract/landing"
	"lumbung/internal/disk"
	"lumbung/load/snapshot"
	"lumbung/load/stage"
	"lumbung/pipeline/ledger"
)

// opener opens one kind of kept file as the program does before it uses it.
type opener struct {
	kind  string
	names []string // below the data directory
	open  func(ctx context.Context, data, name string) error
}

// openers lists every file that a project keeps, by kind.
func openers(t *testing.T, data string) []opener {
	t.Helper()
	byKind := map[string][]string{}
	err := filepath.WalkDir(data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(data, path)
		if kind := kindOf(name); kind != "" {
			byKind[kind] = append(byKind[kind], name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := []opener{
		{"raw object", nil, openRaw},
		{"staged Parquet", nil, openStaged},
		{"staged description", nil, openStaged},
		{"mart Parquet", nil, openSnapshotFile},
		{"warehouse", nil, openWarehouse},
		{"manifest", nil, openManifest},
		{"ledger", nil, openLedger},
		{"ledger's seal", nil, openLedger},
	}
	for i := range all {
		all[i].names = byKind[all[i].kind]
		if len(all[i].names) == 0 {
			t.Fatalf("the project has no %s", all[i].kind)
		}
	}
	return all
}

func kindOf(name string) string {
	top, _, _ := strings.Cut(name, "/")
	switch {
	case top == "raw":
		return "raw object"
	case top == "stage" && strings.HasSuffix(name, ".parquet"):
		return "staged Parquet"
	case top == "stage":
		return "staged description"
	case strings.HasSuffix(name, ".parquet"):
		return "mart Parquet"
	case strings.HasSuffix(name, snapshot.Warehouse):
		return "warehouse"
	case strings.HasSuffix(name, "manifest.json"):
		return "manifest"
	case name == "ledger.db":
		return "ledger"
	case name == "ledger.db.sum":
		return "ledger's seal"
	}
	return ""
}

// withDisk opens the data directory for one look: nothing is remembered from the last.
func withDisk(data string, look func(*disk.Root) error) error {
	fsys, err := disk.OS(data)
	if err != nil {
		return err
	}
	return errors.Join(look(fsys), fsys.Close())
}

func openRaw(ctx context.Context, data, name string) error {
	return withDisk(data, func(fsys *disk.Root) error {
		f, err := landing.Open(fsys, "raw").Open(ctx, filepath.Base(name))
		if err != nil {
			return err
		}
		return f.Close()
	})
}

func openStaged(ctx context.Context, data, name string) error {
	return withDisk(data, func(fsys *disk.Root) error {
		s := stage.Open(fsys, "stage")
		u, ok, err := s.Lookup(ctx, filepath.Base(filepath.Dir(name)))
		if err == nil && !ok {
			err = fs.ErrNotExist
		}
		if err != nil {
			return err
		}
		return s.Verify(ctx, u)
	})
}

func openSnapshotFile(ctx context.Context, data, name string) error {
	s, err := snapshot.Open(ctx, data, "")
	if err != nil {
		return err
	}
	_, below, _ := strings.Cut(strings.TrimPrefix(name, "snapshots/"), "/")
	_, err = s.File(ctx, below)
	return errors.Join(err, s.Close())
}

func openWarehouse(ctx context.Context, data, _ string) error {
	r, err := answer.Open(ctx, data, "")
	if err != nil {
		return err
	}
	return r.Close()
}

func openManifest(ctx context.Context, data, _ string) error {
	s, err := snapshot.Open(ctx, data, "")
	if err != nil {
		return err
	}
	return s.Close()
}

func openLedger(ctx context.Context, data, _ string) error {
	l, err := ledger.OpenReadOnly(ctx, filepath.Join(data, "ledger.db"))
	if err != nil {
		return err
	}
	return l.Close()
}

// flipsARound is how many bits one round of the campaign flips.
const flipsARound = 200

// Every flipped bit of everything that a project keeps is found before the
// file is used, by the code that opens it for use, and the process lives.
func TestFlippedBits(t *testing.T) {
	p := prepare(t, false)
	rounds := (size(t, "LUMBUNG_FLIPS", flipsARound) + flipsARound - 1) / flipsARound
	c := campaign{name: "flips", total: rounds, beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		dir := p.copy(t)
		data, got := filepath.Join(dir, "data"), figures{}
		all := openers(t, data)
		rng := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		for n := range flipsARound {
			o := &all[n%len(all)]
			flipOne(t, data, o, rng)
			got["flipped in "+o.kind]++
		}
		for _, o := range all { // what was restored is sound again: the openers do not refuse everything
			for _, name := range o.names {
				if err := o.open(context.Background(), data, name); err != nil {
					t.Errorf("%s after all was put back: %v", name, err)
				}
			}
		}
		return got
	})
}

// flipOne flips a bit of a file, wants the opener to find it, and puts it back.
func flipOne(t *testing.T, data string, o *opener, rng *rand.Rand) {
	t.Helper()
	name := o.names[rng.IntN(len(o.names))]
	path := filepath.Join(data, name)
	good, err := os.ReadFile(path)
	if err != nil || len(good) == 0 {
		t.Fatalf("%s: %d bytes, %v", name, len(good), err)
	}
	bit := rng.IntN(8 * len(good))
	at, mask := int64(bit/8), byte(1)<<(bit%8)
	put := func(b byte) {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, werr := f.WriteAt([]byte{b}, at)
		if err := errors.Join(werr, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	put(good[at] ^ mask)
	if err := o.open(context.Background(), data, name); err == nil {
		t.Errorf("%s: bit %d flipped, and it was opened", name, bit)
	} else if text := err.Error(); !strings.Contains(text, filepath.Base(name)) && !strings.Contains(text, filepath.Base(filepath.Dir(name))) {
		t.Errorf("%s: bit %d: the error does not name it: %v", name, bit, err)
	}
	put(good[at])
}

// A flip in what is published is reported with the file's name by every way in.
func TestDamageIsReported(t *testing.T) {
	t.Parallel()
	p := prepare(t, false)
	data := filepath.Join(p.dir, "data")
	all := openers(t, data)
	rng := rand.New(rand.NewPCG(campaignSeed, 0))
	for _, kind := range []string{"raw object", "staged Parquet", "mart Parquet", "warehouse", "manifest"} {
		o := all[slices.IndexFunc(all, func(o opener) bool { return o.kind == kind })]
		t.Run(kind, func(t *testing.T) {
			dir := p.copy(t)
			name := o.names[rng.IntN(len(o.names))]
			path := filepath.Join(dir, "data", name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
			if err := errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, b, 0o644)); err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			if code := execute(context.Background(), []string{"verify", "--project", dir}, &out, &errs); code != exitFailed {
				t.Errorf("verify ended with %d", code)
			}
			if text := out.String() + errs.String(); !strings.Contains(text, filepath.Base(name)) {
				t.Errorf("verify does not name %s:\n%s", name, text)
			}
		})
	}
}
