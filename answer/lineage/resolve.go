package lineage

import (
	"maps"
	"slices"
	"strings"

	"lumbung/sql"
)

// resolver follows the names of one model. After an error it goes on with empty answers; err has the first.
type resolver struct {
	model      sql.Model
	known      map[string][]string // columns of every relation that a model may read
	conditions set                 // columns that choose, join, group or order rows, anywhere in the model
	err        error
}

// A relation is what FROM can name, or what a SELECT makes.
type relation struct {
	alias   string
	columns []column
	rows    set // Rows of the relations that its rows come from
}

type column struct {
	name string
	from set
}

// A scope is what the names in one SELECT can mean.
type scope struct {
	relations []relation
	aliases   map[string]set // of the select list
	ctes      map[string]relation
	outer     *scope // of the query around a subquery
}

// query resolves a SELECT or a set operation.
func (r *resolver) query(n node, ctes map[string]relation, outer *scope) relation {
	ctes = r.with(n, ctes, outer)
	switch n.text("type") {
	case "SELECT_NODE":
		return r.selection(n, ctes, outer)
	case "SET_OPERATION_NODE":
		return r.union(n, ctes, outer)
	}
	r.fail(n, "a %s is not understood; write a SELECT or a UNION", n.text("type"))
	return relation{}
}

// with adds the query's common table expressions, each of which sees those before it.
func (r *resolver) with(n node, ctes map[string]relation, outer *scope) map[string]relation {
	entries := n.child("cte_map").list("map")
	if len(entries) == 0 {
		return ctes
	}
	all := map[string]relation{}
	maps.Copy(all, ctes)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		value := node(entry).child("value")
		made := r.query(value.child("query").child("node"), all, outer)
		all[node(entry).text("key")] = r.rename(value, "aliases", made)
	}
	return all
}

// union joins two queries column by column; the names are those of the first.
func (r *resolver) union(n node, ctes map[string]relation, outer *scope) relation {
	a, b := r.query(n.child("left"), ctes, outer), r.query(n.child("right"), ctes, outer)
	if len(a.columns) != len(b.columns) {
		r.fail(n, "%s of %d and %d columns", n.text("setop_type"), len(a.columns), len(b.columns))
		return relation{}
	}
	out := relation{rows: set{}}
	for i, c := range a.columns {
		from := set{}
		from.add(c.from)
		from.add(b.columns[i].from)
		out.columns = append(out.columns, column{c.name, from})
	}
	out.rows.add(a.rows)
	out.rows.add(b.rows)
	r.modify(n, out, &scope{relations: []relation{out}, ctes: ctes, outer: outer})
	return out
}

func (r *resolver) selection(n node, ctes map[string]relation, outer *scope) relation {
	s := &scope{aliases: map[string]set{}, ctes: ctes, outer: outer}
	s.relations = r.from(n.child("from_table"), s)
	out := relation{rows: s.rows()}
	for _, v := range n.list("select_list") {
		item, _ := v.(map[string]any)
		if node(item).text("class") == "STAR" {
			out.columns = append(out.columns, r.star(item, s)...)
			continue
		}
		c := column{node(item).text("alias"), r.value(item, s)}
		if c.name != "" {
			s.aliases[c.name] = c.from
		} else if names := node(item).names("column_names"); len(names) > 0 {
			c.name = names[len(names)-1]
		}
		out.columns = append(out.columns, c)
	}
	for _, clause := range []string{"where_clause", "group_expressions", "having", "qualify"} {
		r.conditions.add(r.value(n[clause], s))
	}
	r.modify(n, out, s)
	return out
}

// modify notes what DISTINCT, UNION without ALL, ORDER BY and LIMIT choose and order rows by.
func (r *resolver) modify(n node, made relation, s *scope) {
	r.conditions.add(r.value(n["modifiers"], s))
	distinct := n["setop_all"] == false
	for _, v := range n.list("modifiers") {
		m, _ := v.(map[string]any)
		distinct = distinct || node(m).text("type") == "DISTINCT_MODIFIER"
	}
	if distinct {
		for _, c := range made.columns {
			r.conditions.add(c.from)
		}
	}
}

func (s *scope) rows() set {
	out := set{}
	for _, rel := range s.relations {
		out.add(rel.rows)
	}
	return out
}

// from lists the relations that a FROM brings into scope.
func (r *resolver) from(n node, s *scope) []relation {
	var rel relation
	switch n.text("type") {
	case "EMPTY":
		return nil
	case "JOIN":
		return r.join(n, s)
	case "BASE_TABLE":
		rel = r.table(n, s.ctes)
	case "SUBQUERY":
		rel = r.query(n.child("subquery").child("node"), s.ctes, s.outer)
	case "EXPRESSION_LIST":
		rel = r.values(n, s)
	default:
		r.fail(n, "FROM with a %s is not understood; write a table, a join or a subquery", n.text("type"))
	}
	rel = r.rename(n, "column_name_alias", rel)
	rel.alias = n.text("alias")
	if rel.alias == "" {
		rel.alias = n.text("table_name")
	}
	return []relation{rel}
}

func (r *resolver) join(n node, s *scope) []relation {
	if kind := n.text("ref_type"); kind != "REGULAR" && kind != "CROSS" || len(n.list("using_columns")) > 0 {
		r.fail(n, "only JOIN ... ON and CROSS JOIN are understood")
		return nil
	}
	both := slices.Concat(r.from(n.child("left"), s), r.from(n.child("right"), s))
	r.conditions.add(r.value(n["condition"], &scope{relations: both, ctes: s.ctes, outer: s.outer}))
	return both
}

// table is a common table expression or a relation outside the model.
func (r *resolver) table(n node, ctes map[string]relation) relation {
	name := n.text("table_name")
	if made, ok := ctes[name]; ok {
		return made
	}
	columns, ok := r.known[name]
	if !ok {
		r.fail(n, "%s is no model, no staged table and no seed", name)
	}
	rel := relation{rows: set{{name, Rows}: true}}
	for _, c := range columns {
		rel.columns = append(rel.columns, column{c, set{{name, c}: true}})
	}
	return rel
}

// values is a list VALUES (...), (...).
func (r *resolver) values(n node, s *scope) relation {
	rel := relation{rows: set{}}
	for _, row := range n.list("values") {
		cells, _ := row.([]any)
		for i, cell := range cells {
			if i == len(rel.columns) {
				rel.columns = append(rel.columns, column{from: set{}})
			}
			rel.columns[i].from.add(r.value(cell, s))
		}
	}
	return rel
}

// rename gives the first columns of a relation the names in the list of that key.
func (r *resolver) rename(n node, key string, rel relation) relation {
	names := n.names(key)
	if len(names) > len(rel.columns) {
		r.fail(n, "%d names for %d columns", len(names), len(rel.columns))
		return rel
	}
	rel.columns = slices.Clone(rel.columns)
	for i, name := range names {
		rel.columns[i].name = name
	}
	return rel
}

// star expands * and alias.*.
func (r *resolver) star(n node, s *scope) []column {
	if len(n.list("exclude_list")) > 0 || n["replace_list"] != nil || n["columns"] == true || n["expr"] != nil {
		r.fail(n, "only * and alias.* are understood; name the columns")
		return nil
	}
	alias, found := n.text("relation_name"), false
	var out []column
	for _, rel := range s.relations {
		if alias == "" || rel.alias == alias {
			found = true
			out = append(out, rel.columns...)
		}
	}
	if !found {
		r.fail(n, "no relation %q for its *", alias)
	}
	return out
}

// value lists what an expression, or any part of the tree that holds expressions, is made from.
func (r *resolver) value(v any, s *scope) set {
	out := set{}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			out.add(r.value(item, s))
		}
	case map[string]any:
		switch n := node(v); n.text("class") {
		case "COLUMN_REF":
			return r.column(n, s)
		case "STAR":
			r.fail(n, "a * inside an expression is not understood")
		case "SUBQUERY":
			return r.subquery(n, s)
		case "FUNCTION":
			if counts(n) {
				out.add(s.rows())
			}
			out.add(r.members(n, s))
		case "WINDOW":
			return r.window(n, s)
		default:
			return r.members(n, s)
		}
	}
	return out
}

// members lists what the members of a node are made from, except those of the names.
func (r *resolver) members(n node, s *scope, except ...string) set {
	out := set{}
	for _, key := range slices.Sorted(maps.Keys(n)) {
		if !slices.Contains(except, key) {
			out.add(r.value(n[key], s))
		}
	}
	return out
}

// counts tells count(*) from other functions.
func counts(n node) bool {
	return len(n.list("children")) == 0 && (n.text("function_name") == "count_star" || n.text("function_name") == "count")
}

// window resolves f(x) OVER (...): made from its arguments, or from the rows that it counts, or, for row_number and
// its like, from the order that it numbers.
func (r *resolver) window(n node, s *scope) set {
	by := r.value([]any{n["partitions"], n["orders"]}, s)
	out := r.members(n, s, "partitions", "orders")
	switch {
	case counts(n):
		out.add(s.rows())
	case len(n.list("children")) == 0:
		out.add(by)
		return out
	}
	r.conditions.add(by)
	return out
}

// subquery resolves a scalar subquery, IN (SELECT ...) and EXISTS, which is made from the rows that exist.
func (r *resolver) subquery(n node, s *scope) set {
	made := r.query(n.child("subquery").child("node"), s.ctes, s)
	out := set{}
	out.add(r.value(n["child"], s))
	if strings.HasSuffix(n.text("subquery_type"), "EXISTS") {
		out.add(made.rows)
		return out
	}
	for _, c := range made.columns {
		out.add(c.from)
	}
	return out
}

// column resolves a name, or alias.name, in the SELECT where it stands and then in those around it.
func (r *resolver) column(n node, s *scope) set {
	names := n.names("column_names")
	if len(names) > 2 {
		r.fail(n, "%s: write alias.column", strings.Join(names, "."))
		return nil
	}
	name := names[len(names)-1]
	for ; s != nil; s = s.outer {
		candidates := s.relations
		if len(names) == 2 {
			candidates = slices.DeleteFunc(slices.Clone(candidates), func(rel relation) bool { return rel.alias != names[0] })
		}
		found := named(candidates, name)
		switch {
		case len(found) == 1:
			return found[0]
		case len(found) > 1:
			r.fail(n, "%s is a column of %d relations here; write alias.%s", name, len(found), name)
			return nil
		case len(names) == 2 && len(candidates) > 0:
			r.fail(n, "%s has no column %s", names[0], name)
			return nil
		}
		if from, ok := s.aliases[name]; ok && len(names) == 1 {
			return from
		}
	}
	r.fail(n, "nothing here has a column %s", strings.Join(names, "."))
	return nil
}

func named(relations []relation, name string) []set {
	var found []set
	for _, rel := range relations {
		for _, c := range rel.columns {
			if c.name == name {
				found = append(found, c.from)
			}
		}
	}
	return found
}
