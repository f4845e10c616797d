package transform

import (
	"fmt"
	"strconv"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/row"
)

// key spells the record's key as far as it could be read.
func (d *decoder) key() string {
	var parts []string
	for _, k := range d.c.Key {
		i, _ := d.c.Table.Column(k)
		if v := d.vals[i]; v.set {
			parts = append(parts, k+"="+d.spell(i, v))
		} else if k == "tahun" && d.year != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", k, d.year)) // the heading's, known before the column is read
		}
	}
	return strings.Join(parts, " ")
}

// spell writes a value for a person.
func (d *decoder) spell(i int, v val) string {
	t := d.c.Table.Columns[i].Type
	if t.IsText() {
		return v.s
	}
	if t.Kind == contract.Decimal {
		return decimalText(v.i, t.Scale)
	}
	return strconv.FormatInt(v.i, 10)
}

func decimalText(coef int64, scale int) string {
	s := strconv.FormatInt(coef, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if scale > 0 {
		for len(s) <= scale {
			s = "0" + s
		}
		s = strings.TrimRight(strings.TrimRight(s[:len(s)-scale]+"."+s[len(s)-scale:], "0"), ".")
	}
	if neg {
		s = "-" + s
	}
	return s
}

// fail records a finding of level error: the record goes to quarantine.
func (d *decoder) fail(r *row.Row, readerCol, column int, rule, reason, remedy string) {
	d.broken = true
	d.note(r, readerCol, column, rule, contract.SeverityError, reason, remedy)
}

// note records a finding. column is an index of contract columns, -1 for the whole row.
func (d *decoder) note(r *row.Row, readerCol, column int, rule string, sev contract.Severity, reason, remedy string) {
	f := finding{row: r.Number, rule: rule, level: string(sev), reason: reason, remedy: remedy, key: d.key(),
		cell: d.open.Ref(r.Number, max(readerCol, 0))}
	if column >= 0 {
		f.column = d.c.Columns[column].Column
		f.text = string(r.Cell(readerCol).Text)
	}
	d.result.Findings[rule]++
	if sev == contract.SeverityError {
		d.errorsBy[rule]++
		if _, ok := d.firstError[rule]; !ok {
			where := d.cur.Name
			if d.sheet != "" {
				where += ", sheet " + d.sheet + ","
			}
			d.firstError[rule] = fmt.Sprintf("in %s at %s: %s", where, f.cell, reason)
		}
	} else {
		d.flags = append(d.flags, rule)
	}
	d.findings.add(d, f)
}

func (d *decoder) layout(o *opened) Layout {
	l := Layout{Part: d.cur.Name, Sheet: d.sheet, HeaderRow: o.header, Detected: o.detected, Columns: map[string]string{}}
	for i := range d.c.Columns {
		name, src := d.c.Columns[i].Column, &o.bind.sources[i]
		for y, col := range src.years {
			l.Columns[fmt.Sprintf("%s %d", name, y)] = o.bind.names[col]
		}
		if len(src.cols) > 0 {
			l.Columns[name] = src.heading
		}
	}
	return l
}
