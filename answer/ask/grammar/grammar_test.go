package grammar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/transform/value"
)

// areas are the places of the tests.
func areas(name string) []Place {
	list := []Place{
		{"64.02", "Kabupaten Kutai Kartanegara", "kabupaten", "6402"},
		{"64", "Kalimantan Timur", "provinsi", "64"},
		{"64.02.12", "Tabang", "kecamatan", "640212"}, {"64.02.09", "Kenohan", "kecamatan", "640209"},
		{"64.02.08", "Kota Bangun", "kecamatan", "640208"}, {"64.02.19", "Kota Bangun Darat", "kecamatan", "640219"},
		{"64.02.07", "Sebulu", "kecamatan", "640207"}, {"64.02.02", "Loa Kulu", "kecamatan", "640202"}, {"64.02.11", "Muara Kaman", "kecamatan", "640211"},
		{"64.02.08.2009", "Pela", "desa", "6402082009"}, {"64.02.08.2007", "Liang", "desa", "6402082007"}, {"64.02.08.2004", "Loleng", "desa", "6402082004"},
		{"64.02.19.2001", "Kedang Ipil", "desa", "6402192001"},
		{"64.02.07.2007", "Sumber Sari", "desa", "6402072007"}, {"64.02.02.2014", "Sumber Sari", "desa", "6402022014"},
	}
	var out []Place
	for _, p := range list {
		if folded := value.Fold(p.Name); folded == name || strings.TrimPrefix(folded, "KABUPATEN") == name || p.Code == name {
			out = append(out, p)
		}
	}
	return out
}

func load(t *testing.T) *Grammar {
	t.Helper()
	g, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEveryExampleHasItsFormAndNoOther(t *testing.T) {
	g := load(t)
	for _, f := range g.Forms {
		for _, e := range f.Examples {
			found, unknown := g.Match(e.Text, areas)
			if len(found) != 1 || found[0].Form.Name != f.Name || found[0].Lang != e.Lang {
				names := ""
				for _, m := range found {
					names += " " + m.Form.Name + "/" + m.Lang
				}
				t.Errorf("%s %s %q: matches%s, unknown name %q", f.Name, e.Lang, e.Text, names, unknown)
			}
		}
	}
}

func TestEveryPatternIsReachedByItsOwnWords(t *testing.T) {
	g := load(t)
	fill := map[string]string{"status": "sangat tertinggal", "tahun": "2020", "wilayah": "kota bangun darat", "desa": "kedang ipil", "program": "blt dana desa", "arah": "naik status", "ujung": "tertinggi", "gerak": "berubah"}
	for _, f := range g.Forms {
		for _, p := range f.patterns {
			text := longest(p.root, fill)
			found, _ := g.Match(text, areas)
			for _, m := range found {
				if m.Form.Name == f.Name {
					text = ""
				}
			}
			if text != "" {
				t.Errorf("%s: %q, made from pattern %q, is not matched", f.Name, text, p.text)
			}
		}
	}
}

// longest is a question with all optional pieces and each last alternative.
func longest(n *node, fill map[string]string) string {
	switch n.kind {
	case word:
		return n.text
	case slot:
		return fill[slotType(n.text)]
	case alt:
		return longest(n.kids[len(n.kids)-1], fill)
	}
	parts := make([]string, len(n.kids))
	for i, k := range n.kids {
		parts[i] = longest(k, fill)
	}
	return strings.Join(parts, " ")
}

func TestSlots(t *testing.T) {
	g := load(t)
	tests := []struct{ question, form, slot, text string }{
		{"Berapa desa sangat tertinggal di Kota Bangun Darat?", "jumlah", "wilayah", "kota bangun darat"},
		{"berapa desa SANGAT-TERTINGGAL di 64.02.12 2020", "jumlah", "wilayah", "64.02.12"},
		{"desa tertinggal 2019–2020", "perubahan", "tahun_ke", "2020"},
		{"desa tertinggal 2019→2020", "perubahan", "tahun", "2019"},
		{"desa tertinggal 2019/2020 di Kutai Kartanegara", "perubahan", "wilayah", "kutai kartanegara"},
		{"How many villages in Tabang district are self-reliant?", "jumlah", "wilayah", "tabang district"},
		{"berapa desa maju di se", "", "", ""},
		{"riwayat desa pela di kota bangun", "riwayat", "wilayah", "kota bangun"},
	}
	for _, tt := range tests {
		found, _ := g.Match(tt.question, areas)
		if tt.form == "" {
			if len(found) > 0 {
				t.Errorf("%q is a question of form %s", tt.question, found[0].Form.Name)
			}
			continue
		}
		if len(found) != 1 || found[0].Form.Name != tt.form || found[0].Slots[tt.slot].Text != tt.text {
			t.Errorf("%q: %+v", tt.question, found)
		}
	}
}

func TestAmbiguousAndUnknownNames(t *testing.T) {
	g := load(t)
	found, _ := g.Match("Apa status desa Sumber Sari?", areas)
	if len(found) != 1 || len(found[0].Slots["desa"].Places) != 2 {
		t.Errorf("two villages are called Sumber Sari: %+v", found)
	}
	for question, name := range map[string]string{
		"Berapa desa maju di Kutai Kartanegera pada 2024?": "kutai kartanegera",
		"What is the status of Atlantis in 2024?":          "atlantis",
		"Berapa desa maju di kabupaten Atlantis?":          "kabupaten atlantis",
		"Siapa bupati Kutai Kartanegara?":                  "",
		"Berapa desa biru di Tabang?":                      "",
	} {
		if found, unknown := g.Match(question, areas); len(found) > 0 || unknown != name {
			t.Errorf("%q: %d matches, unknown name %q, want %q", question, len(found), unknown, name)
		}
	}
}

func TestNearestForms(t *testing.T) {
	g := load(t)
	for question, want := range map[string]string{
		"berapa banyak sih desa tertinggal kabupaten kita tahun 2020": "Berapa desa tertinggal di Kutai Kartanegara pada 2020?",
		"when are villages mandiri, all of them":                      "When will all villages in Tabang be Mandiri?",
	} {
		near := g.Nearest(question, 3)
		if len(near) != 3 || near[0].Text != want {
			t.Errorf("%q: nearest are %v, want %q first", question, near, want)
		}
	}
}

func TestMistakesInAGrammarAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"id berapa":                                  "line 1: \"id\" stands before the first form",
		"form x\nid berapa (":                        "an empty piece",
		"form x\nid berapa (a":                       ") is missing",
		"form x\nid a ]":                             "closes nothing",
		"form x\nid {warna}":                         "there is no slot {warna}",
		"form x\nid $tempat":                         "there is no piece $tempat",
		"drop yang\nform x\nid yang mana":            `"yang" never stands in a question`,
		"form x\ntitle id X":                         "form x has no title en",
		"form x\ntitle fr X":                         `"fr" is no language`,
		"slot status = tertinggal":                   "write TYPE VALUE",
		"form x\nid berapa & mana":                   "is not understood",
		"same a":                                     "= is missing",
		"form x\nmenurut x":                          `unknown key "menurut"`,
		"form x\nid a\nen b\ntitle id X\ntitle en Y": "has no example id",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestPageIsUpToDate(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "questions.md"))
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != load(t).Markdown() {
		t.Error("docs/questions.md is not what the grammar says; run `lumbung ask --forms >docs/questions.md`")
	}
}

func FuzzMatch(f *testing.F) {
	g, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Berapa desa tertinggal di Kutai Kartanegara pada 2020?")
	f.Add("2019–2020 ~ 64.02")
	f.Fuzz(func(t *testing.T, question string) {
		found, unknown := g.Match(question, areas)
		if len(found) > 0 && unknown != "" {
			t.Errorf("%q: matched and unknown", question)
		}
		if near := g.Nearest(question, 3); len(near) != 3 {
			t.Errorf("%q: %d nearest forms", question, len(near))
		}
	})
}
