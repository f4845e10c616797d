package dictionary

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer/lineage"
	"lumbung/sql"
	"lumbung/transform/contract"
)

// book is what the dictionary says, whatever its form.
type book struct {
	Chapters []chapter
	graph    *lineage.Graph
}

type chapter struct {
	Title, About string
	Relations    []relation
}

type relation struct {
	Name, File string // File below sql/, "" when no model makes it
	About      string
	Severity   string // of an audit
	Message    string // of an audit
	Key        []string
	From       []string // relations that it is made from
	Users      []string // models that read it
	Columns    []column
	Trace      string // query to the village rows behind a row
}

type column struct {
	Name, Type, Meaning string
	Required            bool // in a staged table
	Provenance          bool // one of the columns that every staged row carries
}

// layers are the chapters of the models.
var layers = []struct{ name, title, about string }{
	{sql.Marts, "Marts", "What analysts and BI tools read: `data/current/marts/<mart>/*.parquet`, and tables of the same name in the warehouse."},
	{sql.Core, "Core", "The star schema in `warehouse.duckdb`: dimensions and facts, integer keys."},
	{sql.Audits, "Audits", "Each returns the rows that are wrong. A blocking audit with rows refuses the snapshot; its rows stay in the kept candidate."},
	{sql.Staging, "Staging", "Steps between staged data and core; they do not stay in the warehouse."},
}

// read makes the book of the models and tables that the program carries. A column that a model's SQL takes from
// nowhere is an error with file and line.
func read(ctx context.Context) (*book, error) {
	models, err := sql.Models()
	if err != nil {
		return nil, err
	}
	staged, err := stagedTables()
	if err != nil {
		return nil, err
	}
	seeds, err := seedTables()
	if err != nil {
		return nil, err
	}
	b := &book{}
	for _, l := range layers {
		c := chapter{Title: l.title, About: l.about}
		for _, m := range models {
			if m.Layer == l.name {
				c.Relations = append(c.Relations, ofModel(m))
			}
		}
		b.Chapters = append(b.Chapters, c)
	}
	b.Chapters = append(b.Chapters,
		chapter{"Staged tables", fmt.Sprintf("What contracts fill, one Parquet file for each release and contract; models read them as `tahap_<table>`. Every row also carries "+
			"`%s`, `%s`, `%s` (file), `%s` (row number) and `%s` (warning rules that it broke).",
			contract.ColRelease, contract.ColSHA256, contract.ColPart, contract.ColRow, contract.ColFlags), staged},
		chapter{"Inputs of a run", "What a run knows itself about its releases; models read these as they read staged tables.", runInputs()},
		chapter{"Seeds", "Small tables that no release carries, from `sql/seeds/`; all text, models cast. The dimensions made of them say what the columns mean.", seeds})
	known, users := map[string][]string{}, users(models)
	for _, c := range b.Chapters {
		for i := range c.Relations {
			r := &c.Relations[i]
			r.Users = users[r.Name]
			if r.File == "" {
				known[r.Name] = r.names()
			}
		}
	}
	b.graph, err = lineage.Read(ctx, models, known)
	return b, err
}

func (r relation) names() []string {
	var out []string
	for _, c := range r.Columns {
		out = append(out, c.Name)
	}
	return out
}

func ofModel(m sql.Model) relation {
	h := m.Header
	return relation{Name: m.Name, File: m.File, About: fmt.Sprintf("%s One row: %s.", h.Purpose, strings.TrimSuffix(h.Grain, ".")),
		Severity: h.Severity, Message: h.Message, Key: h.Key, From: m.References, Columns: declared(h.Columns), Trace: h.Trace}
}

func declared(columns []sql.Column) []column {
	var out []column
	for _, c := range columns {
		out = append(out, column{Name: c.Name, Type: c.Type, Meaning: c.Description})
	}
	return out
}

// provenance describes the columns that every staged row carries.
var provenance = map[string]struct{ Type, Meaning string }{
	contract.ColRelease: {"text", "Release"},
	contract.ColSHA256:  {"text", "Hash of the part file"},
	contract.ColPart:    {"text", "Part file"},
	contract.ColRow:     {"integer", "Row number in the part"},
	contract.ColFlags:   {"text", "Warning rules that the row broke, joined by ;"},
}

func stagedTables() ([]relation, error) {
	tables, err := contract.BuiltinTables()
	if err != nil {
		return nil, err
	}
	var out []relation
	for _, name := range tables.Names() {
		t := tables[name]
		r := relation{Name: "tahap_" + name, About: fmt.Sprintf("%s Codes: %s.", t.Description, t.Scheme), Key: t.Key}
		for _, f := range t.Schema().Fields() {
			i, own := t.Column(f.Name)
			if !own {
				p := provenance[f.Name]
				r.Columns = append(r.Columns, column{Name: f.Name, Type: p.Type, Meaning: p.Meaning, Provenance: true})
				continue
			}
			c := t.Columns[i]
			meaning := c.Description
			if len(c.OneOf) > 0 {
				meaning += " (" + strings.Join(c.OneOf, ", ") + ")"
			}
			r.Columns = append(r.Columns, column{Name: c.Name, Type: c.Type.String(), Meaning: meaning, Required: c.Required})
		}
		out = append(out, r)
	}
	return out, nil
}

func runInputs() []relation {
	var out []relation
	for _, in := range sql.Inputs {
		out = append(out, relation{Name: in.Name, About: in.Purpose, Columns: declared(in.Columns)})
	}
	return out
}

func seedTables() ([]relation, error) {
	seeds, err := sql.Seeds()
	if err != nil {
		return nil, err
	}
	var out []relation
	for _, s := range seeds {
		r := relation{Name: s.Name, About: fmt.Sprintf("`sql/seeds/%s.csv`, %d rows.", strings.TrimPrefix(s.Name, "seed_"), len(s.Rows))}
		for _, c := range s.Columns {
			r.Columns = append(r.Columns, column{Name: c, Type: "text"})
		}
		out = append(out, r)
	}
	return out, nil
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
