package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// rowGroup is how many rows a row group of an exported file has at most.
const rowGroup = 122_880

// File is a Parquet file to be written from a relation.
type File struct {
	Relation string
	Path     string   // must not exist yet
	Key      []string // unique in the relation; the rows are sorted by it
	Column   string   // with Value: only the rows in which this column has it; "" for all
	Value    int64
	Rows     int64 // how many there are, from Slices or Count
	// From and Until bound the first key that is not Column, for a file cut by Cut: from From on, before Until.
	From, Until any
}

// Cut cuts a file of more rows than a row group has into several, in order of the key and named PATH-1 and so on without
// the ending, so that no more than a row group is ever sorted at once. One whose first key is neither whole numbers nor
// text stays as it is.
func (db *DB) Cut(ctx context.Context, f File) ([]File, error) {
	key := f.first()
	if f.Rows <= rowGroup || key == "" {
		return []File{f}, nil
	}
	ext := filepath.Ext(f.Path)
	var files []File
	next := func(from any) {
		part := f
		part.Path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(f.Path, ext), len(files)+1, ext)
		part.From, part.Rows = from, 0
		files = append(files, part)
	}
	next(nil)
	whole := false
	query := fmt.Sprintf("SELECT %s, count(*) FROM %s%s GROUP BY 1 ORDER BY 1 NULLS LAST", Ident(key), Ident(f.Relation), f.where())
	err := db.Each(ctx, query, nil, nil, func(r []any) error {
		n, _ := r[1].(int64)
		last := &files[len(files)-1]
		if r[0] != nil && bound(r[0]) == "" {
			whole = true
			return nil
		}
		if r[0] != nil && last.Rows > 0 && last.Rows+n > rowGroup { // rows without a value stay in the last file
			last.Until = r[0]
			next(r[0])
			last = &files[len(files)-1]
		}
		last.Rows += n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("export of %s: %w", f.Relation, err)
	}
	if whole {
		return []File{f}, nil
	}
	return files, nil
}

// first is the first key that differs within the file.
func (f *File) first() string {
	for _, k := range f.Key {
		if k != f.Column {
			return k
		}
	}
	return ""
}

// bound writes a value of a key as SQL, "" for one of a type that is not cut by.
func bound(v any) string {
	switch v := v.(type) {
	case int8, int16, int32, int64:
		return fmt.Sprint(v)
	case string:
		return Literal(v)
	}
	return ""
}

// where is the clause that finds the file's rows.
func (f *File) where() string {
	var all []string
	if f.Column != "" {
		all = append(all, fmt.Sprintf("%s = %d", Ident(f.Column), f.Value))
	}
	key := Ident(f.first())
	switch {
	case f.From != nil && f.Until == nil:
		all = append(all, fmt.Sprintf("(%s >= %s OR %s IS NULL)", key, bound(f.From), key))
	case f.From != nil:
		all = append(all, key+" >= "+bound(f.From))
	}
	if f.Until != nil {
		all = append(all, key+" < "+bound(f.Until))
	}
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}

// Slice is one value of a column and the rows that have it.
type Slice struct {
	Value, Rows int64
	Null        bool // the rows without a value
	// Hash is equal for equal rows in any order, "" without rows, and holds DuckDB's
	// version: with it a file that Export wrote stands for these rows. Each row's
	// hash has 64 bits, and what is added up is the hash of that: the first alone
	// would let two rows change their last values unseen once in 10^8 times.
	Hash string
}

// Slices counts the rows for each value of a whole-number column, in order; for
// column "" all rows are one slice. With only, it looks at these rows alone.
func (db *DB) Slices(ctx context.Context, name, column string, columns []Column, only *Part) ([]Slice, error) {
	var out []Slice
	value := "0"
	if column != "" {
		value = Ident(column)
	}
	where := ""
	if only != nil {
		where = " WHERE " + only.where()
	}
	query := fmt.Sprintf("SELECT CAST(%s AS BIGINT), count(*), version() || ' ' || sum(hash(hash(%s))) FROM %s%s GROUP BY 1 ORDER BY 1 NULLS LAST",
		value, names(columns), Ident(name), where)
	err := db.Each(ctx, query, nil, nil, func(r []any) error {
		v, ok := r[0].(int64)
		n, counted := r[1].(int64)
		hash, hashed := r[2].(string)
		if !counted || !hashed {
			return fmt.Errorf("%s: no count or hash of its rows", name)
		}
		out = append(out, Slice{v, n, !ok, hash})
		return nil
	})
	return out, err
}

// Checkpoint writes the tables into the file: what lies there can leave memory.
func (db *DB) Checkpoint(ctx context.Context) error {
	if err := db.Exec(ctx, "CHECKPOINT"); err != nil {
		return fmt.Errorf("warehouse %s: checkpoint: %w", db.path, err)
	}
	return nil
}

// Export writes a file, sorted by its key, and may be called from several
// goroutines. Equal rows give equal bytes, whatever the threads and the memory. A file of one row group is written from
// the sorted query. For a longer one the rows are first sorted into a table by
// one thread, which packs them into full blocks: COPY of a sorted query, and
// of a table that two threads filled, gave other row groups from run to run
// (measured on DuckDB 1.1.2).
func (db *DB) Export(ctx context.Context, f File) error {
	if f.Rows > rowGroup {
		db.long.Lock() // the sorted table and a row group of each column: one such file at a time
		defer db.long.Unlock()
	}
	c, err := db.sql.Conn(ctx) // temporary tables belong to one connection
	if err != nil {
		return fmt.Errorf("export of %s: %w", f.Relation, err)
	}
	n, err := f.write(ctx, c)
	if err == nil && n != f.Rows {
		err = fmt.Errorf("%d rows written, %d are there", n, f.Rows)
	}
	if err = errors.Join(err, c.Close()); err != nil {
		return fmt.Errorf("export of %s: %w", f.Relation, err)
	}
	return nil
}

func (f *File) write(ctx context.Context, c *sql.Conn) (n int64, err error) {
	if f.Rows <= rowGroup {
		return f.copy(ctx, c, "("+f.sorted()+")")
	}
	if _, err := c.ExecContext(ctx, "CREATE TEMP TABLE _terurut AS "+f.sorted()); err != nil {
		return 0, err
	}
	if n, err = f.copy(ctx, c, "_terurut"); err != nil {
		return 0, err
	}
	_, err = c.ExecContext(ctx, "DROP TABLE _terurut")
	return n, err
}

func (f *File) sorted() string {
	order := make([]string, len(f.Key))
	for i, k := range f.Key {
		order[i] = Ident(k) + " NULLS LAST"
	}
	return fmt.Sprintf("SELECT * FROM %s%s ORDER BY %s", Ident(f.Relation), f.where(), strings.Join(order, ", "))
}

func (f *File) copy(ctx context.Context, c *sql.Conn, from string) (int64, error) {
	var n int64
	err := c.QueryRowContext(ctx, fmt.Sprintf("COPY %s TO %s (FORMAT PARQUET, COMPRESSION ZSTD, ROW_GROUP_SIZE %d)",
		from, Literal(f.Path), rowGroup)).Scan(&n)
	return n, err
}
