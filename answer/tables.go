package answer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"lumbung/load/compare"
	"lumbung/load/duck"
	"lumbung/sql"
)

// PublicTable is a mart or dimension as other systems get it.
type PublicTable struct {
	Name    string
	Purpose string
	Key     []string
	Columns []sql.Column
	SHA256  string // of the rows in the order of Key
	Each    func(ctx context.Context, row func([]any) error) error
}

// Tables lists the marts and dimensions of the snapshot, each with its
// documented columns, types taken from the warehouse itself. They are the same
// from both engines: Trino keeps some types in wider ones.
func (r *Reader) Tables(ctx context.Context) ([]PublicTable, error) {
	models, err := sql.Models()
	if err != nil {
		return nil, err
	}
	var out []PublicTable
	for _, m := range models {
		if m.Layer != sql.Marts && !(m.Layer == sql.Core && strings.HasPrefix(m.Name, "dim_")) {
			continue
		}
		t, err := r.table(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", m.Name, err)
		}
		out = append(out, t)
	}
	return out, nil
}

func (r *Reader) table(ctx context.Context, m sql.Model) (PublicTable, error) {
	order := make([]string, len(m.Header.Key))
	for i, k := range m.Header.Key {
		order[i] = duck.Ident(k) + " NULLS LAST"
	}
	query := fmt.Sprintf("SELECT * FROM %s ORDER BY %s", duck.Ident(m.Name), strings.Join(order, ", "))
	t := PublicTable{Name: m.Name, Purpose: m.Header.Purpose, Key: m.Header.Key,
		Each: func(ctx context.Context, row func([]any) error) error { return r.DB.Each(ctx, query, nil, nil, row) }}
	documented := map[string]sql.Column{}
	for _, c := range m.Header.Columns {
		documented[c.Name] = c
	}
	err := r.DB.Each(ctx, query+" LIMIT 0", nil, func(cols []duck.Column) error {
		for _, c := range cols {
			d := documented[c.Name]
			t.Columns = append(t.Columns, sql.Column{Name: c.Name, Type: r.documented(c.Type, d.Type), Description: d.Description})
		}
		return nil
	}, nil)
	if err != nil {
		return t, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%v\n", t.Columns)
	err = t.Each(ctx, func(row []any) error {
		_, err := fmt.Fprintf(h, "%q\n", row)
		return err
	})
	t.SHA256 = hex.EncodeToString(h.Sum(nil))
	return t, err
}

// documented is the type of a column: the documented one where the engine keeps that in another, wider one.
func (r *Reader) documented(has, wants string) string {
	if s, ok := r.DB.(compare.Storer); ok && s.Stored(wants) == has {
		return wants
	}
	return has
}
