// Package postgres copies the tables of a published snapshot into a PostgreSQL schema, all of them or none.
//
// Tables go into a schema of their own, are read back and compared byte by
// byte, and take the published schema's name in one transaction. A reader sees
// all old or all new tables; the old ones stay until the next publish, so that
// no running query loses its table.
package postgres

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Column is one column of a table, with its DuckDB type.
type Column struct {
	Name, Type, Comment string
}

// Table is one table to publish.
type Table struct {
	Name    string
	Comment string
	Columns []Column
	Key     []string // unique; tables are copied and compared in its order
	SHA256  string   // of the content; a table that the schema has already is copied inside the server
	// Each hands over the rows in the order of Key, texts compared as bytes,
	// nulls last. Values are nil, bool, int64, float64, string, time.Time or a
	// fmt.Stringer-like decimal text.
	Each func(ctx context.Context, row func([]any) error) error
}

// Options say where the tables go.
type Options struct {
	Schema   string // published name
	Role     string // read-only role that may use it; "" grants nothing
	Snapshot string
	Report   func(table string, rows int64, copied bool) // may be nil
}

// Result is what a publish did.
type Result struct {
	Schema   string `json:"schema"`
	Snapshot string `json:"snapshot"`
	Tables   int    `json:"tables"`
	Rows     int64  `json:"rows"`
	Copied   int    `json:"copied"`   // tables that were sent; the others were the same already
	Already  bool   `json:"already"`  // the snapshot was the published one; nothing was done
	Verified int    `json:"verified"` // tables that were read back and equal
}

// stateTable says in the schema itself what it holds.
const stateTable = "_lumbung"

// Publish copies the tables and switches. On any error the published schema
// is as it was.
func Publish(ctx context.Context, conn *pgx.Conn, tables []Table, opt Options) (Result, error) {
	p := &publisher{conn: conn, opt: opt, next: opt.Schema + "_baru", old: opt.Schema + "_lama"}
	res := Result{Schema: opt.Schema, Snapshot: opt.Snapshot, Tables: len(tables)}
	unlock, err := p.lock(ctx)
	if err != nil {
		return res, err
	}
	defer unlock()
	have, published, err := p.state(ctx)
	if err != nil {
		return res, err
	}
	if published == opt.Snapshot && published != "" {
		res.Already = true
		return res, nil
	}
	if err := p.prepare(ctx); err != nil {
		return res, err
	}
	for _, t := range tables {
		rows, copied, err := p.table(ctx, t, have[t.Name])
		if err != nil {
			return res, errors.Join(fmt.Errorf("table %s: %w", t.Name, err), p.abandon(ctx))
		}
		res.Rows += rows
		res.Verified++
		if copied {
			res.Copied++
		}
		if opt.Report != nil {
			opt.Report(t.Name, rows, copied)
		}
	}
	if err := p.swap(ctx); err != nil {
		return res, errors.Join(err, p.abandon(ctx))
	}
	return res, nil
}

// lockNotAvailable is PostgreSQL's code for a lock_timeout.
const lockNotAvailable = "55P03"

type publisher struct {
	conn      *pgx.Conn
	opt       Options
	next, old string
}

func ident(names ...string) string { return pgx.Identifier(names).Sanitize() }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// lock keeps two publishes into one schema apart. The server gives it back
// when the connection ends.
func (p *publisher) lock(ctx context.Context) (func(), error) {
	// A publish whose connection just died holds the lock for a moment longer.
	if _, err := p.conn.Exec(ctx, "SET lock_timeout = '5s'"); err != nil {
		return nil, fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	_, err := p.conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", "lumbung "+p.opt.Schema)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == lockNotAvailable {
		return nil, fmt.Errorf("schema %s: another publish is at work there; wait until it ends", p.opt.Schema)
	}
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	return func() {
		// An error here means a lost connection, which gives the lock back too.
		_, _ = p.conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtextextended($1, 0))", "lumbung "+p.opt.Schema)
	}, nil
}

// state reads what the schema holds now: table -> content hash, and the snapshot.
func (p *publisher) state(ctx context.Context) (map[string]string, string, error) {
	var exists bool
	if err := p.conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", p.opt.Schema+"."+stateTable).Scan(&exists); err != nil {
		return nil, "", fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	have := map[string]string{}
	if !exists {
		return have, "", p.foreign(ctx)
	}
	rows, err := p.conn.Query(ctx, fmt.Sprintf("SELECT tabel, sha256, potret FROM %s", ident(p.opt.Schema, stateTable)))
	if err != nil {
		return nil, "", fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	defer rows.Close()
	snapshot := ""
	for rows.Next() {
		var table, sha string
		if err := rows.Scan(&table, &sha, &snapshot); err != nil {
			return nil, "", err
		}
		have[table] = sha
	}
	return have, snapshot, rows.Err()
}

// foreign refuses a schema that somebody else has filled.
func (p *publisher) foreign(ctx context.Context) error {
	var n int
	err := p.conn.QueryRow(ctx, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1", p.opt.Schema).Scan(&n)
	if err == nil && n > 0 {
		err = fmt.Errorf("it has %d relations and none of them is ours: give --schema another name", n)
	}
	if err != nil {
		return fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	return nil
}

// prepare makes the empty schema and clears what earlier publishes left.
func (p *publisher) prepare(ctx context.Context) error {
	for _, s := range []string{
		"SET lock_timeout = '30s'",
		"DROP SCHEMA IF EXISTS " + ident(p.old) + " CASCADE",
		"DROP SCHEMA IF EXISTS " + ident(p.next) + " CASCADE",
		"CREATE SCHEMA " + ident(p.next),
		fmt.Sprintf("CREATE TABLE %s (tabel text PRIMARY KEY, potret text NOT NULL, sha256 text NOT NULL, baris bigint NOT NULL, diterbitkan timestamptz NOT NULL DEFAULT now())",
			ident(p.next, stateTable)),
		fmt.Sprintf("COMMENT ON TABLE %s IS %s", ident(p.next, stateTable), literal("What Lumbung published here: one row for each table")),
	} {
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("schema %s: %w", p.next, err)
		}
	}
	return nil
}

// abandon drops the unfinished schema, as far as the connection still lives.
func (p *publisher) abandon(ctx context.Context) error {
	if p.conn.IsClosed() {
		return nil // the next publish drops it
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, err := p.conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+ident(p.next)+" CASCADE")
	return err
}

// table fills one table of the new schema and compares it with what was sent.
func (p *publisher) table(ctx context.Context, t Table, have string) (rows int64, copied bool, err error) {
	if err := p.create(ctx, t); err != nil {
		return 0, false, err
	}
	if have != "" && have == t.SHA256 {
		tag, err := p.conn.Exec(ctx, fmt.Sprintf("INSERT INTO %s SELECT * FROM %s", ident(p.next, t.Name), ident(p.opt.Schema, t.Name)))
		if err != nil {
			return 0, false, err
		}
		rows = tag.RowsAffected()
	}
	sent, rowsSent, err := p.encode(ctx, t, have == "" || have != t.SHA256)
	if err != nil {
		return 0, false, err
	}
	if have == "" || have != t.SHA256 {
		rows, copied = rowsSent, true
	}
	if rows != rowsSent {
		return rows, copied, fmt.Errorf("%d rows are there, %d belong there", rows, rowsSent)
	}
	if err := p.compare(ctx, t, sent); err != nil {
		return rows, copied, err
	}
	if err := p.finish(ctx, t, rows); err != nil {
		return rows, copied, err
	}
	return rows, copied, nil
}

func (p *publisher) create(ctx context.Context, t Table) error {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		typ, err := pgType(c.Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		cols[i] = ident(c.Name) + " " + typ
	}
	_, err := p.conn.Exec(ctx, fmt.Sprintf("CREATE TABLE %s (%s)", ident(p.next, t.Name), strings.Join(cols, ", ")))
	return err
}

// encode writes the rows as COPY text, hashes it, and sends it when send is set.
func (p *publisher) encode(ctx context.Context, t Table, send bool) (sum string, rows int64, err error) {
	h := sha256.New()
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(io.MultiWriter(h, pw), 1<<16)
		var line []byte
		err := t.Each(ctx, func(row []any) error {
			rows++
			var err error
			if line, err = appendCopy(line[:0], row); err != nil {
				return fmt.Errorf("row %d: %w", rows, err)
			}
			_, err = w.Write(line)
			return err
		})
		if err == nil {
			err = w.Flush()
		}
		done <- pw.CloseWithError(err)
	}()
	if send {
		_, err = p.conn.PgConn().CopyFrom(ctx, pr, "COPY "+ident(p.next, t.Name)+" FROM STDIN")
	} else {
		_, err = io.Copy(io.Discard, pr)
	}
	_ = pr.CloseWithError(err)
	<-done
	return hex.EncodeToString(h.Sum(nil)), rows, err
}

// compare reads the table back and compares its bytes with what was sent.
func (p *publisher) compare(ctx context.Context, t Table, sent string) error {
	order := make([]string, len(t.Key))
	for i, k := range t.Key {
		order[i] = ident(k)
		for _, c := range t.Columns {
			if c.Name == k && c.Type == "VARCHAR" {
				order[i] += ` COLLATE "C"`
			}
		}
		order[i] += " NULLS LAST"
	}
	h := sha256.New()
	query := fmt.Sprintf("COPY (SELECT * FROM %s ORDER BY %s) TO STDOUT", ident(p.next, t.Name), strings.Join(order, ", "))
	if _, err := p.conn.PgConn().CopyTo(ctx, h, query); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sent {
		return fmt.Errorf("what the server gives back (sha256 %.12s) is not what was sent (%.12s): nothing was published", got, sent)
	}
	return nil
}

// finish adds index, comments, grants and the state row.
func (p *publisher) finish(ctx context.Context, t Table, rows int64) error {
	key := make([]string, len(t.Key))
	for i, k := range t.Key {
		key[i] = ident(k)
	}
	name := ident(p.next, t.Name)
	statements := []string{
		fmt.Sprintf("CREATE INDEX ON %s (%s)", name, strings.Join(key, ", ")),
		fmt.Sprintf("COMMENT ON TABLE %s IS %s", name, literal(t.Comment)),
		"ANALYZE " + name,
	}
	for _, c := range t.Columns {
		statements = append(statements, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", name, ident(c.Name), literal(c.Comment)))
	}
	for _, s := range statements {
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	_, err := p.conn.Exec(ctx, fmt.Sprintf("INSERT INTO %s (tabel, potret, sha256, baris) VALUES ($1, $2, $3, $4)", ident(p.next, stateTable)),
		t.Name, p.opt.Snapshot, t.SHA256, rows)
	return err
}

// swap gives the new schema the published name, in one transaction.
func (p *publisher) swap(ctx context.Context) error {
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after Commit
	statements := []string{"CREATE SCHEMA IF NOT EXISTS " + ident(p.opt.Schema)}
	if p.opt.Role != "" {
		statements = append(statements,
			fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", ident(p.next), ident(p.opt.Role)),
			fmt.Sprintf("GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s", ident(p.next), ident(p.opt.Role)))
	}
	statements = append(statements,
		fmt.Sprintf("ALTER SCHEMA %s RENAME TO %s", ident(p.opt.Schema), ident(p.old)),
		fmt.Sprintf("ALTER SCHEMA %s RENAME TO %s", ident(p.next), ident(p.opt.Schema)),
		fmt.Sprintf("COMMENT ON SCHEMA %s IS %s", ident(p.opt.Schema), literal("Lumbung snapshot "+p.opt.Snapshot)))
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return fmt.Errorf("schema %s: not switched: %w", p.opt.Schema, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("schema %s: not switched: %w", p.opt.Schema, err)
	}
	return nil
}
