package dictionary

import (
	"context"
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"lumbung/answer/lineage"
)

//go:embed site.html
var site string

// HTML writes the dictionary as one page that needs nothing else: no script, no other file, no network. Each column
// leads to those that it is made from and those that are made from it.
func HTML(ctx context.Context, w io.Writer) error {
	b, err := read(ctx)
	if err != nil {
		return err
	}
	g := b.graph
	page, err := template.New("site").Funcs(template.FuncMap{
		"prose":    prose,
		"at":       func(r relation, c column) lineage.Column { return lineage.Column{Relation: r.Name, Name: c.Name} },
		"from":     g.From,
		"uses":     g.Uses,
		"choosing": g.Choosing,
		"choosers": g.Choosers,
		"origins": func(c lineage.Column) []lineage.Column {
			if origins := g.Origins(c); !slices.Equal(origins, g.From(c)) {
				return origins
			}
			return nil
		},
		"counted": func(relation string) []lineage.Column {
			made := slices.Clone(g.Uses(lineage.Column{Relation: relation, Name: lineage.Rows}))
			return slices.DeleteFunc(made, func(c lineage.Column) bool { return c.Name == lineage.Rows })
		},
	}).Parse(site)
	if err != nil {
		return err
	}
	return page.Execute(w, b)
}

// prose is a text of ours in which `x` is code.
func prose(text string) template.HTML {
	parts := strings.Split(template.HTMLEscapeString(text), "`")
	var out strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		out.WriteString(part)
	}
	return template.HTML(out.String()) // escaped above
}
