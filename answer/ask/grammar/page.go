package grammar

import (
	"fmt"
	"sort"
	"strings"
)

// Markdown is the page that lists every form with its patterns and examples.
func (g *Grammar) Markdown() string {
	var b strings.Builder
	b.WriteString(intro)
	for _, f := range g.Forms {
		fmt.Fprintf(&b, "\n### %s\n%s. %s.\n\n", f.Name, f.Title["id"], f.Title["en"])
		for _, e := range f.Examples {
			fmt.Fprintf(&b, "- %s: %s\n", e.Lang, e.Text)
		}
		b.WriteString("\n```\n")
		for _, p := range f.patterns {
			fmt.Fprintf(&b, "%s  %s\n", p.lang, p.text)
		}
		b.WriteString("```\n")
	}
	b.WriteString("\n## Words\n\n| Slot | Means | Is written |\n|---|---|---|\n")
	kinds := make([]string, 0, len(g.slots))
	for k := range g.slots {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		for _, line := range g.slotLines(k) {
			fmt.Fprintf(&b, "| `{%s}` | %s |\n", k, line)
		}
	}
	return b.String()
}

func (g *Grammar) slotLines(kind string) []string {
	words := map[string][]string{}
	var values []string
	for _, w := range g.slots[kind] {
		if words[w.value] == nil {
			values = append(values, w.value)
		}
		words[w.value] = append(words[w.value], strings.Join(w.words, " "))
	}
	sort.Strings(values)
	out := make([]string, len(values))
	for i, v := range values {
		sort.Strings(words[v])
		out[i] = v + " | " + strings.Join(words[v], ", ")
	}
	return out
}

const intro = `# Questions

` + "`lumbung ask \"...\"`" + ` answers questions that have one of the forms below, in Indonesian or English, and no others: a question is matched
word by word, nothing is guessed. A question of no form ends with exit code 1 and the three nearest forms. This page is written by
` + "`lumbung ask --forms`" + ` from the grammar itself (answer/ask/grammar/grammar.txt).

- Without an area the question is about the area that lumbung.yaml names; without a year about the latest year with data; without
  a second year about all years with data, or the last two for moves. The answer always says which.
- An area is a name or a Kemendagri code (64.02). Of a kecamatan and a kabupaten with the same name the larger is meant, unless a word
  says the level ("kecamatan Tabang", "Tabang district"). A village's name that several have needs its kecamatan or its code.
- Capital letters, punctuation and polite words do not matter. In patterns, [ ] may be left out, ( | ) is one of several,
  { } is filled in, $ names a piece that is used often.
- A sentence never names a cause; what a change of score is made up of (uraian) is arithmetic, and says for how many villages it is known. Figures from reconstructed village rows say so unless a published figure equals them;
  figures from synthetic records always say so.

The answer has the sentence, a table, the SQL that gave the table (it runs as it is in ` + "`lumbung query`" + `), releases with SHA-256 and example
cells, and notes: reconstruction, values carried over, years without data, methodology breaks, old copies. With ` + "`--json`" + `:

` + "```json" + `
{"pertanyaan": "...", "bentuk": "jumlah", "jawaban": "...",
 "tabel": {"kolom": ["tahun", "status", "jumlah"], "baris": [[2020, "TERTINGGAL", 21]]},
 "sql": "SELECT ...",
 "sumber": [{"rilis": "idm-2020@1", "sha256": "...", "judul": "...", "sifat": "rekonstruksi",
             "sel": [{"desa": "64.02.08.2009", "bagian": "rilis/idm-2020.xlsx", "lembar": "IDM 2020", "sel": "L83", "kolom": "skor", "teks": "0.5406"}]}],
 "catatan": ["..."], "potret": "20261124T..."}
` + "```" + `

Without an answer: ` + "`{\"pertanyaan\": \"...\", \"galat\": \"...\", \"terdekat\": [{\"bahasa\": \"id\", \"contoh\": \"...\"}]}`" + `.

## Forms
`
