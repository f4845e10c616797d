// Package realdata finds the real releases, which tests and the sample's
// generator read. They are no part of the repository.
package realdata

import (
	"fmt"
	"os"
	"path/filepath"
)

// TB is what Dir needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Dir is the folder of the real releases, or what lies at names below it.
// Without it the test is skipped, in CI it fails.
func Dir(t TB, names ...string) string {
	t.Helper()
	dir, err := Find()
	if err == nil {
		dir = filepath.Join(append([]string{dir}, names...)...)
		_, err = os.Stat(dir)
	}
	switch {
	case err == nil:
		return dir
	case os.Getenv("CI") == "true":
		t.Fatalf("real data are required in CI: %v; set LUMBUNG_REAL_DATA to their folder", err)
	}
	t.Skipf("no real data: %v; set LUMBUNG_REAL_DATA to their folder", err)
	return ""
}

// Files lists the files below the real releases that match a pattern; none is a failure.
func Files(t TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(Dir(t), filepath.FromSlash(pattern)))
	if err != nil || len(found) == 0 {
		t.Fatalf("no files %s among the real data (%v)", pattern, err)
	}
	return found
}

// Find is the folder of the real releases, as an absolute path: the one that
// LUMBUNG_REAL_DATA names, else the one beside the repository. The error says where there is none.
func Find() (string, error) {
	dir := os.Getenv("LUMBUNG_REAL_DATA")
	if dir == "" {
		root, err := Repository()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "..", "shared", "data", "real")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	_, err = os.Stat(abs)
	return abs, err
}

// Repository is the folder with go.mod above the working directory.
func Repository() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("repository root: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("repository root: no go.mod in %s or above; run inside the checkout", start)
		}
	}
}
