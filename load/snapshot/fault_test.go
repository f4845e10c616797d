package snapshot

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"syscall"
	"testing"
	"time"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// night is what the fault tests break: a run over two older snapshots, of
// which retention deletes one. fill is no part of it: DuckDB writes there.
func night(ctx context.Context, fsys disk.FS, mem *disk.Mem) error {
	s := New(fsys, func() time.Time { return start.Add(99 * time.Hour) })
	b, err := s.Begin(ctx, "r000003")
	if err != nil {
		return err
	}
	if err := fill(mem, b, "tiga"); err != nil {
		return err
	}
	if _, err := s.Seal(ctx, b, info()); err != nil {
		return err
	}
	if err := s.Publish(ctx, b, nil); err != nil {
		return err
	}
	_, err = s.Retain(ctx, Policy{Keep: 2})
	return err
}

// before is the data directory on which a night begins: two snapshots, and
// what a run left that died.
func before(t *testing.T) *disk.Mem {
	t.Helper()
	mem := disk.NewMem()
	s := New(mem, hourly())
	publish(t, mem, s, "r000001", "satu")
	publish(t, mem, s, "r000002", "dua")
	dead, err := s.Begin(t.Context(), "r000000")
	must(t, err)
	must(t, fill(mem, dead, "mati"))
	return mem
}

// oldOrNew checks I1: current is the old snapshot or the new one, whole. It
// returns which.
func oldOrNew(t *testing.T, fsys disk.FS, when string) string {
	t.Helper()
	s := New(fsys, hourly())
	snap, err := s.Current(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer func() { must(t, snap.Close()) }()
	version := versionOf(t, fsys, snap)
	if snap.Fallback != nil || version != "dua" && version != "tiga" {
		t.Fatalf("%s: current is %q, fallback %+v", when, version, snap.Fallback)
	}
	return version
}

// converges checks I5 and I6: the next clean run needs nobody's help, and
// leaves what a run leaves that was never disturbed.
func converges(t *testing.T, mem *disk.Mem, when string) {
	t.Helper()
	if err := night(t.Context(), mem, mem); err != nil {
		t.Fatalf("clean run %s: %v", when, err)
	}
	if got := oldOrNew(t, mem, when); got != "tiga" {
		t.Fatalf("clean run %s: current is %q", when, got)
	}
	err := disk.Walk(t.Context(), mem, ".", func(name string, _ fs.FileInfo) error {
		if base := path.Base(name); disk.IsTemp(base) || strings.HasPrefix(base, buildPrefix) || strings.HasPrefix(base, gonePrefix) {
			t.Errorf("clean run %s: %s is left", when, name)
		}
		return nil
	})
	must(t, err)
	report, err := New(mem, hourly()).Verify(t.Context(), nil)
	if err != nil || len(report.Damaged)+len(report.Foreign) > 0 || report.Snapshots != 2 {
		t.Fatalf("clean run %s: %+v (%v)", when, report, err)
	}
}

// TestEveryFaultSurfaces makes the n-th operation of a night fail, n = 0, 1, 2
// ... until none is met.
func TestEveryFaultSurfaces(t *testing.T) {
	faults := map[string]func(int, error) disk.Injector{"once": disk.Nth, "from then on": disk.From}
	for mode, inject := range faults {
		t.Run(mode, func(t *testing.T) {
			failed, outcomes, uncertain := map[string]bool{}, map[string]int{}, 0
			for n := 0; ; n++ {
				mem := before(t)
				faulty := disk.NewFaulty(mem, inject(n, syscall.EIO))
				err := night(t.Context(), faulty, mem)
				ops := faulty.Ops()
				if len(ops) <= n {
					must(t, err)
					t.Logf("%d operations, current afterwards %v, %d uncertain", n, outcomes, uncertain)
					break
				}
				op := ops[n]
				failed[op.Kind] = true
				if !errors.Is(err, syscall.EIO) {
					t.Errorf("%s %s failed and nobody said so: %v", op.Kind, op.Name, err)
				}
				when := "after " + op.Kind + " " + op.Name
				version := oldOrNew(t, mem, when)
				outcomes[version]++
				var u *UncertainError
				if errors.As(err, &u) {
					uncertain++
					if mode == "once" && version != "tiga" {
						t.Errorf("%s: uncertain, but current is %q", when, version)
					}
				}
				converges(t, mem, when)
			}
			kinds := []string{"open", "stat", "lstat", "read", "readdir", "readlink", "lock", "mkdir", "create", "write",
				"chmod", "sync", "close", "symlink", "rename", "remove", "syncdir"}
			for _, kind := range kinds {
				if !failed[kind] {
					t.Errorf("no %s was made to fail", kind)
				}
			}
			if outcomes["dua"] == 0 || outcomes["tiga"] == 0 || uncertain == 0 {
				t.Errorf("outcomes %v, %d uncertain: the test proves nothing", outcomes, uncertain)
			}
		})
	}
}

// TestPowerLoss takes a crash clone before every operation of a night, and
// runs a clean night on some of them.
func TestPowerLoss(t *testing.T) {
	states, outcomes := 0, map[string]int{}
	for _, keep := range []int{0, 10, 50, 100} {
		for seed := range uint64(6) {
			rng := rand.New(rand.NewPCG(seed, uint64(keep)))
			mem := before(t)
			look := func(op disk.Op) error {
				clone := mem.CrashClone(keep, rng)
				when := "crash before " + op.Kind + " " + op.Name
				outcomes[oldOrNew(t, clone, when)]++
				if states++; states%5 == 0 {
					converges(t, clone, when)
				}
				return nil
			}
			must(t, night(t.Context(), disk.NewFaulty(mem, look), mem))
			if got := oldOrNew(t, mem.CrashClone(0, rng), "after the end"); got != "tiga" {
				t.Fatalf("what was published is lost: %q", got)
			}
		}
	}
	if outcomes["dua"] == 0 || outcomes["tiga"] == 0 {
		t.Errorf("outcomes %v: the test proves nothing", outcomes)
	}
	t.Logf("%d crash states: %v", states, outcomes)
}

// TestCrashTwice crashes a night, and then the night that recovers from it.
func TestCrashTwice(t *testing.T) {
	states := 0
	for _, keep := range []int{0, 50, 100} {
		rng := rand.New(rand.NewPCG(7, uint64(keep)))
		mem := before(t)
		var first []*disk.Mem
		must(t, night(t.Context(), disk.NewFaulty(mem, func(op disk.Op) error {
			if op.Kind == "rename" || op.Kind == "syncdir" || op.Kind == "symlink" {
				first = append(first, mem.CrashClone(keep, rng))
			}
			return nil
		}), mem))
		for _, crashed := range first {
			var second []*disk.Mem
			must(t, night(t.Context(), disk.NewFaulty(crashed, func(op disk.Op) error {
				if op.Kind == "rename" || op.Kind == "remove" {
					second = append(second, crashed.CrashClone(keep, rng))
				}
				return nil
			}), crashed))
			for _, again := range second {
				states++
				oldOrNew(t, again, "second crash")
				if states%7 == 0 {
					converges(t, again, "second crash")
				}
			}
		}
	}
	if states == 0 {
		t.Error("nothing crashed twice")
	}
	t.Logf("%d states", states)
}

func TestCrashPointsInOrder(t *testing.T) {
	mem := before(t)
	var hit []string
	ctx := crash.With(t.Context(), func(p crash.Point) {
		hit = append(hit, string(p))
		version := oldOrNew(t, mem, string(p))
		late := p == crash.PublishLinked || p == crash.PublishMarked || strings.HasPrefix(string(p), "retain.")
		if late != (version == "tiga") {
			t.Errorf("at %s current is %q", p, version)
		}
	})
	must(t, night(ctx, mem, mem))
	want := "build.begun seal.synced seal.written publish.moved publish.fenced publish.linked publish.marked " +
		"retain.locked retain.moved retain.removed"
	if got := strings.Join(hit, " "); got != want {
		t.Errorf("points %s\nwant   %s", got, want)
	}
}

// TestOrderOfAPublish checks that nothing is named before it is durable: every
// file synced before the manifest is made, the manifest before the rename, and
// the directory after each rename and before the next one.
func TestOrderOfAPublish(t *testing.T) {
	mem := before(t)
	faulty := disk.NewFaulty(mem, nil)
	must(t, night(t.Context(), faulty, mem))
	var order []string
	for _, op := range faulty.Ops() {
		switch op.Kind {
		case "sync", "syncdir", "rename", "symlink":
			order = append(order, op.Kind+" "+op.Name)
		}
	}
	got := strings.Join(order, "\n")
	id := strings.TrimPrefix(mustLink(t, mem), "snapshots/")
	want := strings.Join([]string{
		"sync snapshots/.build-r000003/marts/mart_tren_status/data.parquet",
		"syncdir snapshots/.build-r000003/marts/mart_tren_status",
		"syncdir snapshots/.build-r000003/marts",
		"sync snapshots/.build-r000003/warehouse.duckdb",
		"syncdir snapshots/.build-r000003",
		"sync snapshots/.build-r000003/.tmp-manifest.json-0",
		"rename snapshots/.build-r000003/manifest.json",
		"syncdir snapshots/.build-r000003",
		"rename snapshots/" + id,
		"syncdir snapshots",
		"symlink .tmp-current",
		"rename current",
		"syncdir .",
	}, "\n")
	if !strings.Contains(got, want) {
		t.Errorf("order\n%s\nwant in it\n%s", got, want)
	}
}

func mustLink(t *testing.T, fsys disk.FS) string {
	t.Helper()
	target, err := fsys.Readlink("current")
	must(t, err)
	return target
}
