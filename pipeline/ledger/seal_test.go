package ledger

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// sealed is a ledger with some history, closed.
func sealed(t *testing.T) (path string, text, sum []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ledger.db")
	l, err := Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		run, _, err := l.BeginRun(t.Context(), Start{Pipeline: "kukar"})
		if err == nil {
			err = l.FinishRun(t.Context(), run.ID, End{Outcome: Unchanged})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return path, read(t, path), read(t, path+sealSuffix)
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// reopen opens and closes a ledger.
func reopen(t *testing.T, path string) error {
	t.Helper()
	l, err := Open(t.Context(), path, time.Now)
	if err != nil {
		return err
	}
	return l.Close()
}

// One flipped bit anywhere in the ledger or its seal is found; every 397th of the ledger is tried.
func TestFlippedBitsAreFound(t *testing.T) {
	path, text, sum := sealed(t)
	try := func(name string, good []byte, bit int) {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(name, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := reopen(t, path); err == nil {
			t.Errorf("%s: bit %d flipped, and nobody noticed", filepath.Base(name), bit)
			if err := os.WriteFile(path+sealSuffix, sum, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for bit := 0; bit < 8*len(text); bit += 397 {
		try(path, text, bit)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(sum) {
		try(path+sealSuffix, sum, bit)
	}
}

// A seal of another count says nothing: after a death before Close, after a
// backup was put back, after the ledger was moved away.
func TestSealOfAnotherCount(t *testing.T) {
	path, text, _ := sealed(t)
	die := func(pipeline string) {
		l, err := Open(t.Context(), path, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = l.BeginRun(t.Context(), Start{Pipeline: pipeline})
		if err := errors.Join(err, l.db.Close()); err != nil { // as a killed process does
			t.Fatal(err)
		}
	}
	die("kukar")
	if err := reopen(t, path); err != nil {
		t.Errorf("after a death: %v", err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	die("lain") // the count is that of the seal again, the content is another
	if err := reopen(t, path); err != nil {
		t.Errorf("after a backup was put back: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := reopen(t, path); err != nil {
			t.Errorf("after the ledger was moved away: %v", err)
		}
	}
}

func TestReadersDoNotSeal(t *testing.T) {
	path, _, _ := sealed(t)
	if err := os.Remove(path + sealSuffix); err != nil {
		t.Fatal(err)
	}
	l, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + sealSuffix); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a reader wrote a seal: %v", err)
	}
}

func TestSweepLeavesNothingUnfinished(t *testing.T) {
	path, _, _ := sealed(t)
	left := filepath.Join(filepath.Dir(path), ".tmp-ledger.db.sum-123")
	other := filepath.Join(filepath.Dir(path), ".tmp-unduhan")
	for _, name := range []string{left, other} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Sweep(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", left, err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("a stranger's file: %v", err)
	}
}
