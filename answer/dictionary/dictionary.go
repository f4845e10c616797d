// Package dictionary writes the data dictionary: every table and column, from the files that define them.
package dictionary

import (
	"fmt"
	"io"
	"strings"

	"lumbung/sql"
	"lumbung/transform/contract"
)

// layer is a chapter of the dictionary.
type layer struct{ name, title, about string }

var layers = []layer{
	{sql.Marts, "Marts", "What analysts and BI tools read: `data/current/marts/<mart>/*.parquet`, and tables of the same name in the warehouse."},
	{sql.Core, "Core", "The star schema in `warehouse.duckdb`: dimensions and facts, integer keys."},
	{sql.Audits, "Audits", "Each returns the rows that are wrong. A blocking audit with rows refuses the snapshot; its rows stay in the kept candidate."},
	{sql.Staging, "Staging", "Steps between staged data and core; they do not stay in the warehouse."},
}

// Markdown writes the whole dictionary.
func Markdown(w io.Writer) error {
	models, err := sql.Models()
	if err != nil {
		return err
	}
	tables, err := contract.BuiltinTables()
	if err != nil {
		return err
	}
	p := &printer{w: w}
	p.line("# Data dictionary")
	p.line("")
	p.line("Made by `lumbung docs` from the headers in `sql/` and from `transform/contract/tables.yaml`; a test keeps it up to date.")
	p.line("Area codes are Kemendagri codes; dotted text (`64.02.01.2001`) in marts, whole numbers (`6402012001`) in core.")
	used := users(models)
	for _, l := range layers {
		p.line("")
		p.line("## %s", l.title)
		p.line("")
		p.line("%s", l.about)
		for _, m := range models {
			if m.Layer == l.name {
				p.model(m, used[m.Name])
			}
		}
	}
	p.staged(tables)
	return p.err
}

// users lists, by name, the models that read a relation.
func users(models []sql.Model) map[string][]string {
	used := map[string][]string{}
	for _, m := range models {
		for _, ref := range m.References {
			used[ref] = append(used[ref], m.Name)
		}
	}
	return used
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) model(m sql.Model, users []string) {
	h := m.Header
	p.line("")
	p.line("### %s", m.Name)
	p.line("")
	p.line("%s One row: %s.", h.Purpose, strings.TrimSuffix(h.Grain, "."))
	if h.Severity != "" {
		p.line("Severity **%s**: %s", h.Severity, h.Message)
	}
	if len(h.Key) > 0 {
		p.line("Key: `%s`.", strings.Join(h.Key, "`, `"))
	}
	p.line("Made from %s.", names(m.References))
	if len(users) > 0 {
		p.line("Read by %s.", names(users))
	}
	p.line("")
	p.line("| Column | Type | Meaning |")
	p.line("|---|---|---|")
	for _, c := range h.Columns {
		p.line("| `%s` | %s | %s |", c.Name, c.Type, cell(c.Description))
	}
	if h.Trace != "" {
		p.line("")
		p.line("From a row to the village rows behind it (`lumbung trace`):")
		p.line("")
		p.line("```sql\n%s\n```", h.Trace)
	}
}

func names(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return "`" + strings.Join(list, "`, `") + "`"
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func (p *printer) staged(tables contract.Tables) {
	p.line("")
	p.line("## Staged tables")
	p.line("")
	p.line("What contracts fill, one Parquet file for each release and contract; models read them as `tahap_<table>`. Every row also carries")
	p.line("`%s`, `%s`, `%s` (file), `%s` (row number) and `%s` (warning rules that it broke).",
		contract.ColRelease, contract.ColSHA256, contract.ColPart, contract.ColRow, contract.ColFlags)
	for _, name := range tables.Names() {
		t := tables[name]
		p.line("")
		p.line("### tahap_%s", name)
		p.line("")
		p.line("%s Codes: %s. Key: `%s`.", t.Description, t.Scheme, strings.Join(t.Key, "`, `"))
		p.line("")
		p.line("| Column | Type | Required | Meaning |")
		p.line("|---|---|---|---|")
		for _, c := range t.Columns {
			meaning := cell(c.Description)
			if len(c.OneOf) > 0 {
				meaning += " (" + strings.Join(c.OneOf, ", ") + ")"
			}
			p.line("| `%s` | %s | %s | %s |", c.Name, c.Type, yes(c.Required), meaning)
		}
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
