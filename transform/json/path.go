package json

import (
	"fmt"
	"strconv"
	"strings"
)

// step is one element of a path.
type step struct {
	kind  stepKind
	name  string // of a member
	index int    // of an element
}

type stepKind uint8

const (
	member  stepKind = iota // .name
	element                 // [3]
	each                    // [*]: every element of an array
	entry                   // *: every entry of an object
)

func (s step) star() bool { return s.kind == each || s.kind == entry }

// array tells whether the container around the step is an array (else an object).
func (s step) array() bool { return s.kind == each || s.kind == element }

func (s step) String() string {
	switch s.kind {
	case element:
		return "[" + strconv.Itoa(s.index) + "]"
	case each:
		return "[*]"
	case entry:
		return ".*"
	}
	return "." + s.name
}

func pathText(steps []step) string {
	var out strings.Builder
	for _, s := range steps {
		out.WriteString(s.String())
	}
	return strings.TrimPrefix(out.String(), ".")
}

// parsePath reads a.b[*].c, [*][0], * and the empty path of the document itself.
func parsePath(text string) ([]step, error) {
	var steps []step
	rest := text
	for rest != "" {
		switch {
		case rest[0] == '[':
			s, after, err := parseBracket(rest)
			if err != nil {
				return nil, fmt.Errorf("path %q: %w", text, err)
			}
			steps, rest = append(steps, s), after
			continue
		case rest[0] == '.' && len(steps) > 0:
			rest = rest[1:]
		case len(steps) > 0:
			return nil, fmt.Errorf("path %q: a dot is missing before %q", text, rest)
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		name := rest[:end]
		rest = rest[end:]
		switch {
		case name == "*":
			steps = append(steps, step{kind: entry})
		case name == "" || strings.ContainsAny(name, "]*@"):
			return nil, fmt.Errorf("path %q: %q is no member name", text, name)
		default:
			steps = append(steps, step{kind: member, name: name})
		}
	}
	return steps, nil
}

func parseBracket(text string) (s step, rest string, err error) {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return step{}, "", fmt.Errorf("%q is not closed", text)
	}
	inside := text[1:end]
	if inside == "*" {
		return step{kind: each}, text[end+1:], nil
	}
	n, err := strconv.ParseUint(inside, 10, 31)
	if err != nil || n > maxIndex {
		return step{}, "", fmt.Errorf("[%s] is neither [*] nor an index from 0 to %d", inside, maxIndex)
	}
	return step{kind: element, index: int(n)}, text[end+1:], nil
}

// maxIndex bounds the table of children of one path node.
const maxIndex = 9999

// column is a parsed column path.
type column struct {
	text  string
	steps []step // from the document's root
	key   bool   // @key
	level int    // stars passed before the value is told apart; -1: inside the record
	base  int    // steps shared with the rows path
}

// parseColumn reads @, @[0], @.A.b, @key or a path from the root.
func parseColumn(text string, rows []step) (column, error) {
	c := column{text: text, level: -1, base: len(rows)}
	switch {
	case text == "":
		return c, fmt.Errorf("a column's path is empty; the record itself is \"@\"")
	case text == "@key":
		c.key = true
		if len(rows) == 0 || rows[len(rows)-1].kind != entry {
			return c, fmt.Errorf("path %q: only records that are entries of an object have a key, that is rows ending in *", text)
		}
		return c, nil
	case text[0] == '@':
		relative, err := parsePath(strings.TrimPrefix(text[1:], "."))
		if err != nil || len(text) > 1 && text[1] != '.' && text[1] != '[' || text == "@." {
			return c, fmt.Errorf("path %q: use @, @[0], @.NAME or @key", text)
		}
		c.steps = append(append([]step{}, rows...), relative...)
	default:
		absolute, err := parsePath(text)
		if err != nil {
			return c, err
		}
		c.steps = absolute
	}
	return c, c.place(rows)
}

// place finds how much of the rows path the column shares, and checks its stars.
func (c *column) place(rows []step) error {
	shared := 0
	for shared < len(rows) && shared < len(c.steps) && rows[shared] == c.steps[shared] {
		shared++
	}
	if shared == len(c.steps) && shared < len(rows) {
		return fmt.Errorf("path %q: rows go through it, so it is no single value", c.text)
	}
	stars := 0
	base := 0
	for i, s := range c.steps {
		if !s.star() {
			continue
		}
		if i >= shared {
			return fmt.Errorf("path %q: its %s is not part of rows %q, so it names many values", c.text, s, pathText(rows))
		}
		stars++
		base = i + 1
	}
	if shared < len(rows) {
		c.level, c.base = stars, base
	}
	return nil
}
