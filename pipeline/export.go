package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/sql"
)

// exports write every mart as Parquet: one file, or one for each year where
// the year is part of the key, cut into several where it has more rows than a row group. The year stays a column of the file and is no
// part of a hive path: with both, pandas and Arrow refuse the folder. Marts
// are written beside one another and beside models, the widest first, which takes longest; the files of one in turn: sorting and
// writing a year of the widest mart takes over 100 MB, and two of them at once
// took the peak of the whole run from 410 to 590 MB.
func (w *build) exports() []task {
	var marts []*sql.Model
	for i := range w.m.ordered {
		if m := &w.m.ordered[i]; m.Layer == sql.Marts {
			marts = append(marts, m)
		}
	}
	slices.SortStableFunc(marts, func(a, b *sql.Model) int { return len(b.Header.Columns) - len(a.Header.Columns) })
	var tasks []task
	for _, m := range marts {
		tasks = append(tasks, task{"files of " + m.Name, []string{m.Name}, func(ctx context.Context) error {
			return w.r.steps.do(ctx, "export", m.Name, "", 0, func(func(int64)) (Step, error) {
				files, st, err := w.exportMart(ctx, m)
				w.mu.Lock()
				defer w.mu.Unlock()
				maps.Copy(w.files, files)
				return st, err
			})
		}})
	}
	return tasks
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
func (w *build) exportMart(ctx context.Context, m *sql.Model) (map[string]snapshot.FileInfo, Step, error) {
	st := Step{}
	cols, err := w.db.Describe(ctx, m.Name)
	if err != nil {
		return nil, st, err
	}
	var columns []snapshot.Column
	for _, c := range cols {
		columns = append(columns, snapshot.Column{Name: c.Name, Type: c.Type})
	}
	files, err := w.filesOf(ctx, m, cols)
	if err != nil {
		return nil, st, err
	}
	dir := "marts/" + m.Name
	if err := os.MkdirAll(filepath.Join(w.b.Path(), filepath.FromSlash(dir)), 0o755); err != nil {
		return nil, st, err
	}
	out := map[string]snapshot.FileInfo{}
	for _, f := range files {
		name := dir + "/" + f.Path
		f.Path = filepath.Join(w.b.Path(), filepath.FromSlash(name))
		info := snapshot.FileInfo{Rows: f.Rows, Columns: columns, RowsHash: f.hash}
		copied, err := w.carry(ctx, name, f.Path, &info)
		if err == nil && !copied {
			err = w.db.Export(ctx, f.File)
		}
		if err != nil {
			return nil, st, err
		}
		out[name] = info
		st.Rows += info.Rows
		if copied {
			st.Carried++
		}
	}
	return out, st, nil
}

// carry copies a file of the snapshot before if it holds just the rows that are
// to be written, and says whether it did. It is a copy, not a hard link: a
// damaged block must not take the snapshot that readers fall back to as well.
func (w *build) carry(ctx context.Context, name, path string, info *snapshot.FileInfo) (bool, error) {
	if w.before == nil || info.RowsHash == "" {
		return false, nil
	}
	old, ok := w.before.Manifest.File(name)
	if !ok || old.RowsHash != info.RowsHash || old.Rows != info.Rows || !slices.Equal(old.Columns, info.Columns) {
		return false, nil
	}
	from, err := w.before.File(ctx, name)
	var damaged *snapshot.DamagedError
	if errors.As(err, &damaged) {
		return false, nil // written anew
	}
	if err != nil {
		return false, err
	}
	info.SHA256 = old.SHA256 // compared when the build is sealed
	return true, copyFile(from, path)
}

// copyFile copies a file; where the file system can, the copy shares its blocks.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// martFile is a file to be written, with the hash of the rows of its year, or of all.
type martFile struct {
	duck.File
	hash string
}

// filesOf lists the files of a mart, with paths inside its folder. Rows of which nothing changed are those of the
// manifest before; the others are counted and hashed.
func (w *build) filesOf(ctx context.Context, m *sql.Model, columns []duck.Column) ([]martFile, error) {
	column := yearColumn(m)
	known, only := w.unchangedFiles(m, column)
	rows := known
	if known == nil || only != nil {
		made, err := w.db.Slices(ctx, m.Name, column, columns, only)
		if err != nil {
			return nil, err
		}
		rows = append(rows, made...)
	}
	if len(rows) == 0 { // an empty mart is one file too, so that readers find its columns
		column, rows = "", []duck.Slice{{}}
	}
	var files []martFile
	for _, s := range rows {
		if s.Null {
			return nil, fmt.Errorf("%s.%s has rows without a value", m.Name, column)
		}
		name := m.Name
		if column != "" {
			name = strconv.FormatInt(s.Value, 10)
		}
		cut, err := w.db.Cut(ctx, duck.File{Relation: m.Name, Path: name + ".parquet", Key: m.Header.Key, Column: column, Value: s.Value, Rows: s.Rows})
		if err != nil {
			return nil, err
		}
		for _, f := range cut {
			files = append(files, martFile{f, s.Hash})
		}
	}
	return files, nil
}

// unchangedFiles gives what the manifest before says of the rows that were carried, and which rows were not; nil and nil
// when all have to be looked at.
func (w *build) unchangedFiles(m *sql.Model, column string) (known []duck.Slice, only *duck.Part) {
	w.mu.Lock()
	c := w.made[m.Name]
	w.mu.Unlock()
	apart := m.Header.Partition != nil && m.Header.Partition.Column == column
	if w.old == nil || !c.none() && (!apart || slices.Contains(c.anew, "")) { // "": made as a whole
		return nil, nil
	}
	for _, f := range w.before.Files("marts/" + m.Name) {
		part, _, _ := strings.Cut(strings.TrimSuffix(path.Base(f.Name), ".parquet"), "-") // one of several
		value, err := strconv.ParseInt(part, 10, 64)
		if f.RowsHash == "" || (err == nil) != (column != "") {
			return nil, nil // an empty mart has one file, whatever its column
		}
		if slices.Contains(c.anew, part) || slices.Contains(c.gone, part) {
			continue
		}
		if at := slices.IndexFunc(known, func(s duck.Slice) bool { return s.Value == value }); at >= 0 {
			known[at].Rows += f.Rows
			continue
		}
		known = append(known, duck.Slice{Value: value, Rows: f.Rows, Hash: f.RowsHash})
	}
	if c.none() {
		return known, nil
	}
	p := partOf(column, c.anew)
	return known, &p
}
