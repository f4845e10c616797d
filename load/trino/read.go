package trino

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"lumbung/load/duck"
	models "lumbung/sql"
)

// Held is a build that is whole: people read it, or read it before.
type Held struct {
	ID      string
	Current bool
	build   string // differs when the same snapshot is built again
}

// mostManifest is how many bytes of a manifest one statement writes: Trino takes a million of text.
const mostManifest = 300_000

// Enlist enters the current build, which a version of lumbung without the list of builds published.
func (d *DB) Enlist(ctx context.Context, id, manifest string) error {
	if _, err := d.prepare(ctx); err != nil {
		return err
	}
	return d.enlist(ctx, id, manifest)
}

// enlist enters a build that is whole into the list of such builds. Its part 0 is written last, and makes it one.
func (d *DB) enlist(ctx context.Context, id, manifest string) error {
	build := rand.Text()
	var parts []string
	for len(manifest) > mostManifest {
		cut := strings.ToValidUTF8(manifest[:mostManifest], "") // a letter that was cut goes to the next part
		parts, manifest = append(parts, cut), manifest[len(cut):]
	}
	parts = append(parts, manifest)
	for i, part := range slices.Backward(parts) {
		_, err := d.exec(ctx, "INSERT INTO %s VALUES (%s, %s, %d, %s)", d.path(d.opt.Schema, register), duck.Literal(id), duck.Literal(build), i, duck.Literal(part))
		if err != nil {
			return fmt.Errorf("table %s: %w", register, err)
		}
	}
	return nil
}

// strike takes all builds but some out of the list, before their rows go.
func (d *DB) strike(ctx context.Context, keep []string) error {
	ids := make([]string, len(keep))
	for i, id := range keep {
		ids[i] = duck.Literal(id)
	}
	if _, err := d.exec(ctx, "DELETE FROM %s WHERE %s NOT IN (%s)", d.path(d.opt.Schema, register), column, strings.Join(ids, ", ")); err != nil {
		return fmt.Errorf("table %s: %w", register, err)
	}
	return nil
}

// Held lists the builds that can be read, oldest first; none before the first is published.
func (d *DB) Held(ctx context.Context) (all []Held, err error) {
	for range 3 { // the current one may change, and go, between a look at the pointer and one at the list
		all, err = d.held(ctx)
		if err != nil || len(all) == 0 || slices.ContainsFunc(all, func(h Held) bool { return h.Current }) {
			break
		}
	}
	return all, err
}

func (d *DB) held(ctx context.Context) (all []Held, err error) {
	// The pointer is named first, as in the views: what it names had been entered before.
	query := fmt.Sprintf("SELECT DISTINCT r.%s, r.build, p.%s IS NOT NULL FROM %s p RIGHT JOIN %s r ON r.%s = p.%s WHERE r.part = 0 ORDER BY 1",
		column, column, d.path(d.opt.Schema, pointer), d.path(d.opt.Schema, register), column, column)
	err = d.Each(ctx, query, nil, nil, func(row []any) error {
		h := Held{}
		h.ID, _ = row[0].(string)
		h.build, _ = row[1].(string)
		h.Current, _ = row[2].(bool)
		all = append(all, h)
		return nil
	})
	switch {
	case isError(err, "TABLE_NOT_FOUND") || isError(err, "SCHEMA_NOT_FOUND"):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("builds in schema %s: %w", d.opt.Schema, d.explain(err))
	}
	return all, nil
}

// GoneError means that the rows of a build went while they were read.
type GoneError struct{ ID string }

func (e *GoneError) Error() string {
	return fmt.Sprintf("snapshot %s went from Trino while it was read, as newer ones were published: ask again", e.ID)
}

// Reading has the relations of one build, and of no other, under their own names.
type Reading struct {
	db        *DB
	held      Held
	relations []Relation
	sql       *sql.DB
}

// Read reads a build by its relations as this program documents them. Close of the Reading closes the DB, too.
func (d *DB) Read(h Held, relations []Relation) (*Reading, error) {
	db, err := connect(d.opt, "")
	return &Reading{d, h, relations, db}, err
}

// Manifest is what was given to Publish. A part that was written twice, as an answer was lost, counts once.
func (r *Reading) Manifest(ctx context.Context) (string, error) {
	parts, err := r.db.texts(ctx, fmt.Sprintf("SELECT max(manifest) FROM %s WHERE %s = %s AND build = %s GROUP BY part ORDER BY part",
		r.db.path(r.db.opt.Schema, register), column, duck.Literal(r.held.ID), duck.Literal(r.held.build)))
	if err == nil && len(parts) == 0 {
		err = &GoneError{r.held.ID}
	}
	return strings.Join(parts, ""), err
}

// Close closes the connections.
func (r *Reading) Close() error { return errors.Join(r.sql.Close(), r.db.Close()) }

// Stored is the type in which a column of DuckDB's is read back here.
func (r *Reading) Stored(duckType string) string { return r.db.Stored(duckType) }

// Query runs a query as duck.DB.Query does.
func (r *Reading) Query(ctx context.Context, limit int, query string, args ...any) (*duck.Result, bool, error) {
	return duck.Collect(ctx, r, limit, query, args)
}

// Each streams a query's rows as duck.DB.Each does. That the build was there to the end is known, and said, only after the last row.
func (r *Reading) Each(ctx context.Context, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	text, err := r.of(query)
	if err != nil {
		return err
	}
	var own error // of the callbacks
	err = stream(ctx, r.sql, text, args, func(cols []duck.Column) error {
		if head != nil {
			own = head(cols)
		}
		return own
	}, func(row []any) error {
		own = each(row)
		return own
	})
	if err != nil && own == nil {
		err = r.explain(ctx, err)
	}
	if err != nil {
		return err
	}
	return r.there(ctx)
}

// there says whether the build was there all the time until now.
func (r *Reading) there(ctx context.Context) error {
	builds, err := r.db.texts(ctx, fmt.Sprintf("SELECT build FROM %s WHERE %s = %s AND part = 0", r.db.path(r.db.opt.Schema, register), column, duck.Literal(r.held.ID)))
	if err != nil {
		return r.db.explain(err)
	}
	if !slices.Contains(builds, r.held.build) {
		return &GoneError{r.held.ID}
	}
	return nil
}

var (
	blank = regexp.MustCompile(`^(?s:\s|--[^\n]*(\n|$)|/\*.*?\*/)*`)
	with  = regexp.MustCompile(`^(?i:with(\s+recursive)?\b)`)
	asks  = regexp.MustCompile(`^(?i:\(|select\b|values\b|table\b)`)
	word  = regexp.MustCompile(`\w+`)
)

// of is a query whose relations are those of the build: each that it may name stands before it as a common table
// expression. The connection has no schema, so that no other is found by the same name. After WITH Trino's grammar
// takes nothing but a query.
func (r *Reading) of(text string) (string, error) {
	named := map[string]bool{}
	for _, w := range word.FindAllString(text, -1) {
		named[strings.ToLower(w)] = true
	}
	own := []string{fmt.Sprintf("%s (%s) AS (VALUES %s)", register, column, duck.Literal(r.held.ID))}
	for _, rel := range r.relations {
		if named[rel.Name] {
			list := names(rel.Columns) // once more as aliases, which WITH RECURSIVE wants
			own = append(own, fmt.Sprintf("%s (%s) AS (SELECT %s FROM %s WHERE %s = %s)", duck.Ident(rel.Name), list, list,
				r.db.path(r.db.opt.Schema, contents+rel.Name), column, duck.Literal(r.held.ID)))
		}
	}
	list := strings.Join(own, ", ")
	text = strings.TrimRight(text, "; \n\t")
	at := len(blank.FindString(text))
	if w := with.FindString(text[at:]); w != "" {
		return text[:at] + w + " " + list + "," + text[at+len(w):], nil
	}
	if !asks.MatchString(text[at:]) {
		return "", fmt.Errorf("only a query is run on Trino: it begins with SELECT, WITH, VALUES or TABLE, not with %q", word.FindString(text[at:]))
	}
	return text[:at] + "WITH " + list + " " + text[at:], nil
}

// explain says of an error of a query what to do about it.
func (r *Reading) explain(ctx context.Context, err error) error {
	if isError(err, "TABLE_NOT_FOUND") || isError(err, "COLUMN_NOT_FOUND") {
		if lack := r.lacks(ctx); lack != nil {
			return lack
		}
	}
	if isError(err, "MISSING_SCHEMA_NAME") {
		return fmt.Errorf("%w: the snapshot has no such relation, and relations of other schemas are named as SCHEMA.RELATION", err)
	}
	return r.db.explain(err)
}

// lacks names what this program reads and the schema does not have.
func (r *Reading) lacks(ctx context.Context) error {
	has, err := r.db.columns(ctx)
	if err != nil {
		return err
	}
	for _, rel := range r.relations {
		for _, c := range rel.Columns {
			if !slices.ContainsFunc(has[contents+rel.Name], func(h duck.Column) bool { return h.Name == c.Name }) {
				return &models.OutdatedError{Snapshot: r.held.ID, Relation: rel.Name, Column: c.Name}
			}
		}
	}
	return nil
}

func (d *DB) explain(err error) error {
	var network net.Error
	switch {
	case isError(err, "PERMISSION_DENIED"):
		return fmt.Errorf("%w; the user that trino: url: names needs SELECT on all tables of schema %s", err, d.opt.Schema)
	case errors.As(err, &network):
		return d.noAnswer(err)
	}
	return err
}
