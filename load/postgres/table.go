package postgres

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// genColumn carries the number of the publish that a row belongs to.
const genColumn = "_terbitan"

// physical names the table that holds a published table's rows. Other columns
// make another name, so that a changed table never meets rows of its old form.
func physical(t Table) string {
	h := sha256.New()
	for _, c := range t.Columns {
		fmt.Fprintf(h, "%s %s\n", c.Name, c.Type)
	}
	const most = 63 - 9 // a name in PostgreSQL has at most 63 bytes
	name := t.Name
	if len(name) > most {
		name = name[:most]
	}
	return name + "_" + hex.EncodeToString(h.Sum(nil))[:8]
}

// table brings one table's rows into the data schema and compares them with
// what the snapshot has. Rows that are there already are only compared.
func (p *publisher) table(ctx context.Context, t Table, have pointer) (next pointer, copied bool, err error) {
	next = pointer{physical: physical(t), gen: p.gen, sha256: t.SHA256}
	same := have.physical == next.physical && have.sha256 == t.SHA256
	if same {
		next.gen = have.gen
	} else if err := p.create(ctx, t, next.physical); err != nil {
		return next, false, err
	}
	sent, rows, err := p.encode(ctx, t, next.physical, !same)
	if err != nil {
		return next, !same, err
	}
	next.rows = rows
	return next, !same, p.compare(ctx, t, next, sent)
}

func (p *publisher) create(ctx context.Context, t Table, name string) error {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		typ, err := pgType(c.Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		cols[i] = ident(c.Name) + " " + typ
	}
	key := []string{ident(genColumn)}
	for _, k := range t.Key {
		key = append(key, ident(k))
	}
	for _, s := range []string{
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s, %s bigint NOT NULL DEFAULT 0)", ident(p.data, name), strings.Join(cols, ", "), ident(genColumn)),
		fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s (%s)", ident(name+"_k"), ident(p.data, name), strings.Join(key, ", ")),
	} {
		if _, err := p.conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// columnList names the published columns, in order.
func columnList(t Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = ident(c.Name)
	}
	return strings.Join(names, ", ")
}

// encode writes the rows as COPY text, hashes it, and sends it when send is
// set, each row with the number of this publish.
func (p *publisher) encode(ctx context.Context, t Table, name string, send bool) (sum string, rows int64, err error) {
	h := sha256.New()
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(pw, 1<<16)
		suffix := "\t" + strconv.FormatInt(p.gen, 10) + "\n"
		var line []byte
		err := t.Each(ctx, func(row []any) error {
			rows++
			var err error
			if line, err = appendCopy(line[:0], row); err != nil {
				return fmt.Errorf("row %d: %w", rows, err)
			}
			h.Write(line)
			line = append(line[:len(line)-1], suffix...)
			_, err = w.Write(line)
			return err
		})
		if err == nil {
			err = w.Flush()
		}
		done <- pw.CloseWithError(err)
	}()
	if send {
		_, err = p.conn.PgConn().CopyFrom(ctx, pr, fmt.Sprintf("COPY %s (%s, %s) FROM STDIN", ident(p.data, name), columnList(t), ident(genColumn)))
	} else {
		_, err = io.Copy(io.Discard, pr)
	}
	_ = pr.CloseWithError(err)
	<-done
	return hex.EncodeToString(h.Sum(nil)), rows, err
}

// compare reads the rows back and compares their bytes with the snapshot's.
func (p *publisher) compare(ctx context.Context, t Table, at pointer, sent string) error {
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
	query := fmt.Sprintf("COPY (SELECT %s FROM %s WHERE %s = %d ORDER BY %s) TO STDOUT", columnList(t), ident(p.data, at.physical),
		ident(genColumn), at.gen, strings.Join(order, ", "))
	if _, err := p.conn.PgConn().CopyTo(ctx, h, query); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sent {
		return fmt.Errorf("what the server gives back (sha256 %.12s) is not what was sent (%.12s): nothing was published", got, sent)
	}
	_, err := p.conn.Exec(ctx, "ANALYZE "+ident(p.data, at.physical))
	return err
}

// view makes the published name of a table.
func (p *publisher) view(t Table, physical string) []string {
	name := ident(p.opt.Schema, t.Name)
	return []string{
		"DROP VIEW IF EXISTS " + name,
		fmt.Sprintf("CREATE VIEW %s AS SELECT %s FROM %s WHERE %s = (SELECT terbitan FROM %s WHERE tabel = %s)", name, columnList(t),
			ident(p.data, physical), ident(genColumn), ident(p.opt.Schema, pointerTable), literal(t.Name)),
	}
}

// comments describe a view and its columns; a description can change where the columns do not.
func (p *publisher) comments(t Table) string {
	name := ident(p.opt.Schema, t.Name)
	statements := []string{fmt.Sprintf("COMMENT ON VIEW %s IS %s", name, literal(t.Comment))}
	for _, c := range t.Columns {
		statements = append(statements, fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", name, ident(c.Name), literal(c.Comment)))
	}
	return strings.Join(statements, "; ")
}
