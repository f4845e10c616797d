package xlsx

import "lumbung/transform/row"

// The markup of the fast path as it lies in memory, up to eight bytes a word; a
// test compares each with its text.
const (
	rowOpen    = 0x223d7220776f723c // <row r="
	spansOpen  = 0x223d736e61707320 //  spans="
	cellOpen   = 0x223d7220633c     // <c r="
	valueEnd   = 0x3e632f3c3e762f3c // </v></c>
	cellEnd    = 0x3e632f3c3e       // ></c>
	rowEnd     = 0x3e776f722f3c     // </row>
	inlineOpen = 0x3e743c3e73693c3e // ><is><t>
	inlineShut = 0x73692f3c3e742f3c // </t></is
	styleAttr  = 0x223d7320         //  s="
	typeAttr   = 0x223d7420         //  t="
	valueTag   = 0x3e763c3e         // ><v>
	strType    = 0x22727473         // str"

	mask5 = 1<<40 - 1
	mask6 = 1<<48 - 1
)

// Types of cells as the fast path tells them apart: the letter of t="n", and two more.
const (
	typeNumber = 'n'
	typeShared = 's'
	typeBool   = 'b'
	typeError  = 'e'
	typeStr    = 'S'
	typeInline = 'I'
)

// fastCells reads cells written the usual way, as Excel and all common libraries
// write them, and the end of the row; it returns true after the latter. It stops
// before the first thing that is written in another way, wrong, or cut off by the
// end of the data, and leaves that to the general way. So it never has to report
// anything, and what it takes has exactly one reading.
func (p *parser) fastCells(from int) bool {
	b, i := p.b, p.p
	cells := p.bt.cells
	width := int(min(int64(p.lim.Cols), p.lim.Cells-p.implied))
	for le.Uint64(b[i:])&mask6 == cellOpen {
		j, col := fastColumn(b, i+6)
		if j < 0 || le.Uint64(b[j:])&p.rowMask != p.rowWord {
			break
		}
		j += p.rowLen
		if col < len(cells)-from || col >= width {
			break
		}
		style, typ := 0, byte(typeNumber)
		if b[j] == ' ' {
			if j, style, typ = fastAttrs(b, j); j < 0 || style >= len(p.looks) {
				break
			}
		}
		for len(cells)-from < col {
			cells = append(cells, row.Cell{})
		}
		if le.Uint32(b[j:]) == valueTag && (typ == typeShared || typ == typeNumber) {
			j += 4
			var c row.Cell
			if typ == typeShared {
				end, index := fastDigits(b, j)
				if end < 0 || index >= p.shared.len() {
					break
				}
				c = row.Cell{Kind: row.Text, Shared: int32(index) + 1, Text: p.shared.at(index)}
				j = end
			} else {
				end := fastNumber(b, j)
				if end < 0 || end-j > p.lim.CellBytes {
					break
				}
				c = row.Cell{Kind: row.Number, Date: p.looks[style].date, Percent: p.looks[style].percent, Text: b[j:end:end]}
				j = end
			}
			if le.Uint64(b[j:]) != valueEnd {
				break
			}
			cells = append(cells, c)
			i = j + 8
			continue
		}
		c, end := p.fastOther(j, typ)
		if end < 0 {
			break
		}
		cells = append(cells, c)
		i = end
	}
	done := le.Uint64(b[i:])&mask6 == rowEnd
	if done {
		i += 6
		p.pop(i)
	}
	p.p, p.bt.cells = i, cells
	return done
}

// fastColumn reads the one to three letters of a reference; -1 when there are none.
func fastColumn(b []byte, i int) (next, col int) {
	col = int(b[i] - 'A')
	if col > 25 {
		return -1, 0
	}
	i++
	c := b[i] - 'A'
	if c > 25 {
		return i, col
	}
	col = (col+1)*26 + int(c)
	i++
	if c = b[i] - 'A'; c > 25 {
		return i, col
	}
	return i + 1, (col+1)*26 + int(c)
}

// fastAttrs reads s="digits" and t="type", each at most once.
func fastAttrs(b []byte, j int) (next, style int, typ byte) {
	hasStyle := false
	typ = typeNumber
	hasType := false
	for b[j] == ' ' {
		switch a := le.Uint32(b[j:]); {
		case a == styleAttr && !hasStyle:
			hasStyle = true
			var n int
			if n, style = fastDigits(b, j+4); n < 0 || b[n] != '"' {
				return -1, 0, 0
			}
			j = n + 1
		case a == typeAttr && !hasType:
			hasType = true
			j += 4
			switch {
			case b[j+1] == '"' && (b[j] == typeShared || b[j] == typeNumber || b[j] == typeBool || b[j] == typeError):
				typ, j = b[j], j+2
			case le.Uint32(b[j:]) == strType:
				typ, j = typeStr, j+4
			case string(b[j:j+10]) == `inlineStr"`:
				typ, j = typeInline, j+10
			default:
				return -1, 0, 0
			}
		default:
			return -1, 0, 0
		}
	}
	return j, style, typ
}

// fastDigits reads one to nine digits.
func fastDigits(b []byte, i int) (next, n int) {
	from := i
	for d := b[i] - '0'; d < 10; d = b[i] - '0' {
		n = n*10 + int(d)
		i++
	}
	if i == from || i-from > 9 {
		return -1, 0
	}
	return i, n
}

// fastNumber returns the end of a number by the grammar of isNumber; -1 when
// there is none.
func fastNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for b[i]-'0' < 10 {
		i++
	}
	if i == from {
		return -1
	}
	if b[i] == '.' {
		i++
		from = i
		for b[i]-'0' < 10 {
			i++
		}
		if i == from {
			return -1
		}
	}
	if b[i]|0x20 != 'e' {
		return i
	}
	i++
	if b[i] == '-' || b[i] == '+' {
		i++
	}
	from = i
	for b[i]-'0' < 10 {
		i++
	}
	if i == from {
		return -1
	}
	return i
}

// fastOther reads the cells that are less frequent than numbers and shared
// strings, from behind their attributes; end is -1 when it leaves the cell alone.
func (p *parser) fastOther(j int, typ byte) (c row.Cell, end int) {
	b := p.b
	switch {
	case typ == typeNumber && b[j] == '/' && b[j+1] == '>':
		return row.Cell{}, j + 2
	case typ == typeNumber && le.Uint64(b[j:])&mask5 == cellEnd:
		return row.Cell{}, j + 5
	case typ == typeInline && le.Uint64(b[j:]) == inlineOpen:
		text, i := p.fastText(j + 8)
		if i < 0 || le.Uint64(b[i:]) != inlineShut || le.Uint64(b[i+8:])&mask5 != cellEnd {
			return c, -1
		}
		return row.Cell{Kind: row.Text, Text: text}, i + 13
	case typ == typeStr && le.Uint32(b[j:]) == valueTag:
		text, i := p.fastText(j + 4)
		if i < 0 || le.Uint64(b[i:]) != valueEnd {
			return c, -1
		}
		return row.Cell{Kind: row.Text, Text: text}, i + 8
	}
	return c, -1
}

// fastText returns the text up to '<' and where that is; -1 when the text has to
// be unescaped, is too long, or goes on behind the data.
func (p *parser) fastText(i int) ([]byte, int) {
	from := i
	for !special[p.b[i]] {
		i++
	}
	if p.b[i] != '<' || i-from > p.lim.CellBytes {
		return nil, -1
	}
	return p.b[from:i:i], i
}
