package duck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Reopen opens a copy of a finished warehouse to build on it. Relations that do not stay in a warehouse are not there.
func Reopen(ctx context.Context, path string, opt Options) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("warehouse: %w", err)
	}
	if _, err := os.Lstat(path + ".wal"); err == nil {
		return nil, fmt.Errorf("warehouse: %s.wal would be replayed into the build, and no sealed warehouse has one: remove it", path)
	}
	return build(ctx, path, opt)
}

// A Part is the rows of a relation that have some values of a whole-number column.
type Part struct {
	Column string
	Values []int64
	Null   bool // those without a value too
}

func (p Part) where() string {
	texts := make([]string, len(p.Values))
	for i, v := range p.Values {
		texts[i] = strconv.FormatInt(v, 10)
	}
	in := "false"
	if len(texts) > 0 {
		in = Ident(p.Column) + " IN (" + strings.Join(texts, ", ") + ")"
	}
	if p.Null {
		in = "(" + in + " OR " + Ident(p.Column) + " IS NULL)"
	}
	return in
}

// of is a query's rows that belong to the part.
func (p Part) of(query string) string { return "SELECT * FROM (" + query + "\n) WHERE " + p.where() }

// Seen is what a query that makes a part sees of one of its inputs.
type Seen struct {
	Name string
	Part Part
	// Of is the relation whose rows it sees under that name, and Columns are those that Name has: what Of lacks is null.
	// Without Of it sees staged Parquet files.
	Of      string
	Columns []Column
	Paths   []string
}

// Replace deletes a part of a table and fills in the part that a query gives when it sees only some rows of some of its
// inputs. All others it sees as they are.
func (db *DB) Replace(ctx context.Context, table, query string, old, new Part, inputs []Seen) error {
	into := db.home() + Ident(table)
	return db.seeing(ctx, table, inputs, "DELETE FROM "+into+" WHERE "+old.where(), "INSERT INTO "+into+" "+new.of(query))
}

// TableOf makes a table of a part alone, for others to be filled in by Replace.
func (db *DB) TableOf(ctx context.Context, table, query string, part Part, inputs []Seen) error {
	return db.seeing(ctx, table, inputs, "CREATE TABLE "+db.home()+Ident(table)+" AS "+part.of(query))
}

// seeing makes a table, or a part of one, by statements that see only some rows of some inputs: views in a schema of
// their own, which is searched first.
func (db *DB) seeing(ctx context.Context, table string, inputs []Seen, work ...string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("model %s: %w", table, err)
		}
	}()
	schema := scratch + Ident("bagian_"+table)
	// A bare "main" would now be that of the database which is searched first.
	usual := strings.TrimSuffix(db.home(), ".") + "," + scratch + "main"
	statements := []string{"CREATE SCHEMA " + schema}
	for _, in := range inputs {
		query, err := db.seen(ctx, in) // on another connection, of which there may be one only: the own one comes after
		if err != nil {
			return err
		}
		statements = append(statements, "CREATE VIEW "+schema+"."+Ident(in.Name)+" AS "+query+" WHERE "+in.Part.where())
	}
	statements = append(statements, "SET search_path="+Literal(schema+","+usual))
	c, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		back := context.WithoutCancel(ctx)
		_, serr := c.ExecContext(back, "SET search_path="+Literal(usual))
		_, derr := c.ExecContext(back, "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
		err = errors.Join(err, serr, derr, c.Close())
	}()
	for _, s := range append(statements, work...) {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// seen is the query of a view, up to its WHERE.
func (db *DB) seen(ctx context.Context, in Seen) (string, error) {
	if in.Of == "" {
		if len(in.Paths) == 0 {
			return "SELECT * FROM (" + emptySelect(in.Columns) + ")", nil
		}
		return "SELECT " + names(in.Columns) + " FROM " + parquet(in.Paths), nil
	}
	if in.Of == in.Name {
		return "SELECT * FROM " + db.home() + Ident(in.Name), nil
	}
	have, err := db.Describe(ctx, in.Of)
	if err != nil {
		return "", err
	}
	has := map[string]bool{in.Part.Column: false}
	for _, c := range have {
		has[c.Name] = true
	}
	columns := make([]string, len(in.Columns))
	for i, c := range in.Columns {
		columns[i] = Ident(c.Name)
		if !has[c.Name] {
			columns[i] = fmt.Sprintf("CAST(NULL AS %s) AS %s", c.Type, Ident(c.Name))
		}
	}
	return "SELECT DISTINCT " + strings.Join(columns, ", ") + " FROM " + db.home() + Ident(in.Of), nil
}

// home stands before the relations of the warehouse itself, which is named after its file.
func (db *DB) home() string {
	return Ident(strings.TrimSuffix(filepath.Base(db.path), filepath.Ext(db.path))) + ".main."
}

func parquet(paths []string) string {
	quoted := make([]string, len(paths))
	for i, p := range paths {
		quoted[i] = Literal(p)
	}
	return "read_parquet([" + strings.Join(quoted, ", ") + "])"
}

// ValuesOf lists the values of a whole-number column in a staged file, in order; null says that rows without one are there.
func (db *DB) ValuesOf(ctx context.Context, path, column string) (values []int64, null bool, err error) {
	query := fmt.Sprintf("SELECT DISTINCT CAST(%s AS BIGINT) FROM %s ORDER BY 1", Ident(column), parquet([]string{path}))
	err = db.Each(ctx, query, nil, nil, func(r []any) error {
		v, ok := r[0].(int64)
		if null = null || !ok; ok {
			values = append(values, v)
		}
		return nil
	})
	return values, null, err
}

// Pairs lists the distinct pairs of values of two whole-number columns, by the first.
func (db *DB) Pairs(ctx context.Context, name, key, value string) (map[int64][]int64, error) {
	pairs := map[int64][]int64{}
	query := fmt.Sprintf("SELECT DISTINCT CAST(%s AS BIGINT), CAST(%s AS BIGINT) FROM %s ORDER BY 1, 2", Ident(key), Ident(value), Ident(name))
	err := db.Each(ctx, query, nil, nil, func(r []any) error {
		k, ok := r[0].(int64)
		v, too := r[1].(int64)
		if !ok || !too {
			return fmt.Errorf("%s has a pair without a value", name)
		}
		pairs[k] = append(pairs[k], v)
		return nil
	})
	return pairs, err
}

// Drop drops a table, if there is one.
func (db *DB) Drop(ctx context.Context, name string) error {
	return db.Exec(ctx, "DROP TABLE IF EXISTS "+db.home()+Ident(name))
}

// Version is DuckDB's.
func (db *DB) Version(ctx context.Context) (v string, err error) {
	return v, db.sql.QueryRowContext(ctx, "SELECT version()").Scan(&v)
}
