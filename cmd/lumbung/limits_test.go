package main

import (
	"fmt"
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
