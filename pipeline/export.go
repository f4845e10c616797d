package pipeline

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/sql"
)

// export writes every mart as Parquet: one file, or one for each year where
// the year is part of the key. The year stays a column of the file and is no
// part of a hive path: with both, pandas and Arrow refuse the folder. Marts
// are written beside one another, the files of one in turn: sorting and
// writing a year of the widest mart takes over 100 MB, and two of them at once
// took the peak of the whole run from 410 to 590 MB.
func (w *build) export(ctx context.Context) error {
	if err := w.db.Checkpoint(ctx); err != nil {
		return err
	}
	var mu sync.Mutex // guards w.files
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(w.db.AtOnce())
	for i := range w.m.ordered {
		m := &w.m.ordered[i]
		if m.Layer != sql.Marts {
			continue
		}
		g.Go(func() error {
			return w.r.steps.do(gctx, "export", m.Name, "", 0, func(func(int64)) (Step, error) {
				files, rows, err := w.exportMart(gctx, m)
				mu.Lock()
				defer mu.Unlock()
				maps.Copy(w.files, files)
				return Step{Rows: rows}, err
			})
		})
	}
	return g.Wait()
}

// yearColumn is the column by which a mart's files are split, "" for none.
func yearColumn(m *sql.Model) string {
	for _, k := range m.Header.Key {
		if k == "tahun" || k == "tahun_ke" {
			return k
		}
	}
	return ""
}

// exportMart writes the files of one mart and describes them by their names in the snapshot.
func (w *build) exportMart(ctx context.Context, m *sql.Model) (map[string]snapshot.FileInfo, int64, error) {
	cols, err := w.db.Describe(ctx, m.Name)
	if err != nil {
		return nil, 0, err
	}
	var columns []snapshot.Column
	for _, c := range cols {
		columns = append(columns, snapshot.Column{Name: c.Name, Type: c.Type})
	}
	files, err := w.filesOf(ctx, m)
	if err != nil {
		return nil, 0, err
	}
	dir := "marts/" + m.Name
	if err := os.MkdirAll(filepath.Join(w.b.Path(), filepath.FromSlash(dir)), 0o755); err != nil {
		return nil, 0, err
	}
	out := map[string]snapshot.FileInfo{}
	var total int64
	for _, f := range files {
		name := dir + "/" + f.Path
		f.Path = filepath.Join(w.b.Path(), filepath.FromSlash(name))
		if err := w.db.Export(ctx, f); err != nil {
			return nil, 0, err
		}
		out[name] = snapshot.FileInfo{Rows: f.Rows, Columns: columns}
		total += f.Rows
	}
	return out, total, nil
}

// filesOf lists the files of a mart, with paths inside its folder.
func (w *build) filesOf(ctx context.Context, m *sql.Model) ([]duck.File, error) {
	var files []duck.File
	if column := yearColumn(m); column != "" {
		years, err := w.db.Slices(ctx, m.Name, column)
		if err != nil {
			return nil, err
		}
		for _, y := range years {
			files = append(files, duck.File{Relation: m.Name, Path: strconv.FormatInt(y.Value, 10) + ".parquet", Key: m.Header.Key,
				Column: column, Value: y.Value, Rows: y.Rows})
		}
	}
	if len(files) > 0 {
		return files, nil
	}
	// An empty mart is one file too, so that readers find its columns.
	rows, err := w.db.Count(ctx, m.Name)
	return []duck.File{{Relation: m.Name, Path: m.Name + ".parquet", Key: m.Header.Key, Rows: rows}}, err
}
