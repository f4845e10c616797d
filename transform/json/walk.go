package json

import "lumbung/transform/row"

// frame is an open container on the way from the document's root to the records.
type frame struct {
	step  int // of the rows path, which chooses among the container's values
	stars int // in the rows path before step
	scope bool
	index int
	met   bool // a value that step names was there
	began bool
	keys  *keySet
}

// advance reads on until a row is ready or held, or something has ended.
func (r *Reader) advance() error {
	var err *Error
	switch {
	case !r.begun:
		err = r.beginDocument()
	case len(r.frames) == 0:
		err = r.endDocument()
	default:
		err = r.proceed(&r.frames[len(r.frames)-1])
	}
	if err != nil {
		err.Path = r.pointer() + err.Path
		return err
	}
	return nil
}

func (r *Reader) beginDocument() *Error {
	c, ok := r.lex.peek()
	if !ok {
		if r.lex.cause == nil && r.lines && r.lastLine > 0 {
			r.ended = true
			return nil
		}
		return r.lex.fail("there is no document", "the file is empty; fetch it again")
	}
	if c >= 0x80 || c == 0 {
		return r.lex.fail("found "+byteName(c)+" where a document begins", "convert the file to UTF-8")
	}
	if r.lines && r.lastLine == r.lex.line {
		return r.lex.fail("a second document stands on the same line", "")
	}
	r.begun = true
	r.deferred = nil
	r.places.document(r.count+1, r.lex.line)
	r.openScope(0)
	return r.enter(c, 0)
}

func (r *Reader) endDocument() *Error {
	r.closeScope(0)
	r.begun = false
	if r.deferred != nil && !r.skipped {
		return r.deferred
	}
	if r.lines {
		if line := r.places.line; line != r.lex.line {
			return r.lex.fail("a record goes over more than one line", "drop lines: true if the file is one document")
		}
		r.lastLine = r.lex.line
		return nil
	}
	if _, ok := r.lex.peek(); ok {
		return r.lex.fail("something follows the end of the document", "declare lines: true if every line is a document")
	}
	if r.lex.cause != nil {
		return r.lex.fail("", "")
	}
	r.ended = true
	return nil
}

// enter takes the value that the first steps of the rows path lead to; it begins with c.
func (r *Reader) enter(c byte, steps int) *Error {
	n := r.plan.along[steps]
	depth := len(r.frames)
	if r.skipped {
		return r.value(c, nil, depth)
	}
	if steps == len(r.plan.rows) {
		return r.record(c, n, depth)
	}
	opening, array := byte('{'), n.array
	if array {
		opening = '['
	}
	if c != opening {
		if err := r.misshapen("is not " + container(array) + ", so there are no rows at " + pathText(r.plan.rows)); err != nil {
			return err
		}
		return r.value(c, nil, depth)
	}
	if err := r.deeper(depth); err != nil {
		return err
	}
	r.lex.pos++
	r.push(steps, array, depth)
	return nil
}

func (r *Reader) push(steps int, array bool, depth int) {
	f := frame{step: steps}
	if depth > 0 {
		before := r.frames[depth-1]
		f.stars = before.stars
		if r.plan.rows[steps-1].star() {
			f.stars++
			f.scope = true
			r.openScope(f.stars)
		}
	}
	if !array {
		f.keys = r.keysAt(depth)
	}
	r.frames = append(r.frames, f)
	if f.stars == r.plan.stars-1 && r.plan.rows[steps].star() {
		r.places.container(r.count+1, r.pointer())
	}
}

// proceed takes the next value of a container on the way, or closes it.
func (r *Reader) proceed(f *frame) *Error {
	step := r.plan.rows[f.step]
	closing := byte('}')
	if step.array() {
		closing = ']'
	}
	c, more, err := r.next(!f.began, closing)
	if err != nil {
		return err
	}
	if !more {
		return r.pop(f, step)
	}
	if f.began {
		f.index++
	}
	f.began = true
	n := r.plan.along[f.step]
	if step.array() {
		if step.kind == each || step.index == f.index {
			f.met = true
			return r.enter(c, f.step+1)
		}
		return r.off(c, n.at(f.index))
	}
	key, err := r.key(c, f.keys)
	if err != nil {
		return err
	}
	child := n.named(key)
	if step.kind == entry && f.stars == r.plan.stars-1 {
		r.places.entry(key)
	}
	if c, err = r.colon(); err != nil {
		return err
	}
	if step.kind == entry || step.name == string(f.keys.last()) {
		f.met = true
		return r.enter(c, f.step+1)
	}
	return r.off(c, child)
}

// off takes a value beside the way to the records.
func (r *Reader) off(c byte, n *node) *Error {
	if r.skipped {
		n = nil
	}
	return r.value(c, n, len(r.frames))
}

func (r *Reader) pop(f *frame, want step) *Error {
	if !f.met && !want.star() && !r.skipped {
		if err := r.misshapen("there is no " + pathText([]step{want}) + ", so there are no rows at " + pathText(r.plan.rows)); err != nil {
			return err
		}
	}
	if f.scope {
		r.closeScope(f.stars)
	}
	r.frames = r.frames[:len(r.frames)-1]
	return nil
}

// record takes one record and passes its row on.
func (r *Reader) record(c byte, n *node, depth int) *Error {
	r.count++
	r.arena, r.loose = r.arena[:0], false
	for _, i := range r.plan.own {
		r.cells[i] = row.Cell{}
		if r.plan.columns[i].key {
			r.cells[i] = r.keep(row.Cell{Kind: row.Text, Text: r.frames[depth-1].keys.last()})
		}
	}
	if err := r.value(c, n, depth); err != nil {
		return err
	}
	return r.emit()
}
