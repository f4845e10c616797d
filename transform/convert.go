package transform

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lumbung/transform/contract"
	"lumbung/transform/row"
	"lumbung/transform/value"
)

// text is the normalised text of a cell. Shared strings are normalised once.
func (d *decoder) text(c row.Cell) string {
	if c.Kind == row.Empty || len(c.Text) == 0 {
		return ""
	}
	if c.Date {
		return d.isoDate(c)
	}
	if c.Kind == row.Number && d.open.number != nil {
		if short, err := d.open.number(c.Text); err == nil {
			return string(short)
		}
	}
	if c.Shared == 0 {
		return value.Name(string(c.Text))
	}
	i := int(c.Shared)
	for len(d.names) <= i {
		d.names = append(d.names, make([]string, max(i+1-len(d.names), 1024))...)
	}
	if d.names[i] == "" {
		d.names[i] = value.Name(string(c.Text))
	}
	return d.names[i]
}

// column converts and checks the value of one contract column.
func (d *decoder) column(o *opened, r *row.Row, i int) {
	col, src := &d.c.Columns[i], &o.bind.sources[i]
	cell, at := d.pick(src, r)
	if cell.Kind == row.Error {
		d.fail(r, at, i, "error_cell", fmt.Sprintf("the cell holds the error value %s", cell.Text),
			"mend the formula in the source; a formula must have been calculated before the file was saved")
		return
	}
	if other := rival(src, r, cell, at); other >= 0 {
		d.fail(r, at, i, "ambiguous", fmt.Sprintf("%s says %q and %s says %q", o.bind.names[at], clip(cell.Text), o.bind.names[other], clip(r.Cell(other).Text)),
			"ask the publisher which of the two is meant, and name only that in the contract")
		return
	}
	v, bad := d.convert(col, cell)
	if bad != nil {
		d.fail(r, at, i, bad.rule, bad.reason, bad.remedy)
		return
	}
	d.vals[col.Index] = v
	if !v.set && col.IsRequired() && !hasCheck(col, "required") {
		d.fail(r, at, i, "required", "the cell is empty and "+col.Column+" is required", "fill the cell in the source")
		return
	}
	d.checks(r, at, i, v)
}

func hasCheck(col *contract.Column, rule string) bool {
	return slices.ContainsFunc(col.Checks, func(c contract.Check) bool { return c.Rule == rule })
}

// pick finds the cell a source stands for, and its reader column: -1 when it has none.
func (d *decoder) pick(src *source, r *row.Row) (row.Cell, int) {
	switch {
	case src.years != nil:
		at, ok := src.years[d.year]
		if !ok { // an optional column that this year does not have
			at = -1
		}
		return r.Cell(at), at
	case src.join:
		d.raw = d.raw[:0]
		for _, c := range src.cols {
			cell := r.Cell(c)
			if cell.Kind == row.Error {
				return cell, c
			}
			d.raw = append(d.raw, cell.Text...)
		}
		return row.Cell{Kind: row.Text, Text: d.raw}, src.cols[0]
	case len(src.cols) > 0:
		for _, c := range src.cols {
			if cell := r.Cell(c); len(cell.Text) > 0 {
				return cell, c
			}
		}
		return row.Cell{}, src.cols[0]
	case src.absent:
		return row.Cell{}, -1
	}
	d.raw = append(d.raw[:0], d.constant(src.text)...)
	return row.Cell{Kind: row.Text, Text: d.raw}, -1
}

// rival is another of a column's alternative places that says something else, -1 when there is none.
func rival(src *source, r *row.Row, cell row.Cell, at int) int {
	if src.join || len(src.cols) < 2 {
		return -1
	}
	for _, c := range src.cols {
		if other := r.Cell(c); c != at && len(other.Text) > 0 && !bytes.Equal(other.Text, cell.Text) {
			return c
		}
	}
	return -1
}

// constant fills {tahun}, {periode} and the names of the part's pattern in.
func (d *decoder) constant(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	if d.year != 0 {
		text = strings.ReplaceAll(text, "{tahun}", strconv.Itoa(d.year))
	}
	for name, v := range d.group {
		text = strings.ReplaceAll(text, "{"+name+"}", v)
	}
	return text
}

// misfit says why a cell cannot become a value.
type misfit struct{ rule, reason, remedy string }

func typeMisfit(cell row.Cell, t contract.Type, err error) *misfit {
	m := &misfit{"type", fmt.Sprintf("%q is not a %s: %v", clip(cell.Text), noun(t), err),
		"correct the cell in the source, or the contract's number or date format"}
	var grammar *value.Error
	if errors.As(err, &grammar) {
		m.reason = fmt.Sprintf("%q %s (a %s is wanted)", clip(cell.Text), grammar.Reason, noun(t))
		if grammar.Remedy != "" {
			m.remedy = grammar.Remedy
		}
	}
	return m
}

func noun(t contract.Type) string {
	switch t.Kind {
	case contract.Decimal:
		return "number"
	case contract.Integer, contract.BigInt:
		return "whole number"
	case contract.Code:
		return "code"
	}
	return t.String()
}

func clip(b []byte) string {
	const most = 80
	if len(b) > most {
		return string(b[:most]) + "..."
	}
	return string(b)
}

// convert makes a typed value of a cell.
func (d *decoder) convert(col *contract.Column, cell row.Cell) (val, *misfit) {
	if cell.Kind == row.Empty || len(cell.Text) == 0 {
		return val{}, nil
	}
	if col.Map != nil || len(col.Null) > 0 || col.Def.Type.IsText() {
		text := d.text(cell)
		if text == "" || slices.Contains(col.Null, text) {
			return val{}, nil
		}
		if col.Map != nil {
			mapped, ok := col.Map[text]
			if !ok {
				return val{}, &misfit{"map", fmt.Sprintf("%q is not in the contract's map", text), "add it to the map, or correct the cell"}
			}
			if mapped == "" {
				return val{}, nil
			}
			text = mapped
			cell = row.Cell{Kind: row.Text, Text: []byte(text)}
		}
		if col.Def.Type.IsText() {
			if col.Upper {
				text = strings.ToUpper(text)
			}
			return val{set: true, s: text}, d.oneOf(col, text)
		}
	}
	if cell.Kind == row.Text && len(bytes.TrimSpace(cell.Text)) == 0 {
		return val{}, nil
	}
	return d.typed(col, cell)
}

func (d *decoder) oneOf(col *contract.Column, text string) *misfit {
	if len(col.Def.OneOf) == 0 || slices.Contains(col.Def.OneOf, text) {
		return nil
	}
	return &misfit{"one_of", fmt.Sprintf("%q is not one of %s", text, strings.Join(col.Def.OneOf, ", ")),
		"correct the cell, or map the text in the contract"}
}

// typed converts to the types that are numbers inside.
func (d *decoder) typed(col *contract.Column, cell row.Cell) (val, *misfit) {
	t := col.Def.Type
	if bad := d.disguised(col, cell); bad != nil {
		return val{}, bad
	}
	text, locale := cell.Text, col.Locale
	opt := value.Opt{Round: col.Round, Percent: col.Unit == contract.UnitPercent, Fraction: cell.Percent && col.Unit == contract.UnitPercent}
	if cell.Kind == row.Number {
		locale = value.Plain
		if d.open.number != nil && !cell.Date {
			short, err := d.open.number(text)
			if err != nil {
				return val{}, typeMisfit(cell, t, err)
			}
			text = short
		}
	}
	switch t.Kind {
	case contract.Decimal:
		n, err := value.Decimal(text, locale, opt, t.Precision, t.Scale)
		return numeric(n, err, cell, t)
	case contract.Integer, contract.BigInt:
		n, err := value.Whole(text, locale, opt)
		if err == nil && t.Kind == contract.Integer && (n > 1<<31-1 || n < -1<<31) {
			err = fmt.Errorf("it is larger than the column holds")
		}
		return numeric(n, err, cell, t)
	case contract.Year:
		text = bytes.TrimSpace(text)
		if cell.Kind == row.Number {
			if n, err := value.Integer(text, value.Plain); err == nil {
				text = strconv.AppendInt(nil, n, 10)
			}
		}
		y, err := value.Year(text)
		return numeric(int64(y), err, cell, t)
	case contract.Code:
		return d.code(col, cell, text)
	case contract.Date:
		return d.date(col, cell)
	}
	return boolean(cell, t)
}

// disguised says that a number is shown as something that its column is not: a
// spreadsheet makes a date of 1-2, and shows 0.25 as 25 %.
func (d *decoder) disguised(col *contract.Column, cell row.Cell) *misfit {
	kind := col.Def.Type.Kind
	switch {
	case cell.Date && kind != contract.Date:
		return &misfit{"type", fmt.Sprintf("the cell shows the date %s where a %s is wanted", d.isoDate(cell), noun(col.Def.Type)),
			"spreadsheets make dates of texts such as 1-2; write the value into the source again, as text or number"}
	case cell.Percent && (kind == contract.Decimal || kind == contract.Integer || kind == contract.BigInt) && col.Unit != contract.UnitPercent && col.Unit != contract.UnitFraction:
		return &misfit{"type", fmt.Sprintf("the cell shows %s as per cent", clip(cell.Text)),
			"declare unit: persen to read 0.25 as 25, or unit: pecahan to read it as 0.25"}
	}
	return nil
}

// isoDate spells a cell that shows a date.
func (d *decoder) isoDate(cell row.Cell) string {
	days, err := value.Serial(cell.Text, d.open.date1904)
	if err != nil {
		return string(cell.Text)
	}
	return time.Unix(int64(days)*24*60*60, 0).UTC().Format(time.DateOnly)
}

func numeric(n int64, err error, cell row.Cell, t contract.Type) (val, *misfit) {
	if err != nil {
		return val{}, typeMisfit(cell, t, err)
	}
	return val{set: true, i: n}, nil
}

func (d *decoder) date(col *contract.Column, cell row.Cell) (val, *misfit) {
	if cell.Kind == row.Number && cell.Date {
		days, err := value.Serial(cell.Text, d.open.date1904)
		return numeric(int64(days), err, cell, col.Def.Type)
	}
	days, err := value.Date(cell.Text, col.Forms)
	return numeric(int64(days), err, cell, col.Def.Type)
}

func boolean(cell row.Cell, t contract.Type) (val, *misfit) {
	switch strings.ToLower(strings.TrimSpace(string(cell.Text))) {
	case "true", "ya", "1":
		return val{set: true, i: 1}, nil
	case "false", "tidak", "0":
		return val{set: true}, nil
	}
	return val{}, typeMisfit(cell, t, fmt.Errorf("true, false, ya or tidak is wanted"))
}
