// Package grammar matches questions in Indonesian and English against a written grammar of forms, without guessing.
package grammar

import (
	_ "embed"
	"fmt"
)

//go:embed grammar.txt
var text string

// Grammar is a set of forms with their vocabulary. It is never changed after Load.
type Grammar struct {
	Forms []Form

	same  [][2][]string         // runs of words and what they are read as, longest first
	drop  map[string]bool       // words without meaning here
	slots map[string][]wording  // slot type -> its words
	lets  map[string]*node      // named pieces of patterns
	words map[string]langCounts // literal words of all patterns, by language
}

// Form is one kind of question.
type Form struct {
	Name     string
	Title    map[string]string // by language
	Examples []Example

	patterns []pattern
}

// Example is a question of a form.
type Example struct{ Lang, Text string }

type pattern struct {
	lang, text string
	root       *node
}

// wording is one way to say a slot's value.
type wording struct {
	words []string
	value string
}

type langCounts struct{ id, en int }

// Load reads the grammar that is part of the program.
func Load() (*Grammar, error) {
	g, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("grammar of questions: %w", err)
	}
	return g, nil
}

// Place is an area that a name or code means.
type Place struct {
	Code, Name, Level string
	Identity          string // the same for former codes of a village
}

// Lookup finds the areas of a folded name (value.Fold) or a code as it was written.
type Lookup func(name string) []Place

// Value is what a slot took from the question.
type Value struct {
	Text   string  // as in the question
	Word   string  // the vocabulary's value, for slots with a vocabulary
	Year   int     // for years
	Places []Place // for areas: all that fit, several when the name is ambiguous
}

// Match is a form that a question has.
type Match struct {
	Form  *Form
	Lang  string
	Slots map[string]Value
}

// Match finds the forms of a question, each once. When only a name stands in
// the way, unknown is that name and there are no matches.
func (g *Grammar) Match(question string, find Lookup) (matches []Match, unknown string) {
	tokens := g.tokens(question)
	m := &matcher{g: g, tokens: tokens, find: find}
	if matches = m.forms(); len(matches) > 0 || find == nil {
		return matches, ""
	}
	m.loose = true
	for _, loose := range m.forms() {
		for _, v := range loose.Slots {
			if v.Places != nil && len(v.Places) == 0 && len(v.Text) > len(unknown) {
				unknown = v.Text
			}
		}
	}
	return nil, unknown
}

func (m *matcher) forms() []Match {
	var out []Match
	for i := range m.g.Forms {
		f := &m.g.Forms[i]
		for _, p := range f.patterns {
			if slots, ok := m.pattern(p.root); ok {
				out = append(out, Match{f, p.lang, slots})
				break
			}
		}
	}
	return out
}
