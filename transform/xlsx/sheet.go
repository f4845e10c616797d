package xlsx

import (
	"context"
	"io"
	"sync"

	"lumbung/transform/row"
)

// Merge is a range of merged cells; only its first cell has a value. Rows count
// from 1, columns from 0, both ends belong to it.
type Merge struct{ FirstRow, FirstCol, LastRow, LastCol int }

// Sheet streams the rows of one worksheet. It implements row.Reader.
//
// Rows come as they stand in the file: hidden and filtered ones too, and rows
// without cells; row numbers that the file leaves out are not made up. Cells
// cover the columns up to the row's last cell, those left out being Empty.
//
// Text is text, Number the digits as written (0.70289999999999997 stays so),
// Bool "true" or "false", Error an error value or "#NOVALUE" for a formula
// whose result is not stored. A date that is written as one (cell type d)
// comes as its serial number.
type Sheet struct {
	name   string
	book   *Workbook
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	feed    *feeder
	batches chan *batch
	spare   chan *batch

	cur    *batch
	next   int // row of cur
	err    error
	row    row.Row
	merges []Merge
}

var _ row.Reader = (*Sheet)(nil)

// batch is a run of parsed rows. Their texts lie in its chunk, in its own text
// (what had to be unescaped) or in the shared strings.
type batch struct {
	cells []row.Cell
	rows  []rowSpan
	text  []byte
	chunk *chunk // to recycle after the batch; nil when later batches need it
	err   error  // after the rows
}

type rowSpan struct{ number, from, to int32 }

// batchCells ends a batch early when rows are wide and mostly empty.
const batchCells = 32 << 10

// batches in flight: one being filled, one waiting, one being read.
const batchCount = 3

func startSheet(ctx context.Context, w *Workbook, name string, e *entry) *Sheet {
	s := &Sheet{name: name, book: w}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.feed = newFeeder(w.zip.open(e))
	s.batches = make(chan *batch, batchCount)
	s.spare = make(chan *batch, batchCount)
	for range batchCount {
		s.spare <- &batch{}
	}
	s.wg.Add(2)
	go func() {
		defer s.wg.Done()
		s.feed.run(s.ctx)
	}()
	go func() {
		defer s.wg.Done()
		newParser(s, e.name).run()
	}()
	return s
}

// Read returns the next row, valid until the next Read. io.EOF comes after the
// whole part was well-formed and its size and checksum were right; any other
// error is an *Error or that of the context, and comes again on further calls.
func (s *Sheet) Read() (*row.Row, error) {
	for s.err == nil {
		if s.cur != nil && s.next < len(s.cur.rows) {
			r := s.cur.rows[s.next]
			s.next++
			s.row.Number = int(r.number)
			s.row.Cells = s.cur.cells[r.from:r.to:r.to]
			return &s.row, nil
		}
		s.advance()
	}
	return nil, s.err
}

// advance takes the next batch or sets s.err.
func (s *Sheet) advance() {
	if s.cur != nil {
		s.feed.recycle(s.cur.chunk)
		if s.err = s.cur.err; s.err != nil {
			s.cur = nil
			s.stop()
			return
		}
		s.spare <- s.cur
		s.cur = nil
	}
	select {
	case s.cur = <-s.batches:
		s.next = 0
	case <-s.ctx.Done():
		s.err = context.Cause(s.ctx)
		s.stop()
	}
}

// stop ends the goroutines and waits for them.
func (s *Sheet) stop() {
	s.cancel()
	s.wg.Wait()
	s.book.forget(s)
}

// Merges returns the merged ranges of the sheet, known after Read returned io.EOF.
func (s *Sheet) Merges() []Merge {
	if s.err != io.EOF {
		return nil
	}
	return s.merges
}

// Ref names a cell: row 1204, column 7 is H1204.
func (s *Sheet) Ref(number, col int) string { return cellName(number, col) }

// Sheet is the name of the worksheet.
func (s *Sheet) Sheet() string { return s.name }

// Close ends the reading. It is safe to call twice, and while another goroutine
// is in Read, which then returns context.Canceled.
func (s *Sheet) Close() error {
	s.stop()
	return nil
}
