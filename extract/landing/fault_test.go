package landing

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// TestPutSurfacesEveryFault makes the n-th operation of a Put fail, n = 0, 1,
// 2 ... until none is met. Whatever failed, what was there stays, what is
// visible is whole, and a clean Put afterwards works.
func TestPutSurfacesEveryFault(t *testing.T) {
	texts := map[string]string{"new": "baru", "the same": "lama", "damaged before": "rusak"}
	faults := map[string]func(int, error) disk.Injector{"once": disk.Nth, "from then on": disk.From}
	for what, text := range texts {
		for mode, inject := range faults {
			t.Run(what+", "+mode, func(t *testing.T) {
				failed := map[string]bool{}
				for n := 0; ; n++ {
					mem := landed(t)
					faulty := disk.NewFaulty(mem, inject(n, syscall.EIO))
					o, err := Open(faulty, "raw").Put(t.Context(), strings.NewReader(text), Expect{})
					ops := faulty.Ops()
					if len(ops) <= n {
						must(t, err)
						break
					}
					failed[ops[n].Kind] = true
					if err == nil && o.Healed && ops[n].Kind == "close" {
						continue // of the damaged object, which has been replaced since
					}
					if !errors.Is(err, syscall.EIO) || o != (Object{}) && what != "the same" {
						t.Errorf("%s %s failed: %+v, %v", ops[n].Kind, ops[n].Name, o, err)
					}
					stillSound(t, mem, what == "damaged before")
					s := Open(mem, "raw")
					if _, err := s.Sweep(t.Context()); err != nil {
						t.Fatal(err)
					}
					if _, err := s.Put(t.Context(), strings.NewReader(text), Expect{}); err != nil {
						t.Errorf("clean Put after %s %s: %v", ops[n].Kind, ops[n].Name, err)
					}
					if report, err := s.Verify(t.Context(), nil); err != nil || len(report.Foreign) > 0 {
						t.Errorf("after a clean Put: %+v (%v)", report, err)
					}
				}
				kinds := []string{"mkdir", "create", "write", "stat", "chmod", "sync", "close", "open", "readat", "syncdir"}
				if what != "the same" {
					kinds = append(kinds, "rename")
				} else {
					kinds = append(kinds, "remove")
				}
				for _, kind := range kinds {
					if !failed[kind] {
						t.Errorf("no %s was made to fail", kind)
					}
				}
			})
		}
	}
}

// landed is a landing with one sound and one damaged object.
func landed(t *testing.T) *disk.Mem {
	t.Helper()
	mem := disk.NewMem()
	s := Open(mem, "raw")
	put(t, s, "lama")
	put(t, s, "rusak")
	damage(t, mem, nameOf("rusak"), "rusuk")
	return mem
}

// stillSound checks that raw objects are whole and that what was there is there.
func stillSound(t *testing.T, fsys disk.FS, mayBeDamaged bool) {
	t.Helper()
	s := Open(fsys, "raw")
	if got := get(t, s, hashOf("lama")); got != "lama" {
		t.Errorf("the old object has %q", got)
	}
	report, err := s.Verify(t.Context(), nil)
	must(t, err)
	for _, d := range report.Damaged {
		if d.SHA256 != hashOf("rusak") {
			t.Errorf("a damaged object: %v", d)
		}
	}
	if mayBeDamaged && len(report.Damaged) > 1 {
		t.Errorf("report %+v", report)
	}
}

// TestPowerLoss takes a crash clone before every operation of a Put.
func TestPowerLoss(t *testing.T) {
	states, present, absent := 0, 0, 0
	for _, keep := range []int{0, 10, 50, 100} {
		for seed := range uint64(25) {
			rng := rand.New(rand.NewPCG(seed, uint64(keep)))
			mem := disk.NewMem()
			put(t, Open(mem, "raw"), "lama")
			look := func(disk.Op) error {
				clone := mem.CrashClone(keep, rng)
				states++
				if rawAfterCrash(t, clone) {
					present++
				} else {
					absent++
				}
				return nil
			}
			text := strings.Repeat("baru", 1000) // several blocks
			_, err := Open(disk.NewFaulty(mem, look), "raw").Put(t.Context(), strings.NewReader(text), Expect{})
			must(t, err)
			if !rawAfterCrash(t, mem.CrashClone(0, rng)) {
				t.Fatal("an object that Put returned is lost")
			}
		}
	}
	if present == 0 || absent == 0 {
		t.Errorf("%d states with the new object, %d without: the test proves nothing", present, absent)
	}
	t.Logf("%d crash states", states)
}

// rawAfterCrash checks the landing that a crash left, and that the same bytes
// can be put after it. It reports whether the new object survived.
func rawAfterCrash(t *testing.T, fsys disk.FS) bool {
	t.Helper()
	text := strings.Repeat("baru", 1000)
	s := Open(fsys, "raw")
	if got := get(t, s, hashOf("lama")); got != "lama" {
		t.Fatalf("the old object has %q", got)
	}
	report, err := s.Verify(t.Context(), nil)
	must(t, err)
	if len(report.Damaged) > 0 {
		t.Fatalf("damaged after a crash: %v", report.Damaged[0])
	}
	survived, err := s.Has(context.Background(), hashOf(text))
	must(t, err)
	_, err = s.Sweep(t.Context())
	must(t, err)
	o := put(t, s, text)
	if o.New == survived {
		t.Fatalf("survived %v, then put as new %v", survived, o.New)
	}
	onlyObjects(t, fsys, "lama", text)
	return survived
}

func TestCrashPointsInOrder(t *testing.T) {
	var hit []crash.Point
	mem := disk.NewMem()
	ctx := crash.With(t.Context(), func(p crash.Point) {
		hit = append(hit, p)
		_, err := mem.Lstat(nameOf("rilis"))
		if visible := err == nil; visible != (p == crash.LandingRenamed) {
			t.Errorf("at %s visible is %v", p, visible)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
	_, err := Open(mem, "raw").Put(ctx, strings.NewReader("rilis"), Expect{})
	must(t, err)
	want := "[landing.opened landing.written landing.synced landing.checked landing.renamed]"
	if got := strings.Join(strings.Fields(sprint(hit)), " "); got != want {
		t.Errorf("points %s", got)
	}
}

func sprint(points []crash.Point) string {
	var names []string
	for _, p := range points {
		names = append(names, string(p))
	}
	return "[" + strings.Join(names, " ") + "]"
}
