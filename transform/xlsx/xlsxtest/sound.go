package xlsxtest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"lumbung/transform/row"
)

// Sound is a workbook of random rows and what a reader must find in it.
type Sound struct {
	Rows    []Row
	Archive Archive
}

// columns in which Sound puts cells: a gap, and two letters, among them.
var soundCols = []int{0, 1, 2, 4, 5, 25, 26, 30}

// NewSound makes a workbook of up to max rows on one sheet "Data". The same state
// of rng makes the same workbook.
func NewSound(rng *rand.Rand, max int) *Sound {
	s := &Sound{}
	g := generator{rng: rng, shared: []string{"<si><t>never used</t></si>"}}
	var b strings.Builder
	number := 0
	for range 2 + rng.IntN(max) {
		number += 1 + rng.IntN(8)/7*rng.IntN(50)
		s.Rows = append(s.Rows, g.row(&b, number))
	}
	book := Data(b.String())
	book.Shared = g.shared
	s.Archive = book.Archive()
	for i := range s.Archive.Entries {
		s.Archive.Entries[i].Stored = rng.IntN(4) == 0
		s.Archive.Entries[i].Descriptor = rng.IntN(4) == 0
	}
	return s
}

type generator struct {
	rng    *rand.Rand
	shared []string
}

// row writes a row of at least two cells that have a value.
func (g *generator) row(b *strings.Builder, number int) Row {
	r := Row{Number: number}
	fmt.Fprintf(b, `<row r="%d"%s>`, number, []string{"", ` spans="1:31"`, ` ht="15" customHeight="1"`, ` hidden="1"`}[g.rng.IntN(4)])
	for i, col := range soundCols {
		if i > 1 && g.rng.IntN(3) == 0 {
			continue
		}
		c := g.cell(b, cellRef(number, col), i < 2)
		if c.Col = col; c.Kind != row.Empty {
			r.Cells = append(r.Cells, c)
		}
	}
	b.WriteString("</row>")
	return r
}

// cell writes one cell; filled asks for one that has a value.
func (g *generator) cell(b *strings.Builder, ref string, filled bool) Cell {
	n := strconv.Itoa(g.rng.IntN(100_000))
	text := []string{"ACEH", "Soka\"an", "R&D <1>", " dua  kata ", "Désa", "村"}[g.rng.IntN(6)] + n
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	kinds := 9
	if !filled {
		kinds = 11
	}
	switch g.rng.IntN(kinds) {
	case 0, 1:
		fmt.Fprintf(b, `<c r="%s"><v>%s</v></c>`, ref, n)
		return Cell{Kind: row.Number, Text: n}
	case 2:
		fmt.Fprintf(b, `<c r="%s" s="1"><v>%s.5</v></c>`, ref, n)
		return Cell{Kind: row.Number, Date: true, Text: n + ".5"}
	case 3, 4:
		fmt.Fprintf(b, `<c r="%s" t="s"><v>%d</v></c>`, ref, len(g.shared))
		g.shared = append(g.shared, g.si(esc))
		return Cell{Kind: row.Text, Text: text}
	case 5:
		fmt.Fprintf(b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, esc)
		return Cell{Kind: row.Text, Text: text}
	case 6:
		fmt.Fprintf(b, `<c r="%s" t="str"><f>A1&amp;B1</f><v>%s</v></c>`, ref, esc)
		return Cell{Kind: row.Text, Text: text}
	case 7:
		fmt.Fprintf(b, `<c r="%s" t="b"><v>1</v></c>`, ref)
		return Cell{Kind: row.Bool, Text: "true"}
	case 8:
		fmt.Fprintf(b, `<c r="%s" t="e"><v>#N/A</v></c>`, ref)
		return Cell{Kind: row.Error, Text: "#N/A"}
	case 9:
		fmt.Fprintf(b, `<c r="%s"><f>SUM(A1:B1)</f></c>`, ref)
		return Cell{Kind: row.Error, Text: "#NOVALUE"}
	}
	fmt.Fprintf(b, `<c r="%s" s="3"/>`, ref)
	return Cell{}
}

// si writes a shared string, plain or rich.
func (g *generator) si(esc string) string {
	if g.rng.IntN(3) > 0 {
		return `<si><t xml:space="preserve">` + esc + `</t></si>`
	}
	return `<si><r><t xml:space="preserve">` + esc + `</t></r><r><rPr><b/></rPr><t></t></r><rPh sb="0" eb="1"><t>phonetic</t></rPh></si>`
}

// cellRef names a cell, row from 1, column from 0.
func cellRef(number, col int) string {
	letters := string(rune('A' + col%26))
	if col >= 26 {
		letters = string(rune('A'+col/26-1)) + letters
	}
	return letters + strconv.Itoa(number)
}
