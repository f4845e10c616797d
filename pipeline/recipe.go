package pipeline

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lumbung/load/duck"
	"lumbung/sql"
)

// recipe is what the parts of a model are made from.
type recipe struct {
	column string // by which its rows are kept apart, "" for none
	alone  bool   // its parts can be made without one another
	made   map[string]string
	reads  map[string]map[string][]string // by input that is read by part, and by part of the model: the parts of the input
}

// recipe looks up, for each part of a model, the hashes of all that it is made from.
func (w *build) recipe(ctx context.Context, m *sql.Model) (*recipe, error) {
	r := &recipe{made: map[string]string{}, reads: map[string]map[string][]string{}}
	var whole []any
	for _, ref := range m.References {
		if m.By(ref) == nil {
			whole = append(whole, ref, w.now.of(ref).whole())
		}
	}
	p := m.Header.Partition
	if p == nil {
		r.made[""] = hashOf(whole...)
		return r, nil
	}
	r.column = p.Column
	var from []any
	parts := map[string]bool{none: true}
	loose := len(p.From) == 0 // rows without a value belong to no part
	for _, d := range p.From {
		is := w.now.of(d.Of())
		from = append(from, d.Of(), is.whole())
		for part := range is.Rows {
			parts[part] = true
			loose = loose || part == none
		}
	}
	if loose {
		r.made[""] = hashOf(append(whole, from...)...)
		return r, nil
	}
	r.alone = true
	of := map[string][]any{}
	for _, d := range p.From {
		earlier := map[int64][]int64{}
		if d.Across != "" {
			var err error
			if earlier, err = w.db.Pairs(ctx, d.Across, "tahun_ke", "tahun_dari"); err != nil {
				return nil, err
			}
		}
		is := w.now.of(d.Of())
		r.reads[d.Input] = map[string][]string{}
		for part := range parts {
			read := readBy(part, earlier)
			r.reads[d.Input][part] = read
			for _, other := range read {
				of[part] = append(of[part], d.Input, other, is.Rows[other])
			}
		}
	}
	for part := range parts {
		r.made[part] = hashOf(append(slices.Clone(whole), of[part]...)...)
	}
	return r, nil
}

// readBy lists the parts of an input that a part is made from.
func readBy(part string, earlier map[int64][]int64) []string {
	value, err := strconv.ParseInt(part, 10, 64)
	if err != nil {
		return nil // the rows without a value
	}
	read := []string{part}
	for _, v := range earlier[value] {
		read = append(read, partNamed(v, false))
	}
	return read
}

// rows are the parts with what they were made from in place of hashes of their rows. None of them is without a value.
func (r *recipe) rows() map[string]string {
	rows := maps.Clone(r.made)
	delete(rows, none)
	return rows
}

// changes are the parts of a model that this run makes anew, and those that are no longer there.
type changes struct{ anew, gone []string }

func (c changes) none() bool { return len(c.anew)+len(c.gone) == 0 }

func (r *recipe) changes(before map[string]string) (c changes) {
	for part, made := range r.made {
		if before[part] != made {
			c.anew = append(c.anew, part)
		}
	}
	for part := range before {
		if _, ok := r.made[part]; !ok {
			c.gone = append(c.gone, part)
		}
	}
	slices.Sort(c.anew)
	slices.Sort(c.gone)
	return c
}

// size adds rows to what is known of a part's size.
func (w *build) size(relation, part string, rows int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sizes[relation] == nil {
		w.sizes[relation] = map[string]int64{}
	}
	w.sizes[relation][part] += rows
}

// reads is how many rows of its inputs a part is made from, of those that are read by part.
func (w *build) reads(r *recipe, part string) (n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for input, read := range r.reads {
		for _, of := range read[part] {
			n += w.sizes[input][of]
		}
	}
	return n
}

// measure notes the sizes of a model's parts: where its rows were not counted, what they were made from.
func (w *build) measure(model string, r *recipe, rows map[string]string) {
	for part, is := range rows {
		n, known := countOf(is)
		if !known {
			n = w.reads(r, part)
		}
		w.size(model, part, n)
	}
}

// groups cuts parts of a model, in order, so that each group reads so many rows at most, or is one part.
func (w *build) groups(r *recipe, parts []string) (groups [][]string) {
	var sum int64
	for _, part := range parts {
		n := w.reads(r, part)
		if len(groups) == 0 || sum+n > w.readAtMost {
			groups, sum = append(groups, nil), 0
		}
		sum += n
		groups[len(groups)-1] = append(groups[len(groups)-1], part)
	}
	return groups
}

// whole makes all parts of a model: in one query, or in several where that one would hold too many rows.
func (w *build) whole(ctx context.Context, m *sql.Model, r *recipe) error {
	var groups [][]string
	if r.alone && m.Layer != sql.Staging {
		groups = w.groups(r, slices.Sorted(maps.Keys(r.made)))
	}
	if len(groups) < 2 {
		_, err := w.db.Table(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
		return err
	}
	if err := w.db.TableOf(ctx, m.Name, m.SQL, partOf(r.column, groups[0]), w.sees(m, r, groups[0])); err != nil {
		return err
	}
	return w.add(ctx, m, r, groups[1:], nil)
}

// replace makes some parts of a table anew from those parts of its inputs that they depend on.
func (w *build) replace(ctx context.Context, m *sql.Model, r *recipe, c changes) error {
	groups := w.groups(r, c.anew)
	if len(groups) == 0 {
		groups = [][]string{nil} // parts only go
	}
	return w.add(ctx, m, r, groups, slices.Concat(c.anew, c.gone))
}

// add fills groups of parts into a table, from which old ones go first.
func (w *build) add(ctx context.Context, m *sql.Model, r *recipe, groups [][]string, old []string) error {
	for _, parts := range groups {
		err := w.db.Replace(ctx, m.Name, m.SQL, partOf(r.column, old), partOf(r.column, parts), w.sees(m, r, parts))
		if err != nil {
			return err
		}
		old = nil
	}
	return nil
}

// sees lists what parts of a model see of the inputs that they read by part.
func (w *build) sees(m *sql.Model, r *recipe, parts []string) []duck.Seen {
	var seen []duck.Seen
	for _, d := range m.Header.Partition.From {
		var read []string
		for _, part := range parts {
			read = append(read, r.reads[d.Input][part]...)
		}
		slices.Sort(read)
		in := duck.Seen{Name: d.Input}
		if table, ok := strings.CutPrefix(d.Input, "tahap_"); ok {
			in.Part = partOf(yearOfStaged, slices.Compact(read))
			in.Columns = tableColumns(w.r.p.Config.Tables[table])
			for _, f := range w.staged[d.Input] {
				if slices.ContainsFunc(f.years.Values, func(y int64) bool { return slices.Contains(in.Part.Values, y) }) {
					in.Paths = append(in.Paths, f.path)
				}
			}
		} else {
			of := w.m.named(d.Of())
			in.Of, in.Columns = of.Name, columnsOf(w.m.named(d.Input).Header.Columns)
			in.Part = partOf(of.Header.Partition.Column, slices.Compact(read))
		}
		seen = append(seen, in)
	}
	return seen
}

func (m *models) named(name string) *sql.Model {
	i := slices.IndexFunc(m.ordered, func(m sql.Model) bool { return m.Name == name })
	return &m.ordered[i]
}

func partOf(column string, parts []string) duck.Part {
	p := duck.Part{Column: column}
	for _, part := range parts {
		if part == none {
			p.Null = true
		} else if v, err := strconv.ParseInt(part, 10, 64); err == nil {
			p.Values = append(p.Values, v)
		}
	}
	return p
}
