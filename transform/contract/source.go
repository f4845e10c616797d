package contract

import (
	"regexp"
	"slices"
	"strings"
)

func (v *validator) source(at string, col *Column) {
	n := 0
	for _, given := range []bool{len(col.From) > 0, col.Value != nil, len(col.Join) > 0, col.Digits != "", col.Lookup != nil} {
		if given {
			n++
		}
	}
	if n != 1 {
		v.fail(at, "column %s: exactly one of from, value, join, digits, lookup says where the value comes from", col.Column)
	}
	if col.Digits != "" {
		i, ok := v.c.Table.Column(col.Number)
		if !ok || v.c.Table.Columns[i].Type.Kind != Integer {
			v.fail(at, "column %s: digits wants number: an integer column of table %s", col.Column, v.c.Table.Name)
		}
	}
	v.froms(at, col)
	v.constant(at, col)
	v.schemes(at, col)
	if !slices.Contains([]string{"", UnitPercent, UnitFraction, UnitRupiah}, col.Unit) {
		v.fail(at+".unit", "unit %q is not one of persen, pecahan, rupiah", col.Unit)
	}
}

var position = regexp.MustCompile(`^#[1-9]\d{0,4}$`)

// froms checks that headings, positions and paths stand where the format has them.
func (v *validator) froms(at string, col *Column) {
	years := strings.Contains(strings.Join(append(append(List{}, col.Join...), col.Digits), " "), "{tahun}")
	f := &v.c.Format
	headings := f.Type != "json" && f.Type != "yaml" && !f.Header.None
	if years || !headings && strings.Contains(strings.Join(col.From, " "), "{tahun}") {
		v.fail(at, "column %s: {tahun} is for headings, in from", col.Column)
	}
	if f.Header.None && len(col.From) > 1 {
		v.fail(at+".from", "column %s: without headings a column stands at one place", col.Column)
	}
	for _, from := range append(append(append(List{}, col.From...), col.Join...), col.Digits) {
		v.position(at, "column "+col.Column, from)
	}
}

// position checks the place of a file without headings; what names who asks for it.
func (v *validator) position(at, what, from string) {
	if v.c.Format.Header.None && from != "" && !position.MatchString(from) {
		v.fail(at, `%s: with header: none write "#3" for the third column, not %q`, what, from)
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// constant checks that what stands in braces will be known.
func (v *validator) constant(at string, col *Column) {
	if col.Value == nil {
		return
	}
	known := []string{"periode"}
	if v.c.PartRE != nil {
		known = append(known, v.c.PartRE.SubexpNames()...)
	}
	if slices.ContainsFunc(v.c.Columns, func(c Column) bool { return strings.Contains(strings.Join(c.From, " "), "{tahun}") }) {
		known = append(known, "tahun")
	}
	for _, m := range placeholder.FindAllStringSubmatch(*col.Value, -1) {
		if !slices.Contains(known, m[1]) {
			v.fail(at+".value", "column %s: nothing says what {%s} is; name it in part, or {tahun} in a heading", col.Column, m[1])
		}
	}
}

// fills says whether a column of the contract gives the table column its value.
func (c *Contract) fills(name string) bool {
	return slices.ContainsFunc(c.Columns, func(col Column) bool { return col.Column == name || col.Number == name })
}

// schemes checks how a column comes to Kemendagri codes.
func (v *validator) schemes(at string, col *Column) {
	isCode := col.Def.Type.Kind == Code && col.Def.Scheme == "kemendagri"
	if col.Crosswalk != "" && (col.Crosswalk != "bps" && col.Crosswalk != "djpk" || !isCode) {
		v.fail(at, "column %s: crosswalk: bps and crosswalk: djpk are for columns of Kemendagri codes", col.Column)
	}
	l := col.Lookup
	if l == nil {
		return
	}
	if !isCode || col.Def.Digits != 10 {
		v.fail(at, "column %s: lookup finds village codes, of ten digits", col.Column)
	}
	find := func(name, what string) int {
		i, ok := v.c.Table.Column(name)
		if !ok {
			v.fail(at, "column %s: lookup: %s: column %q does not exist in table %s", col.Column, what, name, v.c.Table.Name)
		}
		return i
	}
	l.NameCol, l.WithinCol, l.OfCol = find(l.Name, "name"), find(l.Within, "within"), -1
	for _, name := range []string{l.Name, l.Within, l.WithinIn} {
		if _, ok := v.c.Table.Column(name); ok && !v.c.fills(name) {
			v.fail(at, "column %s: lookup: the contract does not fill column %s", col.Column, name)
		}
	}
	if l.NameCol >= 0 && !v.c.Table.Columns[l.NameCol].Type.IsText() {
		v.fail(at, "column %s: lookup: name: column %q is no text", col.Column, l.Name)
	}
	if l.WithinIn != "" {
		l.OfCol = find(l.WithinIn, "of")
	}
	if l.WithinCol >= 0 && v.c.Table.Columns[l.WithinCol].Type.IsText() && l.OfCol < 0 {
		v.fail(at, "column %s: lookup within a name wants of: the column with the kabupaten's name", col.Column)
	}
}
