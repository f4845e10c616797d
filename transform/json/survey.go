package json

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"lumbung/transform/row"
)

// Place is a place of a document that holds single values, with [*] and * for what repeats.
type Place struct {
	Path    string
	Parent  string // path of what it stands in
	Rows    string // up to its last [*] or *: the records it may be a cell of; "" when nothing repeats
	Name    string // of the member, "" for elements and entries
	Samples []Sample
}

// Sample is one of the first values at a place.
type Sample struct {
	Text   string
	Number bool // the document calls it a number
}

const (
	sampleSize  = 300 // values kept of each place
	mostMembers = 100 // an object with more is taken for one of entries
	mostIndexes = 100 // elements of an array that are told apart
)

// Survey reads a document and lists its places, in the order in which they
// stand. What repeats is guessed: elements that are containers, objects with
// names of digits and with very many names; on the way of cfg.Rows it is what
// the path says. Columns and SkipPart are not looked at.
func Survey(r io.Reader, cfg Config) ([]Place, error) {
	rows, err := parsePath(cfg.Rows)
	if err != nil {
		return nil, err
	}
	reader, err := Open(r, Config{Columns: []string{"@"}, Limits: cfg.Limits})
	if err != nil {
		return nil, err
	}
	s := surveyor{reader, rows, &node{targets: []target{{level: -1}}}}
	root := &shape{}
	for {
		c, ok := reader.lex.peek()
		if !ok && root.met {
			break
		}
		if !ok {
			return nil, reader.lex.ended()
		}
		if root.met && !cfg.Lines {
			return nil, reader.lex.fail("something follows the end of the document", "declare lines: true if every line is a document")
		}
		if err := s.value(c, root, 0, 0); err != nil {
			return nil, err
		}
	}
	if reader.lex.cause != nil {
		return nil, reader.lex.fail("", "")
	}
	return root.places(nil, nil), nil
}

// SurveyYAML is Survey for a YAML document.
func SurveyYAML(r io.Reader, cfg Config) ([]Place, error) {
	converted, err := convertYAML(r, cfg.Limits.orDefaults())
	if err != nil {
		return nil, err
	}
	return Survey(bytes.NewReader(converted), cfg)
}

// Resolve gives the path of a column from the document's root, and that of what
// it stands in; both are "" for @key.
func Resolve(column, rows string) (path, parent string, err error) {
	along, err := parsePath(rows)
	if err != nil {
		return "", "", err
	}
	c, err := parseColumn(column, along)
	if err != nil || len(c.steps) == 0 {
		return "", "", err
	}
	return pathText(c.steps), pathText(c.steps[:len(c.steps)-1]), nil
}

// Column writes a path from the document's root as a contract does: @ is the record.
func Column(path, rows string) string {
	rest, inside := strings.CutPrefix(path, rows)
	switch {
	case rows == "" && path != "" && path[0] != '[':
		return "@." + path
	case inside && (rest == "" || rest[0] == '.' || rest[0] == '['):
		return "@" + rest
	}
	return path
}

// shape is what was seen at one place.
type shape struct {
	met      bool
	single   bool // a single value stood here
	samples  []Sample
	names    []string // of members, in order
	members  map[string]*shape
	elements []*shape
	each     *shape // of all elements that are containers
	entry    *shape // of all members, when their names are data
}

type surveyor struct {
	*Reader
	rows []step
	leaf *node // puts a value into the first cell of the record
}

// value takes a value; along is how many steps of the rows path led to it, -1 beside it.
func (s *surveyor) value(c byte, at *shape, along, depth int) *Error {
	at.met = true
	if c != '{' && c != '[' {
		return s.single(c, at)
	}
	if err := s.deeper(depth); err != nil {
		return err
	}
	s.lex.pos++
	var keys *keySet
	closing := byte(']')
	if c == '{' {
		keys, closing = s.keysAt(depth), '}'
	}
	var here *step
	if along >= 0 && along < len(s.rows) {
		here = &s.rows[along]
	}
	for i := 0; ; i++ {
		c, more, err := s.next(i == 0, closing)
		if err != nil || !more {
			return err
		}
		var child *shape
		onward := -1
		if keys == nil {
			repeats := c == '{' || c == '['
			if here != nil && here.array() {
				repeats = here.star()
				if repeats || here.index == i {
					onward = along + 1
				}
			}
			child = at.element(i, repeats)
		} else {
			name, err := s.key(c, keys)
			if err != nil {
				return err
			}
			if here != nil && (here.kind == entry || here.kind == member && here.name == string(name)) {
				onward = along + 1
			}
			child = at.member(string(name), here != nil && here.kind == entry)
			if c, err = s.colon(); err != nil {
				return err
			}
		}
		if err := s.value(c, child, onward, depth+1); err != nil {
			return err
		}
	}
}

// single takes a single value through a node of its own, so that it is read as strictly as any other.
func (s *surveyor) single(c byte, at *shape) *Error {
	at.single = true
	s.cells[0] = row.Cell{}
	s.arena, s.loose = s.arena[:0], false
	if err := s.Reader.value(c, s.leaf, 0); err != nil {
		return err
	}
	if len(at.samples) < sampleSize {
		at.samples = append(at.samples, Sample{string(s.cells[0].Text), s.cells[0].Kind == row.Number})
	}
	return nil
}

func (at *shape) element(i int, repeats bool) *shape {
	if repeats || i >= mostIndexes {
		if at.each == nil {
			at.each = &shape{}
		}
		return at.each
	}
	for len(at.elements) <= i {
		at.elements = append(at.elements, &shape{})
	}
	return at.elements[i]
}

func (at *shape) member(name string, repeats bool) *shape {
	if repeats || len(at.names) >= mostMembers {
		at.collapse()
	}
	if at.entry != nil {
		return at.entry
	}
	m := at.members[name]
	if m == nil {
		if at.members == nil {
			at.members = map[string]*shape{}
		}
		m = &shape{}
		at.members[name] = m
		at.names = append(at.names, name)
	}
	return m
}

// collapse makes entries of the members.
func (at *shape) collapse() {
	if at.entry == nil {
		at.entry = &shape{}
	}
	for _, name := range at.names {
		at.entry.merge(at.members[name])
	}
	at.names, at.members = nil, nil
}

func (at *shape) merge(o *shape) {
	if o == nil {
		return
	}
	at.met, at.single = at.met || o.met, at.single || o.single
	at.samples = append(at.samples, o.samples[:min(len(o.samples), sampleSize-len(at.samples))]...)
	for _, name := range o.names {
		at.member(name, false).merge(o.members[name])
	}
	for i, e := range o.elements {
		at.element(i, false).merge(e)
	}
	if o.each != nil {
		at.element(0, true).merge(o.each)
	}
	if o.entry != nil {
		at.member("", true).merge(o.entry)
	}
}

// places lists what is under a shape that steps lead to; rows are the steps up to the last star.
func (at *shape) places(steps, rows []step) []Place {
	var out []Place
	if at.single && len(steps) > 0 {
		last := steps[len(steps)-1]
		p := Place{Path: pathText(steps), Parent: pathText(steps[:len(steps)-1]), Rows: pathText(rows), Samples: at.samples}
		if last.kind == member {
			p.Name = last.name
		}
		out = append(out, p)
	}
	if len(at.names) > 0 && !slices.ContainsFunc(at.names, func(n string) bool { return n == "" || digitsEnd([]byte(n), 0) < len(n) }) {
		at.collapse()
	}
	under := func(child *shape, s step) {
		if child == nil || !child.met {
			return
		}
		path := append(slices.Clone(steps), s)
		if s.star() {
			out = append(out, child.places(path, path)...)
		} else {
			out = append(out, child.places(path, rows)...)
		}
	}
	for _, name := range at.names {
		under(at.members[name], step{kind: member, name: name})
	}
	under(at.entry, step{kind: entry})
	for i, e := range at.elements {
		under(e, step{kind: element, index: i})
	}
	under(at.each, step{kind: each})
	return out
}
