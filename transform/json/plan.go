package json

import "fmt"

// node is one place of a document that a path goes through or ends in.
type node struct {
	path    string
	targets []target
	members []branch
	indexed []*node
	star    *node
	array   bool // children are elements, not members
	parent  bool // has children
}

type branch struct {
	name string
	node *node
}

// target is what a value found at a node is wanted for.
type target struct {
	column int // place in the row, or in the skips when skip is set
	level  int // -1: the record, else the scope whose rows share the value
	skip   bool
}

// plan is the compiled form of all paths of a Config.
type plan struct {
	rows    []step
	columns []column
	skips   []Skip
	root    *node
	along   []*node // along[i] is the node after i steps of rows
	stars   int     // in rows
	own     []int   // columns inside the record
	shared  [][]int // per level, the columns whose value rows share
}

func compile(cfg Config) (*plan, error) {
	rows, err := parsePath(cfg.Rows)
	if err != nil {
		return nil, fmt.Errorf("rows: %w", err)
	}
	p := &plan{rows: rows, skips: cfg.SkipPart, root: &node{}}
	for _, s := range rows {
		if s.star() {
			p.stars++
		}
	}
	p.shared = make([][]int, p.stars+1)
	record, err := p.grow(rows)
	if err != nil {
		return nil, err
	}
	p.along = append(p.along, p.root)
	for i := range rows {
		p.along = append(p.along, p.along[i].child(rows[i]))
	}
	if p.along[len(rows)] != record {
		return nil, fmt.Errorf("rows %q: not a path to one place", cfg.Rows)
	}
	return p, p.addColumns(cfg)
}

func (p *plan) addColumns(cfg Config) error {
	for i, text := range cfg.Columns {
		c, err := parseColumn(text, p.rows)
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		p.columns = append(p.columns, c)
		if c.level < 0 {
			p.own = append(p.own, i)
		}
		if c.key {
			continue
		}
		n, err := p.grow(c.steps)
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		n.targets = append(n.targets, target{column: i, level: c.level})
		if c.level >= 0 {
			p.shared[c.level] = append(p.shared[c.level], i)
		}
	}
	for i, s := range cfg.SkipPart {
		c, err := parseColumn(s.Path, p.rows)
		if err != nil || c.key || c.level > 0 || c.level < 0 && p.stars > 0 {
			return fmt.Errorf("skip_part %q: path %q must lead from the document's root to one value", s.Name, s.Path)
		}
		n, err := p.grow(c.steps)
		if err != nil {
			return fmt.Errorf("skip_part %q: %w", s.Name, err)
		}
		n.targets = append(n.targets, target{column: i, skip: true})
	}
	if len(cfg.SkipPart) > 0 && cfg.Lines {
		return fmt.Errorf("skip_part %q: a part of many lines has no single answer; skip its records instead", cfg.SkipPart[0].Name)
	}
	return nil
}

// grow adds a path to the tree and gives the node at its end.
func (p *plan) grow(steps []step) (*node, error) {
	n := p.root
	for i, s := range steps {
		if n.parent && (n.array != s.array() || (n.star != nil) != s.star()) {
			return nil, fmt.Errorf("path %q: %s does not go together with the other paths through %q", pathText(steps), s, n.path)
		}
		n.parent, n.array = true, s.array()
		next := n.child(s)
		if next == nil {
			next = &node{path: pathText(steps[:i+1])}
			n.add(s, next)
		}
		n = next
	}
	return n, nil
}

func (n *node) child(s step) *node {
	switch {
	case s.star():
		return n.star
	case s.kind == element:
		return n.at(s.index)
	}
	for i := range n.members {
		if n.members[i].name == s.name {
			return n.members[i].node
		}
	}
	return nil
}

func (n *node) add(s step, next *node) {
	switch s.kind {
	case each, entry:
		n.star = next
	case element:
		for len(n.indexed) <= s.index {
			n.indexed = append(n.indexed, nil)
		}
		n.indexed[s.index] = next
	case member:
		n.members = append(n.members, branch{s.name, next})
	}
}

// at is the node of an array's element, nil when no path wants it.
func (n *node) at(i int) *node {
	if n == nil || i >= len(n.indexed) {
		return nil
	}
	return n.indexed[i]
}

// named is the node of an object's member, nil when no path wants it.
func (n *node) named(key []byte) *node {
	if n == nil {
		return nil
	}
	for i := range n.members {
		if n.members[i].name == string(key) {
			return n.members[i].node
		}
	}
	return nil
}
