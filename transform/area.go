package transform

import (
	"fmt"
	"slices"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/row"
	"lumbung/transform/wilayah"
)

// areas finishes codes that need the record's other columns: translated ones
// become the code of the record's year, looked-up ones are found by name.
func (d *decoder) areas(r *row.Row) {
	for i := range d.c.Columns {
		col := &d.c.Columns[i]
		if v := &d.vals[col.Index]; col.Crosswalk != "" && v.set {
			v.i = d.job.Register.AsOf(v.i, d.recordYear())
		}
		if col.Lookup != nil {
			d.lookup(r, i)
		}
	}
}

// lookup finds a village by its name inside its kecamatan, never elsewhere.
func (d *decoder) lookup(r *row.Row, i int) {
	col := &d.c.Columns[i]
	l := col.Lookup
	name := d.vals[l.NameCol]
	_, at := d.placeOf(col.Index, r)
	if d.job.Register.Empty() {
		d.fail(r, at, i, "lookup", "there is no code list to find the village in", "add a source that fills the table wilayah")
		return
	}
	if !name.set || !d.vals[l.WithinCol].set {
		d.fail(r, at, i, "lookup", "the village or its kecamatan has no name", "fill both cells in the source")
		return
	}
	kecamatan, reason := d.kecamatanOf(l)
	if reason != "" {
		d.fail(r, at, i, "lookup", reason, "correct the kecamatan, or add it to the code list")
		return
	}
	switch found := d.job.Register.VillagesNamed(kecamatan, name.s, d.recordYear()); len(found) {
	case 1:
		d.vals[col.Index] = val{set: true, i: found[0]}
		d.checks(r, at, i, d.vals[col.Index])
	case 0:
		reason := fmt.Sprintf("kecamatan %s (%s) has no village %q", d.job.Register.Name(kecamatan), wilayah.Dotted(kecamatan), name.s)
		if near := contract.Nearest(name.s, d.job.Register.NamesIn(kecamatan), 3); len(near) > 0 {
			reason += fmt.Sprintf("; nearest: %s", strings.Join(near, ", "))
		}
		d.fail(r, at, i, "lookup", reason, "correct the name; villages of other kecamatan are not considered")
	default:
		codes := make([]string, len(found))
		for k, c := range found {
			codes[k] = wilayah.Dotted(c)
		}
		d.fail(r, at, i, "lookup", fmt.Sprintf("%q could be any of %s", name.s, strings.Join(codes, ", ")), "write the code into the source")
	}
}

// kecamatanOf is the kecamatan that a lookup stays in.
func (d *decoder) kecamatanOf(l *contract.Lookup) (code int64, reason string) {
	within := d.vals[l.WithinCol]
	if l.OfCol < 0 {
		return within.i, ""
	}
	kabupaten := d.vals[l.OfCol].s
	found := d.job.Register.KecamatanNamed(kabupaten, within.s)
	if len(found) != 1 {
		return 0, fmt.Sprintf("%d kecamatan %q in %q", len(found), within.s, kabupaten)
	}
	return found[0], ""
}

// placeOf is the contract column that fills a table column, and the reader
// column in which its value, or the name it is looked up by, stands; -1 where there is none.
func (d *decoder) placeOf(table int, r *row.Row) (column, at int) {
	column = slices.IndexFunc(d.c.Columns, func(c contract.Column) bool { return c.Index == table })
	if column < 0 {
		return -1, -1
	}
	if l := d.c.Columns[column].Lookup; l != nil {
		_, at = d.placeOf(l.NameCol, r)
		return column, at
	}
	_, at = d.pick(&d.open.bind.sources[column], r)
	return column, at
}
