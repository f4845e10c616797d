package grammar

import (
	"slices"
	"strconv"
	"strings"

	"lumbung/transform/value"
)

// matcher tries patterns on one question.
type matcher struct {
	g      *Grammar
	tokens []string
	find   Lookup
	loose  bool // unknown names are taken as names
}

// bound is a list of filled slots, newest first.
type bound struct {
	name  string
	value Value
	next  *bound
}

// pattern matches a whole question.
func (m *matcher) pattern(root *node) (map[string]Value, bool) {
	var slots map[string]Value
	ok := m.match(root, 0, nil, func(at int, b *bound) bool {
		if at != len(m.tokens) {
			return false
		}
		slots = map[string]Value{}
		for ; b != nil; b = b.next {
			slots[b.name] = b.value
		}
		return true
	})
	return slots, ok
}

// match tries a node at a token; then is what has to follow.
func (m *matcher) match(n *node, at int, b *bound, then func(int, *bound) bool) bool {
	switch n.kind {
	case word:
		return at < len(m.tokens) && m.tokens[at] == n.text && then(at+1, b)
	case slot:
		return m.slot(n.text, at, b, then)
	case seq:
		return m.sequence(n.kids, at, b, then)
	case alt:
		for _, k := range n.kids {
			if m.match(k, at, b, then) {
				return true
			}
		}
		return false
	}
	return m.match(n.kids[0], at, b, then) || then(at, b)
}

func (m *matcher) sequence(kids []*node, at int, b *bound, then func(int, *bound) bool) bool {
	if len(kids) == 0 {
		return then(at, b)
	}
	return m.match(kids[0], at, b, func(at int, b *bound) bool { return m.sequence(kids[1:], at, b, then) })
}

func (m *matcher) slot(name string, at int, b *bound, then func(int, *bound) bool) bool {
	take := func(n int, v Value) bool {
		v.Text = strings.Join(m.tokens[at:at+n], " ")
		return then(at+n, &bound{name, v, b})
	}
	switch t := slotType(name); t {
	case "tahun":
		if at < len(m.tokens) {
			if y, ok := year(m.tokens[at]); ok {
				return take(1, Value{Year: y})
			}
		}
		return false
	case "wilayah", "desa":
		return m.place(t, at, take)
	default:
		for _, w := range m.g.slots[t] {
			if n := len(w.words); at+n <= len(m.tokens) && slices.Equal(w.words, m.tokens[at:at+n]) && take(n, Value{Word: w.value}) {
				return true
			}
		}
		return false
	}
}

func year(token string) (int, bool) {
	y, err := strconv.Atoi(token)
	return y, err == nil && len(token) == 4 && y >= 2000 && y < 2100
}

// longestName is the most words that an area's name may have.
const longestName = 7

// place tries the longest name first, so that "Kota Bangun Darat" is not "Kota Bangun".
func (m *matcher) place(kind string, at int, take func(int, Value) bool) bool {
	for n := min(longestName, len(m.tokens)-at); n > 0; n-- {
		words := m.tokens[at : at+n]
		found := m.places(kind, words)
		if found == nil && m.loose && m.mayBeName(words) {
			found = []Place{}
		}
		if found != nil && take(n, Value{Places: found}) {
			return true
		}
	}
	return false
}

// levelWords may stand before or after a name and mean its level.
var levelWords = map[string]string{
	"kabupaten": "kabupaten", "kab": "kabupaten", "kota": "kabupaten", "regency": "kabupaten",
	"kecamatan": "kecamatan", "kec": "kecamatan", "district": "kecamatan", "subdistrict": "kecamatan",
	"provinsi": "provinsi", "prov": "provinsi", "province": "provinsi",
	"desa": "desa", "village": "desa",
}

// places are the areas that some words mean: of the highest level that has
// the name, of the level that a word says, or villages only.
func (m *matcher) places(kind string, words []string) []Place {
	if m.find == nil {
		return nil
	}
	if _, isYear := year(words[0]); isYear {
		return nil
	}
	if found := ofLevel(m.find(key(words)), kind, ""); found != nil {
		return found
	}
	if len(words) < 2 {
		return nil
	}
	last := len(words) - 1
	if level, ok := levelWords[words[0]]; ok {
		if found := ofLevel(m.find(key(words[1:])), kind, level); found != nil {
			return found
		}
	}
	if level, ok := levelWords[words[last]]; ok {
		return ofLevel(m.find(key(words[:last])), kind, level)
	}
	return nil
}

// key is a code as it stands, or a folded name.
func key(words []string) string {
	if len(words) == 1 && strings.Trim(words[0], "0123456789.") == "" {
		return words[0]
	}
	return value.Fold(strings.Join(words, " "))
}

var levelOrder = []string{"nasional", "provinsi", "kabupaten", "kecamatan", "desa"}

func ofLevel(found []Place, kind, level string) []Place {
	if kind == "desa" {
		if level != "" && level != "desa" {
			return nil
		}
		level = "desa"
	}
	for _, l := range levelOrder {
		if level != "" && l != level || kind == "wilayah" && l == "desa" {
			continue
		}
		var out []Place
		for _, p := range found {
			if p.Level == l {
				out = append(out, p)
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// mayBeName keeps the words that patterns are made of out of unknown names.
func (m *matcher) mayBeName(words []string) bool {
	for i, w := range words {
		_, isYear := year(w)
		_, isLevel := levelWords[w]
		if c := m.g.words[w]; isYear || c.id+c.en > 0 && !(isLevel && i == 0) {
			return false
		}
	}
	return true
}
