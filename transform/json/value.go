package json

import "lumbung/transform/row"

// value takes one value whose place in the paths is n (nil: no path wants it).
// Values that nobody wants are read just as strictly. c is the byte that the
// value begins with, which has been looked at and not taken.
func (r *Reader) value(c byte, n *node, depth int) *Error {
	switch {
	case c == '"':
		text, err := r.lex.text()
		if err != nil || n == nil {
			return err
		}
		return r.found(n, row.Cell{Kind: row.Text, Text: text})
	case c == '{':
		return r.object(n, depth)
	case c == '[':
		return r.array(n, depth)
	case c == '-' || c >= '0' && c <= '9':
		text, err := r.lex.number()
		if err != nil || n == nil {
			return err
		}
		return r.found(n, row.Cell{Kind: row.Number, Text: text})
	case c == 't':
		return r.literal(n, "true", row.Bool)
	case c == 'f':
		return r.literal(n, "false", row.Bool)
	case c == 'n':
		return r.literal(n, "null", row.Empty)
	}
	return r.lex.unexpected(c, "a value")
}

func (r *Reader) literal(n *node, word string, kind row.Kind) *Error {
	if err := r.lex.word(word); err != nil || n == nil {
		return err
	}
	if kind == row.Empty {
		return r.found(n, row.Cell{})
	}
	return r.found(n, row.Cell{Kind: kind, Text: []byte(word)})
}

// found hands a single value to the columns that want it.
func (r *Reader) found(n *node, cell row.Cell) *Error {
	if n.parent && cell.Kind != row.Empty {
		return r.misshapen("is a " + cell.Kind.String() + " where the path " + n.path + " goes on into " + container(n.array))
	}
	for _, t := range n.targets {
		if t.level < 0 && !t.skip {
			if r.lex.undone && cell.Kind == row.Text {
				cell = r.keep(cell)
			} else {
				r.loose = true
			}
			r.cells[t.column] = cell
			continue
		}
		r.set(t, cell)
	}
	return nil
}

func container(array bool) string {
	if array {
		return "an array"
	}
	return "an object"
}

// enterable checks that a container may stand at n.
func (r *Reader) enterable(n *node, array bool) *Error {
	switch {
	case n == nil:
		return nil
	case len(n.targets) > 0:
		return r.misshapen("is " + container(array) + " where the path " + n.path + " names a single value")
	case n.parent && n.array != array:
		return r.misshapen("is " + container(array) + " where the path " + n.path + " goes on into " + container(n.array))
	}
	return nil
}

func (r *Reader) array(n *node, depth int) *Error {
	if err := r.enterable(n, true); err != nil {
		return err
	}
	if err := r.deeper(depth); err != nil {
		return err
	}
	r.lex.pos++
	if n != nil && !n.array {
		n = nil // a misshapen place, to be reported at the end
	}
	for i := 0; ; i++ {
		c, more, err := r.next(i == 0, ']')
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		if err := r.value(c, n.at(i), depth+1); err != nil {
			return err.under(index(i))
		}
	}
}

func (r *Reader) object(n *node, depth int) *Error {
	if err := r.enterable(n, false); err != nil {
		return err
	}
	if err := r.deeper(depth); err != nil {
		return err
	}
	r.lex.pos++
	if n != nil && n.array {
		n = nil
	}
	keys := r.keysAt(depth)
	for first := true; ; first = false {
		c, more, err := r.next(first, '}')
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		key, err := r.key(c, keys)
		if err != nil {
			return err
		}
		child := n.named(key)
		if c, err = r.colon(); err != nil {
			return err
		}
		if err := r.value(c, child, depth+1); err != nil {
			return err.under(string(keys.last()))
		}
	}
}

// next passes to the following element of a container, which begins with c, or over its end.
func (r *Reader) next(first bool, closing byte) (c byte, more bool, err *Error) {
	c, ok := r.lex.peek()
	if !ok {
		return 0, false, r.lex.ended()
	}
	if c == closing {
		r.lex.pos++
		return 0, false, nil
	}
	if first {
		return c, true, nil
	}
	if c != ',' {
		return 0, false, r.lex.unexpected(c, "',' or '"+string(rune(closing))+"'")
	}
	r.lex.pos++
	if c, ok = r.lex.peek(); !ok {
		return 0, false, r.lex.ended()
	}
	if c == closing {
		return 0, false, r.lex.fail("a comma stands before the closing '"+string(rune(closing))+"'", "")
	}
	return c, true, nil
}

// key takes a member's name, which begins with c; it is valid until the next token.
func (r *Reader) key(c byte, keys *keySet) ([]byte, *Error) {
	if c != '"' {
		return nil, r.lex.unexpected(c, "a member's name in quotes")
	}
	key, err := r.lex.text()
	if err != nil {
		return nil, err
	}
	if !keys.add(key) {
		return nil, r.lex.fail("the object has the member "+quote(key)+" twice", "ask the publisher which of them is meant")
	}
	if len(keys.arena) > r.limits.Held {
		return nil, r.lex.fail("an object has more names than fit into the reader's limit", "raise the limit of held bytes if the file is sound")
	}
	return key, nil
}

// colon passes over the colon behind a name and gives the byte that the value begins with.
func (r *Reader) colon() (byte, *Error) {
	c, ok := r.lex.peek()
	if !ok {
		return 0, r.lex.ended()
	}
	if c != ':' {
		return 0, r.lex.unexpected(c, "':'")
	}
	r.lex.pos++
	if c, ok = r.lex.peek(); !ok {
		return 0, r.lex.ended()
	}
	return c, nil
}

func (r *Reader) deeper(depth int) *Error {
	if depth >= r.limits.Depth {
		return r.lex.fail("values are nested deeper than the reader's limit", "")
	}
	return nil
}
