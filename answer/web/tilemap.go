package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// tileMap places the kecamatan of a kabupaten on a grid that follows their rough position.
type tileMap struct {
	Area    string          `json:"kode"`
	Note    [2]string       `json:"catatan"` // Indonesian, English
	Columns int             `json:"kolom"`
	Rows    int             `json:"baris"`
	Places  map[string]cell `json:"petak"` // by dotted code
}

// cell is a place on the grid, from 1.
type cell struct {
	Column int `json:"k"`
	Row    int `json:"b"`
}

// readTiles reads the grids, by the code of their area.
func readTiles(fsys embed.FS) (map[string]tileMap, error) {
	files, err := fs.Glob(fsys, "petak/*.json")
	if err != nil {
		return nil, err
	}
	out := map[string]tileMap{}
	for _, name := range files {
		b, err := fsys.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var m tileMap
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[m.Area] = m
	}
	return out, nil
}
