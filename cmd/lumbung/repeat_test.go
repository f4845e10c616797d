package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The same releases give the same staged units and marts, byte for byte, on
// one core or all, in another time zone, folder and order of the files' times.
func TestRepeatedRunsGiveTheSameBytes(t *testing.T) {
	bin := program(t)
	zones := []string{"UTC", "Asia/Makassar", "Pacific/Kiritimati", "America/St_Johns"}
	c := campaign{name: "repeats", total: size(t, "LUMBUNG_REPEATS", 4), beside: 2}
	first := repeated(t, bin, "UTC", 1)
	if files := strings.Count(first, ".parquet"); files < 40 {
		t.Fatalf("only %d files were made:\n%s", files, first)
	}
	c.run(t, func(t *testing.T, i int) figures {
		if got := repeated(t, bin, zones[i%len(zones)], i); got != first {
			t.Errorf("round %d made\n%s\nthe first\n%s", i, got, first)
		}
		return figures{"runs": 1}
	})
}

// repeated makes the sample anew and lists the hashes of what a run keeps.
func repeated(t *testing.T, bin, zone string, i int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 1+i%50))
	lumbungCmd(t, "init", dir)
	old := time.Now().Add(-time.Hour)
	if err := filepath.WalkDir(filepath.Join(dir, "rilis"), func(path string, _ fs.DirEntry, err error) error {
		old = old.Add(time.Duration(1-i%3) * time.Minute)
		if err != nil {
			return err
		}
		return os.Chtimes(path, old, old)
	}); err != nil {
		t.Fatal(err)
	}
	args := []string{bin, "run", "--project", dir, "--quiet"}
	if i%2 == 0 { // DuckDB counts the cores that it may use
		args = append([]string{"taskset", "--cpu-list", "0"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "TZ="+zone, fmt.Sprintf("GOMAXPROCS=%d", 1+i%4))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var b strings.Builder
	fmt.Fprintln(&b, "content", content(t, dir))
	for _, root := range []string{filepath.Join(dir, "data", "stage"), filepath.Join(dir, "data", "current", "marts")} {
		root, err := filepath.EvalSymlinks(root)
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".parquet") {
				return err
			}
			file, err := os.ReadFile(path)
			rel, _ := filepath.Rel(root, path)
			fmt.Fprintf(&b, "%s %x\n", rel, sha256.Sum256(file))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
