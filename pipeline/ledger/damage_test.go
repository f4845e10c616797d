package ledger

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestDamagedFilesAreRefusedAndKept(t *testing.T) {
	good := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, good)
	for range 200 { // more than a few pages
		if _, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(from, to int) []byte {
		out := bytes.Clone(text)
		for i := from; i < to; i++ {
			out[i] ^= 0xff
		}
		return out
	}
	cases := map[string][]byte{
		"empty":          {},
		"cut header":     text[:50],
		"cut in half":    text[:len(text)/2],
		"text":           bytes.Repeat([]byte("catatan\n"), 1000),
		"page 1 garbage": flip(100, 4096),
		"page 2 garbage": flip(4096, 8192),
		"last page":      flip(len(text)-4096, len(text)),
		"other program":  append(append(bytes.Clone(text[:68]), 0, 0, 0, 1), text[72:]...),
		"version 0":      append(append(bytes.Clone(text[:60]), 0, 0, 0, 0), text[64:]...),
	}
	for name, content := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger.db")
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), path, time.Now)
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Fatalf("want a DamagedError, got %v", err)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(after, content) {
				t.Errorf("the damaged file was changed (%v)", err)
			}
		})
	}
}

func TestNewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	know := len(migrations())
	if _, err := l.db.Exec("PRAGMA user_version = " + strconv.Itoa(know+1)); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*Ledger, error){
		"to write": func() (*Ledger, error) { return Open(t.Context(), path, time.Now) },
		"to read":  func() (*Ledger, error) { return OpenReadOnly(t.Context(), path) },
	} {
		_, err := open()
		var newer *NewerError
		if !errors.As(err, &newer) || newer.Found != know+1 || newer.Know != know {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOlderVersionIsMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	run, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"})
	if err != nil {
		t.Fatal(err)
	}
	// Version 1 is what schema1 makes: without the tables of later steps.
	if _, err := l.db.Exec("DROP TABLE revisions; DROP TABLE listings; DROP TABLE breakers; DROP TABLE partials; DROP TABLE answers; DROP TABLE bundles; DROP TABLE notices; PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(t.Context(), path); err == nil {
		t.Error("an older ledger was opened for reading as if it were a new one")
	}
	again := openTest(t, path)
	if got, _, err := again.Run(t.Context(), run.ID); err != nil || got.Outcome != Running {
		t.Errorf("the run before: %+v (%v)", got, err)
	}
	if _, err := again.Revisions(t.Context(), ""); err != nil {
		t.Error(err)
	}
}
