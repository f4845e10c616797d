package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"lumbung/load/duck"
	models "lumbung/sql"
)

const (
	pointer  = "penunjuk"
	register = "potret"
	contents = "isi_"
	// column says in a contents table which build a row belongs to.
	column = "snapshot"
)

// Relation is what a build makes and publishes.
type Relation struct {
	Name    string
	Columns []duck.Column
}

// Relations are what the models publish: all but the staging layer.
func Relations(all []models.Model) []Relation {
	var published []Relation
	for _, m := range all {
		if m.Layer == models.Staging {
			continue
		}
		rel := Relation{Name: m.Name}
		for _, c := range m.Header.Columns {
			rel.Columns = append(rel.Columns, duck.Column{Name: c.Name, Type: c.Type})
		}
		published = append(published, rel)
	}
	return published
}

// Build is one build at work. Its scratch schema holds the staged tables and
// the relations that are not published, and a view of this build's rows for
// each one that is.
type Build struct {
	db        *DB
	id        string
	schema    string // scratch
	sql       *sql.DB
	published map[string]Relation
	was       string                   // what people read when the build began
	has       map[string][]duck.Column // and what the published schema had

	mu    sync.Mutex
	order []string // of published, as they were made
}

// AtOnce is how many models may be made beside one another. Most statements are small, and wait for the catalog and the store.
func (b *Build) AtOnce() int { return b.db.opt.AtOnce }

// beside does something with each of a list, some at a time, until one fails.
func beside[T any](ctx context.Context, d *DB, list []T, do func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(d.opt.AtOnce)
	for _, x := range list {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, x)
		})
	}
	return g.Wait()
}

// scratch is the schema of a build.
func (d *DB) scratch(id string) string {
	return d.opt.Schema + "_" + strings.ToLower(strings.ReplaceAll(id, "-", "_"))
}

// Begin starts the build with an id. It clears what dead builds left, so only
// one process may build into a schema.
func (d *DB) Begin(ctx context.Context, id string, published []Relation) (*Build, error) {
	b := &Build{db: d, id: id, schema: d.scratch(id), published: map[string]Relation{}}
	var err error
	if b.has, err = d.prepare(ctx); err != nil {
		return nil, err
	}
	b.was, err = d.Current(ctx)
	if err == nil && b.was == id {
		err = fmt.Errorf("%s is what people read there; it is not built beside itself", id)
	}
	if err != nil {
		return nil, err
	}
	if err := d.sweep(ctx, b.was, contentsOf(b.has), id); err != nil {
		return nil, err
	}
	for _, r := range published {
		b.published[r.Name] = r
	}
	err = beside(ctx, d, published, func(ctx context.Context, r Relation) error { return d.contentsTable(ctx, r, b.has[contents+r.Name]) })
	if err != nil {
		return nil, err
	}
	_, err = d.exec(ctx, "CREATE SCHEMA %s.%s WITH (location = %s)", duck.Ident(d.opt.Catalog), duck.Ident(b.schema), duck.Literal(d.location("bangun", id)))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", b.schema, err)
	}
	if b.sql, err = connect(d.opt, b.schema); err != nil {
		return nil, errors.Join(err, d.dropScratch(ctx, b.schema))
	}
	return b, nil
}

// prepare makes the schema that people read, its pointer and its list of builds, where they are missing, and lists what
// the schema had.
func (d *DB) prepare(ctx context.Context) (map[string][]duck.Column, error) {
	has, err := d.columns(ctx)
	if err != nil {
		return nil, err
	}
	if has[pointer] != nil && has[register] != nil {
		return has, nil
	}
	_, err = d.exec(ctx, "CREATE SCHEMA IF NOT EXISTS %s.%s WITH (location = %s)", duck.Ident(d.opt.Catalog), duck.Ident(d.opt.Schema), duck.Literal(d.location("terbit")))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w; the user needs the right to make it", d.opt.Schema, err)
	}
	if _, err := d.exec(ctx, "CREATE TABLE IF NOT EXISTS %s (%s VARCHAR)", d.path(d.opt.Schema, pointer), column); err != nil {
		return nil, fmt.Errorf("table %s: %w", pointer, err)
	}
	if _, err := d.exec(ctx, "CREATE TABLE IF NOT EXISTS %s (%s VARCHAR, build VARCHAR, part INTEGER, manifest VARCHAR) WITH (partitioning = ARRAY[%s])",
		d.path(d.opt.Schema, register), column, duck.Literal(column)); err != nil {
		return nil, fmt.Errorf("table %s: %w", register, err)
	}
	return has, nil
}

// contentsOf are the contents tables of a schema.
func contentsOf(has map[string][]duck.Column) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(has)), func(name string) bool { return !strings.HasPrefix(name, contents) })
}

// contentsTable makes the table behind a relation, or gives it the columns that it lacks; has are those that it has.
func (d *DB) contentsTable(ctx context.Context, r Relation, has []duck.Column) error {
	table := d.path(d.opt.Schema, contents+r.Name)
	if has == nil {
		_, err := d.exec(ctx, "CREATE TABLE %s (%s VARCHAR, %s) WITH (partitioning = ARRAY[%s])", table, column, definitions(r.Columns), duck.Literal(column))
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		return nil
	}
	for _, c := range r.Columns {
		want := icebergType(c.Type)
		at := slices.IndexFunc(has, func(h duck.Column) bool { return h.Name == c.Name })
		if at < 0 {
			if _, err := d.exec(ctx, "ALTER TABLE %s ADD COLUMN %s", table, definitions([]duck.Column{c})); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		} else if has[at].Type != want {
			return fmt.Errorf("table %s: column %s is %s, this version of the models makes it %s; publish into another schema", table, c.Name, has[at].Type, want)
		}
	}
	return nil
}

// definitions are columns as CREATE TABLE takes them.
func definitions(columns []duck.Column) string {
	defs := make([]string, len(columns))
	for i, c := range columns {
		defs[i] = duck.Ident(c.Name) + " " + icebergType(c.Type)
	}
	return strings.Join(defs, ", ")
}

// columns are those of the tables and views of the published schema, in Trino's types.
func (d *DB) columns(ctx context.Context) (map[string][]duck.Column, error) {
	has := map[string][]duck.Column{}
	query := fmt.Sprintf("SELECT table_name, column_name, upper(data_type) FROM %s.information_schema.columns WHERE table_schema = %s ORDER BY 1, ordinal_position",
		duck.Ident(d.opt.Catalog), duck.Literal(d.opt.Schema))
	err := d.Each(ctx, query, nil, nil, func(row []any) error {
		name := row[0].(string)
		has[name] = append(has[name], duck.Column{Name: row[1].(string), Type: row[2].(string)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", d.opt.Schema, err)
	}
	return has, nil
}

// Input makes a relation of staged Parquet files, which are copied below the
// build's own prefix and registered as they are. The paths are ours, and their
// hashes have been compared.
func (b *Build) Input(ctx context.Context, name string, columns []duck.Column, paths []string) error {
	if err := b.create(ctx, name, columns); err != nil || len(paths) == 0 {
		return err
	}
	for i, p := range paths {
		key := b.db.key("bangun", b.id, "berkas", name, fmt.Sprintf("%d.parquet", i))
		if _, err := b.db.opt.Store.FPutObject(ctx, b.db.opt.Bucket, key, p, minio.PutObjectOptions{}); err != nil {
			return fmt.Errorf("relation %s: copy of %s to %s/%s: %w", name, path.Base(p), b.db.opt.Bucket, key, err)
		}
	}
	err := b.exec(ctx, "ALTER TABLE %s EXECUTE add_files(location => %s, format => 'PARQUET')", duck.Ident(name),
		duck.Literal(b.db.location("bangun", b.id, "berkas", name)))
	if err != nil {
		return fmt.Errorf("relation %s: %w", name, err)
	}
	return nil
}

func (b *Build) create(ctx context.Context, name string, columns []duck.Column) error {
	if err := b.exec(ctx, "CREATE TABLE %s (%s)", duck.Ident(name), definitions(columns)); err != nil {
		return fmt.Errorf("relation %s: %w", name, err)
	}
	return nil
}

// Fill makes a small relation of values that we hold ourselves.
func (b *Build) Fill(ctx context.Context, name string, columns []duck.Column, rows [][]any) error {
	if err := b.create(ctx, name, columns); err != nil {
		return err
	}
	const chunk = 200
	for len(rows) > 0 {
		n := min(chunk, len(rows))
		values := make([]string, n)
		for i, r := range rows[:n] {
			cells := make([]string, len(r))
			for j, v := range r {
				cells[j] = "CAST(" + literal(v) + " AS " + icebergType(columns[j].Type) + ")"
			}
			values[i] = "(" + strings.Join(cells, ", ") + ")"
		}
		if err := b.exec(ctx, "INSERT INTO %s VALUES %s", duck.Ident(name), strings.Join(values, ", ")); err != nil {
			return fmt.Errorf("relation %s: %w", name, err)
		}
		rows = rows[n:]
	}
	return nil
}

// literal writes a value of ours as SQL.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return duck.Literal(v)
	case time.Time:
		return duck.Literal(v.UTC().Format("2006-01-02 15:04:05.000000"))
	}
	return fmt.Sprint(v)
}

// Table makes a relation of a SELECT: a scratch table, or rows of this build
// in the table of a published relation.
func (b *Build) Table(ctx context.Context, name, query string, temporary bool) (duck.Built, error) {
	start := time.Now()
	var n int64
	var err error
	if temporary {
		n, err = b.rows(ctx, "CREATE TABLE %s AS %s", duck.Ident(name), query)
	} else {
		n, err = b.insert(ctx, name, query)
	}
	if err != nil {
		return duck.Built{}, fmt.Errorf("model %s: %w", name, err)
	}
	return duck.Built{Rows: n, Duration: time.Since(start)}, nil
}

func (b *Build) insert(ctx context.Context, name, query string) (int64, error) {
	r, ok := b.published[name]
	if !ok {
		return 0, errors.New("its columns were not announced")
	}
	table, list := b.db.path(b.db.opt.Schema, contents+name), names(r.Columns)
	err := b.Each(ctx, "SELECT * FROM ("+query+"\n) q LIMIT 0", nil, func(got []duck.Column) error {
		if !slices.Equal(got, r.Columns) {
			return fmt.Errorf("it has columns %v on Trino, %v are documented", got, r.Columns)
		}
		return nil
	}, func([]any) error { return nil })
	if err != nil {
		return 0, err
	}
	n, err := b.rows(ctx, "INSERT INTO %s (%s, %s) SELECT %s, %s FROM (%s\n) q", table, column, list, duck.Literal(b.id), list, query)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	b.order = append(b.order, name)
	b.mu.Unlock()
	return n, b.exec(ctx, "CREATE VIEW %s AS SELECT %s FROM %s WHERE %s = %s", duck.Ident(name), list, table, column, duck.Literal(b.id))
}

// names lists columns as SELECT does.
func names(columns []duck.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = duck.Ident(c.Name)
	}
	return strings.Join(list, ", ")
}

// View is Table: what a build has published must not change with what it reads.
func (b *Build) View(ctx context.Context, name, query string, temporary bool) error {
	_, err := b.Table(ctx, name, query, temporary)
	return err
}

// Stored is the type in which a column of DuckDB's is read back here.
func (b *Build) Stored(duckType string) string { return b.db.Stored(duckType) }

// Each streams a query on the build's relations as duck.DB.Each does.
func (b *Build) Each(ctx context.Context, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	return stream(ctx, b.sql, query, args, head, each)
}

func (b *Build) exec(ctx context.Context, format string, args ...any) error {
	_, err := b.rows(ctx, format, args...)
	return err
}

func (b *Build) rows(ctx context.Context, format string, args ...any) (int64, error) {
	res, err := b.sql.ExecContext(ctx, fmt.Sprintf(format, args...))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
