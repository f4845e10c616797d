package trino

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"lumbung/load/duck"
)

// Current is the build that people read, "" before the first.
func (d *DB) Current(ctx context.Context) (string, error) {
	ids, err := d.texts(ctx, "SELECT "+column+" FROM "+d.path(d.opt.Schema, pointer))
	switch {
	case isError(err, "TABLE_NOT_FOUND") || isError(err, "SCHEMA_NOT_FOUND"):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("table %s: %w", pointer, err)
	case len(ids) > 1:
		return "", fmt.Errorf("table %s has %d rows, one is wanted; somebody else changed it", d.path(d.opt.Schema, pointer), len(ids))
	case len(ids) == 0:
		return "", nil
	}
	return ids[0], nil
}

// texts are the values of a query with one text column.
func (d *DB) texts(ctx context.Context, query string) (out []string, err error) {
	err = d.Each(ctx, query, nil, nil, func(row []any) error {
		text, _ := row[0].(string)
		out = append(out, text)
		return nil
	})
	return out, err
}

// Publish makes the build what people read and clears what is no longer
// needed. The manifest is kept beside it, for readers. On an error before the
// switch people read what they read before.
func (b *Build) Publish(ctx context.Context, manifest string) error {
	d := b.db
	if err := b.views(ctx); err != nil {
		return err
	}
	if err := d.enlist(ctx, b.id, manifest); err != nil {
		return err
	}
	if err := d.point(ctx, b.was, b.id); err != nil {
		return err
	}
	if err := errors.Join(b.Close(ctx), d.clear(ctx, b.id, b.tables(), "", false)); err != nil {
		return fmt.Errorf("%s is published, but what is no longer needed could not be cleared: %w", b.id, err)
	}
	return nil
}

// views makes the views that people read, where they are not so already. They show the rows of the build that is current.
func (b *Build) views(ctx context.Context) error {
	d, has := b.db, b.has
	// A relation that this build has not would look empty once the pointer moves.
	for name := range has {
		if _, ours := has[contents+name]; ours && !slices.Contains(b.order, name) {
			if _, err := d.exec(ctx, "DROP VIEW %s", d.path(d.opt.Schema, name)); err != nil {
				return fmt.Errorf("view %s, which this version of the models has no longer: %w", name, err)
			}
		}
	}
	return beside(ctx, d, b.order, func(ctx context.Context, name string) error {
		r := b.published[name]
		var want []duck.Column
		var shown []string
		for _, c := range r.Columns {
			want = append(want, duck.Column{Name: c.Name, Type: icebergType(c.Type)})
			shown = append(shown, "t."+duck.Ident(c.Name))
		}
		if slices.Equal(has[name], want) {
			return nil
		}
		_, err := d.exec(ctx, "CREATE OR REPLACE VIEW %s AS SELECT %s FROM %s p JOIN %s t ON t.%s = p.%s", d.path(d.opt.Schema, name),
			strings.Join(shown, ", "), d.path(d.opt.Schema, pointer), d.path(d.opt.Schema, contents+name), column, column)
		if err != nil {
			return fmt.Errorf("view %s: %w", name, err)
		}
		return nil
	})
}

// point changes the pointer from one build to another, in one commit.
func (d *DB) point(ctx context.Context, was, id string) error {
	table := d.path(d.opt.Schema, pointer)
	statement := fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s = %s", table, column, duck.Literal(id), column, duck.Literal(was))
	if was == "" {
		statement = fmt.Sprintf("INSERT INTO %s VALUES %s", table, duck.Literal(id))
	}
	_, err := d.exec(ctx, "%s", statement)
	// The answer may be lost although the commit was not, and nobody else may have been faster: the pointer itself says.
	now, rerr := d.Current(context.WithoutCancel(ctx))
	switch {
	case rerr != nil:
		return errors.Join(err, fmt.Errorf("whether %s was published cannot be known: %w", id, rerr))
	case now == id:
		return nil
	case err == nil:
		return fmt.Errorf("%s was not published: the pointer went from %q to %q meanwhile; somebody else publishes into %s", id, was, now, d.opt.Schema)
	}
	return fmt.Errorf("%s was not published: %w", id, err)
}

// Close ends a build: its scratch schema and its files go. What it did not publish goes with the next Sweep.
func (b *Build) Close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(b.sql.Close(), b.db.dropScratch(ctx, b.schema), b.db.remove(ctx, b.db.key("bangun", b.id)))
}

func (d *DB) dropScratch(ctx context.Context, schema string) error {
	if _, err := d.exec(ctx, "DROP SCHEMA IF EXISTS %s.%s CASCADE", duck.Ident(d.opt.Catalog), duck.Ident(schema)); err != nil {
		return fmt.Errorf("schema %s: %w", schema, err)
	}
	return nil
}

// remove deletes all objects below a key.
func (d *DB) remove(ctx context.Context, key string) error {
	objects := d.opt.Store.ListObjects(ctx, d.opt.Bucket, minio.ListObjectsOptions{Prefix: key + "/", Recursive: true})
	for o := range objects {
		if o.Err != nil {
			return fmt.Errorf("objects below %s/%s: %w", d.opt.Bucket, key, o.Err)
		}
		if err := d.opt.Store.RemoveObject(ctx, d.opt.Bucket, o.Key, minio.RemoveObjectOptions{}); err != nil {
			return fmt.Errorf("object %s/%s: %w", d.opt.Bucket, o.Key, err)
		}
	}
	return nil
}

var scratchID = regexp.MustCompile(`^\d{8}t\d{6}z_[0-9a-f]+$`)

// sweep clears what dead builds left, the builds beyond Keep, and what there may be of a build that is to be made anew.
func (d *DB) sweep(ctx context.Context, current string, tables []string, anew string) error {
	schemas, err := d.texts(ctx, fmt.Sprintf("SELECT schema_name FROM %s.information_schema.schemata ORDER BY 1", duck.Ident(d.opt.Catalog)))
	if err != nil {
		return fmt.Errorf("schemas of %s: %w", d.opt.Catalog, err)
	}
	dead := false
	for _, s := range schemas {
		if id, ok := strings.CutPrefix(s, d.opt.Schema+"_"); ok && scratchID.MatchString(id) {
			dead = true
			if err := d.dropScratch(ctx, s); err != nil {
				return err
			}
		}
	}
	if err := d.remove(ctx, d.key("bangun")); err != nil || len(tables) == 0 {
		return err
	}
	return d.clear(ctx, current, tables, anew, dead)
}

// tables are the contents tables of the published schema.
func (b *Build) tables() []string {
	all := contentsOf(b.has)
	for name := range b.published {
		all = append(all, contents+name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// clear deletes the rows that retain finds and, if there were any or some build died, files, where some are old enough.
func (d *DB) clear(ctx context.Context, current string, tables []string, anew string, dead bool) error {
	removed, err := d.retain(ctx, current, tables, anew)
	if err != nil || !dead && !removed {
		return err
	}
	// Every change of the pointer leaves two small files, which every later query would read.
	if _, err := d.exec(ctx, "ALTER TABLE %s EXECUTE optimize", d.path(d.opt.Schema, pointer)); err != nil {
		return fmt.Errorf("optimize of %s: %w", pointer, err)
	}
	if due, err := d.due(ctx); err != nil || !due {
		return err
	}
	return d.tidy(ctx, tables)
}

// due says whether it is time to tidy, which asks two statements of each table. The pointer changes with each build and
// keeps its versions for MinAge: when one is twice as old, nothing was tidied for that long.
func (d *DB) due(ctx context.Context) (due bool, err error) {
	query := fmt.Sprintf("SELECT count(*) > 0 FROM %s WHERE committed_at <= current_timestamp - INTERVAL '%d' SECOND",
		d.path(d.opt.Schema, pointer+"$snapshots"), 2*int(d.opt.MinAge.Seconds()))
	err = d.Each(ctx, query, nil, nil, func(row []any) error { due, _ = row[0].(bool); return nil })
	if err != nil {
		return false, fmt.Errorf("versions of %s: %w", pointer, err)
	}
	return due, nil
}

// retain deletes the rows of builds that never became current, of those beyond Keep, and of the one that is made anew.
func (d *DB) retain(ctx context.Context, current string, tables []string, anew string) (removed bool, err error) {
	var parts []string
	for _, t := range append(slices.Clone(tables), register) {
		parts = append(parts, fmt.Sprintf("SELECT %s AS t, partition.%s AS id FROM %s", duck.Literal(t), column, d.path(d.opt.Schema, t+"$partitions")))
	}
	held := map[string][]string{} // builds by table
	var older []string
	err = d.Each(ctx, strings.Join(parts, " UNION ALL "), nil, nil, func(row []any) error {
		table, id := row[0].(string), row[1].(string)
		held[table] = append(held[table], id)
		if table != register && id < current && id != anew {
			older = append(older, id)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("builds in %s: %w", d.opt.Schema, err)
	}
	slices.Sort(older)
	older = slices.Compact(older)
	keep := append(older[max(0, len(older)-d.opt.Keep+1):], current)
	for t, ids := range held {
		if held[t] = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(keep, id) }); len(held[t]) == 0 {
			delete(held, t)
		}
	}
	// First the list of what is whole: who finds a build there after a query read all of it.
	if held[register] != nil {
		if err := d.strike(ctx, keep); err != nil {
			return false, err
		}
	}
	delete(held, register)
	return len(held) > 0, beside(ctx, d, slices.Sorted(maps.Keys(held)), func(ctx context.Context, t string) error {
		for _, id := range held[t] {
			if _, err := d.exec(ctx, "DELETE FROM %s WHERE %s = %s", d.path(d.opt.Schema, t), column, duck.Literal(id)); err != nil {
				return fmt.Errorf("rows of %s in %s: %w", id, t, err)
			}
		}
		return nil
	})
}

// tidy deletes the files that no table needs any longer and that are older than MinAge.
func (d *DB) tidy(ctx context.Context, tables []string) error {
	return beside(ctx, d, append(slices.Clone(tables), pointer, register), func(ctx context.Context, t string) error {
		for _, do := range []string{"expire_snapshots", "remove_orphan_files"} {
			if _, err := d.exec(ctx, "ALTER TABLE %s EXECUTE %s(retention_threshold => '%ds')", d.path(d.opt.Schema, t), do, int(d.opt.MinAge.Seconds())); err != nil {
				return fmt.Errorf("%s of %s: %w", do, t, err)
			}
		}
		return nil
	})
}
