package xlsx

import (
	"bytes"
	"context"
	"errors"
	"io"

	"lumbung/transform/row"
)

// parser turns the XML of a worksheet into batches of rows.
type parser struct {
	*lexer
	sheet  *Sheet
	ctx    context.Context
	looks  []look
	shared *sharedStrings

	chunk *chunk // the lexer's bytes lie in it; nil after a row that spans chunks
	bt    *batch

	state    parserState
	plain    bool // rows and cells stand in the default namespace, without prefix
	inMerges bool
	merges   []Merge

	src     cellSource // the cell that is being read the general way
	rowNo   int        // of the row that was read last
	implied int64      // cells of all rows up to here
	rowWord uint64     // digits of rowNo and a quote, as the first bytes of a word
	rowMask uint64
	rowLen  int // digits and quote
}

type parserState uint8

const (
	beforeData parserState = iota
	inData
	afterData
)

// errDone says that the part was read to its end.
var errDone = errors.New("end of part")

func newParser(s *Sheet, part string) *parser {
	return &parser{lexer: newLexer(part, s.book.lim), sheet: s, ctx: s.ctx, looks: s.book.looks, shared: s.book.shared}
}

// run parses until the end, a fault, or the end of the context.
func (p *parser) run() {
	if p.bt = p.newBatch(); p.bt == nil {
		return
	}
	err := errShort
	for {
		switch {
		case err == nil:
			if len(p.bt.cells) >= batchCells && !p.flush(nil) {
				return
			}
		case err == errShort:
			if err := p.refill(); err != nil {
				p.finish(err)
				return
			}
			if p.bt == nil {
				return
			}
		case err == errDone:
			p.finish(io.EOF)
			return
		default:
			p.finish(err)
			return
		}
		err = p.step()
	}
}

// finish hands over the last batch, with what comes after its rows.
func (p *parser) finish(err error) {
	p.sheet.merges = p.merges
	p.bt.err = err
	p.flush(p.chunk)
}

func (p *parser) newBatch() *batch {
	select {
	case b := <-p.sheet.spare:
		b.cells, b.rows, b.text, b.chunk, b.err = b.cells[:0], b.rows[:0], b.text[:0], nil, nil
		return b
	case <-p.ctx.Done():
		return nil
	}
}

// flush hands the batch over and takes a new one; false when the context ended.
func (p *parser) flush(c *chunk) bool {
	p.bt.chunk = c
	select {
	case p.sheet.batches <- p.bt:
	case <-p.ctx.Done():
		p.bt = nil
		return false
	}
	if p.bt.err != nil {
		return false
	}
	p.bt = p.newBatch()
	return p.bt != nil
}

// refill puts the unread rest in front of the next chunk and hands over the rows
// that point into the old one. It leaves p.bt nil when the context ended.
func (p *parser) refill() error {
	rest := p.b[p.p:p.n]
	if len(rest) > p.lim.RowBytes {
		return overLimit(p.part, byteAt(p.base+int64(p.p)), "RowBytes", "one row or tag has more than %d bytes of XML", p.lim.RowBytes)
	}
	c, err := p.nextChunk()
	if c == nil {
		return err
	}
	old := p.chunk
	if len(rest) <= headroom {
		from := headroom - len(rest)
		copy(c.buf[from:], rest)
		clear(c.buf[headroom+c.n : headroom+c.n+pad])
		p.setBytes(c.buf[from:headroom+c.n+pad], c.err == io.EOF)
		p.chunk = c
	} else if err := p.gather(rest, c); err != nil || p.bt == nil {
		return err
	}
	if len(p.bt.rows) == 0 {
		p.sheet.feed.recycle(old)
		return nil
	}
	p.flush(old)
	return nil
}

// setBytes makes b (with its pad) the lexer's bytes; they begin at the unread rest.
func (p *parser) setBytes(b []byte, final bool) {
	p.base += int64(p.p)
	p.b, p.n, p.p, p.final = b, len(b)-pad, 0, final
}

// gather is for a row longer than the headroom: it collects chunks until there is
// twice as much as was not enough, so that a long row is not tried over and over.
func (p *parser) gather(rest []byte, c *chunk) error {
	want := min(2*len(rest), p.lim.RowBytes) + chunkBytes
	buf := make([]byte, 0, want+chunkBytes+pad)
	buf = append(buf, rest...)
	for {
		buf = append(buf, c.buf[headroom:headroom+c.n]...)
		final := c.err == io.EOF
		p.sheet.feed.recycle(c)
		if final || len(buf) >= want {
			p.setBytes(append(buf, make([]byte, pad)...), final)
			p.chunk = nil
			return nil
		}
		var err error
		if c, err = p.nextChunk(); c == nil {
			return err
		}
	}
}

// nextChunk waits for the feeder; it returns nil and a fault of the feeder, or nil
// with p.bt set to nil when the context ended.
func (p *parser) nextChunk() (*chunk, error) {
	select {
	case c := <-p.sheet.feed.out:
		if c.err != nil && c.err != io.EOF {
			return nil, c.err
		}
		return c, nil
	case <-p.ctx.Done():
		p.bt = nil
		return nil, nil
	}
}

// step reads one row, or one token outside of rows.
func (p *parser) step() error {
	if p.b == nil {
		return errShort
	}
	if p.state == inData {
		m, cells, texts, rows := p.mark(), len(p.bt.cells), len(p.bt.text), len(p.bt.rows)
		rowNo, implied := p.rowNo, p.implied
		err := p.row()
		if err == errShort {
			p.reset(m)
			p.bt.cells, p.bt.text, p.bt.rows = p.bt.cells[:cells], p.bt.text[:texts], p.bt.rows[:rows]
			p.rowNo, p.implied = rowNo, implied
		}
		return err
	}
	tok, err := p.next()
	if err != nil {
		return err
	}
	switch tok.kind {
	case tokEOF:
		if p.state == beforeData {
			return damaged(p.part, "", "the sheet has no sheetData")
		}
		return errDone
	case tokStart:
		return p.outside(tok)
	case tokEnd:
		p.inMerges = p.inMerges && len(p.open) > 1
	}
	return nil
}

// outside handles a start tag outside of sheetData.
func (p *parser) outside(tok token) error {
	main := tok.ns == nsMain
	switch depth := len(p.open); {
	case depth == 1 && !(main && string(tok.local) == "worksheet"):
		return p.fail(tok.at, "the root element is %q, not a worksheet of SpreadsheetML", clip(tok.local))
	case main && string(tok.local) == "sheetData":
		if depth != 2 || p.state != beforeData {
			return p.fail(tok.at, "a second sheetData, or one in a wrong place")
		}
		p.state, p.plain = inData, p.lookup(nil) == nsMain
	case depth == 2 && main && string(tok.local) == "mergeCells":
		p.inMerges = true
	case depth == 3 && main && p.inMerges && string(tok.local) == "mergeCell":
		return p.merge(tok)
	case main && (string(tok.local) == "row" || string(tok.local) == "c") && depth < 4:
		return p.fail(tok.at, "element %q outside of sheetData", clip(tok.local))
	}
	return nil
}

// maxMerges bounds the memory for merged ranges.
const maxMerges = 1 << 20

func (p *parser) merge(tok token) error {
	raw, _ := p.attr("ref")
	first, last, two := bytes.Cut(raw, []byte(":"))
	if !two {
		last = first
	}
	c1, r1, ok1 := parseRef(first)
	c2, r2, ok2 := parseRef(last)
	if !ok1 || !ok2 || c2 < c1 || r2 < r1 || r2 > p.lim.Rows || c2 >= p.lim.Cols || len(p.merges) == maxMerges {
		return p.fail(tok.at, "%q is no range to merge, or there are more than %d", clip(raw), maxMerges)
	}
	p.merges = append(p.merges, Merge{r1, c1, r2, c2})
	return nil
}

// addRow closes the row that was being read.
func (p *parser) addRow(from int) {
	p.implied += int64(len(p.bt.cells) - from)
	p.bt.rows = append(p.bt.rows, rowSpan{int32(p.rowNo), int32(from), int32(len(p.bt.cells))})
}

// emptyTo fills the columns that the row leaves out.
func emptyTo(cells []row.Cell, from, col int) []row.Cell {
	for len(cells)-from < col {
		cells = append(cells, row.Cell{})
	}
	return cells
}
