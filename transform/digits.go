package transform

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"lumbung/transform/row"
)

// unpivotDigits makes one record of each character of a text of digits.
func (d *decoder) unpivotDigits(o *opened, r *row.Row, i int) error {
	col := &d.c.Columns[i]
	src := &o.bind.sources[i]
	text := d.text(r.Cell(src.cols[0]))
	number, _ := d.c.Table.Column(col.Number)
	wrong := ""
	if col.Length > 0 && len(text) != col.Length {
		wrong = fmt.Sprintf("%d digits where %d are wanted", len(text), col.Length)
	}
	if text == "" {
		wrong = "the text of digits is empty" // no digits would make no record, and the row would be lost
	}
	if j := strings.IndexFunc(text, func(c rune) bool { return c < '0' || c > '9' }); j >= 0 {
		odd, _ := utf8.DecodeRuneInString(text[j:])
		wrong = fmt.Sprintf("%q at place %d is no digit", string(odd), j+1)
	}
	if wrong != "" {
		d.fail(r, src.cols[0], i, "digits", wrong, "correct the text; every character is the score of one indicator")
	}
	if d.broken {
		d.result.Counts.In += int64(max(col.Length, 1))
		d.result.Counts.Quarantined += int64(max(col.Length, 1))
		return nil
	}
	flags := len(d.flags)
	for k := range len(text) {
		d.broken, d.flags = false, d.flags[:flags]
		d.vals[number] = val{set: true, i: int64(k + 1)}
		d.vals[col.Index] = val{set: true, i: int64(text[k] - '0')}
		d.checks(r, src.cols[0], i, d.vals[col.Index])
		if err := d.store(o, r, 1); err != nil {
			return err
		}
	}
	return nil
}
