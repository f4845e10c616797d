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
		return db.Exec(ctx, "CREATE VIEW "+scratch+Ident(name)+" AS "+emptySelect(columns))
	}
	err := db.Exec(ctx, "CREATE VIEW "+scratch+Ident(name)+" AS SELECT "+names(columns)+" FROM "+parquet(paths))
	if err != nil {
		return fmt.Errorf("relation %s: %w", name, err)
	}
	return nil
}

// names lists columns as SQL does.
func names(columns []Column) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = Ident(c.Name)
	}
	return strings.Join(quoted, ", ")
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
	if err := db.Exec(ctx, "CREATE TABLE "+scratch+Ident(name)+" AS "+emptySelect(columns)); err != nil {
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

// place is what stands before the name of a relation that is made.
func place(temporary bool) string {
	if temporary {
		return scratch
	}
	return ""
}

// Built is what making a relation took.
type Built struct {
	Rows     int64
	Duration time.Duration
}

// Table makes a table of a SELECT; temporary ones do not stay in the warehouse.
func (db *DB) Table(ctx context.Context, name, query string, temporary bool) (Built, error) {
	start := time.Now()
	if err := db.Exec(ctx, "CREATE TABLE "+place(temporary)+Ident(name)+" AS "+query); err != nil {
		return Built{}, fmt.Errorf("model %s: %w", name, err)
	}
	n, err := db.Count(ctx, name)
	return Built{n, time.Since(start)}, err
}

// View makes a view of a SELECT; temporary ones do not stay in the warehouse.
func (db *DB) View(ctx context.Context, name, query string, temporary bool) error {
	if err := db.Exec(ctx, "CREATE VIEW "+place(temporary)+Ident(name)+" AS "+query); err != nil {
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
