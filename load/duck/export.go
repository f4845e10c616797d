package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	where := ""
	if f.Column != "" {
		where = fmt.Sprintf(" WHERE %s = %d", Ident(f.Column), f.Value)
	}
	return fmt.Sprintf("SELECT * FROM %s%s ORDER BY %s", Ident(f.Relation), where, strings.Join(order, ", "))
}

func (f *File) copy(ctx context.Context, c *sql.Conn, from string) (int64, error) {
	var n int64
	err := c.QueryRowContext(ctx, fmt.Sprintf("COPY %s TO %s (FORMAT PARQUET, COMPRESSION ZSTD, ROW_GROUP_SIZE %d)",
		from, Literal(f.Path), rowGroup)).Scan(&n)
	return n, err
}
