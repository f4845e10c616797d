package xlsx_test

import (
	"errors"
	"strings"
	"testing"

	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// What is wrong in the cells or rows of a sheet, and the words that say so.
func TestRefusedRows(t *testing.T) {
	tests := []struct{ name, rows, want string }{
		{"row twice", `<row r="1"/><row r="1"/>`, "row 1 comes after row 1"},
		{"row order", `<row r="2"/><row r="1"/>`, "row 1 comes after row 2"},
		{"row 0", `<row r="0"/>`, `row number "0"`},
		{"row -1", `<row r="-1"/>`, `row number "-1"`},
		{"row 1048577", `<row r="1048577"/>`, "1048577 is none of 1 to 1048576"},
		{"row 2147483647", `<row r="2147483647"/>`, `"2147483647"`},
		{"row counted beyond the last", `<row r="1048576"/><row/>`, "1048577"},
		{"row with words", `<row r="one"/>`, `row number "one"`},
		{"cell twice", `<row r="1"><c r="A1"/><c r="A1"/></row>`, "A1: the cell comes after A1"},
		{"cell order", `<row r="1"><c r="C1"><v>1</v></c><c r="A1"><v>2</v></c></row>`, "A1: the cell comes after C1"},
		{"cell of another row", `<row r="1"><c r="A2"/></row>`, "row 1: cell A2 does not belong"},
		{"column ZZZZZZ", `<row r="1"><c r="ZZZZZZ1"/></row>`, `"ZZZZZZ1" is no cell reference`},
		{"column XFE", `<row r="1"><c r="XFE1"/></row>`, "XFE1: the column is beyond XFD"},
		{"column counted beyond the last", `<row r="1"><c r="XFD1"/><c/></row>`, "XFE1: the column is beyond XFD"},
		{"small letters", `<row r="1"><c r="a1"/></row>`, `"a1" is no cell reference`},
		{"shared string out of range", `<row r="1"><c r="A1" t="s"><v>99</v></c></row>`, `A1: shared string "99" does not exist, there are 1`},
		{"shared string -1", `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, `A1: shared string "-1"`},
		{"shared string zz", `<row r="1"><c r="A1" t="s"><v>zz</v></c></row>`, `A1: shared string "zz"`},
		{"shared string empty", `<row r="1"><c r="A1" t="s"><v></v></c></row>`, `A1: shared string ""`},
		{"style out of range", `<row r="1"><c r="A1" s="4"><v>1</v></c></row>`, `A1: cell style "4" does not exist, there are 4`},
		{"style -1", `<row r="1"><c r="A1" s="-1"/></row>`, `A1: cell style "-1"`},
		{"unknown type", `<row r="1"><c r="A1" t="q"><v>1</v></c></row>`, `A1: cell type "q" is unknown`},
		{"unknown type of an empty cell", `<row r="1"><c r="A1" t="q"/></row>`, `A1: cell type "q" is unknown`},
		{"words in a number", `<row r="1"><c r="A1"><v>abc</v></c></row>`, `A1: "abc" in a number cell`},
		{"NaN", `<row r="1"><c r="A1"><v>NaN</v></c></row>`, `A1: "NaN" in a number cell`},
		{"two numbers", `<row r="1"><c r="A1"><v>1 2</v></c></row>`, `A1: "1 2" in a number cell`},
		{"boolean 2", `<row r="1"><c r="A1" t="b"><v>2</v></c></row>`, `A1: "2" in a boolean cell`},
		{"error without value", `<row r="1"><c r="A1" t="e"><v></v></c></row>`, `A1: an error cell without its error value`},
		{"no date", `<row r="1"><c r="A1" t="d"><v>2024-02-30</v></c></row>`, `A1: "2024-02-30" in a date cell`},
		{"two values", `<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>`, `A1: element "v" in the cell`},
		{"value in an inline string", `<row r="1"><c r="A1" t="inlineStr"><v>x</v></c></row>`, "A1: an inline string"},
		{"inline string in a number", `<row r="1"><c r="A1"><is><t>x</t></is></c></row>`, "A1: an inline string"},
		{"text in a cell", `<row r="1"><c r="A1">5</c></row>`, `A1: text "5" in the cell`},
		{"text between cells", `<row r="1">x<c r="A1"/></row>`, `row 1: text "x" among the cells`},
		{"text between rows", `<row r="1"/>x<row r="2"/>`, `text "x" among the rows`},
		{"unknown element among rows", `<rows/>`, `element "rows" among the rows`},
		{"rows in a choice", `<mc:AlternateContent xmlns:mc="m"><row r="1"/></mc:AlternateContent>`, `element "AlternateContent" among the rows`},
		{"rows of another namespace", `<row xmlns="other" r="1"/>`, `element "row" among the rows`},
		{"element in a value", `<row r="1"><c r="A1"><v>1<b/></v></c></row>`, `A1: element "b" inside its text`},
		{"escape of NUL", `<row r="1"><c r="A1" t="str"><v>_x0000_</v></c></row>`, "A1: the escape _x0000_"},
		{"half a surrogate pair", `<row r="1"><c r="A1" t="str"><v>_xD800_</v></c></row>`, "half of a character"},
		{"undefined entity", `<row r="1"><c r="A1" t="str"><v>a&foo;</v></c></row>`, `undefined reference "&foo;"`},
		{"reference to NUL", `<row r="1"><c r="A1" t="str"><v>&#0;</v></c></row>`, `undefined reference "&#0;"`},
		{"bare ampersand", `<row r="1"><c r="A1" t="str"><v>a & b</v></c></row>`, "begins no reference"},
		{"]]> in text", `<row r="1"><c r="A1" t="str"><v>]]></v></c></row>`, `"]]>" in text`},
		{"end tag of another element", `<row r="1"><c r="A1"><v>1</c></v></row>`, `end tag "c" where "v" is open`},
		{"end tag of nothing", `</sheetData></worksheet></x>`, `end tag "x" closes nothing`},
		{"attribute without quotes", `<row r=1/>`, "is not allowed"},
		{"attribute twice", `<row r="1" r="2"/>`, `attribute "r" stands twice`},
		{"attribute name with two colons", `<row xml::space="x"/>`, "is no attribute name"},
		{"element name with two colons", `<a:b:c/>`, "is no element name"},
		{"attribute of a cell twice", `<row r="1"><c r="A1" s="1" s="1"/></row>`, `attribute "s" stands twice`},
		{"attributes without a blank", `<row r="1"spans="1:2"/>`, "is not allowed"},
		{"< in an attribute", `<row r="1" x="<"/>`, "'<' in an attribute"},
		{"-- in a comment", `<!-- a -- b -->`, `"--" in a comment`},
		{"declaration inside", `<?xml version="1.0"?>`, "an XML declaration that is not at the beginning"},
		{"NUL", "<row r=\"1\"/>\x00", "NUL byte"},
		{"control character", "<row r=\"1\"/>\x01", "byte 0x01"},
		{"Windows-1252", "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>caf\xe9</v></c></row>", "byte 0xe9"},
		{"a second sheetData", `</sheetData><sheetData>`, "a second sheetData"},
		{"rows after the data", `</sheetData><row r="1"/><sheetData>`, `element "row" outside of sheetData`},
		{"text after the end", `</sheetData></worksheet>x`, `text "x`},
		{"element after the end", `</sheetData></worksheet><a/>`, `element "a" after the root`},
		{"merge of nonsense", `</sheetData><mergeCells><mergeCell ref="B2:A1"/></mergeCells><x>`, "no range to merge"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book := xlsxtest.Data(tt.rows)
			book.Shared = []string{`<si><t>one</t></si>`}
			refuse(t, book.Bytes(), xlsx.ErrDamaged, xlsxtest.SheetPart+": ", tt.want)
		})
	}
}

// refuse wants an *Error of the kind whose text holds all words and a remedy.
func refuse(t *testing.T, data []byte, kind error, words ...string) {
	t.Helper()
	sheets, err := read(data, xlsx.Limits{})
	if err == nil {
		t.Fatalf("read without error: %v", sheets)
	}
	var e *xlsx.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("%v (%T) is not of the kind %v", err, err, kind)
	}
	if e.Part == "" || e.Remedy == "" {
		t.Errorf("part or remedy missing in %#v", e)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// What is wrong elsewhere in the workbook.
func TestRefusedParts(t *testing.T) {
	sub := func(part, old, new string) func(*xlsxtest.Archive) {
		return func(a *xlsxtest.Archive) {
			e := a.Part(part)
			e.Body = []byte(strings.Replace(string(e.Body), old, new, 1))
		}
	}
	cut := func(part string, n int) func(*xlsxtest.Archive) {
		return func(a *xlsxtest.Archive) { e := a.Part(part); e.Body = e.Body[:len(e.Body)-n] }
	}
	drop := func(part string) func(*xlsxtest.Archive) { return func(a *xlsxtest.Archive) { a.Drop(part) } }
	const sheet = xlsxtest.SheetPart
	tests := []struct {
		name   string
		change func(*xlsxtest.Archive)
		kind   error
		want   string
	}{
		{"sheet cut in a row", cut(sheet, 40), xlsx.ErrDamaged, "the XML ends inside"},
		{"sheet cut before its end", cut(sheet, 12), xlsx.ErrDamaged, "the XML ends inside element worksheet"},
		{"sheet empty", func(a *xlsxtest.Archive) { a.Part(sheet).Body = nil }, xlsx.ErrDamaged, "no element"},
		{"DOCTYPE", sub(sheet, "<worksheet", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet`), xlsx.ErrDamaged, "document type declaration"},
		{"external DOCTYPE in the shared strings", sub(xlsxtest.SharedPart, "<sst", `<!DOCTYPE x SYSTEM "http://localhost/"><sst`), xlsx.ErrDamaged, "document type declaration"},
		{"UTF-16", func(a *xlsxtest.Archive) { a.Part(sheet).Body = toUTF16(a.Part(sheet).Body) }, xlsx.ErrUnsupported, "UTF-16"},
		{"declared Windows-1252", sub(sheet, "UTF-8", "windows-1252"), xlsx.ErrUnsupported, "encoding windows-1252"},
		{"byte order mark twice", sub(sheet, "<?xml", "\xef\xbb\xbf\xef\xbb\xbf<?xml"), xlsx.ErrDamaged, "outside the root"},
		{"deep nesting", sub(sheet, "</worksheet>", strings.Repeat("<a>", 100_000)+"</worksheet>"), xlsx.ErrLimit, "nested more than 64 deep"},
		{"huge attribute", func(a *xlsxtest.Archive) {
			a.Part(sheet).Stored = true
			sub(sheet, "<worksheet", `<worksheet a="`+strings.Repeat("x", 20<<20)+`"`)(a)
		}, xlsx.ErrLimit, "RowBytes"},
		{"no sheetData", sub(sheet, "<sheetData><row r=\"1\"/></sheetData>", ""), xlsx.ErrDamaged, "no sheetData"},
		{"another root", func(a *xlsxtest.Archive) {
			replaceAll(a, "worksheet xml", "chartsheet xml")
			replaceAll(a, "</worksheet>", "</chartsheet>")
		}, xlsx.ErrDamaged, "not a worksheet"},
		{"another namespace", sub(sheet, xlsxtest.Main, "urn:other"), xlsx.ErrDamaged, "not a worksheet"},
		{"shared strings cut", cut(xlsxtest.SharedPart, 8), xlsx.ErrDamaged, "the XML ends inside"},
		{"shared strings empty", func(a *xlsxtest.Archive) { a.Part(xlsxtest.SharedPart).Body = nil }, xlsx.ErrDamaged, "no element"},
		{"shared strings missing", drop(xlsxtest.SharedPart), xlsx.ErrDamaged, "the part is missing"},
		{"text between shared strings", sub(xlsxtest.SharedPart, "</si>", "</si>x"), xlsx.ErrDamaged, "between shared strings"},
		{"element between shared strings", sub(xlsxtest.SharedPart, "</si>", "</si><sx/>"), xlsx.ErrDamaged, "between shared strings"},
		{"unknown element in a shared string", sub(xlsxtest.SharedPart, "<t>", "<u/><t>"), xlsx.ErrDamaged, "unknown element"},
		{"sheet missing", drop(sheet), xlsx.ErrDamaged, "is missing"},
		{"styles missing", drop(xlsxtest.StylesPart), xlsx.ErrDamaged, "the part is missing"},
		{"styles cut", cut(xlsxtest.StylesPart, 3), xlsx.ErrDamaged, "the XML ends inside"},
		{"styles with nonsense", sub(xlsxtest.StylesPart, `<cellXfs count="4"><xf numFmtId="0"`, `<cellXfs count="4"><xf numFmtId="x"`), xlsx.ErrDamaged, "number format"},
		{"workbook missing", drop(xlsxtest.BookPart), xlsx.ErrDamaged, "the part is missing"},
		{"relations missing", drop(xlsxtest.BookRelsPart), xlsx.ErrDamaged, "the part is missing"},
		{"content types missing", drop(xlsxtest.TypesPart), xlsx.ErrDamaged, "the part is missing"},
		{"content types cut", cut(xlsxtest.TypesPart, 3), xlsx.ErrDamaged, "the XML ends inside"},
		{"no workbook", sub(xlsxtest.RootRelsPart, "/officeDocument\"", "/thumbnail\""), xlsx.ErrDamaged, "no relationship leads to a workbook"},
		{"binary workbook", sub(xlsxtest.RootRelsPart, "workbook.xml", "workbook.bin"), xlsx.ErrUnsupported, ".xlsb"},
		{"relationship Id twice", sub(xlsxtest.BookRelsPart, "rIdS", "rId1"), xlsx.ErrDamaged, "stands twice"},
		{"relationship Id unknown", sub(xlsxtest.BookPart, `r:id="rId1"`, `r:id="rId9"`), xlsx.ErrDamaged, "does not exist"},
		{"sheet outside the file", sub(xlsxtest.BookRelsPart, `Target="worksheets`, `TargetMode="External" Target="worksheets`), xlsx.ErrDamaged, "outside the file"},
		{"two tables of shared strings", sub(xlsxtest.BookRelsPart, `/styles" Target="styles.xml"`, `/sharedStrings" Target="other.xml"`), xlsx.ErrDamaged, "two relationships"},
		{"no sheets", func(a *xlsxtest.Archive) { replaceAll(a, "<sheet name", "<sheat name") }, xlsx.ErrDamaged, "lists no worksheet"},
		{"1904 nonsense", sub(xlsxtest.BookPart, "<sheets>", `<workbookPr date1904="maybe"/><sheets>`), xlsx.ErrDamaged, "neither true nor false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book := xlsxtest.Data(`<row r="1"/>`)
			book.Shared = []string{`<si><t>one</t></si>`}
			a := book.Archive()
			tt.change(&a)
			refuse(t, a.Bytes(), tt.kind, tt.want)
		})
	}
}

func toUTF16(b []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, c := range b {
		out = append(out, c, 0)
	}
	return out
}

// What is wrong with the archive.
func TestRefusedArchives(t *testing.T) {
	sheet := func(a *xlsxtest.Archive) *xlsxtest.Entry { return a.Part(xlsxtest.SheetPart) }
	tests := []struct {
		name   string
		change func(*xlsxtest.Archive)
		kind   error
		want   string
	}{
		{"name twice", func(a *xlsxtest.Archive) { a.Entries = append(a.Entries, *sheet(a)) }, xlsx.ErrDamaged, "two entries are named"},
		{"name twice but for case", func(a *xlsxtest.Archive) {
			e := *sheet(a)
			e.Name = strings.ToUpper(e.Name)
			a.Entries = append(a.Entries, e)
		}, xlsx.ErrDamaged, "two entries are named"},
		{"name leaves the archive", func(a *xlsxtest.Archive) { a.Entries = append(a.Entries, xlsxtest.Entry{Name: "../x"}) }, xlsx.ErrDamaged, "leaves the archive"},
		{"encrypted", func(a *xlsxtest.Archive) { sheet(a).Flags = 1 }, xlsx.ErrUnsupported, "encrypted"},
		{"bzip2", func(a *xlsxtest.Archive) { sheet(a).Method = 12 }, xlsx.ErrUnsupported, "deflate"},
		{"prefix junk", func(a *xlsxtest.Archive) { a.Prefix = []byte("junk") }, xlsx.ErrDamaged, "not a ZIP"},
		{"prefix that looks like an archive", func(a *xlsxtest.Archive) { a.Prefix = []byte("PK\x03\x04") }, xlsx.ErrDamaged, "bytes were put before"},
		{"bytes after the end", func(a *xlsxtest.Archive) { a.Suffix = []byte("x") }, xlsx.ErrDamaged, "cut short or has bytes after its end"},
		{"bytes between entries", func(a *xlsxtest.Archive) { sheet(a).Junk = []byte("junk") }, xlsx.ErrDamaged, "belong to no entry"},
		{"bytes before the first entry", func(a *xlsxtest.Archive) { a.Entries[0].Junk = []byte("PK\x03\x04") }, xlsx.ErrDamaged, "overlap or hide bytes"},
		{"overlap", func(a *xlsxtest.Archive) { sheet(a).CentralAdd = -20 }, xlsx.ErrDamaged, ""},
		{"checksum", func(a *xlsxtest.Archive) { sheet(a).CRCXor = 1 }, xlsx.ErrDamaged, "checksum"},
		{"size too small", func(a *xlsxtest.Archive) { sheet(a).SizeAdd = -1 }, xlsx.ErrDamaged, "inflates to more"},
		{"size too large", func(a *xlsxtest.Archive) { sheet(a).SizeAdd = 1 }, xlsx.ErrDamaged, "ends before"},
		{"packed size too small", func(a *xlsxtest.Archive) { sheet(a).PackedAdd = -1 }, xlsx.ErrDamaged, "belong to no entry"},
		{"packed size too large", func(a *xlsxtest.Archive) { sheet(a).PackedAdd = 1 }, xlsx.ErrDamaged, "runs into the next"},
		{"bytes behind the packed ones", func(a *xlsxtest.Archive) { sheet(a).Trail = []byte("x") }, xlsx.ErrDamaged, "go on after their end"},
		{"sizes disagree", func(a *xlsxtest.Archive) { sheet(a).LocalAdd = 1 }, xlsx.ErrDamaged, "another size"},
		{"names disagree", func(a *xlsxtest.Archive) { sheet(a).LocalName = strings.Replace(sheet(a).Name, "1", "2", 1) }, xlsx.ErrDamaged, "names it"},
		{"count too small", func(a *xlsxtest.Archive) { a.CountAdd = -1 }, xlsx.ErrDamaged, "more than the 6 entries"},
		{"count too large", func(a *xlsxtest.Archive) { a.CountAdd = 1 }, xlsx.ErrDamaged, "record 8 of 8"},
		{"20,000 entries", func(a *xlsxtest.Archive) { manyEntries(a, 20_000) }, xlsx.ErrLimit, "more than 10000"},
		{"bomb", func(a *xlsxtest.Archive) {
			a.Entries = append(a.Entries, xlsxtest.Entry{Name: "bomb", Body: make([]byte, 64<<20)})
		}, xlsx.ErrLimit, "inflates"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			book := xlsxtest.Data(`<row r="1"><c r="A1"><v>1</v></c></row>`)
			book.Shared = []string{`<si><t>one</t></si>`}
			a := book.Archive()
			tt.change(&a)
			refuse(t, a.Bytes(), tt.kind, tt.want)
		})
	}
}

func manyEntries(a *xlsxtest.Archive, n int) {
	for i := range n {
		a.Entries = append(a.Entries, xlsxtest.Entry{Name: "x" + strings.Repeat("y", i%100) + string(rune('A'+i/100)), Stored: true})
	}
}

// What is found in place of a workbook.
func TestRefusedFiles(t *testing.T) {
	tests := []struct {
		name, data string
		kind       error
		want       string
	}{
		{"nothing", "", xlsx.ErrDamaged, "the file is empty"},
		{"page", "\n<!DOCTYPE html><html>", xlsx.ErrDamaged, "HTML or XML page"},
		{"text", "a,b\n1,2\n", xlsx.ErrDamaged, "not a ZIP archive"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", xlsx.ErrUnsupported, "password-protected workbook or an old .xls"},
		{"empty archive", "PK\x05\x06" + strings.Repeat("\x00", 18), xlsx.ErrDamaged, "no entries"},
		{"head alone", "PK\x03\x04", xlsx.ErrDamaged, "directory is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { refuse(t, []byte(tt.data), tt.kind, tt.want) })
	}
}

// A workbook cut anywhere is refused.
func TestCutFile(t *testing.T) {
	data := xlsxtest.Data(`<row r="1"><c r="A1"><v>1</v></c></row>`).Bytes()
	for n := range data {
		if rows, err := read(data[:n], xlsx.Limits{}); err == nil {
			t.Fatalf("cut at %d of %d bytes: %v", n, len(data), rows)
		}
	}
}
