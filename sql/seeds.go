package sql

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path"
	"strings"
)

// A Seed is a small table that no release carries, loaded as a relation whose columns are all text; models cast.
type Seed struct {
	Name    string     // relation: "seed_" + the file name without .csv
	Columns []string   // from the heading row
	Rows    [][]string // one text per column; "" means no value
}

// Seeds reads all embedded seeds, sorted by name. An error names the file and, from the CSV reader, the line.
func Seeds() ([]Seed, error) {
	entries, err := files.ReadDir("seeds")
	if err != nil {
		return nil, fmt.Errorf("seeds: %w", err)
	}
	var seeds []Seed
	for _, entry := range entries {
		text, err := files.ReadFile(path.Join("seeds", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("seed %s: %w", entry.Name(), err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("sql/seeds/%s: %w", entry.Name(), err)
		}
		if len(rows) < 2 {
			return nil, fmt.Errorf("sql/seeds/%s: no rows below the heading row", entry.Name())
		}
		seeds = append(seeds, Seed{
			Name:    "seed_" + strings.TrimSuffix(entry.Name(), ".csv"),
			Columns: rows[0],
			Rows:    rows[1:],
		})
	}
	return seeds, nil
}
