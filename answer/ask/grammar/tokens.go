package grammar

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// between marks a hyphen, dash, arrow or slash between two years.
var between = regexp.MustCompile(`(\d{4})\s*(?:-|–|—|→|->|/|s/d|s\.d\.)\s*(\d{4})`)

// tokens are the words of a question in small letters, without punctuation
// and words that mean nothing here; years joined by a dash are three tokens.
func (g *Grammar) tokens(question string) []string {
	return g.plain(split(question))
}

func split(text string) []string {
	text = between.ReplaceAllString(strings.ToLower(text), "$1 ~ $2")
	var out []string
	runes := []rune(text)
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
		}
		word = word[:0]
	}
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		case r == '.' && i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1]):
			word = append(word, r)
		case r == '\'' || r == '’' || r == '"':
			// part of a name such as Soka'an
		case r == '~':
			flush()
			out = append(out, "~")
		default:
			flush()
		}
	}
	flush()
	return out
}

// plain replaces what reads the same and drops what means nothing.
func (g *Grammar) plain(words []string) []string {
	var out []string
	for i := 0; i < len(words); {
		from, to := g.reading(words[i:])
		if from == 0 {
			from, to = 1, words[i:i+1]
		}
		for _, w := range to {
			if !g.drop[w] {
				out = append(out, w)
			}
		}
		i += from
	}
	return out
}

// reading says how many of the first words are read as something else, and as what.
func (g *Grammar) reading(words []string) (int, []string) {
	for _, s := range g.same {
		if len(s[0]) <= len(words) && slices.Equal(s[0], words[:len(s[0])]) {
			return len(s[0]), s[1]
		}
	}
	return 0, nil
}
