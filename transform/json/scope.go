package json

import "lumbung/transform/row"

// scope is a part of the document whose rows share values: the document itself
// (level 0) or one element at a [*] or * of the rows path that has further stars
// under it. Until all shared values are known its rows are held back.
type scope struct {
	cells   []row.Cell // of plan.shared, by their order there
	known   []bool
	pending int
	fresh   bool // the cells are not in Reader.cells yet
	from    int  // place in the queue, counted over the whole document, of its first row
}

// heldRow is a row that waits for values that stand behind it in the document.
type heldRow struct {
	number int
	cells  []row.Cell
	bytes  int
}

// queue holds rows back. Places are counted from the first row ever held.
type queue struct {
	rows  []heldRow
	head  int // in rows
	gone  int // places before rows[0]
	bytes int
}

func (q *queue) end() int { return q.gone + len(q.rows) }

func (q *queue) empty() bool { return q.head == len(q.rows) }

func (q *queue) clear() {
	q.gone += len(q.rows)
	clear(q.rows)
	q.rows, q.head, q.bytes = q.rows[:0], 0, 0
}

func (r *Reader) openScope(level int) {
	s := &r.scopes[level]
	wanted := len(r.plan.shared[level])
	if s.cells == nil {
		s.cells = make([]row.Cell, wanted)
		s.known = make([]bool, wanted)
	}
	clear(s.cells)
	clear(s.known)
	s.pending = wanted
	if level == 0 {
		s.pending += len(r.plan.skips)
	}
	s.fresh = true
	s.from = r.held.end()
	r.level = level
}

// closeScope settles what the scope did not have: those cells are empty.
func (r *Reader) closeScope(level int) {
	s := &r.scopes[level]
	if s.pending > 0 {
		s.pending = 0
		r.settle(level)
	}
	r.level = level - 1
}

// set stores a value that rows share, or that says whether the part is skipped.
func (r *Reader) set(t target, cell row.Cell) {
	if t.skip {
		skip := r.plan.skips[t.column]
		if !r.skipped && cell.Kind != row.Empty && string(cell.Text) == skip.Equals {
			r.skipped, r.skipName = true, skip.Name
			r.held.clear()
		}
		r.settled(0)
		return
	}
	s := &r.scopes[t.level]
	for i, column := range r.plan.shared[t.level] {
		if column == t.column {
			cell.Text = append([]byte(nil), cell.Text...)
			s.cells[i], s.known[i] = cell, true
		}
	}
	r.settled(t.level)
}

func (r *Reader) settled(level int) {
	s := &r.scopes[level]
	s.pending--
	if s.pending == 0 {
		r.settle(level)
	}
}

// settle writes the scope's values into the rows that were held for them.
func (r *Reader) settle(level int) {
	s := &r.scopes[level]
	s.fresh = true
	for place := max(s.from, r.held.gone+r.held.head); place < r.held.end(); place++ {
		r.share(level, r.held.rows[place-r.held.gone].cells)
	}
}

func (r *Reader) share(level int, cells []row.Cell) {
	for i, column := range r.plan.shared[level] {
		cells[column] = r.scopes[level].cells[i]
	}
}

// pin copies the present record's texts out of the lexer's buffer, of which the
// bytes are about to move. Most records are read within one buffer.
func (r *Reader) pin() {
	if !r.loose {
		return
	}
	r.loose = false
	for _, i := range r.plan.own {
		r.cells[i] = r.keep(r.cells[i])
	}
}

// keep copies a cell's text into the present row's own memory.
func (r *Reader) keep(cell row.Cell) row.Cell {
	start := len(r.arena)
	r.arena = append(r.arena, cell.Text...)
	cell.Text = r.arena[start:len(r.arena):len(r.arena)]
	return cell
}

// emit passes on the row in r.cells, at once when nothing is waited for.
func (r *Reader) emit() *Error {
	if r.skipped {
		return nil
	}
	waiting := false
	for level := 0; level <= r.level; level++ {
		switch s := &r.scopes[level]; {
		case s.pending > 0:
			waiting = true
		case s.fresh:
			r.share(level, r.cells)
			s.fresh = false
		}
	}
	if !waiting && r.held.empty() {
		r.ready = true
		return nil
	}
	return r.hold()
}

// cellBytes is about what a held cell costs beside its text.
const cellBytes = 48

func (r *Reader) hold() *Error {
	size := 0
	for _, i := range r.plan.own {
		size += len(r.cells[i].Text)
	}
	held := heldRow{number: r.count, cells: make([]row.Cell, len(r.cells)), bytes: size + cellBytes*len(r.cells)}
	text := make([]byte, 0, size)
	for i, cell := range r.cells {
		if r.plan.columns[i].level < 0 {
			start := len(text)
			text = append(text, cell.Text...)
			cell.Text = text[start:len(text):len(text)]
		}
		held.cells[i] = cell
	}
	r.held.rows = append(r.held.rows, held)
	r.held.bytes += held.bytes
	if r.held.bytes > r.limits.Held {
		return r.lex.fail("rows wait for values that stand behind them, and there are too many to hold",
			"take those values from the part's name, or raise the limit of held bytes")
	}
	return nil
}

// release gives the first held row that waits for nothing any more.
func (r *Reader) release() (heldRow, bool) {
	ready := r.held.end()
	for level := 0; level <= r.level; level++ {
		if s := &r.scopes[level]; s.pending > 0 {
			ready = min(ready, s.from)
		}
	}
	if r.held.gone+r.held.head >= ready {
		return heldRow{}, false
	}
	first := r.held.rows[r.held.head]
	r.held.rows[r.held.head] = heldRow{}
	r.held.head++
	r.held.bytes -= first.bytes
	if r.held.empty() {
		r.held.clear()
	}
	return first, true
}
