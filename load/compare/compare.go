// Package compare compares relations of two warehouses row by row, whatever
// engines they are on. Both sides are streamed in the order of a key, so that
// memory does not grow with the rows.
package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"
	"time"

	"lumbung/load/duck"
	"lumbung/sql"
)

// Side streams queries: of DuckDB or of Trino.
type Side = duck.Streamer

// Storer is a Side whose tables know fewer types than DuckDB: Iceberg keeps SMALLINT as INTEGER.
type Storer interface {
	Stored(duckType string) string
}

// Examples is how many differing rows a Difference shows.
const Examples = 5

// Difference is what differs between the two sides of one relation.
type Difference struct {
	Relation string    `json:"relasi"`
	From     int64     `json:"baris_dari"`
	To       int64     `json:"baris_ke"`
	OnlyFrom int64     `json:"hanya_dari"` // rows whose key the other side lacks
	OnlyTo   int64     `json:"hanya_ke"`
	Changed  int64     `json:"berubah"` // rows with the same key and other values
	Columns  []Columns `json:"kolom"`   // columns that only one side has, or has with another type
	Rows     []Row     `json:"contoh"`  // the first differing rows in the order of the key
}

// Columns is a column that differs; "" is none.
type Columns struct {
	Name string `json:"nama"`
	From string `json:"dari"` // type
	To   string `json:"ke"`
}

// Row is one differing row.
type Row struct {
	Key  []Value `json:"kunci"`
	From []Value `json:"dari"` // the values that differ; null when this side lacks the row
	To   []Value `json:"ke"`
}

// Value is a column's value as text; null is nil.
type Value struct {
	Column string  `json:"kolom"`
	Value  *string `json:"nilai"`
}

// Same says that nothing differs.
func (d *Difference) Same() bool {
	return len(d.Columns) == 0 && d.OnlyFrom == 0 && d.OnlyTo == 0 && d.Changed == 0
}

// Summary tells a person in a line what differs.
func (d *Difference) Summary() string {
	switch {
	case d.Same():
		return "the same"
	case len(d.Columns) > 0:
		c := d.Columns[0]
		return fmt.Sprintf("column %s: %s, %s", c.Name, cmp.Or(c.From, "missing"), cmp.Or(c.To, "missing"))
	}
	parts := []string{}
	for _, p := range []struct {
		n    int64
		what string
	}{{d.OnlyFrom, "only in the first"}, {d.OnlyTo, "only in the second"}, {d.Changed, "changed"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// First is the first differing row for the end of a message, "" when no row differs.
func (d *Difference) First() string {
	if len(d.Rows) == 0 {
		return ""
	}
	return "; first " + d.Rows[0].String()
}

// String is the row's key and what differs.
func (r Row) String() string {
	if r.From == nil {
		return list(r.Key) + ": only in the second"
	}
	if r.To == nil {
		return list(r.Key) + ": only in the first"
	}
	return fmt.Sprintf("%s: %s -> %s", list(r.Key), list(r.From), list(r.To))
}

func list(values []Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.String()
	}
	return strings.Join(texts, " ")
}

// String is column=value.
func (v Value) String() string {
	if v.Value == nil {
		return v.Column + "=null"
	}
	return v.Column + "=" + *v.Value
}

// Relation compares one relation. Its rows are matched by key; without one by all their columns. An error is for what
// kept the comparison from coming to an end.
func Relation(ctx context.Context, a, b Side, name string, key []string) (*Difference, error) {
	d := &Difference{Relation: name, Columns: []Columns{}, Rows: []Row{}}
	from, err := columns(ctx, a, name)
	if err != nil {
		return nil, err
	}
	to, err := columns(ctx, b, name)
	if err != nil {
		return nil, err
	}
	stored := from
	if s, ok := b.(Storer); ok {
		stored = slices.Clone(from)
		for i := range stored {
			stored[i].Type = s.Stored(stored[i].Type)
		}
	}
	if d.columns(stored, to); len(d.Columns) > 0 {
		return d, nil // rows of other columns cannot be laid beside one another
	}
	m := &merge{d: d, names: make([]string, len(from))}
	for i, c := range from {
		m.names[i] = c.Name
	}
	if len(key) == 0 {
		key = m.names
	}
	order := make([]string, len(key))
	for i, k := range key {
		at := slices.Index(m.names, k)
		if at < 0 {
			return nil, fmt.Errorf("%s has no column %s", name, k)
		}
		m.key = append(m.key, at)
		order[i] = duck.Ident(k) + " NULLS LAST"
	}
	query := "SELECT * FROM " + duck.Ident(name) + " ORDER BY " + strings.Join(order, ", ")
	return d, m.run(m.sorted(rows(ctx, a, query)), m.sorted(rows(ctx, b, query)))
}

// Models compares the models of some layers, each by its documented key.
func Models(ctx context.Context, a, b Side, layers ...string) ([]*Difference, error) {
	models, err := sql.Models()
	if err != nil {
		return nil, err
	}
	var all []*Difference
	for _, m := range models {
		if !slices.Contains(layers, m.Layer) {
			continue
		}
		d, err := Relation(ctx, a, b, m.Name, m.Header.Key)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func columns(ctx context.Context, s Side, name string) (cols []duck.Column, err error) {
	err = s.Each(ctx, "SELECT * FROM "+duck.Ident(name)+" LIMIT 0", nil, func(c []duck.Column) error { cols = c; return nil }, func([]any) error { return nil })
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", name, err)
	}
	return cols, nil
}

func (d *Difference) columns(from, to []duck.Column) {
	types := map[string]string{}
	for _, c := range to {
		types[c.Name] = c.Type
	}
	for i, c := range from {
		t := types[c.Name]
		if delete(types, c.Name); t != c.Type {
			d.Columns = append(d.Columns, Columns{c.Name, c.Type, t})
		} else if i >= len(to) || to[i].Name != c.Name {
			d.Columns = append(d.Columns, Columns{c.Name, fmt.Sprintf("column %d", i+1), "elsewhere"})
		}
	}
	for _, c := range to {
		if _, left := types[c.Name]; left {
			d.Columns = append(d.Columns, Columns{c.Name, "", c.Type})
		}
	}
}

// rows are a query's rows, each a slice of its own. An error ends them.
func rows(ctx context.Context, s Side, query string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		enough := errors.New("enough")
		err := s.Each(ctx, query, nil, nil, func(row []any) error {
			if !yield(slices.Clone(row), nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(nil, err)
		}
	}
}

// merge walks two sorted streams at once.
type merge struct {
	d     *Difference
	names []string
	key   []int
}

// sorted passes rows on and ends with an error where they do not ascend: laying
// them beside one another would then count rows as missing that are there.
func (m *merge) sorted(rows iter.Seq2[[]any, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var last []any
		for row, err := range rows {
			if err == nil && last != nil && m.compare(last, row) > 0 {
				err = fmt.Errorf("%s: %v comes after %v; the engine orders otherwise than by code point", m.d.Relation, m.values(row, m.key), m.values(last, m.key))
			}
			if last = row; !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (m *merge) run(from, to iter.Seq2[[]any, error]) error {
	nextFrom, stopFrom := iter.Pull2(from)
	defer stopFrom()
	nextTo, stopTo := iter.Pull2(to)
	defer stopTo()
	a, errA, okA := nextFrom()
	b, errB, okB := nextTo()
	for okA || okB {
		if err := errors.Join(errA, errB); err != nil {
			return fmt.Errorf("rows of %s: %w", m.d.Relation, err)
		}
		order := 0
		switch {
		case !okB:
			order = -1
		case !okA:
			order = 1
		default:
			order = m.compare(a, b)
		}
		switch {
		case order < 0:
			m.d.OnlyFrom++
			m.example(a, nil)
		case order > 0:
			m.d.OnlyTo++
			m.example(nil, b)
		case !equal(a, b):
			m.d.Changed++
			m.example(a, b)
		}
		if order <= 0 {
			m.d.From++
			a, errA, okA = nextFrom()
		}
		if order >= 0 {
			m.d.To++
			b, errB, okB = nextTo()
		}
	}
	return nil
}

func (m *merge) compare(a, b []any) int {
	for _, i := range m.key {
		if c := order(a[i], b[i]); c != 0 {
			return c
		}
	}
	return 0
}

// example keeps a differing row; a or b is nil when that side lacks it.
func (m *merge) example(a, b []any) {
	if len(m.d.Rows) >= Examples {
		return
	}
	either, other := a, b
	if a == nil {
		either, other = b, a
	}
	var differ []int
	for i := range either {
		if other == nil && !slices.Contains(m.key, i) || other != nil && order(a[i], b[i]) != 0 {
			differ = append(differ, i)
		}
	}
	r := Row{Key: m.values(either, m.key)}
	if a != nil {
		r.From = m.values(a, differ)
	}
	if b != nil {
		r.To = m.values(b, differ)
	}
	m.d.Rows = append(m.d.Rows, r)
}

func (m *merge) values(row []any, at []int) []Value {
	out := make([]Value, len(at))
	for i, c := range at {
		out[i] = Value{Column: m.names[c]}
		if row[c] != nil {
			text := fmt.Sprint(row[c])
			out[i].Value = &text
		}
	}
	return out
}

func equal(a, b []any) bool {
	return slices.EqualFunc(a, b, func(x, y any) bool { return order(x, y) == 0 })
}

// order compares two values of one column as the engines order them: nulls last, texts by code point.
func order(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(isNull(a), isNull(b))
	}
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(asInt(x), asInt(y))
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case duck.Decimal:
		if y, ok := b.(duck.Decimal); ok {
			if x == y {
				return 0
			}
			p, okX := new(big.Rat).SetString(string(x))
			q, okY := new(big.Rat).SetString(string(y))
			if okX && okY {
				return p.Cmp(q)
			}
		}
	}
	// Values of other kinds: equal only when both kind and text are.
	return cmp.Compare(fmt.Sprintf("%T %v", a, a), fmt.Sprintf("%T %v", b, b))
}

func isNull(v any) int { return asInt(v == nil) }

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
