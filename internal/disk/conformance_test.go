package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"lumbung/internal/closing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everyFS runs a test against each implementation.
func everyFS(t *testing.T, test func(t *testing.T, fsys FS)) {
	t.Run("os", func(t *testing.T) { test(t, newOS(t)) })
	t.Run("mem", func(t *testing.T) { test(t, NewMem()) })
	t.Run("faulty without faults", func(t *testing.T) { test(t, NewFaulty(NewMem(), nil)) })
	t.Run("crash clone", func(t *testing.T) { test(t, NewMem().CrashClone(0, nil)) })
}

func newOS(t *testing.T) *Root {
	t.Helper()
	r, err := OS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, r)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func write(t *testing.T, fsys FS, name, text string) {
	t.Helper()
	f, err := fsys.Create(name, 0o644)
	must(t, err)
	_, err = f.Write([]byte(text))
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

func content(t *testing.T, fsys FS, name string) string {
	t.Helper()
	text, err := ReadFile(fsys, name, 1<<20)
	must(t, err)
	return string(text)
}

func list(t *testing.T, fsys FS, dir string) string {
	t.Helper()
	entries, err := fsys.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestFiles(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		write(t, fsys, "a", "satu dua")
		_, err := fsys.Create("a", 0o644)
		wantErr(t, "create twice", err, fs.ErrExist)
		_, err = fsys.Open("b")
		wantErr(t, "open a missing file", err, fs.ErrNotExist)
		f, err := fsys.Open("a")
		must(t, err)
		p := make([]byte, 3)
		n, err := f.ReadAt(p, 5)
		if n != 3 || string(p) != "dua" || err != nil {
			t.Errorf("ReadAt: %d %q %v", n, p, err)
		}
		n, err = f.ReadAt(p, 6)
		if n != 2 || err != io.EOF {
			t.Errorf("ReadAt beyond the end: %d %v", n, err)
		}
		if _, err := f.Write([]byte("x")); err == nil {
			t.Error("a file opened for reading was written")
		}
		info, err := f.Stat()
		must(t, err)
		if info.Size() != 8 || !info.Mode().IsRegular() {
			t.Errorf("stat: %d bytes, %v", info.Size(), info.Mode())
		}
		must(t, f.Close())
		wantErr(t, "close twice", f.Close(), fs.ErrClosed)
		must(t, fsys.Chmod("a", 0o400))
		info, err = fsys.Lstat("a")
		must(t, err)
		if info.Mode().Perm() != 0o400 {
			t.Errorf("mode %v", info.Mode())
		}
	})
}

func TestDirectories(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		must(t, MkdirAll(fsys, "d/e", 0o755))
		must(t, MkdirAll(fsys, "d/e", 0o755))
		wantErr(t, "mkdir twice", fsys.Mkdir("d", 0o755), fs.ErrExist)
		write(t, fsys, "d/e/z", "z")
		write(t, fsys, "d/e/a", "a")
		if got := list(t, fsys, "d/e"); got != "a z" {
			t.Errorf("listing %q", got)
		}
		if err := fsys.Remove("d/e"); err == nil {
			t.Error("a full directory was removed")
		}
		wantErr(t, "mkdir over a file", MkdirAll(fsys, "d/e/a", 0o755), fs.ErrExist)
		if err := MkdirAll(fsys, "d/e/a/b", 0o755); err == nil {
			t.Error("a directory was made in a file")
		}
		must(t, fsys.SyncDir("d/e"))
		var visited []string
		must(t, Walk(t.Context(), fsys, "d", func(name string, _ fs.FileInfo) error {
			visited = append(visited, name)
			return nil
		}))
		if got := strings.Join(visited, " "); got != "d/e/a d/e/z d/e" {
			t.Errorf("walk %q", got)
		}
		must(t, RemoveAll(fsys, "d"))
		must(t, RemoveAll(fsys, "d"))
		wantErr(t, "after RemoveAll", fsys.SyncDir("d"), fs.ErrNotExist)
	})
}

func TestRename(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		write(t, fsys, "a", "baru")
		write(t, fsys, "b", "lama")
		must(t, fsys.Rename("a", "b"))
		if got := content(t, fsys, "b"); got != "baru" {
			t.Errorf("content %q", got)
		}
		wantErr(t, "the old name", fsys.Rename("a", "c"), fs.ErrNotExist)
		must(t, MkdirAll(fsys, "d/sub", 0o755))
		must(t, MkdirAll(fsys, "e/sub", 0o755))
		if err := fsys.Rename("d", "e"); err == nil {
			t.Error("a full directory was replaced")
		}
		if err := fsys.Rename("b", "e"); err == nil {
			t.Error("a directory was replaced by a file")
		}
		must(t, fsys.Rename("d", "f"))
		if got := list(t, fsys, "f"); got != "sub" {
			t.Errorf("moved directory has %q", got)
		}
	})
}

func TestLocks(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		write(t, fsys, "a", "")
		one, err := fsys.Lock("a", false)
		must(t, err)
		two, err := fsys.Lock("a", false)
		must(t, err)
		_, err = fsys.Lock("a", true)
		wantErr(t, "exclusive beside shared", err, ErrBusy)
		must(t, one.Close())
		must(t, two.Close())
		three, err := fsys.Lock("a", true)
		must(t, err)
		_, err = fsys.Lock("a", false)
		wantErr(t, "shared beside exclusive", err, ErrBusy)
		must(t, three.Close())
		wantErr(t, "release twice", three.Close(), fs.ErrClosed)
		_, err = fsys.Lock("b", true)
		wantErr(t, "lock of a missing file", err, fs.ErrNotExist)
	})
}

func TestIdentity(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		id := func(name string) ID {
			info, err := fsys.Lstat(name)
			must(t, err)
			id, ok := IDOf(info)
			if !ok {
				t.Fatal("no identity")
			}
			return id
		}
		write(t, fsys, "a", "satu")
		write(t, fsys, "b", "satu")
		first := id("a")
		if first != id("a") || first == id("b") {
			t.Error("identity is not the file's own")
		}
		must(t, fsys.Rename("b", "a"))
		if id("a") == first {
			t.Error("a replaced file kept its identity")
		}
	})
}

func TestReadFileLimit(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		write(t, fsys, "a", "12345")
		_, err := ReadFile(fsys, "a", 4)
		wantErr(t, "5 bytes with a limit of 4", err, ErrTooLarge)
		if got := content(t, fsys, "a"); got != "12345" {
			t.Errorf("content %q", got)
		}
	})
}

func Example() {
	fsys := NewMem()
	if err := WriteFile(fsys, "pesan", []byte("halo"), 0o644); err != nil {
		fmt.Println(err)
	}
	text, err := ReadFile(fsys, "pesan", 100)
	fmt.Println(string(text), err)
	// Output: halo <nil>
}
