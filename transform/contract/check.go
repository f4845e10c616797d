package contract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lumbung/transform/value"
)

func (v *validator) format() {
	f := &v.c.Format
	switch f.Type {
	case "xlsx":
		if len(f.Sheet) == 0 {
			v.fail("$.format", `format: xlsx wants sheet: [NAME...], or "*" for the sheet whose header fits`)
		}
	case "csv":
		if len(f.Delimiter) > 1 && f.Delimiter != `\t` && f.Delimiter != "tab" {
			v.fail("$.format.delimiter", "delimiter is one character, or the word tab")
		}
		if f.Encoding != "" && !slices.Contains([]string{"utf-8", "utf-16", "windows-1252", "detect"}, f.Encoding) {
			v.fail("$.format.encoding", "encoding %q is not one of utf-8, utf-16, windows-1252, detect", f.Encoding)
		}
	case "json", "yaml":
		if f.Rows == "" && !f.Lines { // a line is a record, unless rows leads into it
			v.fail("$.format", `format: %s wants rows: PATH, for example "kec[*].ds[*]"`, f.Type)
		}
		if f.Header != nil {
			v.fail("$.format.header", "header: %s has no heading rows", f.Type)
		}
	default:
		v.fail("$.format.type", "format type %q is not one of xlsx, csv, json, yaml", f.Type)
	}
	if f.Header == nil {
		f.Header = &Header{}
	}
	h := f.Header
	if h.Row == 0 {
		h.Row = 1
	}
	if h.Rows == 0 {
		h.Rows = 1
	}
	if h.Search < h.Row {
		h.Search = h.Row
	}
	if h.Row < 0 || h.Rows < 1 || h.Rows > 5 || h.Search > 1000 {
		v.fail("$.format.header", "header: row from 1, rows 1..5, search up to 1000")
	}
}

func (v *validator) columns() {
	c := v.c
	if len(c.Columns) == 0 {
		v.fail("$.columns", "columns: at least one is wanted")
	}
	numbers, err := value.ParseNumbers(c.Numbers)
	if err != nil {
		v.fail("$.numbers", "%v", err)
	}
	seen := map[string]bool{}
	for i := range c.Columns {
		col := &c.Columns[i]
		at := fmt.Sprintf("$.columns[%d]", i)
		idx, ok := c.Table.Column(col.Column)
		if !ok {
			v.fail(at+".column", "column %q does not exist in table %s%s", col.Column, c.Table.Name, didYouMean(col.Column, c.Table))
			continue
		}
		if seen[col.Column] {
			v.fail(at+".column", "column %s is filled twice", col.Column)
		}
		seen[col.Column] = true
		if col.Number != "" {
			seen[col.Number] = true
		}
		col.Index, col.Def, col.Locale = idx, &c.Table.Columns[idx], numbers
		if col.Numbers != "" {
			if col.Locale, err = value.ParseNumbers(col.Numbers); err != nil {
				v.fail(at+".numbers", "%v", err)
			}
		}
		v.source(at, col)
		v.forms(at, col)
		for j := range col.Checks {
			v.columnCheck(fmt.Sprintf("%s.checks[%d]", at, j), col, &col.Checks[j])
		}
	}
	for _, d := range c.Table.Columns {
		if d.Required && !seen[d.Name] {
			v.fail("$.columns", "column %s of table %s is required and nothing fills it", d.Name, c.Table.Name)
		}
	}
}

func (v *validator) forms(at string, col *Column) {
	names := v.c.Dates
	if len(col.Dates) > 0 {
		names = col.Dates
	}
	for _, name := range names {
		f, err := value.ParseFormat(name)
		if err != nil {
			v.fail(at, "dates: %v", err)
			continue
		}
		col.Forms = append(col.Forms, f)
	}
	if col.Def.Type.Kind == Date && len(col.Forms) == 0 {
		v.fail(at, "column %s is a date: say how dates are written, for example dates: [dd/mm/yyyy]", col.Column)
	}
}

func (v *validator) columnCheck(at string, col *Column, ch *Check) {
	ch.Severity = v.severity(at, ch.Severity)
	switch ch.Rule {
	case "range":
		v.rangeCheck(at, col, ch)
	case "one_of":
		if len(ch.Values) == 0 {
			v.fail(at, "one_of wants values")
		}
	case "pattern":
		re, err := regexp.Compile("^(?:" + ch.Pattern + ")$")
		if err != nil || ch.Pattern == "" {
			v.fail(at, "pattern %q is not a regular expression", ch.Pattern)
		}
		ch.RE = re
	case "required":
	default:
		v.fail(at+".rule", "rule %q is not one of range, one_of, pattern, required", ch.Rule)
	}
}

func (v *validator) rangeCheck(at string, col *Column, ch *Check) {
	t := col.Def.Type
	if t.IsText() || t.Kind == Boolean || t.Kind == Date {
		v.fail(at, "range is for numbers, and %s is %s", col.Column, t)
		return
	}
	if ch.Min == nil && ch.Max == nil {
		v.fail(at, "range wants min, max or both")
	}
	for _, end := range []struct {
		n *Number
		p *int64
	}{{ch.Min, &ch.MinCoef}, {ch.Max, &ch.MaxCoef}} {
		if end.n == nil {
			continue
		}
		coef, err := value.Decimal([]byte(*end.n), value.Plain, value.Opt{}, 18, t.Scale)
		if err != nil {
			v.fail(at, "range: %q: %v", string(*end.n), err)
		}
		*end.p = coef
	}
}

func (v *validator) severity(at string, s Severity) Severity {
	switch s {
	case "":
		return SeverityError
	case SeverityError, SeverityWarning:
		return s
	}
	v.fail(at+".severity", "severity %q is not one of error, warning", s)
	return SeverityError
}

// maxKey is how many columns a key may have.
const maxKey = 4

func (v *validator) key() {
	c := v.c
	if len(c.Key) == 0 {
		c.Key = c.Table.Key
	}
	if len(c.Key) > maxKey {
		v.fail("$.key", "key: at most %d columns", maxKey)
	}
	for i, k := range c.Key {
		if _, ok := c.Table.Column(k); !ok {
			v.fail(fmt.Sprintf("$.key[%d]", i), "key column %q does not exist in table %s", k, c.Table.Name)
		}
	}
}

func (v *validator) skips() {
	for i := range v.c.Skip {
		s := &v.c.Skip[i]
		at := fmt.Sprintf("$.skip[%d]", i)
		if s.Name == "" {
			v.fail(at, "skip: every rule wants a name under which its rows are counted")
		}
		if s.When == "blank" && s.From == "" {
			continue
		}
		re, err := regexp.Compile(s.Matches)
		if s.When != "" || s.From == "" || err != nil {
			v.fail(at, "skip %s: when: blank, or from: HEADING with matches: EXPRESSION, is wanted", s.Name)
			continue
		}
		s.RE = re
		v.position(at, "skip "+s.Name, s.From)
	}
	if p := v.c.SkipPart; p != nil && (p.Name == "" || p.Path == "") {
		v.fail("$.skip_part", "skip_part wants name, path and equals")
	}
}

// didYouMean suggests the nearest column name.
func didYouMean(name string, t *Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	if near := Nearest(name, names, 1); len(near) > 0 {
		return "; did you mean " + near[0] + "?"
	}
	return "; it has " + strings.Join(names, ", ")
}
