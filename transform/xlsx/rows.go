package xlsx

import (
	"strconv"

	"lumbung/transform/row"
)

// row reads one row, or one token between rows.
func (p *parser) row() error {
	if !p.plain || p.pending || !p.fastRowTag() {
		tok, err := p.next()
		if err != nil {
			return err
		}
		switch {
		case tok.kind == tokEnd: // of sheetData: rows close themselves below
			p.state = afterData
			return nil
		case tok.kind == tokText && allSpace(tok.text):
			return nil
		case tok.kind != tokStart || tok.ns != nsMain || string(tok.local) != "row":
			return p.fail(tok.at, "%s among the rows", p.shown(tok))
		}
		if err := p.rowTag(tok); err != nil {
			return err
		}
	}
	from := len(p.bt.cells)
	if err := p.rowCells(from); err != nil {
		return err
	}
	p.addRow(from)
	return nil
}

// shown names a token that must not be where it is.
func (p *parser) shown(tok token) string {
	if tok.kind == tokText {
		return "text " + strconv.Quote(clip(tok.text))
	}
	return "element " + strconv.Quote(clip(tok.local))
}

// rowCells reads from behind the row's start tag to behind its end tag.
func (p *parser) rowCells(from int) error {
	f := p.open[len(p.open)-1]
	plain := p.plain && f.colon == 0 && len(p.binds) == f.binds && !p.pending
	for {
		if plain && p.fastCells(from) {
			return nil
		}
		tok, err := p.next()
		switch {
		case err != nil:
			return err
		case tok.kind == tokEnd:
			return nil
		case tok.kind == tokText && allSpace(tok.text):
		case tok.kind == tokStart && tok.ns == nsMain && string(tok.local) == "c":
			err = p.cell(tok, from)
		case tok.kind == tokStart && tok.ns == nsMain && string(tok.local) == "extLst":
			err = p.skip()
		default:
			err = p.rowFail("%s among the cells", p.shown(tok))
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) rowFail(format string, args ...any) error {
	return damaged(p.part, "row "+strconv.Itoa(p.rowNo), format, args...)
}

// rowTag takes the row's number from its tag, or counts it when there is none.
func (p *parser) rowTag(tok token) error {
	n := p.rowNo + 1
	if raw, ok := p.attr("r"); ok {
		if n, ok = parseCount(raw); !ok || n == 0 {
			return p.fail(tok.at, "row number %q is none of 1 to %d", clip(raw), p.lim.Rows)
		}
	}
	if n <= p.rowNo {
		return p.fail(tok.at, "row %d comes after row %d", n, p.rowNo)
	}
	if n > p.lim.Rows {
		return p.fail(tok.at, "row number %d is none of 1 to %d", n, p.lim.Rows)
	}
	p.setRow(n)
	return nil
}

// setRow prepares the comparison of a cell's row number with the row's: at most
// seven digits and the quote behind them fill one word.
func (p *parser) setRow(n int) {
	var digits [8]byte
	b := append(strconv.AppendInt(digits[:0], int64(n), 10), '"')
	p.rowNo, p.rowLen = n, len(b)
	p.rowWord = le.Uint64(digits[:])
	p.rowMask = ^uint64(0) >> (64 - 8*len(b))
}

// fastRowTag reads the usual <row r="7" spans="1:14">; false leaves all to the
// general way, including everything that is wrong.
func (p *parser) fastRowTag() bool {
	b, i := p.b, p.p
	if le.Uint64(b[i:]) != rowOpen || len(p.open) >= p.lim.Depth {
		return false
	}
	i += 8
	if b[i] == '0' {
		return false
	}
	i, n := fastDigits(b, i)
	if i < 0 || b[i] != '"' || n <= p.rowNo || n > p.lim.Rows {
		return false
	}
	i++
	if le.Uint64(b[i:]) == spansOpen {
		i += 8
		for b[i] == ':' || b[i]-'0' < 10 {
			i++
		}
		if b[i] != '"' {
			return false
		}
		i++
	}
	if b[i] != '>' {
		return false
	}
	p.open = append(p.open, frame{from: len(p.names), ns: nsMain, binds: len(p.binds)})
	p.names = append(p.names, "row"...)
	p.setRow(n)
	p.p = i + 1
	return true
}

func (p *parser) addText(from int) []byte { return p.bt.text[from:len(p.bt.text):len(p.bt.text)] }

// put sets the cell of a column that was checked to be the next or a later one.
func (p *parser) put(from, col int, c row.Cell) {
	p.bt.cells = append(emptyTo(p.bt.cells, from, col), c)
}
