package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

// What a stranger has named can be seen and removed, whatever bytes the name has.
func TestNamesThatAreNoText(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "d", "\xff"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "d", "\xff", "\xfe"), nil, 0o644))
	fsys, err := OS(dir)
	must(t, err)
	defer func() { must(t, fsys.Close()) }()
	seen := 0
	must(t, Walk(t.Context(), fsys, "d", func(string, fs.FileInfo) error { seen++; return nil }))
	if seen != 2 {
		t.Errorf("%d names seen, 2 are there", seen)
	}
	must(t, RemoveAll(fsys, "d"))
	if _, err := os.Lstat(filepath.Join(dir, "d")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
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
