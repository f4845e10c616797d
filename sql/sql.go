// Package sql holds the warehouse models as .sql files and knows their headers, references and order.
//
// A model is one SELECT in a file named after the relation that it makes. Its leading comment is its header, see
// [Header]. The layers build on one another: staging, core (the star schema), marts, and audits, whose rows are what is
// wrong. The text keeps to what DuckDB, Trino and Spark read alike.
package sql

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
)

//go:embed staging/*.sql core/*.sql marts/*.sql audits/*.sql seeds/*.csv
var files embed.FS

// Layers in the order in which they build on one another.
const (
	Staging = "staging"
	Core    = "core"
	Marts   = "marts"
	Audits  = "audits"
)

// A Model is one .sql file.
type Model struct {
	Name   string // relation it makes: the file name without .sql
	Layer  string // Staging, Core, Marts or Audits
	File   string // path under sql/, for messages
	SQL    string // whole text, header included, without a final semicolon
	Header Header
	// References are the names that the text reads: other models, staged tables (tahap_*) and seeds (seed_*), sorted.
	References []string
}

// Models gives all embedded models, sorted by layer and name, with headers and references. An error names the file
// and line of what is wrong with a header. The texts are read once: they are part of the program.
func Models() ([]Model, error) {
	models, err := embedded()
	return slices.Clone(models), err
}

var embedded = sync.OnceValues(readModels)

func readModels() ([]Model, error) {
	var models []Model
	for _, layer := range []string{Staging, Core, Marts, Audits} {
		entries, err := files.ReadDir(layer)
		if err != nil {
			return nil, fmt.Errorf("models of layer %s: %w", layer, err)
		}
		for _, entry := range entries {
			file := path.Join(layer, entry.Name())
			text, err := files.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("model %s: %w", file, err)
			}
			model, err := parse(file, string(text))
			if err != nil {
				return nil, err
			}
			models = append(models, model)
		}
	}
	resolve(models)
	return models, nil
}

// parse reads one file; references wait until all names are known.
func parse(file, text string) (Model, error) {
	layer, base := path.Split(file)
	m := Model{
		Name:  strings.TrimSuffix(base, ".sql"),
		Layer: strings.TrimSuffix(layer, "/"),
		File:  file,
		SQL:   strings.TrimRight(text, "; \n"),
	}
	header, err := parseHeader(file, text)
	if err != nil {
		return Model{}, err
	}
	m.Header = header
	return m, m.check()
}

// check holds a header against what its layer needs.
func (m Model) check() error {
	h := m.Header
	missing := func(key string) error {
		return fmt.Errorf("sql/%s: header has no %q; add a line \"-- %s: ...\"", m.File, key, key)
	}
	switch {
	case h.Purpose == "":
		return missing("purpose")
	case h.Grain == "":
		return missing("grain")
	case len(h.Columns) == 0:
		return missing("columns")
	case m.Layer != Audits && len(h.Key) == 0:
		return missing("key")
	case m.Layer == Marts && h.Trace == "":
		return missing("jejak")
	case m.Layer == Audits && h.Severity == "":
		return missing("severity")
	case m.Layer == Audits && h.Message == "":
		return missing("message")
	}
	return nil
}

// resolve fills References: every identifier of a text that names a model, a staged table or a seed.
func resolve(models []Model) {
	known := make(map[string]bool, len(models))
	for _, m := range models {
		known[m.Name] = true
	}
	for i := range models {
		seen := map[string]bool{models[i].Name: true}
		for _, word := range identifiers(models[i].SQL) {
			input := strings.HasPrefix(word, "tahap_") || strings.HasPrefix(word, "seed_")
			if seen[word] || !(input || known[word]) {
				continue
			}
			seen[word] = true
			models[i].References = append(models[i].References, word)
		}
		sort.Strings(models[i].References)
	}
}
