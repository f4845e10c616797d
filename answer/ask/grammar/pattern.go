package grammar

import (
	"fmt"
	"regexp"
	"strings"
)

type kind uint8

const (
	word kind = iota // one literal word
	slot             // {name}
	seq              // all of kids
	alt              // one of kids
	opt              // kids[0] or nothing
)

// node is a piece of a pattern.
type node struct {
	kind kind
	text string
	kids []*node
}

var lexeme = regexp.MustCompile(`\s*([\[\]()|]|\{[a-z_0-9]+\}|\$[a-z-]+|[\pL\pN~.]+)`)

// parser reads a pattern: words, {slot}, [optional], (one | other), $piece.
type parser struct {
	g    *Grammar
	rest []string
}

func (g *Grammar) parsePattern(text string) (*node, error) {
	var parts []string
	for left := strings.TrimSpace(text); left != ""; {
		loc := lexeme.FindStringSubmatchIndex(left)
		if loc == nil || loc[0] != 0 {
			return nil, fmt.Errorf("pattern %q: %q is not understood", text, left)
		}
		parts = append(parts, left[loc[2]:loc[3]])
		left = strings.TrimSpace(left[loc[1]:])
	}
	p := &parser{g, parts}
	n, err := p.choice()
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	if len(p.rest) > 0 {
		return nil, fmt.Errorf("pattern %q: %q closes nothing", text, p.rest[0])
	}
	return n, nil
}

// choice is one or more sequences with | between them.
func (p *parser) choice() (*node, error) {
	n := &node{kind: alt}
	for {
		s, err := p.sequence()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, s)
		if len(p.rest) == 0 || p.rest[0] != "|" {
			break
		}
		p.rest = p.rest[1:]
	}
	if len(n.kids) == 1 {
		return n.kids[0], nil
	}
	return n, nil
}

func (p *parser) sequence() (*node, error) {
	n := &node{kind: seq}
	for len(p.rest) > 0 && !strings.Contains("])|", p.rest[0]) {
		kid, err := p.one()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, kid)
	}
	if len(n.kids) == 0 {
		return nil, fmt.Errorf("an empty piece")
	}
	return n, nil
}

func (p *parser) one() (*node, error) {
	first := p.rest[0]
	p.rest = p.rest[1:]
	switch first[0] {
	case '[', '(':
		inner, err := p.choice()
		if err != nil {
			return nil, err
		}
		closing := map[byte]string{'[': "]", '(': ")"}[first[0]]
		if len(p.rest) == 0 || p.rest[0] != closing {
			return nil, fmt.Errorf("%s is missing", closing)
		}
		p.rest = p.rest[1:]
		if first == "[" {
			return &node{kind: opt, kids: []*node{inner}}, nil
		}
		return inner, nil
	case '{':
		name := first[1 : len(first)-1]
		if t := slotType(name); p.g.slots[t] == nil && t != "tahun" && t != "wilayah" && t != "desa" {
			return nil, fmt.Errorf("there is no slot %s", first)
		}
		return &node{kind: slot, text: name}, nil
	case '$':
		n, ok := p.g.lets[first[1:]]
		if !ok {
			return nil, fmt.Errorf("there is no piece %s", first)
		}
		return n, nil
	}
	if got := p.g.plain([]string{first}); len(got) != 1 || got[0] != first {
		return nil, fmt.Errorf("%q never stands in a question as it is read", first)
	}
	return &node{kind: word, text: first}, nil
}

// slotType is the kind of a slot: status_ke and status2 are of kind status.
func slotType(name string) string {
	name, _, _ = strings.Cut(name, "_")
	return strings.TrimRight(name, "0123456789")
}

// walk calls f for every node.
func (n *node) walk(f func(*node)) {
	f(n)
	for _, k := range n.kids {
		k.walk(f)
	}
}
