// Package postgres copies the tables of a published snapshot into a PostgreSQL schema, all of them or none.
//
// Rows go into tables of a second schema, <schema>_data, each with the number
// of its publish; the published names are views that show the publish to which
// one row for each table points. Those pointers change in one transaction, and
// a query reads them and the rows under one MVCC snapshot, so that it sees all
// old or all new tables. Schemas or views that take over a name do not give
// that: a query resolves its tables one after the other, and a test with four
// readers saw old and new mixed in one answer of 15,934.
package postgres

import (
	"context"
	"errors"
	"fmt"
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
	SHA256  string   // of the content; a table that is published with it already is not sent again
	// Each hands over the rows in the order of Key, texts compared as bytes,
	// nulls last. Values are nil, bool, int64, string, time.Time or a decimal's text.
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

// lockNotAvailable is PostgreSQL's code for a lock_timeout.
const lockNotAvailable = "55P03"

// Publish copies the tables and switches. On any error the published schema
// shows what it showed before.
func Publish(ctx context.Context, conn *pgx.Conn, tables []Table, opt Options) (Result, error) {
	p := &publisher{conn: conn, opt: opt, data: opt.Schema + "_data"}
	res := Result{Schema: opt.Schema, Snapshot: opt.Snapshot, Tables: len(tables)}
	unlock, err := p.lock(ctx)
	if err != nil {
		return res, err
	}
	defer unlock()
	if err := p.prepare(ctx); err != nil {
		return res, err
	}
	have, err := p.pointers(ctx)
	if err != nil {
		return res, err
	}
	if allOf(have, tables, opt.Snapshot) {
		res.Already = true
		return res, nil
	}
	next := make([]pointer, len(tables))
	for i, t := range tables {
		var copied bool
		next[i], copied, err = p.table(ctx, t, have[t.Name])
		if err != nil {
			return res, errors.Join(fmt.Errorf("table %s: %w", t.Name, err), p.sweep(ctx))
		}
		res.Rows += next[i].rows
		res.Verified++
		if copied {
			res.Copied++
		}
		if opt.Report != nil {
			opt.Report(t.Name, next[i].rows, copied)
		}
	}
	if err := p.swap(ctx, tables, have, next); err != nil {
		return res, errors.Join(err, p.sweep(ctx))
	}
	return res, p.sweep(ctx)
}

type publisher struct {
	conn *pgx.Conn
	opt  Options
	data string // schema of the rows
	gen  int64  // number of this publish
}

// pointer says which rows a published name shows.
type pointer struct {
	physical string
	gen      int64
	snapshot string
	sha256   string
	rows     int64
}

func allOf(have map[string]pointer, tables []Table, snapshot string) bool {
	for _, t := range tables {
		if have[t.Name].snapshot != snapshot || have[t.Name].sha256 != t.SHA256 {
			return false
		}
	}
	return len(have) == len(tables)
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

// pointerTable says in the schema itself what it shows.
const pointerTable = "_lumbung"

// prepare makes the schemas where they are missing and takes a number.
func (p *publisher) prepare(ctx context.Context) error {
	if err := p.foreign(ctx); err != nil {
		return err
	}
	for _, s := range []string{
		"CREATE SCHEMA IF NOT EXISTS " + ident(p.opt.Schema),
		"CREATE SCHEMA IF NOT EXISTS " + ident(p.data),
		"CREATE SEQUENCE IF NOT EXISTS " + ident(p.data, "terbitan"),
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (tabel text PRIMARY KEY, fisik text NOT NULL, terbitan bigint NOT NULL, potret text NOT NULL,
			sha256 text NOT NULL, baris bigint NOT NULL, diterbitkan timestamptz NOT NULL DEFAULT now())`, ident(p.opt.Schema, pointerTable)),
		fmt.Sprintf("COMMENT ON TABLE %s IS %s", ident(p.opt.Schema, pointerTable), literal("What each view shows: the publish that its rows belong to")),
	} {
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("schema %s: %w", p.opt.Schema, err)
		}
	}
	return p.conn.QueryRow(ctx, "SELECT nextval($1::regclass)", ident(p.data, "terbitan")).Scan(&p.gen)
}

// foreign refuses a schema that somebody else has filled.
func (p *publisher) foreign(ctx context.Context) error {
	var relations int
	var ours bool
	err := p.conn.QueryRow(ctx, `SELECT count(*), coalesce(bool_or(c.relname = $2), false)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1`, p.opt.Schema, pointerTable).Scan(&relations, &ours)
	if err == nil && relations > 0 && !ours {
		err = fmt.Errorf("it has %d relations and none of them is ours: give --schema another name", relations)
	}
	if err != nil {
		return fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	return nil
}

// pointers reads what the schema shows now.
func (p *publisher) pointers(ctx context.Context) (map[string]pointer, error) {
	rows, err := p.conn.Query(ctx, "SELECT tabel, fisik, terbitan, potret, sha256, baris FROM "+ident(p.opt.Schema, pointerTable))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", p.opt.Schema, err)
	}
	defer rows.Close()
	have := map[string]pointer{}
	for rows.Next() {
		var name string
		var q pointer
		if err := rows.Scan(&name, &q.physical, &q.gen, &q.snapshot, &q.sha256, &q.rows); err != nil {
			return nil, err
		}
		have[name] = q
	}
	return have, rows.Err()
}

// swap moves all pointers in one transaction. A view is made again only where
// its columns changed.
func (p *publisher) swap(ctx context.Context, tables []Table, have map[string]pointer, next []pointer) error {
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after Commit
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
		if have[t.Name].physical != next[i].physical {
			for _, s := range p.view(t, next[i].physical) {
				if _, err := tx.Exec(ctx, s); err != nil {
					return fmt.Errorf("view %s: %w", t.Name, err)
				}
			}
		}
		if _, err := tx.Exec(ctx, p.comments(t)); err != nil {
			return fmt.Errorf("comments of %s: %w", t.Name, err)
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO %s (tabel, fisik, terbitan, potret, sha256, baris) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (tabel) DO UPDATE SET fisik = excluded.fisik, terbitan = excluded.terbitan, potret = excluded.potret,
			sha256 = excluded.sha256, baris = excluded.baris, diterbitkan = now()`, ident(p.opt.Schema, pointerTable)),
			t.Name, next[i].physical, next[i].gen, p.opt.Snapshot, next[i].sha256, next[i].rows)
		if err != nil {
			return fmt.Errorf("pointer of %s: %w", t.Name, err)
		}
	}
	if err := p.retire(ctx, tx, have, names); err != nil {
		return err
	}
	for _, s := range p.grants() {
		if _, err := tx.Exec(ctx, s); err != nil {
			return fmt.Errorf("role %s: %w", p.opt.Role, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("schema %s: not switched: %w", p.opt.Schema, err)
	}
	return nil
}

// retire removes published names that no longer exist.
func (p *publisher) retire(ctx context.Context, tx pgx.Tx, have map[string]pointer, names []string) error {
	keep := map[string]bool{}
	for _, n := range names {
		keep[n] = true
	}
	for name := range have {
		if keep[name] {
			continue
		}
		if _, err := tx.Exec(ctx, "DROP VIEW IF EXISTS "+ident(p.opt.Schema, name)); err != nil {
			return fmt.Errorf("view %s: %w", name, err)
		}
	}
	_, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE NOT tabel = ANY($1)", ident(p.opt.Schema, pointerTable)), names)
	return err
}

// grants let the read-only role use the views, and only them.
func (p *publisher) grants() []string {
	if p.opt.Role == "" {
		return nil
	}
	return []string{
		fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", ident(p.opt.Schema), ident(p.opt.Role)),
		fmt.Sprintf("GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s", ident(p.opt.Schema), ident(p.opt.Role)),
	}
}

// sweep deletes rows that no pointer shows, as far as the connection still
// lives. Queries that began before keep seeing them.
func (p *publisher) sweep(ctx context.Context) error {
	if p.conn.IsClosed() {
		return nil // the next publish sweeps
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute)
	defer cancel()
	have, err := p.pointers(ctx)
	if err != nil {
		return err
	}
	shown := map[string]int64{}
	for _, q := range have {
		shown[q.physical] = q.gen
	}
	rows, err := p.conn.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = $1", p.data)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, n := range names {
		s := "DROP TABLE " + ident(p.data, n)
		if gen, ok := shown[n]; ok {
			s = fmt.Sprintf("DELETE FROM %s WHERE %s <> %d", ident(p.data, n), ident(genColumn), gen)
		}
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("rows of earlier publishes in %s: %w", n, err)
		}
	}
	return nil
}
