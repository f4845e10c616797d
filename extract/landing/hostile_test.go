package landing

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/internal/disk"
)

func TestHostileHashes(t *testing.T) {
	s := Open(disk.NewMem(), "raw")
	up := strings.ToUpper(hashOf("rilis"))
	for _, sha := range []string{"", "..", "../../etc/passwd", hashOf("a")[:63], hashOf("a") + "0", up, strings.Repeat("/", 64), strings.Repeat("\x00", 64)} {
		if _, err := s.Open(t.Context(), sha); err == nil {
			t.Errorf("Open(%q) worked", sha)
		}
		if _, err := s.Has(context.Background(), sha); err == nil {
			t.Errorf("Has(%q) worked", sha)
		}
	}
}

func TestPlantedLinks(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary")
	must(t, os.WriteFile(canary, []byte("canary"), 0o600))
	plant := map[string]func(fsys *disk.Root) error{
		"raw":    func(fsys *disk.Root) error { return fsys.Symlink(filepath.Dir(canary), "raw") },
		"bucket": func(fsys *disk.Root) error { return below(fsys, filepath.Dir(canary), "raw/"+hashOf("rilis")[:2]) },
		"object": func(fsys *disk.Root) error { return below(fsys, canary, nameOf("rilis")) },
		"inside": func(fsys *disk.Root) error { return below(fsys, "../../other", nameOf("rilis")) },
	}
	for name, plant := range plant {
		t.Run(name, func(t *testing.T) {
			fsys := newOS(t, t.TempDir())
			must(t, disk.WriteFile(fsys, "other", []byte("rilis"), 0o600))
			must(t, plant(fsys))
			s := Open(fsys, "raw")
			if _, err := s.Put(t.Context(), strings.NewReader("rilis"), Expect{}); !errors.Is(err, disk.ErrSymlink) {
				t.Errorf("Put: %v", err)
			}
			if _, err := s.Open(t.Context(), hashOf("rilis")); !errors.Is(err, disk.ErrSymlink) {
				t.Errorf("Open: %v", err)
			}
			entries, err := os.ReadDir(filepath.Dir(canary))
			if text, rerr := os.ReadFile(canary); err != nil || rerr != nil || len(entries) != 1 || string(text) != "canary" {
				t.Errorf("outside: %v, %q (%v, %v)", entries, text, err, rerr)
			}
		})
	}
}

func below(fsys disk.FS, target, name string) error {
	if err := disk.MkdirAll(fsys, filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return fsys.Symlink(target, name)
}
