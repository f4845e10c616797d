package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Files that may not grow and files that may not be opened, as on a full quota
// or under a service's limits: a run ends with an error that says so or
// publishes; what is published stays whole; the next run needs no help.
func TestResourceLimits(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	var limits []string
	for _, kb := range []int{1, 8, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192} {
		limits = append(limits, fmt.Sprintf("ulimit -f %d", kb))
	}
	for _, n := range []int{8, 10, 12, 14, 16, 20, 24, 32} {
		limits = append(limits, fmt.Sprintf("ulimit -n %d", n))
	}
	failed := 0
	for _, limit := range limits {
		t.Run(limit, func(t *testing.T) {
			dir := p.copy(t)
			// Without XFSZ's default action the write fails with EFBIG instead of killing the process.
			out, err := exec.Command("bash", "-c", "trap '' XFSZ; "+limit+`; exec "$@"`, "bash", bin, "run", "--project", dir, "--quiet").CombinedOutput()
			if err != nil {
				failed++
				text := strings.ToLower(string(out))
				if !strings.Contains(text, "file too large") && !strings.Contains(text, "too many open files") && !strings.Contains(text, "ulimit") {
					t.Errorf("ended with %v and no word of the limit:\n%s", err, out)
				}
			}
			assertSound(t, p, dir)
			if err == nil && content(t, dir) != p.new {
				t.Errorf("success without the new figures:\n%s", out)
			}
			assertConverged(t, p, dir, false)
		})
	}
	if failed < len(limits)/4 {
		t.Errorf("only %d of %d limits bit", failed, len(limits))
	}
	t.Logf("%d of %d limits ended the run", failed, len(limits))
}

// A full disk, for real: LUMBUNG_SMALL_DISK names a small file system of its
// own (`make campaign-disk` mounts one), which is filled but for some KB before each run.
func TestDiskFull(t *testing.T) {
	small := os.Getenv("LUMBUNG_SMALL_DISK")
	if small == "" {
		t.Skip("no file system to fill; make campaign-disk mounts one (as root)")
	}
	bin, p := program(t), prepare(t, false)
	dir, ballast := filepath.Join(small, "desa"), filepath.Join(small, "ganjal")
	failed, rounds := 0, 0
	for free := int64(0); free <= 24<<20; free += 128 << 10 {
		copyTree(t, p.dir, dir)
		fill(t, small, ballast, free)
		out, err := exec.Command(bin, "run", "--project", dir, "--quiet").CombinedOutput()
		if rounds++; err != nil {
			failed++
			text := strings.ToLower(string(out))
			if !strings.Contains(text, "no space left") && !strings.Contains(text, "free disk space") && !strings.Contains(text, "disk is full") {
				t.Errorf("%d KB free: no word of the disk:\n%s", free>>10, out)
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		assertSound(t, p, dir)
		if err == nil && content(t, dir) != p.new {
			t.Errorf("%d KB free: success without the new figures:\n%s", free>>10, out)
		}
		assertConverged(t, p, dir, false)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if failed == 0 || failed == rounds {
		t.Errorf("%d of %d rounds failed: the range does not span the limit", failed, rounds)
	}
	t.Logf("%d rounds, %d ended by the full disk, 0 lost, 0 torn, 0 needing a hand", rounds, failed)
}

// fill writes a file that leaves so many bytes free.
func fill(t *testing.T, fs, name string, free int64) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(fs, &st); err != nil {
		t.Fatal(err)
	}
	want := int64(st.Bavail)*st.Bsize - free
	if want < 0 {
		t.Fatalf("%s is too small", fs)
	}
	if err := os.WriteFile(name, make([]byte, want), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Directories and files that belong to somebody else and may only be read: a
// run names them, or publishes where it need not write there; nothing is lost,
// and what only reads works as ever.
func TestReadOnlyUnderAnotherUser(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	places := []string{"data"}
	for _, pattern := range []string{"data/*", "data/raw/0*", "data/raw/5*/*", "data/stage/0*", "data/snapshots/*", "data/snapshots/*/*"} {
		found, err := filepath.Glob(filepath.Join(p.dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		for _, path := range found {
			if place := strings.TrimPrefix(path, p.dir+"/"); place != "data/current" { // a link is what it leads to
				places = append(places, place)
			}
		}
	}
	failed := 0
	for _, place := range places {
		t.Run(place, func(t *testing.T) {
			dir := p.copy(t)
			giveBack := giveAway(t, filepath.Join(dir, place), false)
			out, err := powerless(bin, "run", "--project", dir, "--quiet").CombinedOutput()
			giveBack()
			if err != nil {
				failed++
				if text := string(out); !strings.Contains(text, filepath.Base(place)) || !strings.Contains(text, "permission denied") {
					t.Errorf("ended with %v and does not say what may not be written:\n%s", err, out)
				}
			}
			if strings.Contains(string(out), " is stale: ") { // its last figures are published, marked so
				assertWhole(t, dir)
			} else {
				assertSound(t, p, dir)
			}
			if err == nil && content(t, dir) != p.new {
				t.Errorf("success without the new figures:\n%s", out)
			}
			assertConverged(t, p, dir, false)
		})
	}
	if failed < 4 {
		t.Errorf("only %d of %d places ended the run", failed, len(places))
	}
	t.Logf("%d of %d places ended the run", failed, len(places))

	dir := p.copy(t)
	defer giveAway(t, dir, true)()
	for _, c := range []struct {
		args []string
		raw  bool // releases as they came are asked for
	}{
		{[]string{"trend", "--area", "64.02"}, false},
		{[]string{"query", "SELECT count(*) FROM mart_profil_desa"}, false},
		{[]string{"status"}, false},
		{[]string{"runs"}, false},
		{[]string{"snapshots", "list"}, false},
		{[]string{"audit"}, false},
		{[]string{"quarantine", "list"}, false},
		{[]string{"trace", "mart_tren_status", "64.02", "2020", "TERTINGGAL"}, true},
		{[]string{"ask", "berapa desa tertinggal di Kukar tahun 2020?"}, true},
		{[]string{"verify"}, true},
	} {
		out, err := powerless(bin, append(c.args, "--project", dir)...).CombinedOutput()
		if denied := strings.Contains(string(out), "for that user's eyes only"); (err != nil) != c.raw || denied != c.raw || len(out) == 0 {
			t.Errorf("lumbung %v, of a project that may only be read: %v\n%s", c.args, err, out)
		}
	}
}

// powerless is a command without the privileges by which root writes everywhere.
func powerless(bin string, args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		return exec.Command(bin, args...)
	}
	return exec.Command("setpriv", append([]string{"--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", bin}, args...)...)
}

// giveAway takes the right to write to a path, with all also below it, away:
// root gives it to another user, everybody else drops the permission.
func giveAway(t *testing.T, path string, all bool) (giveBack func()) {
	t.Helper()
	each := func(do func(path string, e fs.DirEntry) error) {
		t.Helper()
		err := filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // an expired snapshot is gone, whoever owned it
				return nil
			}
			if err != nil || at != path && !all {
				return err
			}
			return do(at, e)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 65534
	if os.Getuid() == 0 {
		each(func(at string, _ fs.DirEntry) error { return os.Lchown(at, nobody, nobody) })
		return func() { each(func(at string, _ fs.DirEntry) error { return os.Lchown(at, 0, 0) }) }
	}
	modes := map[string]fs.FileMode{}
	each(func(at string, e fs.DirEntry) error {
		info, err := e.Info()
		if err != nil || e.Type() == fs.ModeSymlink {
			return err
		}
		modes[at] = info.Mode().Perm()
		return os.Chmod(at, info.Mode().Perm()&^0o222)
	})
	return func() {
		for at, mode := range modes {
			if err := os.Chmod(at, mode); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
}
