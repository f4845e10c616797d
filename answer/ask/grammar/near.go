package grammar

import "sort"

// Language guesses the language of a question from the words that only one of
// the two languages' patterns has; Indonesian when it cannot be told.
func (g *Grammar) Language(question string) string {
	id, en := 0, 0
	for _, w := range g.tokens(question) {
		switch c := g.words[w]; {
		case c.id > 0 && c.en == 0:
			id++
		case c.en > 0 && c.id == 0:
			en++
		}
	}
	if en > id {
		return "en"
	}
	return "id"
}

// Nearest are the examples of the n forms whose words are most like those of a
// question, in the question's language.
func (g *Grammar) Nearest(question string, n int) []Example {
	lang := g.Language(question)
	want := g.bag(question)
	type scored struct {
		Example
		share float64
	}
	var all []scored
	for _, f := range g.Forms {
		best := scored{share: -1}
		for _, e := range f.Examples {
			if e.Lang != lang {
				continue
			}
			if s := overlap(want, g.bag(e.Text)); s > best.share {
				best = scored{e, s}
			}
		}
		all = append(all, best)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].share > all[j].share })
	var out []Example
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.Example)
	}
	return out
}

// bag is a question's words, with years and vocabulary replaced by their kind.
func (g *Grammar) bag(question string) map[string]bool {
	tokens := g.tokens(question)
	out := map[string]bool{}
	for i := 0; i < len(tokens); {
		name, n := g.kindOf(tokens[i:])
		out[name] = true
		i += n
	}
	return out
}

func (g *Grammar) kindOf(tokens []string) (string, int) {
	if _, ok := year(tokens[0]); ok {
		return "{tahun}", 1
	}
	for kind, words := range g.slots {
		for _, w := range words {
			if n := len(w.words); n <= len(tokens) && equal(w.words, tokens[:n]) {
				return "{" + kind + "}", n
			}
		}
	}
	return tokens[0], 1
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// overlap is the share of common words.
func overlap(a, b map[string]bool) float64 {
	common := 0
	for w := range a {
		if b[w] {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common+1)
}
