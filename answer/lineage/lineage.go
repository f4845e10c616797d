// Package lineage says which columns each column of the models is made from, by the models' own SQL.
//
// DuckDB parses each model; every name in it has to lead to a declared column, so that a model which reads a column
// that nothing declares, or declares one that it does not make, is an error with file and line.
package lineage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lumbung/load/duck"
	"lumbung/sql"
)

// Rows is the name of a Column that stands for the rows of its relation: count(*) is made from them, not from a column.
const Rows = "*"

// A Column is one column of a relation, or its Rows.
type Column struct{ Relation, Name string }

func compare(a, b Column) int {
	return cmp.Or(strings.Compare(a.Relation, b.Relation), strings.Compare(a.Name, b.Name))
}

// Graph is what models are made from, by column. Lists are sorted by relation and name.
type Graph struct {
	from, uses map[Column][]Column
	choosing   map[string][]Column
	choosers   map[Column][]string
}

// From lists the columns of other relations that the value of a column is made from, through everything that the model
// does on the way: arguments of functions, of aggregates and of windows, conditions of CASE, subqueries. A column
// without any is constant.
func (g *Graph) From(c Column) []Column { return g.from[c] }

// Uses lists the columns that are made from a column.
func (g *Graph) Uses(c Column) []Column { return g.uses[c] }

// Choosing lists the columns by which a model chooses, joins, groups or orders rows.
func (g *Graph) Choosing(model string) []Column { return g.choosing[model] }

// Choosers lists the models that choose, join, group or order rows by a column.
func (g *Graph) Choosers(c Column) []string { return g.choosers[c] }

// Origins lists the columns that no model makes, where the way back from a column ends: staged tables and seeds.
func (g *Graph) Origins(c Column) []Column {
	found, seen := set{}, set{}
	var walk func(Column)
	walk = func(c Column) {
		if seen[c] {
			return
		}
		seen[c] = true
		sources, made := g.from[c]
		if !made {
			found[c] = true
		}
		for _, s := range sources {
			walk(s)
		}
	}
	walk(c)
	return found.sorted()
}

// Read resolves all models. inputs names the columns of each relation that no model makes. An error names the file,
// the line and the name that leads nowhere.
func Read(ctx context.Context, models []sql.Model, inputs map[string][]string) (*Graph, error) {
	texts := make([]string, len(models))
	known := maps.Clone(inputs)
	for i, m := range models {
		texts[i] = m.SQL
		for _, c := range m.Header.Columns {
			known[m.Name] = append(known[m.Name], c.Name)
		}
	}
	trees, err := duck.Parse(ctx, texts)
	if err != nil {
		return nil, err
	}
	g := &Graph{from: map[Column][]Column{}, uses: map[Column][]Column{}, choosing: map[string][]Column{}, choosers: map[Column][]string{}}
	for i, m := range models {
		r := &resolver{model: m, known: known, conditions: set{}}
		made := r.statement(trees[i])
		if r.err != nil {
			return nil, r.err
		}
		g.add(m.Name, made, r.conditions)
	}
	return g, nil
}

func (g *Graph) add(model string, made relation, conditions set) {
	for _, c := range append(made.columns, column{Rows, made.rows}) {
		to := Column{model, c.name}
		g.from[to] = c.from.sorted()
		for _, f := range g.from[to] {
			g.uses[f] = append(g.uses[f], to)
		}
	}
	g.choosing[model] = conditions.sorted()
	for _, c := range g.choosing[model] {
		g.choosers[c] = append(g.choosers[c], model)
	}
}

// set is a set of columns of other relations.
type set map[Column]bool

func (s set) add(other set) { maps.Copy(s, other) }

func (s set) sorted() []Column { return slices.SortedFunc(maps.Keys(s), compare) }

// A node is one node of DuckDB's syntax tree.
type node map[string]any

func (n node) text(key string) string { s, _ := n[key].(string); return s }

func (n node) child(key string) node { c, _ := n[key].(map[string]any); return c }

func (n node) list(key string) []any { l, _ := n[key].([]any); return l }

func (n node) names(key string) []string {
	var out []string
	for _, v := range n.list(key) {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// statement resolves a whole model and holds its columns against those that its header declares.
func (r *resolver) statement(tree string) relation {
	var root node
	if err := json.Unmarshal([]byte(tree), &root); err != nil {
		r.fail(nil, "syntax tree: %v", err)
		return relation{}
	}
	if failed, _ := root["error"].(bool); failed {
		at := node{}
		if p, err := strconv.ParseFloat(root.text("position"), 64); err == nil {
			at["query_location"] = p
		}
		r.fail(at, "%s", root.text("error_message"))
		return relation{}
	}
	statements := root.list("statements")
	if len(statements) != 1 {
		r.fail(nil, "%d statements, one SELECT is wanted", len(statements))
		return relation{}
	}
	only, _ := statements[0].(map[string]any)
	made := r.query(node(only).child("node"), nil, nil)
	declared := r.known[r.model.Name]
	for i := range max(len(declared), len(made.columns)) {
		switch {
		case r.err != nil:
		case i >= len(declared):
			r.fail(nil, "column %d, %q, is not in the header", i+1, made.columns[i].name)
		case i >= len(made.columns):
			r.fail(nil, "column %q of the header is not made", declared[i])
		case made.columns[i].name != declared[i]:
			r.fail(nil, "column %d is %q, the header says %q", i+1, made.columns[i].name, declared[i])
		}
	}
	return made
}

// fail keeps the first error, with the line of a node where that is known.
func (r *resolver) fail(n node, format string, args ...any) {
	if r.err != nil {
		return
	}
	where := "sql/" + r.model.File
	if at, known := n["query_location"].(float64); known && at < float64(len(r.model.SQL)) {
		where += fmt.Sprintf(":%d", 1+strings.Count(r.model.SQL[:int(at)], "\n"))
	}
	r.err = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
}
