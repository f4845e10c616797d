package xlsx_test

import (
	"strings"
	"testing"

	"lumbung/transform/xlsx/xlsxtest"
)

// Cells in the ways in which sound files write them.
func TestCells(t *testing.T) {
	shared := []string{
		`<si><t>ACEH</t></si>`,
		`<si><t xml:space="preserve"> a  b </t></si>`,
		`<si><r><rPr><b/></rPr><t>KUTAI </t></r><r><t>BARAT</t></r><rPh sb="0" eb="1"><t>kana</t></rPh><phoneticPr fontId="1"/></si>`,
		`<si><t>R&amp;D &lt;x&gt; &quot;&apos; &#65;&#x42;</t></si>`,
		`<si><t>line_x000D_&#10;two _x005F_x000D_ _x20AC_</t></si>`,
		`<si><t><![CDATA[a<b&c]]></t></si>`,
		`<si/>`,
		`<si><t/></si>`,
		"<si><t>a\r\nb\rc</t></si>",
	}
	tests := []struct{ name, rows, want string }{
		{"shared", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, `1[A text "ACEH" B text " a  b "]`},
		{"rich text without phonetic run", `<row r="1"><c r="A1" t="s"><v>2</v></c></row>`, `1[A text "KUTAI BARAT"]`},
		{"entities", `<row r="1"><c r="A1" t="s"><v>3</v></c></row>`, `1[A text "R&D <x> \"' AB"]`},
		{"escapes of SpreadsheetML", `<row r="1"><c r="A1" t="s"><v>4</v></c></row>`, `1[A text "line\r\ntwo _x000D_ €"]`},
		{"CDATA", `<row r="1"><c r="A1" t="s"><v>5</v></c></row>`, `1[A text "a<b&c"]`},
		{"empty shared strings", `<row r="1"><c r="A1" t="s"><v>6</v></c><c r="B1" t="s"><v>7</v></c></row>`, `1[A text "" B text ""]`},
		{"line ends", `<row r="1"><c r="A1" t="s"><v>8</v></c></row>`, `1[A text "a\nb\nc"]`},
		{"inline", `<row r="1"><c r="A1" t="inlineStr"><is><t>MAJU</t></is></c><c r="B1" t="inlineStr"><is><r><t>a</t></r><r><t>b&amp;</t></r></is></c></row>`, `1[A text "MAJU" B text "ab&"]`},
		{"inline escape", `<row r="1"><c r="A1" t="inlineStr"><is><t>_x0041_]</t></is></c></row>`, `1[A text "A]"]`},
		{"numbers keep their digits", `<row r="1"><c r="A1"><v>0.70289999999999997</v></c><c r="B1" t="n"><v>-4.1000000000000002E-2</v></c><c r="C1"><v>1101012001</v></c></row>`,
			`1[A number "0.70289999999999997" B number "-4.1000000000000002E-2" C number "1101012001"]`},
		{"blanks around a number", "<row r=\"1\"><c r=\"A1\"><v> 5\n</v></c></row>", `1[A number "5"]`},
		{"booleans", `<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="b"><v>true</v></c></row>`, `1[A boolean "true" B boolean "false" C boolean "true"]`},
		{"error values", `<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`, `1[A error value "#REF!" B error value "#DIV/0!"]`},
		{"formula with its value", `<row r="1"><c r="A1"><f>SUM(B1:C1)</f><v>5</v></c><c r="B1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="C1" t="str"><f>""</f><v></v></c></row>`,
			`1[A number "5" B text "ab" C text ""]`},
		{"formula without value", `<row r="1"><c r="A1"><f>SUM(B1:C1)</f></c><c r="B1"><f>1</f><v/></c><c r="C1" t="str"><f>"a"</f></c><c r="D1"><f t="shared" si="0"/><v></v></c></row>`,
			`1[A error value "#NOVALUE" B error value "#NOVALUE" C error value "#NOVALUE" D error value "#NOVALUE"]`},
		{"dates by style", `<row r="1"><c r="A1" s="1"><v>45292</v></c><c r="B1" s="2"><v>45292.5</v></c><c r="C1" s="3"><v>0.5</v></c><c r="D1" s="0"><v>7</v></c></row>`,
			`1[A date number "45292" B date number "45292.5" C number "0.5" D number "7"]`},
		{"dates as dates", `<row r="1"><c r="A1" t="d"><v>2024-01-01</v></c><c r="B1" t="d"><v>2024-01-01T12:00:00</v></c><c r="C1" t="d"><v>1900-02-28</v></c><c r="D1" t="d"><v>1900-03-01</v></c></row>`,
			`1[A date number "45292" B date number "45292.5" C date number "59" D date number "61"]`},
		{"empty cells", `<row r="1"><c r="A1"/><c r="B1" s="1"></c><c r="C1"><v></v></c><c r="D1" t="s"/><c r="E1"><v>1</v></c></row>`, `1[E number "1"]`},
		{"cells left out", `<row r="3"><c r="B3"><v>1</v></c><c r="AA3"><v>2</v></c><c r="XFD3"><v>3</v></c></row>`, `3[B number "1" AA number "2" XFD number "3"]`},
		{"rows left out, hidden, empty", `<row r="2"/><row r="5" hidden="1"><c r="A5"><v>1</v></c></row><row r="1048576" spans="1:2"><c r="A1048576"><v>2</v></c></row>`, `2[] 5[A number "1"] 1048576[A number "2"]`},
		{"rows and cells without r", `<row><c><v>1</v></c><c><v>2</v></c></row><row r="7"><c r="C7"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>`,
			`1[A number "1" B number "2"] 7[C number "3" D number "4"] 8[A number "5"]`},
		{"other attributes, order and quotes", `<row spans='1:2' r='1' x14ac:dyDescent="0.25" ht="15"><c s='1' r='A1' cm="1"><v>1</v></c><c t="s" r="B1"><v>0</v></c></row>`, `1[A date number "1" B text "ACEH"]`},
		{"comments and white space", "\n<row r=\"1\" >\n <!-- c --><c r=\"A1\"\n>\n<v>1<!-- - -->2</v>\n</c\n><?pi x?></row\n>\n", `1[A number "12"]`},
		{"extensions", `<row r="1"><c r="A1"><v>1</v><extLst><ext uri="x"><y:z xmlns:y="u"/></ext></extLst></c><extLst/></row>`, `1[A number "1"]`},
		{"no rows", ``, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book := xlsxtest.Data(tt.rows)
			book.Shared = shared
			if got := mustShow(t, book.Bytes()); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// The same rows, in the other ways in which a package or a part may be written.
func TestWritings(t *testing.T) {
	const rows = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>5</v></c></row>`
	const want = `1[A text "ACEH" B number "5"]`
	plain := xlsxtest.Data(rows)
	plain.Shared = []string{`<si><t>ACEH</t></si>`}
	tests := map[string]func(a *xlsxtest.Archive){
		"plain":    func(a *xlsxtest.Archive) {},
		"strict":   func(a *xlsxtest.Archive) { replaceAll(a, xlsxtest.Main, xlsxtest.MainStrict) },
		"prefixed": func(a *xlsxtest.Archive) { prefix(a.Part(xlsxtest.SheetPart)); prefix(a.Part(xlsxtest.SharedPart)) },
		"byte order mark": func(a *xlsxtest.Archive) {
			e := a.Part(xlsxtest.SheetPart)
			e.Body = append([]byte("\xef\xbb\xbf"), e.Body...)
		},
		"absolute targets":       func(a *xlsxtest.Archive) { replaceAll(a, `Target="worksheets`, `Target="/xl/worksheets`) },
		"targets with dots":      func(a *xlsxtest.Archive) { replaceAll(a, `Target="worksheets`, `Target="../xl/./worksheets`) },
		"part names in capitals": func(a *xlsxtest.Archive) { e := a.Part(xlsxtest.SheetPart); e.Name = "XL/Worksheets/SHEET1.xml" },
		"stored": func(a *xlsxtest.Archive) {
			for i := range a.Entries {
				a.Entries[i].Stored = true
			}
		},
		"sizes after the data": func(a *xlsxtest.Archive) {
			for i := range a.Entries {
				a.Entries[i].Descriptor = true
			}
		},
		"ZIP64 records":   func(a *xlsxtest.Archive) { a.Wide = true },
		"archive comment": func(a *xlsxtest.Archive) { a.Comment = "PK\x05\x06 and more than twenty-two bytes" },
		"no styles": func(a *xlsxtest.Archive) {
			a.Drop(xlsxtest.StylesPart)
			replaceAll(a, `/styles"`, `/theme"`)
		},
		"dimension that lies": func(a *xlsxtest.Archive) { replaceAll(a, `<sheetData>`, `<dimension ref="A1:ZZ99999"/><sheetData>`) },
		"filter and merges after the rows": func(a *xlsxtest.Archive) {
			replaceAll(a, `</sheetData>`, `</sheetData><autoFilter ref="A1:B1"/><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells><extLst><ext xmlns:x="y"><x:row r="9"/></ext></extLst>`)
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			a := plain.Archive()
			change(&a)
			if got := mustShow(t, a.Bytes()); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func replaceAll(a *xlsxtest.Archive, old, new string) {
	for i := range a.Entries {
		a.Entries[i].Body = []byte(strings.ReplaceAll(string(a.Entries[i].Body), old, new))
	}
}

// prefix gives every element of a part the prefix x.
func prefix(e *xlsxtest.Entry) {
	s := string(e.Body)
	s = strings.ReplaceAll(s, "<", "<x:")
	s = strings.ReplaceAll(s, "<x:/", "</x:")
	s = strings.ReplaceAll(s, "<x:?", "<?")
	e.Body = []byte(strings.ReplaceAll(s, " xmlns=", " xmlns:x="))
}
