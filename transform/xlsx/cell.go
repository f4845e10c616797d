package xlsx

import (
	"bytes"
	"strconv"
	"time"

	"lumbung/transform/row"
)

// cellSource is what the file says about one cell. Its String is the reference, for
// messages: it is made only when there is one to write.
type cellSource struct {
	row, col int
	typ      []byte
	style    int
	formula  bool
	hasV     bool
	hasIs    bool
	value    []byte // text of v or is
}

func (c *cellSource) String() string { return cellName(c.row, c.col) }

// cell reads one cell from behind its start tag, in whichever way it is written.
func (p *parser) cell(tok token, from int) error {
	col, err := p.cellPlace(tok, from)
	if err != nil {
		return err
	}
	src := &p.src
	*src = cellSource{row: p.rowNo, col: col}
	src.typ, _ = p.attr("t")
	if raw, ok := p.attr("s"); ok {
		if src.style, ok = parseIndex(raw); !ok || src.style >= len(p.looks) {
			return p.cellFail("cell style %q does not exist, there are %d", clip(raw), len(p.looks))
		}
	}
	if err := p.cellChildren(src); err != nil {
		return err
	}
	if len(src.value) > p.lim.CellBytes {
		return overLimit(p.part, src.String(), "CellBytes", "the text has %d bytes, more than %d", len(src.value), p.lim.CellBytes)
	}
	c, err := p.convert(src)
	if err != nil {
		return err
	}
	p.put(from, col, c)
	return nil
}

// cellFail reports a fault of the cell that is being read.
func (p *parser) cellFail(format string, args ...any) error {
	return damaged(p.part, p.src.String(), format, args...)
}

// cellPlace finds the cell's column: by its reference, or next to the cell before.
func (p *parser) cellPlace(tok token, from int) (int, error) {
	next := len(p.bt.cells) - from
	col := next
	if raw, ok := p.attr("r"); ok {
		c, r, ok := parseRef(raw)
		switch {
		case !ok:
			return 0, p.rowFail("%q is no cell reference", clip(raw))
		case r != p.rowNo:
			return 0, p.rowFail("cell %s does not belong into this row", raw)
		case c < next:
			return 0, damaged(p.part, string(raw), "the cell comes after %s: cells are doubled or out of order", cellName(p.rowNo, next-1))
		}
		col = c
	}
	if col >= p.lim.Cols {
		return 0, damaged(p.part, cellName(p.rowNo, col), "the column is beyond %s", colName(p.lim.Cols-1))
	}
	if p.implied+int64(col)+1 > p.lim.Cells {
		return 0, overLimit(p.part, cellName(p.rowNo, col), "Cells", "the rows up to here cover more than %d cells", p.lim.Cells)
	}
	return col, nil
}

// cellChildren reads f, v and is, each at most once.
func (p *parser) cellChildren(src *cellSource) error {
	for {
		tok, err := p.next()
		switch {
		case err != nil:
			return err
		case tok.kind == tokEnd:
			return nil
		case tok.kind == tokText && allSpace(tok.text):
			continue
		case tok.kind != tokStart || tok.ns != nsMain:
			return p.cellFail("%s in the cell", p.shown(tok))
		}
		if err := p.cellChild(src, tok); err != nil {
			return err
		}
	}
}

func (p *parser) cellChild(src *cellSource, tok token) error {
	var err error
	from := len(p.bt.text)
	switch name := string(tok.local); {
	case name == "f" && !src.formula:
		src.formula = true
		return p.skip()
	case name == "v" && !src.hasV && !src.hasIs:
		src.hasV = true
		p.bt.text, err = p.content(p.bt.text, src, string(src.typ) == "str")
	case name == "is" && !src.hasIs && !src.hasV:
		src.hasIs = true
		p.bt.text, err = p.richText(p.bt.text, src)
	case name == "extLst":
		return p.skip()
	default:
		return p.cellFail("element %q in the cell", clip(tok.local))
	}
	src.value = p.addText(from)
	return err
}

// noValue is the text of a formula cell that has no stored result.
const noValue = "#NOVALUE"

// convert makes the cell that the source means.
func (p *parser) convert(src *cellSource) (row.Cell, error) {
	typ := string(src.typ)
	inline := typ == "inlineStr"
	if src.hasIs != inline && (src.hasIs || src.hasV) {
		return row.Cell{}, p.cellFail("an inline string and a cell of type %q do not go together", clip(src.typ))
	}
	v := src.value
	if typ != "str" && !inline {
		v = bytes.Trim(v, " \t\r\n")
	}
	missing := !src.hasV && !src.hasIs || len(v) == 0 && (typ == "" || typ == "n")
	switch {
	case missing && !known(typ):
	case missing && src.formula:
		return row.Cell{Kind: row.Error, Text: p.literal(noValue)}, nil
	case missing:
		return row.Cell{}, nil
	}
	switch typ {
	case "", "n":
		if !isNumber(v) {
			return row.Cell{}, p.cellFail("%q in a number cell", clip(v))
		}
		return row.Cell{Kind: row.Number, Date: p.looks[src.style].date, Percent: p.looks[src.style].percent, Text: v}, nil
	case "s":
		return p.sharedCell(v)
	case "str", "inlineStr":
		return row.Cell{Kind: row.Text, Text: v}, nil
	case "b":
		return p.boolCell(v)
	case "e":
		if len(v) == 0 {
			return row.Cell{}, p.cellFail("an error cell without its error value")
		}
		return row.Cell{Kind: row.Error, Text: v}, nil
	case "d":
		serial, ok := isoSerial(string(v), p.sheet.book.date1904)
		if !ok {
			return row.Cell{}, p.cellFail("%q in a date cell", clip(v))
		}
		return row.Cell{Kind: row.Number, Date: true, Text: p.literal(serial)}, nil
	}
	return row.Cell{}, p.cellFail("cell type %q is unknown", clip(src.typ))
}

func known(typ string) bool {
	switch typ {
	case "", "n", "s", "str", "inlineStr", "b", "e", "d":
		return true
	}
	return false
}

// literal puts a text of ours into the batch.
func (p *parser) literal(s string) []byte {
	from := len(p.bt.text)
	p.bt.text = append(p.bt.text, s...)
	return p.addText(from)
}

func (p *parser) sharedCell(v []byte) (row.Cell, error) {
	n, ok := parseIndex(v)
	if !ok || n >= p.shared.len() {
		return row.Cell{}, p.cellFail("shared string %q does not exist, there are %d", clip(v), p.shared.len())
	}
	return row.Cell{Kind: row.Text, Shared: int32(n) + 1, Text: p.shared.at(n)}, nil
}

func (p *parser) boolCell(v []byte) (row.Cell, error) {
	switch string(v) {
	case "1", "true":
		return row.Cell{Kind: row.Bool, Text: p.literal("true")}, nil
	case "0", "false":
		return row.Cell{Kind: row.Bool, Text: p.literal("false")}, nil
	}
	return row.Cell{}, p.cellFail("%q in a boolean cell", clip(v))
}

// isNumber is the grammar of xsd:double without NaN and the infinities, which no
// cell can hold: 12, -0.5, 4.1E-2, and .5, 5. and +5, which Excel does not write.
func isNumber(v []byte) bool {
	i := 0
	if i < len(v) && (v[i] == '-' || v[i] == '+') {
		i++
	}
	whole := digitsAt(v, i)
	i += whole
	part := 0
	if i < len(v) && v[i] == '.' {
		part = digitsAt(v, i+1)
		i += 1 + part
	}
	if whole+part == 0 {
		return false
	}
	if i == len(v) {
		return true
	}
	if v[i]|0x20 != 'e' {
		return false
	}
	i++
	if i < len(v) && (v[i] == '-' || v[i] == '+') {
		i++
	}
	n := digitsAt(v, i)
	return n > 0 && i+n == len(v)
}

func digitsAt(v []byte, i int) int {
	n := 0
	for i+n < len(v) && v[i+n]-'0' < 10 {
		n++
	}
	return n
}

// isoSerial turns a date of ISO 8601, with or without a time, into the serial
// number that Excel would store: days since 1899-12-30, one less before March
// 1900, whose 29th of February Excel believes in; or days since 1904-01-01.
func isoSerial(s string, date1904 bool) (string, bool) {
	t, err := time.Parse("2006-01-02", s)
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05Z"} {
		if err != nil {
			t, err = time.Parse(layout, s)
		}
	}
	if err != nil {
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	midnight := t.Truncate(24 * time.Hour)
	days := midnight.Unix()/86400 - epoch.Unix()/86400
	if !date1904 && days < 61 {
		days--
	}
	if days < 0 {
		return "", false
	}
	serial := float64(days) + float64(t.Sub(midnight))/float64(24*time.Hour)
	return strconv.FormatFloat(serial, 'f', -1, 64), true
}
