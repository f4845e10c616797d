package transform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"lumbung/transform/contract"
	"lumbung/transform/row"
)

// Want names one record of a part: the source row; the year, where headings
// carry years; and the place from 1, where each character is a record.
type Want struct {
	Row    int
	Year   int
	Number int
	Beside bool // a neighbour of one that is asked for: there may be none
}

// TracedCell is one cell of the source and what the contract made of it.
type TracedCell struct {
	Column  string `json:"kolom"`
	Heading string `json:"judul,omitempty"` // heading or path in the source; "" for constants
	Cell    string `json:"sel,omitempty"`
	Text    string `json:"teks"`  // as it stands in the source
	Value   string `json:"nilai"` // as it was read; "" is no value
	Rule    string `json:"aturan"`
}

// Traced is one record, read back from its source.
type Traced struct {
	Sheet  string       `json:"lembar,omitempty"`
	Header int          `json:"baris_judul,omitempty"`
	Row    int          `json:"baris"`
	Cells  []TracedCell `json:"sel"`
}

// Trace reads records of a part back. It stops at the last of them.
func Trace(ctx context.Context, c *contract.Contract, period int, p Part, wanted []Want) (map[Want]Traced, error) {
	d := newDecoder(ctx, &Job{Contract: c, Period: period, Parts: []Part{p}})
	defer d.release()
	d.cur = &p
	if err := d.partName(&p); err != nil {
		return nil, err
	}
	o, err := open(ctx, c, &p)
	if err != nil {
		return nil, err
	}
	defer o.close()
	d.open, d.sheet = o, o.Sheet()
	rows := map[int][]Want{}
	for _, w := range wanted {
		rows[w.Row] = append(rows[w.Row], w)
	}
	out := map[Want]Traced{}
	for len(rows) > 0 {
		r, err := o.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse(&p, d.sheet, "container", "fetch the file again", err)
		}
		for _, w := range rows[r.Number] {
			out[w] = d.traced(o, r, w)
		}
		delete(rows, r.Number)
	}
	for n, list := range rows {
		if !slices.ContainsFunc(list, func(w Want) bool { return !w.Beside }) {
			continue
		}
		return nil, fmt.Errorf("%s: row %d is not there: the file and the snapshot do not belong together", p.Name, n)
	}
	return out, nil
}

func (d *decoder) traced(o *opened, r *row.Row, w Want) Traced {
	t := Traced{Sheet: d.sheet, Header: o.header, Row: r.Number}
	d.year = w.Year
	for i := range d.c.Columns {
		src := &o.bind.sources[i]
		if src.absent {
			continue
		}
		cell, at := d.pick(src, r)
		c := TracedCell{Column: d.c.Columns[i].Column, Text: string(cell.Text), Rule: d.c.Columns[i].Describe()}
		if at >= 0 {
			c.Cell, c.Heading = o.Ref(r.Number, at), o.bind.names[at]
		}
		switch n := w.Number; {
		case d.c.Columns[i].Digits == "":
			c.Value = d.readAs(i, cell)
		case n > 0 && n <= len(c.Text):
			c.Cell += fmt.Sprintf(" [%d]", n)
			c.Text = c.Text[n-1 : n]
			c.Value = c.Text
		}
		t.Cells = append(t.Cells, c)
	}
	return t
}

// readAs spells the value that a cell gives.
func (d *decoder) readAs(i int, cell row.Cell) string {
	col := &d.c.Columns[i]
	v, bad := d.convert(col, cell)
	if bad != nil || !v.set {
		return ""
	}
	if col.Def.Type.Kind == contract.Code {
		return strconv.FormatInt(v.i, 10)
	}
	return d.spell(col.Index, v)
}
