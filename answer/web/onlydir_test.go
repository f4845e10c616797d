package web

import (
	"io/fs"
	"os"
	"path/filepath"
)

// onlyDir is the folder of snapshots with a single one in it.
func onlyDir(dataDir, id string) fs.FS {
	return single{os.DirFS(filepath.Join(dataDir, "snapshots")), id}
}

type single struct {
	fs.FS
	name string
}

func (s single) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(s.FS, name)
	if name != "." || err != nil {
		return list, err
	}
	var out []fs.DirEntry
	for _, e := range list {
		if e.Name() == s.name {
			out = append(out, e)
		}
	}
	return out, nil
}
