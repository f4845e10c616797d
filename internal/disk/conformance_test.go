package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
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
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
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

func TestLinks(t *testing.T) {
	everyFS(t, func(t *testing.T, fsys FS) {
		must(t, fsys.Mkdir("d", 0o755))
		write(t, fsys, "d/a", "a")
		must(t, ReplaceLink(fsys, "d", "current"))
		must(t, ReplaceLink(fsys, "e", "current"))
		target, err := fsys.Readlink("current")
		if err != nil || target != "e" {
			t.Errorf("link to %q (%v)", target, err)
		}
		if got := list(t, fsys, "."); got != "current d" {
			t.Errorf("left over: %q", got)
		}
		must(t, ReplaceLink(fsys, "d", "current"))
		must(t, fsys.Symlink("d/a", "file"))
		_, err = fsys.Open("file")
		wantErr(t, "open through a link", err, ErrSymlink)
		_, err = fsys.Open("current/a")
		wantErr(t, "open below a link", err, ErrSymlink)
		_, err = fsys.ReadDir("current")
		wantErr(t, "list through a link", err, ErrSymlink)
		_, err = fsys.Create("current/b", 0o644)
		wantErr(t, "create below a link", err, ErrSymlink)
		wantErr(t, "chmod through a link", fsys.Chmod("file", 0o777), ErrSymlink)
		wantErr(t, "rename below a link", fsys.Rename("d/a", "current/a"), ErrSymlink)
		wantErr(t, "mkdir over a link", MkdirAll(fsys, "current", 0o755), ErrSymlink)
		_, err = fsys.Lock("file", false)
		wantErr(t, "lock through a link", err, ErrSymlink)
		_, err = fsys.Readlink("d")
		if err == nil {
			t.Error("a directory was read as a link")
		}
		must(t, RemoveAll(fsys, "current"))
		if got := content(t, fsys, "d/a"); got != "a" {
			t.Errorf("removing a link touched its target: %q", got)
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

func TestHostileNames(t *testing.T) {
	names := []string{"", "/", "/etc/passwd", "..", "../a", "d/../../a", "./a", "d/", "d//a", "a\x00b", "\xff", strings.Repeat("x", 300)}
	everyFS(t, func(t *testing.T, fsys FS) {
		must(t, fsys.Mkdir("d", 0o755))
		for _, name := range names {
			_, err := fsys.Create(name, 0o644)
			if err == nil {
				t.Errorf("Create(%q) worked", name)
			}
			if err := fsys.Mkdir(name, 0o755); err == nil {
				t.Errorf("Mkdir(%q) worked", name)
			}
			if err := fsys.Rename("d", name); err == nil {
				t.Errorf("Rename to %q worked", name)
			}
		}
		for _, name := range []string{"CON", "a\nb", "\u202eb", "d/ "} {
			if err := WriteFile(fsys, name, []byte(name), 0o644); err != nil {
				t.Errorf("WriteFile(%q): %v", name, err)
			} else if got := content(t, fsys, name); got != name {
				t.Errorf("%q has %q", name, got)
			}
		}
	})
}

func TestOSStaysInside(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "canary")
	must(t, os.WriteFile(outside, []byte("canary"), 0o644))
	dir := t.TempDir()
	must(t, os.Symlink(outside, filepath.Join(dir, "file")))
	must(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "dir")))
	r, err := OS(dir)
	must(t, err)
	for what, do := range map[string]func() error{
		"open":   func() error { _, err := r.Open("file"); return err },
		"below":  func() error { _, err := r.Open("dir/canary"); return err },
		"create": func() error { _, err := r.Create("dir/new", 0o644); return err },
		"remove": func() error { return r.Remove("dir/canary") },
		"rename": func() error { return r.Rename("dir/canary", "x") },
		"chmod":  func() error { return r.Chmod("file", 0) },
		"list":   func() error { _, err := r.ReadDir("dir"); return err },
		"sync":   func() error { return r.SyncDir("dir") },
	} {
		wantErr(t, what, do(), ErrSymlink)
	}
	must(t, RemoveAll(r, "dir"))
	must(t, r.Close())
	text, err := os.ReadFile(outside)
	if err != nil || string(text) != "canary" {
		t.Errorf("the canary has %q (%v)", text, err)
	}
	if _, err := OS(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing root: %v", err)
	}
	if got := r.Path("a/b"); got != filepath.Join(dir, "a", "b") {
		t.Errorf("path %q", got)
	}
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
