// Package dictionary writes the data dictionary: every table and column and what it is made from, from the files that
// define them.
package dictionary

import (
	"context"
	"fmt"
	"io"
	"strings"

	"lumbung/answer/lineage"
)

// Markdown writes the whole dictionary. A model whose SQL names a column that nothing declares is an error with file
// and line.
func Markdown(ctx context.Context, w io.Writer) error {
	b, err := read(ctx)
	if err != nil {
		return err
	}
	p := &printer{w: w, book: b}
	p.line("# Data dictionary")
	p.line("")
	p.line("Made by `lumbung docs` from the SQL and headers in `sql/` and from `transform/contract/tables.yaml`; a test keeps it up to date.")
	p.line("Area codes are Kemendagri codes; dotted text (`64.02.01.2001`) in marts, whole numbers (`6402012001`) in core.")
	p.line("*From* lists the columns that a value is computed from, conditions of CASE included; not those that only choose or join rows.")
	p.line("`lumbung docs --format html` has both directions, and those too.")
	for _, c := range b.Chapters {
		p.line("")
		p.line("## %s", c.Title)
		p.line("")
		p.line("%s", c.About)
		for _, r := range c.Relations {
			p.relation(r)
		}
	}
	return p.err
}

type printer struct {
	w    io.Writer
	book *book
	err  error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) relation(r relation) {
	p.line("")
	p.line("### %s", r.Name)
	p.line("")
	p.line("%s", r.About)
	if r.Severity != "" {
		p.line("Severity **%s**: %s", r.Severity, r.Message)
	}
	if len(r.Key) > 0 {
		p.line("Key: %s.", names(r.Key))
	}
	if r.File != "" {
		p.line("Made from %s.", names(r.From))
	}
	if len(r.Users) > 0 {
		p.line("Read by %s.", names(r.Users))
	}
	p.line("")
	if r.File != "" {
		p.model(r)
	} else {
		p.source(r)
	}
	if r.Trace != "" {
		p.line("")
		p.line("From a row to the village rows behind it (`lumbung trace`):")
		p.line("")
		p.line("```sql\n%s\n```", r.Trace)
	}
}

func (p *printer) model(r relation) {
	p.line("| Column | Type | Meaning | From |")
	p.line("|---|---|---|---|")
	for _, c := range r.Columns {
		p.line("| `%s` | %s | %s | %s |", c.Name, c.Type, cell(c.Meaning), sources(p.book.graph.From(lineage.Column{Relation: r.Name, Name: c.Name})))
	}
}

func (p *printer) source(r relation) {
	p.line("| Column | Type | Required | Meaning |")
	p.line("|---|---|---|---|")
	for _, c := range r.Columns {
		if !c.Provenance {
			p.line("| `%s` | %s | %s | %s |", c.Name, c.Type, yes(c.Required), cell(c.Meaning))
		}
	}
}

// sources names what a column is made from, relation by relation.
func sources(from []lineage.Column) string {
	if len(from) == 0 {
		return "constant"
	}
	var out []string
	for _, c := range from {
		if c.Name == lineage.Rows {
			out = append(out, fmt.Sprintf("rows of `%s`", c.Relation))
		} else {
			out = append(out, fmt.Sprintf("`%s.%s`", c.Relation, c.Name))
		}
	}
	return strings.Join(out, ", ")
}

func names(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return "`" + strings.Join(list, "`, `") + "`"
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
