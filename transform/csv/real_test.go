package csv

import (
	"os"
	"path/filepath"
	"testing"
)

// real gives a folder of the real data, which is not part of the repository.
func real(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("LUMBUNG_REAL_DATA")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for !isFile(filepath.Join(root, "go.mod")) {
			if root == filepath.Dir(root) {
				t.Fatal("no go.mod above the test")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "data", "real")
	}
	dir = filepath.Join(dir, name)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real data is required here: %v", err)
		}
		t.Skipf("without real data: %v", err)
	}
	return dir
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// files lists the files that match a pattern under a folder of the real data.
func files(t testing.TB, name, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(real(t, name), pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: no files %s (%v)", name, pattern, err)
	}
	return found
}
