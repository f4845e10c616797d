package xlsx_test

import (
	"math/rand/v2"
	"testing"

	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// fuzzLimits keep one execution cheap.
func fuzzLimits() xlsx.Limits {
	return xlsx.Limits{ArchiveBytes: 1 << 20, TotalBytes: 4 << 20, RowBytes: 1 << 20, Cells: 200_000}
}

// FuzzWorkbook feeds whole files: no panic, and what is accepted is read as the
// reference reader reads it.
func FuzzWorkbook(f *testing.F) {
	for i, kind := range xlsxtest.Kinds() {
		rng := rand.New(rand.NewPCG(uint64(i), 0))
		f.Add(kind.Break(rng, xlsxtest.NewSound(rng, 2)))
	}
	f.Add(xlsxtest.NewSound(rand.New(rand.NewPCG(1, 1)), 3).Archive.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readList(data, fuzzLimits())
		if err != nil {
			return
		}
		if err := compareReference(data, got); err != nil {
			t.Error(err)
		}
	})
}

// FuzzSheetXML feeds the inside of sheetData and of the shared strings in a sound archive.
func FuzzSheetXML(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>-1.5E+3</v></c></row>`, `<si><t>a_x0041_&#65;</t></si>`)
	f.Add(`<row><c t="inlineStr"><is><r><t>x</t></r></is></c><c t="str"><f>A</f><v><![CDATA[<]]></v></c></row>`, `<si><r><t>a</t></r><rPh><t>b</t></rPh></si>`)
	f.Add(`<row r="3" spans="1:2"><c r="AA3" t="b"><v>1</v></c><c r="AB3" t="e"><v>#N/A</v></c><c r="AC3"><f/></c></row><!-- x --><row/>`, `<si/>`)
	f.Add(`</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><x>`, `</sst><sst>`)
	f.Fuzz(func(t *testing.T, rows, shared string) {
		book := xlsxtest.Data(rows)
		book.Shared = []string{shared}
		a := book.Archive()
		for i := range a.Entries {
			a.Entries[i].Stored = true
		}
		data := a.Bytes()
		got, err := readList(data, fuzzLimits())
		if err != nil {
			return
		}
		if err := compareReference(data, got); err != nil {
			t.Error(err)
		}
	})
}
