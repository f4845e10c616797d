package disk

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
)

// faultLoop runs work with its n-th operation failing, n = 0, 1, 2 ... until
// no fault is met, and returns the kinds of operations that were made to fail.
func faultLoop(t *testing.T, inject func(int, error) Injector, work func(*testing.T, *Faulty, *Mem) error) map[string]bool {
	t.Helper()
	failed := map[string]bool{}
	for n := 0; ; n++ {
		mem := NewMem()
		faulty := NewFaulty(mem, inject(n, syscall.EIO))
		err := work(t, faulty, mem)
		ops := faulty.Ops()
		if len(ops) <= n {
			if err != nil {
				t.Fatalf("without a fault: %v", err)
			}
			return failed
		}
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("operation %d (%s %s) failed and nobody said so: %v", n, ops[n].Kind, ops[n].Name, err)
		}
		failed[ops[n].Kind] = true
	}
}

func TestWriteFileSurfacesEveryFault(t *testing.T) {
	work := func(t *testing.T, faulty *Faulty, mem *Mem) error {
		must(t, WriteFile(mem, "a", []byte("lama"), 0o644))
		err := WriteFile(faulty, "a", []byte("baru"), 0o644)
		if got := content(t, mem, "a"); got != "lama" && got != "baru" {
			t.Errorf("content %q", got)
		}
		if err == nil && list(t, mem, ".") != "a" {
			t.Errorf("left over: %s", list(t, mem, "."))
		}
		if _, err := SweepTemp(mem, "."); err != nil || list(t, mem, ".") != "a" {
			t.Errorf("after the sweep: %s (%v)", list(t, mem, "."), err)
		}
		return err
	}
	for name, inject := range map[string]func(int, error) Injector{"once": Nth, "from then on": From} {
		t.Run(name, func(t *testing.T) {
			failed := faultLoop(t, inject, work)
			for _, kind := range []string{"create", "write", "stat", "chmod", "sync", "close", "rename", "syncdir"} {
				if !failed[kind] {
					t.Errorf("no %s was made to fail", kind)
				}
			}
		})
	}
}

func TestFailedSyncThrowsTheFileAway(t *testing.T) {
	mem := NewMem()
	faulty := NewFaulty(mem, func(op Op) error {
		if op.Kind == "sync" {
			return syscall.EIO
		}
		return nil
	})
	wantErr(t, "write", WriteFile(faulty, "a", []byte("x"), 0o644), syscall.EIO)
	if got := list(t, mem, "."); got != "" {
		t.Errorf("left over: %s", got)
	}
	syncs := 0
	for _, op := range faulty.Ops() {
		if op.Kind == "sync" {
			syncs++
		}
	}
	if syncs != 1 {
		t.Errorf("%d syncs of a file whose first sync failed", syncs)
	}
}

func TestShortWriteIsNoticed(t *testing.T) {
	mem := NewMem()
	err := WriteFile(NewFaulty(mem, func(op Op) error {
		if op.Kind == "write" {
			return ErrShort
		}
		return nil
	}), "a", []byte("1234"), 0o644)
	wantErr(t, "short write", err, io.ErrShortWrite)
	if got := list(t, mem, "."); got != "" {
		t.Errorf("left over: %s", got)
	}
}

func TestSizeOnDiskIsCompared(t *testing.T) {
	temp, err := CreateTemp(NewMem(), ".", "a")
	must(t, err)
	_, err = temp.Write([]byte("1234"))
	must(t, err)
	temp.bytes++ // as if the file system had lost the last byte
	wantErr(t, "finish", temp.Finish(0o644), io.ErrShortWrite)
}

func TestOrderOfAnAtomicWrite(t *testing.T) {
	faulty := NewFaulty(NewMem(), nil)
	must(t, WriteFile(faulty, "a", []byte("x"), 0o644))
	var kinds []string
	for _, op := range faulty.Ops() {
		kinds = append(kinds, op.Kind)
	}
	if got, want := strings.Join(kinds, " "), "create write stat chmod sync close rename syncdir"; got != want {
		t.Errorf("order %s\nwant  %s", got, want)
	}
	if name := faulty.Ops()[0].Name; name != ".tmp-a-0" {
		t.Errorf("temporary name %q", name)
	}
}

func TestCrashLeavesOldOrNew(t *testing.T) {
	seen := map[string]bool{}
	for _, keep := range []int{0, 10, 50, 100} {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, uint64(keep)))
			mem := NewMem()
			must(t, WriteFile(mem, "a", []byte(strings.Repeat("lama", 1000)), 0o644))
			must(t, ReplaceLink(mem, "lama", "l"))
			check := func(op Op) error {
				clone := mem.CrashClone(keep, rng)
				text := content(t, clone, "a")
				target, err := clone.Readlink("l")
				if err != nil || text != strings.Repeat(text[:4], 1000) {
					t.Fatalf("crash before %s %s: link %v, %d bytes", op.Kind, op.Name, err, len(text))
				}
				seen[text[:4]+" "+target] = true
				return nil
			}
			faulty := NewFaulty(mem, check)
			must(t, WriteFile(faulty, "a", []byte(strings.Repeat("baru", 1000)), 0o644))
			must(t, ReplaceLink(faulty, "baru", "l"))
			clone := mem.CrashClone(0, rng)
			if content(t, clone, "a")[:4] != "baru" || list(t, clone, ".") != "a l" {
				t.Fatal("what was reported as written is lost")
			}
		}
	}
	for _, want := range []string{"lama lama", "baru lama", "baru baru"} {
		if !seen[want] {
			t.Errorf("no crash left %q: the test proves nothing", want)
		}
	}
}

func TestCrashTearsWhatWasNotSynced(t *testing.T) {
	mem := NewMem()
	f, err := mem.Create("a", 0o644)
	must(t, err)
	must(t, mem.SyncDir("."))
	_, err = f.Write([]byte(strings.Repeat("x", 10*blockSize)))
	must(t, err)
	sizes, torn := map[int]bool{}, false
	for seed := range uint64(50) {
		text := content(t, mem.CrashClone(50, rand.New(rand.NewPCG(seed, 1))), "a")
		sizes[len(text)] = true
		torn = torn || strings.Contains(text, "\x00") && strings.Contains(text, "x")
	}
	if !sizes[0] || !sizes[10*blockSize] || !torn {
		t.Errorf("sizes %v, torn %v: the model loses too little", sizes, torn)
	}
	if got := content(t, mem.CrashClone(100, rand.New(rand.NewPCG(1, 1))), "a"); len(got) != 10*blockSize {
		t.Errorf("with all kept: %d bytes", len(got))
	}
	must(t, f.Close())
	clone := mem.CrashClone(0, rand.New(rand.NewPCG(1, 1)))
	write(t, clone, "b", "only here")
	if _, err := mem.Lstat("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a clone shares its directory with the original")
	}
}

func TestTooManyLeftovers(t *testing.T) {
	mem := NewMem()
	for range maxTemp {
		_, err := CreateTemp(mem, ".", "a")
		must(t, err)
	}
	if _, err := CreateTemp(mem, ".", "a"); err == nil || !strings.Contains(err.Error(), "remove .tmp-*") {
		t.Errorf("got %v", err)
	}
	swept, err := SweepTemp(mem, ".")
	if err != nil || len(swept) != maxTemp {
		t.Errorf("swept %d (%v)", len(swept), err)
	}
}
