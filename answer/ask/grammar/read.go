package grammar

import (
	"fmt"
	"sort"
	"strings"
)

// parse reads the grammar's text, line by line:
//
//	# comment
//	drop WORD...                 words that mean nothing
//	same WORDS = WORDS | WORDS   what is read as the first
//	slot TYPE VALUE = WORDS | WORDS
//	let NAME PATTERN             a piece of patterns, written $NAME
//	form NAME                    the lines below belong to it
//	title LANG TEXT
//	id PATTERN, en PATTERN
//	contoh LANG QUESTION
func parse(text string) (*Grammar, error) {
	g := &Grammar{drop: map[string]bool{}, slots: map[string][]wording{}, lets: map[string]*node{}, words: map[string]langCounts{}}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := g.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return g, g.complete()
}

func (g *Grammar) line(line string) error {
	first, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch first {
	case "drop":
		for _, w := range strings.Fields(rest) {
			g.drop[w] = true
		}
		return nil
	case "same":
		return g.readSame(rest)
	case "slot":
		return g.readSlot(rest)
	case "let":
		name, pat, _ := strings.Cut(rest, " ")
		n, err := g.parsePattern(pat)
		g.lets[name] = n
		return err
	case "form":
		g.Forms = append(g.Forms, Form{Name: rest, Title: map[string]string{}})
		return nil
	}
	if len(g.Forms) == 0 {
		return fmt.Errorf("%q stands before the first form", first)
	}
	return g.formLine(&g.Forms[len(g.Forms)-1], first, rest)
}

func (g *Grammar) formLine(f *Form, first, rest string) error {
	switch first {
	case "title", "contoh":
		lang, text, _ := strings.Cut(rest, " ")
		if lang != "id" && lang != "en" {
			return fmt.Errorf("%q is no language; id or en", lang)
		}
		if first == "title" {
			f.Title[lang] = text
		} else {
			f.Examples = append(f.Examples, Example{lang, text})
		}
		return nil
	case "id", "en":
		n, err := g.parsePattern(rest)
		if err != nil {
			return err
		}
		f.patterns = append(f.patterns, pattern{first, rest, n})
		n.walk(func(n *node) {
			if n.kind == word {
				c := g.words[n.text]
				if first == "id" {
					c.id++
				} else {
					c.en++
				}
				g.words[n.text] = c
			}
		})
		return nil
	}
	return fmt.Errorf("unknown key %q", first)
}

func (g *Grammar) readSame(rest string) error {
	to, from, ok := strings.Cut(rest, "=")
	if !ok {
		return fmt.Errorf("same %s: = is missing", rest)
	}
	for _, f := range strings.Split(from, "|") {
		g.same = append(g.same, [2][]string{split(f), split(to)})
	}
	sort.SliceStable(g.same, func(i, j int) bool { return len(g.same[i][0]) > len(g.same[j][0]) })
	return nil
}

func (g *Grammar) readSlot(rest string) error {
	head, words, ok := strings.Cut(rest, "=")
	kind, value, two := strings.Cut(strings.TrimSpace(head), " ")
	if !ok || !two {
		return fmt.Errorf("slot %s: write TYPE VALUE = WORDS | WORDS", rest)
	}
	for _, w := range strings.Split(words, "|") {
		g.slots[kind] = append(g.slots[kind], wording{g.plain(split(w)), value})
	}
	sort.SliceStable(g.slots[kind], func(i, j int) bool { return len(g.slots[kind][i].words) > len(g.slots[kind][j].words) })
	return nil
}

// complete checks that every form has a title, patterns and examples in both languages.
func (g *Grammar) complete() error {
	for _, f := range g.Forms {
		have := map[string]bool{}
		for _, p := range f.patterns {
			have["pattern "+p.lang] = true
		}
		for _, e := range f.Examples {
			have["example "+e.Lang] = true
		}
		for lang := range f.Title {
			have["title "+lang] = true
		}
		for _, want := range []string{"title id", "title en", "pattern id", "pattern en", "example id", "example en"} {
			if !have[want] {
				return fmt.Errorf("form %s has no %s", f.Name, want)
			}
		}
	}
	return nil
}
