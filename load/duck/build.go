package duck

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Input defines relation name over staged Parquet files, or as an empty one
// with the given columns when there are none. The paths are ours, and their
// hashes have been compared.
func (db *DB) Input(ctx context.Context, name string, columns []Column, paths []string) error {
	if len(paths) == 0 {
		return db.Exec(ctx, "CREATE TEMP VIEW "+Ident(name)+" AS "+emptySelect(columns))
	}
	quoted := make([]string, len(paths))
	for i, p := range paths {
		quoted[i] = Literal(p)
	}
	cast := make([]string, len(columns))
	for i, c := range columns {
		cast[i] = Ident(c.Name)
	}
	err := db.Exec(ctx, fmt.Sprintf("CREATE TEMP VIEW %s AS SELECT %s FROM read_parquet([%s])",
		Ident(name), strings.Join(cast, ", "), strings.Join(quoted, ", ")))
	if err != nil {
		return fmt.Errorf("relation %s: %w", name, err)
	}
	return nil
}

func emptySelect(columns []Column) string {
	cast := make([]string, len(columns))
	for i, c := range columns {
		cast[i] = fmt.Sprintf("CAST(NULL AS %s) AS %s", c.Type, Ident(c.Name))
	}
	return "SELECT " + strings.Join(cast, ", ") + " WHERE false"
}

// Fill makes a small relation of values that we hold ourselves: seeds, the list of releases.
func (db *DB) Fill(ctx context.Context, name string, columns []Column, rows [][]any) error {
	if err := db.Exec(ctx, "CREATE TEMP TABLE "+Ident(name)+" AS "+emptySelect(columns)); err != nil {
		return fmt.Errorf("relation %s: %w", name, err)
	}
	const chunk = 200
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
	for len(rows) > 0 {
		n := min(chunk, len(rows))
		var args []any
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		values := strings.TrimSuffix(strings.Repeat(one+", ", n), ", ")
		if err := db.Exec(ctx, "INSERT INTO "+Ident(name)+" VALUES "+values, args...); err != nil {
			return fmt.Errorf("relation %s: %w", name, err)
		}
		rows = rows[n:]
	}
	return nil
}

// Built is what making a relation took.
type Built struct {
	Rows     int64
	Duration time.Duration
}

// Table makes a table of a SELECT; temporary ones do not stay in the warehouse.
func (db *DB) Table(ctx context.Context, name, query string, temporary bool) (Built, error) {
	start := time.Now()
	kind := "TABLE "
	if temporary {
		kind = "TEMP TABLE "
	}
	if err := db.Exec(ctx, "CREATE "+kind+Ident(name)+" AS "+query); err != nil {
		return Built{}, fmt.Errorf("model %s: %w", name, err)
	}
	n, err := db.Count(ctx, name)
	return Built{n, time.Since(start)}, err
}

// View makes a view of a SELECT; temporary ones do not stay in the warehouse.
func (db *DB) View(ctx context.Context, name, query string, temporary bool) error {
	kind := "VIEW "
	if temporary {
		kind = "TEMP VIEW "
	}
	if err := db.Exec(ctx, "CREATE "+kind+Ident(name)+" AS "+query); err != nil {
		return fmt.Errorf("model %s: %w", name, err)
	}
	return nil
}

// Count counts a relation's rows.
func (db *DB) Count(ctx context.Context, name string) (int64, error) {
	var n int64
	if err := db.sql.QueryRowContext(ctx, "SELECT count(*) FROM "+Ident(name)).Scan(&n); err != nil {
		return 0, fmt.Errorf("rows of %s: %w", name, err)
	}
	return n, nil
}

// Describe lists a relation's columns.
func (db *DB) Describe(ctx context.Context, name string) ([]Column, error) {
	var cols []Column
	err := db.Each(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+Ident(name)+")", nil, nil, func(r []any) error {
		cols = append(cols, Column{fmt.Sprint(r[0]), fmt.Sprint(r[1])})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", name, err)
	}
	return cols, nil
}

// Export writes a relation, or the rows of it for which a column has a value,
// to a new Parquet file, sorted by its key, which is unique in it. Equal rows
// give equal bytes, whatever the threads and the memory: one thread sorts the
// rows into a table, which packs them into full blocks, and writes them from
// there. (COPY of a sorted query, and a table that two threads filled, gave
// other row groups, measured on DuckDB 1.1.2.) It returns the rows written.
func (db *DB) Export(ctx context.Context, name, path string, key []string, column string, value int64) (int64, error) {
	order := make([]string, len(key))
	for i, k := range key {
		order[i] = Ident(k) + " NULLS LAST"
	}
	where := ""
	if column != "" {
		where = fmt.Sprintf(" WHERE %s = %d", Ident(column), value)
	}
	for _, s := range []string{
		"SET threads=1",
		fmt.Sprintf("CREATE TEMP TABLE _terurut AS SELECT * FROM %s%s ORDER BY %s", Ident(name), where, strings.Join(order, ", ")),
		fmt.Sprintf("COPY _terurut TO %s (FORMAT PARQUET, COMPRESSION ZSTD, ROW_GROUP_SIZE 122880)", Literal(path)),
	} {
		if err := db.Exec(ctx, s); err != nil {
			return 0, fmt.Errorf("export of %s: %w", name, err)
		}
	}
	n, err := db.Count(ctx, "_terurut")
	if err != nil {
		return 0, err
	}
	if err := db.Exec(ctx, "DROP TABLE _terurut"); err != nil {
		return 0, err
	}
	return n, db.Exec(ctx, fmt.Sprintf("SET threads=%d", db.threads))
}

// Values lists the different values of a whole-number column, in order. A null
// among them is an error: its rows would belong to no file.
func (db *DB) Values(ctx context.Context, name, column string) ([]int64, error) {
	var out []int64
	query := fmt.Sprintf("SELECT DISTINCT CAST(%s AS BIGINT) FROM %s ORDER BY 1", Ident(column), Ident(name))
	err := db.Each(ctx, query, nil, nil, func(r []any) error {
		v, ok := r[0].(int64)
		if !ok {
			return fmt.Errorf("%s.%s has rows without a value", name, column)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}
