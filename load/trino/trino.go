// Package trino is the only room that speaks to Trino.
//
// The schema that people read has one view for each relation. Behind a view
// lies a table isi_<relation> with the rows of several builds, and the table
// penunjuk, whose one row says which build is current; the view joins the two.
// A build adds its rows out of sight, under its own value of the column
// snapshot, and is published by the change of that one row. The views name
// penunjuk first: Trino then fixes which version of it a query reads before
// those of the tables, so a query that sees the new row sees the new rows.
// The table potret lists the builds that are whole, see Held.
package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	client "github.com/trinodb/trino-go-client/trino"

	"lumbung/load/duck"
)

// Options say where the tables are and go.
type Options struct {
	URL     string // http://user@host:port or https://...; a password comes from the caller, never from a file of the project
	Catalog string // an Iceberg catalog
	Schema  string // what people read
	Store   *minio.Client
	Bucket  string
	Prefix  string        // without slashes at its ends; files go below s3://Bucket/Prefix/
	Keep    int           // builds that stay, the current one included
	MinAge  time.Duration // files that no table needs stay this long, for queries that still read them
	AtOnce  int           // statements of a build that run beside one another; 0 is one
}

// DB is an engine with one schema that people read.
type DB struct {
	opt Options
	sql *sql.DB
}

// retryFor ends the attempts to reach an engine that died.
const retryFor = 10 * time.Second

// Open connects and looks whether the engine has the catalog.
func Open(ctx context.Context, opt Options) (*DB, error) {
	opt.AtOnce = max(1, opt.AtOnce)
	db, err := connect(opt, opt.Schema)
	if err != nil {
		return nil, err
	}
	d := &DB{opt: opt, sql: db}
	var n int
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM system.metadata.catalogs WHERE catalog_name = "+duck.Literal(opt.Catalog)+" AND connector_name = 'iceberg'").Scan(&n)
	switch {
	case err != nil && !isError(err, "CATALOG_NOT_FOUND"):
		err = d.noAnswer(err)
	case n == 0:
		err = fmt.Errorf("no Iceberg catalog %q in Trino at %s; SHOW CATALOGS lists what it has", opt.Catalog, d.where())
	default:
		return d, nil
	}
	return nil, errors.Join(err, db.Close())
}

func (d *DB) noAnswer(err error) error {
	return fmt.Errorf("no answer from Trino at %s: %w; is it running, and is the address right", d.where(), err)
}

// isError says whether Trino gave an error its name.
func isError(err error, name string) bool {
	var e *client.ErrTrino
	return errors.As(err, &e) && e.ErrorName == name
}

func connect(opt Options, schema string) (*sql.DB, error) {
	retry := retryFor
	age := fmt.Sprintf("%ds", int(opt.MinAge.Seconds()))
	dsn, err := (&client.Config{ServerURI: opt.URL, Source: "lumbung", Catalog: opt.Catalog, Schema: schema, TimeZone: "UTC",
		RequestRetryTimeout: &retry, DisableExplicitPrepare: true, // a statement's text does not fit into a header
		SessionProperties: map[string]string{
			opt.Catalog + ".expire_snapshots_min_retention":    age,
			opt.Catalog + ".remove_orphan_files_min_retention": age,
		}}).FormatDSN()
	if err != nil {
		return nil, fmt.Errorf("address of Trino: %w", err)
	}
	return sql.Open("trino", dsn)
}

// where is the engine's address without what may be secret.
func (d *DB) where() string {
	u, err := url.Parse(d.opt.URL)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Host
}

// Close closes the connection.
func (d *DB) Close() error { return d.sql.Close() }

// Each streams a query's rows as duck.DB.Each does. The row slice is reused.
func (d *DB) Each(ctx context.Context, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	return stream(ctx, d.sql, query, args, head, each)
}

func stream(ctx context.Context, db *sql.DB, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	return duck.Stream(ctx, db, query, args, duckType, value, head, each)
}

// value turns the driver's value into the one that DuckDB gives for a column of this type. Other types are refused.
func value(c duck.Column, v any) (any, error) {
	kind, _, _ := strings.Cut(c.Type, "(")
	switch kind {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "REAL", "VARCHAR", "CHAR", "DATE", "TIMESTAMP", "UNKNOWN":
		return v, nil
	case "DECIMAL": // exact, which the driver gives as text
		if s, ok := v.(string); ok {
			return duck.Decimal(s), nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("column %s is %s, which is not read from Trino; cast it to one of BOOLEAN, BIGINT, DOUBLE, DECIMAL, VARCHAR, DATE, TIMESTAMP", c.Name, c.Type)
}

// duckType is DuckDB's name of a column's type. The driver names types without lengths and fractions of seconds.
func duckType(t *sql.ColumnType) string {
	name := strings.ToUpper(t.DatabaseTypeName())
	if name == "DECIMAL" {
		precision, scale, _ := t.DecimalSize()
		return fmt.Sprintf("DECIMAL(%d,%d)", precision, scale)
	}
	return name
}

// icebergType is the type in which an Iceberg table keeps a column; it knows no small whole numbers.
func icebergType(duckType string) string {
	switch duckType {
	case "SMALLINT":
		return "INTEGER"
	case "TIMESTAMP":
		return "TIMESTAMP(6)"
	}
	return duckType
}

// Stored is the type in which a column of DuckDB's is read back here.
func (d *DB) Stored(duckType string) string {
	name, _, _ := strings.Cut(icebergType(duckType), "(6)")
	return name
}

func (d *DB) exec(ctx context.Context, format string, args ...any) (int64, error) {
	res, err := d.sql.ExecContext(ctx, fmt.Sprintf(format, args...))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// path names a relation in full.
func (d *DB) path(schema, name string) string {
	return duck.Ident(d.opt.Catalog) + "." + duck.Ident(schema) + "." + duck.Ident(name)
}

func (d *DB) location(parts ...string) string {
	return "s3://" + d.opt.Bucket + "/" + d.key(parts...) + "/"
}

func (d *DB) key(parts ...string) string {
	if d.opt.Prefix != "" {
		parts = append([]string{d.opt.Prefix}, parts...)
	}
	return strings.Join(parts, "/")
}
