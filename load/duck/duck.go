// Package duck is the only room that speaks to DuckDB.
//
// A warehouse is built once, in a directory of its own, by one process; after
// Close its file is sealed by a snapshot's manifest and only ever opened
// read-only. DuckDB is never given bytes or paths that came from outside:
// it reads staged Parquet that we wrote and whose hash was just compared.
package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	duckdb "github.com/marcboeker/go-duckdb"
)

// Options bound what DuckDB may take.
type Options struct {
	Threads int    // 0: one for each core; of a build how many statements may run at once, each on one thread
	Memory  string // such as "512MB"; "" is DefaultMemory
	TempDir string // where it may spill; "" forbids spilling
}

// DefaultMemory keeps a build well below a small machine's memory.
const DefaultMemory = "1GB"

// DB is one open warehouse.
type DB struct {
	sql       *sql.DB
	connector *duckdb.Connector
	path      string
	atOnce    int
	long      sync.Mutex // held while a file of several row groups is written
}

// atOnceMost bounds how many statements of a build run beside one another:
// each holds the rows that it sorts and joins.
const atOnceMost = 4

// scratch is where relations of a build lie that do not stay in the
// warehouse: a database in memory that all connections see, as none of them
// would see another's temporary tables.
const scratch = "sementara."

// Create makes a new warehouse file. It refuses a path where a file or a
// write-ahead log already stands: DuckDB would replay a stranger's log.
func Create(ctx context.Context, path string, opt Options) (*DB, error) {
	for _, p := range []string{path, path + ".wal"} {
		if _, err := os.Lstat(p); err == nil {
			return nil, fmt.Errorf("warehouse %s: %s stands in the way; a build wants an empty directory", path, p)
		}
	}
	return build(ctx, path, opt)
}

// build opens a warehouse for building.
func build(ctx context.Context, path string, opt Options) (*DB, error) {
	if opt.Threads <= 0 {
		opt.Threads = runtime.NumCPU()
	}
	// One thread works off a join or a grouping in half the CPU time of two (DuckDB
	// 1.1.2, ten national years), so the cores work on models beside one another.
	atOnce := min(opt.Threads, atOnceMost)
	opt.Threads = 1
	return open(ctx, path, opt, atOnce, beginBuild, "READ_WRITE")
}

// AtOnce is how many statements may run beside one another.
func (db *DB) AtOnce() int { return db.atOnce }

// beginBuild shows a connection the relations of the build, wherever they lie.
func beginBuild(c driver.ExecerContext) error {
	return execAll(c, "ATTACH IF NOT EXISTS ':memory:' AS sementara", "SET search_path='main,sementara.main'")
}

func execAll(c driver.ExecerContext, statements ...string) error {
	for _, s := range statements {
		if _, err := c.ExecContext(context.Background(), s, nil); err != nil {
			return err
		}
	}
	return nil
}

// OpenReadOnly opens a finished warehouse so that no SQL can reach anything
// but its tables: no files, no extensions, no settings.
func OpenReadOnly(ctx context.Context, path string, opt Options) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("warehouse: %w", err)
	}
	if _, err := os.Lstat(path + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("warehouse: %s.wal would be replayed into the answers, and no sealed warehouse has one: remove it", path), err)
	}
	if opt.Threads <= 0 {
		opt.Threads = runtime.NumCPU()
	}
	return open(ctx, path, opt, 4, lockDown(), "READ_ONLY")
}

// open opens a database; atOnce connections are made ready by begin.
func open(ctx context.Context, path string, opt Options, atOnce int, begin func(driver.ExecerContext) error, mode string) (*DB, error) {
	if opt.Memory == "" {
		opt.Memory = DefaultMemory
	}
	settings := url.Values{
		"threads":                      {strconv.Itoa(opt.Threads)},
		"memory_limit":                 {opt.Memory},
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
		"allow_community_extensions":   {"false"},
		"preserve_insertion_order":     {"true"},
		"checkpoint_threshold":         {"16TB"}, // one checkpoint, at the end
		// What a join or a sort gave back returns to the system sooner: the peak of ten national years went from 500 to 420 MB
		// in the same CPU time; with 1MB to 395 MB in a sixth more (DuckDB 1.1.3).
		"allocator_bulk_deallocation_flush_threshold": {"16MB"},
		"immediate_transaction_mode":                  {"false"},
		"allow_unredacted_secrets":                    {"false"},
		"temp_directory":                              {opt.TempDir},
		"access_mode":                                 {mode},
	}
	connector, err := duckdb.NewConnector(path+"?"+settings.Encode(), begin)
	if err != nil {
		return nil, fmt.Errorf("warehouse %s: %w", path, err)
	}
	db := &DB{sql: sql.OpenDB(connector), connector: connector, path: path, atOnce: atOnce}
	db.sql.SetMaxOpenConns(atOnce)
	db.sql.SetMaxIdleConns(atOnce)
	if err := db.sql.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("warehouse %s: %w", path, err), db.Close())
	}
	return db, nil
}

// lockDown closes a read-only database to everything outside it. The settings
// hold for the whole database, so a later connection finds them locked already.
func lockDown() func(driver.ExecerContext) error {
	done := false
	return func(c driver.ExecerContext) error {
		if done {
			return nil
		}
		done = true
		return execAll(c, "SET enable_external_access=false", "SET lock_configuration=true")
	}
}

// Close closes everything. A database that was being built is checkpointed first by Finish.
func (db *DB) Close() error {
	return errors.Join(db.sql.Close(), db.connector.Close())
}

// Finish checkpoints and closes a built warehouse and makes sure that no
// write-ahead log is left beside it.
func (db *DB) Finish(ctx context.Context) error {
	if err := db.Checkpoint(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("warehouse %s: %w", db.path, err)
	}
	if _, err := os.Lstat(db.path + ".wal"); err == nil {
		return fmt.Errorf("warehouse %s: a write-ahead log is left after the checkpoint", db.path)
	}
	return nil
}

// Exec runs one statement of ours.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := db.sql.ExecContext(ctx, statement, args...)
	return err
}

// Ident quotes a name.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal quotes a text.
func Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Column is a column of a result or of a relation.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // DuckDB's name of it
}

// Result is a query's answer held in memory.
type Result struct {
	Columns []Column
	Rows    [][]any // nil, bool, int64, float64, string, time.Time, Decimal
}

// Decimal is an exact decimal number, as text.
type Decimal string

// Query runs a query and collects at most limit rows; limit 0 is no limit.
// truncated says that there were more.
func (db *DB) Query(ctx context.Context, limit int, query string, args ...any) (r *Result, truncated bool, err error) {
	return Collect(ctx, db, limit, query, args)
}

// Streamer gives a query's rows one by one; the row slice is reused.
type Streamer interface {
	Each(ctx context.Context, query string, args []any, head func([]Column) error, each func([]any) error) error
}

// Collect is Query for any engine.
func Collect(ctx context.Context, from Streamer, limit int, query string, args []any) (r *Result, truncated bool, err error) {
	r = &Result{}
	err = from.Each(ctx, query, args, func(cols []Column) error { r.Columns = cols; return nil }, func(row []any) error {
		if limit > 0 && len(r.Rows) >= limit {
			truncated = true
			return ErrStop
		}
		r.Rows = append(r.Rows, append([]any(nil), row...))
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return r, truncated, nil
}

// IsMissing says whether a query names a relation or column that is not there.
func IsMissing(err error) bool {
	var e *duckdb.Error
	return errors.As(err, &e) && (e.Type == duckdb.ErrorTypeCatalog || e.Type == duckdb.ErrorTypeBinder)
}

// ErrStop ends Each early and without an error when a callback returns it.
var ErrStop = errors.New("enough rows")

// Each streams a query's rows. The row slice is reused.
func (db *DB) Each(ctx context.Context, query string, args []any, head func([]Column) error, each func([]any) error) error {
	typeOf := func(t *sql.ColumnType) string { return t.DatabaseTypeName() }
	return Stream(ctx, db.sql, query, args, typeOf, func(_ Column, v any) (any, error) { return plain(v), nil }, head, each)
}

// Stream streams a query's rows from any database. typeOf names a column's
// type as DuckDB does, value turns the driver's value into a kind that Result
// documents, or refuses it.
func Stream(ctx context.Context, db *sql.DB, query string, args []any, typeOf func(*sql.ColumnType) string, value func(Column, any) (any, error),
	head func([]Column) error, each func([]any) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	cols := make([]Column, len(types))
	row, ptrs := make([]any, len(types)), make([]any, len(types))
	for i, t := range types {
		cols[i] = Column{t.Name(), typeOf(t)}
		ptrs[i] = &row[i]
	}
	if head != nil {
		if err := head(cols); err != nil {
			return err
		}
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return err
		}
		for i, c := range cols {
			if row[i], err = value(c, row[i]); err != nil {
				return err
			}
		}
		if err := each(row); err != nil {
			if errors.Is(err, ErrStop) {
				return nil
			}
			return err
		}
	}
	return rows.Err()
}

// plain turns the driver's values into the few kinds that Result documents.
func plain(v any) any {
	switch v := v.(type) {
	case duckdb.Decimal:
		return decimalText(v)
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case int:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint64:
		return Decimal(strconv.FormatUint(v, 10))
	case float32:
		return float64(v)
	case []byte:
		return string(v)
	case nil, bool, int64, float64, string, time.Time:
		return v
	case fmt.Stringer: // HUGEINT arrives as *big.Int
		return Decimal(v.String())
	}
	return fmt.Sprint(v)
}

func decimalText(d duckdb.Decimal) Decimal {
	s := d.Value.String()
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if n := int(d.Scale); n > 0 {
		for len(s) <= n {
			s = "0" + s
		}
		s = s[:len(s)-n] + "." + s[len(s)-n:]
	}
	if neg {
		s = "-" + s
	}
	return Decimal(s)
}
