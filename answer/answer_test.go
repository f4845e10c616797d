package answer_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lumbung/answer"
	"lumbung/examples/kukar"
	"lumbung/pipeline"
	"lumbung/transform/indeks"
)

// sampleDir is the sample project, run once for all tests of the package.
var sampleDir string

func TestMain(m *testing.M) {
	code, err := withSample(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sample project:", err)
		code = 1
	}
	os.Exit(code)
}

func withSample(m *testing.M) (code int, err error) {
	if sampleDir, err = os.MkdirTemp("", "lumbung-answer"); err != nil {
		return 1, err
	}
	defer func() {
		_ = filepath.WalkDir(sampleDir, func(name string, _ fs.DirEntry, _ error) error { return os.Chmod(name, 0o700) }) // raw objects are read-only
		if rerr := os.RemoveAll(sampleDir); err == nil {
			err = rerr
		}
	}()
	if err := os.CopyFS(sampleDir, kukar.Files); err != nil {
		return 1, err
	}
	p, err := pipeline.Open(context.Background(), sampleDir, time.Now)
	if err != nil {
		return 1, err
	}
	res, err := p.Run(context.Background(), pipeline.Options{Report: silent{}})
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	if err != nil || res.Outcome != pipeline.Published {
		return 1, fmt.Errorf("run ended as %s: %w", res.Outcome, err)
	}
	return m.Run(), nil
}

// silent reports nothing of a run.
type silent struct{}

func (silent) Begin(string, string, string, int64) {}
func (silent) Progress(string, string, int64)      {}
func (silent) End(pipeline.Step)                   {}

// open opens the sample's snapshot and its raw objects.
func open(t *testing.T) (*answer.Reader, *answer.Sources) {
	t.Helper()
	p, err := pipeline.Open(t.Context(), sampleDir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := answer.Open(t.Context(), filepath.Join(sampleDir, "data"), "")
	if err != nil {
		t.Fatal(err)
	}
	src, err := answer.OpenSources(filepath.Join(sampleDir, "data"), nil, p.Config.Known)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{src.Close(), r.Close(), p.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return r, src
}

func TestStandingsAgreeWithTheMatrix(t *testing.T) {
	r, _ := open(t)
	for _, code := range []string{"64.02.08", "64.02.12"} {
		area, err := r.FindArea(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		all, err := r.Matrices(t.Context(), area)
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %d matrices, %v", code, len(all), err)
		}
		names := indeks.Names()
		for _, m := range all {
			for i, from := range names {
				for j, to := range names {
					list, err := r.VillagesWith(t.Context(), area, []answer.Standing{{Status: from, Year: m.From}, {Status: to, Year: m.To}})
					if err != nil {
						t.Fatal(err)
					}
					if int64(len(list)) != m.Counts[i+1][j+1] {
						t.Errorf("%s, %s %d to %s %d: %d villages, the matrix has %d", code, from, m.From, to, m.To, len(list), m.Counts[i+1][j+1])
					}
				}
			}
		}
	}
}

func TestChildrenAgreeWithTheirMatrices(t *testing.T) {
	r, _ := open(t)
	for _, code := range []string{"0", "64", "64.02"} {
		area, err := r.FindArea(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.Children(t.Context(), area, 2024, 2023)
		if err != nil {
			t.Fatal(err)
		}
		moved := int64(0)
		for _, c := range list {
			all, err := r.Matrices(t.Context(), answer.Area{Code: c.Code})
			if err != nil {
				t.Fatal(err)
			}
			var up, down int64
			for _, m := range all {
				if m.From == 2023 && m.To == 2024 {
					up, down = m.Up(), m.Down()
				}
			}
			if c.Up != up || c.Down != down {
				t.Errorf("%s: %d up, %d down; its matrix has %d, %d", c.Code, c.Up, c.Down, up, down)
			}
			moved += up + down
		}
		if moved != 36 {
			t.Errorf("%s: %d villages moved, want 36", code, moved)
		}
	}
}

func TestALimitDoesNotChangeHowManyMoved(t *testing.T) {
	r, _ := open(t)
	for _, c := range []struct {
		filter answer.MoverFilter
		total  int64
	}{
		{answer.MoverFilter{Moved: true}, 36},
		{answer.MoverFilter{Direction: "tetap"}, 157},
		{answer.MoverFilter{Direction: "turun"}, 0},
		{answer.MoverFilter{StatusFrom: "MAJU", StatusTo: "MANDIRI"}, 11},
		{answer.MoverFilter{}, 193},
	} {
		for _, limit := range []int{0, 5} {
			c.filter.Area, c.filter.From, c.filter.To, c.filter.Limit = "64.02", 2023, 2024, limit
			list, total, err := r.Movers(t.Context(), c.filter)
			want := int(c.total)
			if limit > 0 {
				want = min(want, limit)
			}
			if err != nil || total != c.total || len(list) != want {
				t.Errorf("%+v: %d listed of %d, %v; want %d of %d", c.filter, len(list), total, err, want, c.total)
			}
		}
	}
}
