package xlsxtest

import (
	"bytes"
	"math/rand/v2"
	"strings"
)

// Outcome is what a strict reader must make of a broken workbook.
type Outcome int

const (
	// Refused: there is no right reading.
	Refused Outcome = iota
	// Same: refused, or read as exactly the rows of the sound workbook.
	Same
	// Reference: refused, or read as an independent reader of XML reads it, since
	// the change may have made another sound workbook.
	Reference
)

// Kind is one way to break a workbook.
type Kind struct {
	Name    string
	Outcome Outcome
	// Break changes the workbook and returns its bytes. It may be called many times
	// with fresh workbooks.
	Break func(rng *rand.Rand, s *Sound) []byte
}

// Kinds lists all ways to break a workbook.
func Kinds() []Kind {
	kinds := append(sheetKinds(), partKinds()...)
	return append(append(kinds, archiveKinds()...), randomKinds()...)
}

// edit makes a kind that changes the text of one part.
func edit(name, part string, o Outcome, change func(rng *rand.Rand, s string) string) Kind {
	return Kind{name, o, func(rng *rand.Rand, s *Sound) []byte {
		e := s.Archive.Part(part)
		e.Body = []byte(change(rng, string(e.Body)))
		return s.Archive.Bytes()
	}}
}

// swap makes a kind that replaces one of the places of old in the sheet.
func swap(name, old, new string) Kind {
	return edit(name, SheetPart, Refused, func(rng *rand.Rand, s string) string { return replaceAny(rng, s, old, new) })
}

// replaceAny replaces one place of old, chosen at random.
func replaceAny(rng *rand.Rand, s, old, new string) string {
	n := strings.Count(s, old)
	if n == 0 {
		panic("xlsxtest: a sound workbook has no " + old)
	}
	at := 0
	for range rng.IntN(n) {
		at += strings.Index(s[at:], old) + len(old)
	}
	at += strings.Index(s[at:], old)
	return s[:at] + new + s[at+len(old):]
}

// lastCell is put before the end of a row, where its column is free.
func lastCell(name, cell string) Kind {
	return edit(name, SheetPart, Refused, func(rng *rand.Rand, s string) string {
		// Without a reference the cell is the next one.
		return replaceAny(rng, s, "</row>", cell+"</row>")
	})
}

// tail is put behind the last row, with a number that is free.
func tail(name, rows string) Kind {
	return edit(name, SheetPart, Refused, func(_ *rand.Rand, s string) string {
		return strings.Replace(s, "</sheetData>", rows+"</sheetData>", 1)
	})
}

func sheetKinds() []Kind {
	return []Kind{
		edit("sheet cut", SheetPart, Refused, func(rng *rand.Rand, s string) string { return s[:rng.IntN(len(s))] }),
		edit("sheet cut behind a row", SheetPart, Refused, func(rng *rand.Rand, s string) string {
			return before(replaceAny(rng, s, "</row>", "</row>\x00"), "\x00")
		}),
		swap("undefined entity", "</c>", "&foo;</c>"),
		swap("undefined entity in a value", "</v>", "&foo;</v>"),
		swap("reference to NUL", "</v>", "&#0;</v>"),
		swap("bare ampersand", "</v>", "&</v>"),
		swap("]]> in a value", "</v>", "]]></v>"),
		swap("internal DOCTYPE", "<worksheet", `<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet`),
		swap("external DOCTYPE", "<worksheet", `<!DOCTYPE w SYSTEM "file:///etc/passwd"><worksheet`),
		edit("row twice", SheetPart, Refused, func(_ *rand.Rand, s string) string {
			i, j := strings.Index(s, "<row"), strings.Index(s, "</row>")+len("</row>")
			return s[:j] + s[i:j] + s[j:]
		}),
		edit("rows out of order", SheetPart, Refused, func(_ *rand.Rand, s string) string {
			i, j := strings.Index(s, "<row"), strings.Index(s, "</row>")+len("</row>")
			k := j + strings.Index(s[j:], "</row>") + len("</row>")
			return s[:i] + s[j:k] + s[i:j] + s[k:]
		}),
		edit("cells out of order", SheetPart, Refused, func(_ *rand.Rand, s string) string {
			return strings.Replace(s, `<c r="A`, `<c r="AZ`, 1)
		}),
		lastCell("cell twice", `<c r="A1"/>`),
		swap("cell without letters", `<c r="A`, `<c r="`),
		swap("cell in small letters", `<c r="A`, `<c r="a`),
		swap("cell of another row", `<c r="A`, `<c r="A9`),
		swap("column beyond the last", `<c r="B`, `<c r="ZZZZZZ`),
		swap("column XFE", `<c r="B`, `<c r="XFE`),
		tail("row 1048577", `<row r="1048577"/>`),
		tail("row 2147483647", `<row r="2147483647"/>`),
		tail("row -1", `<row r="-1"/>`),
		tail("row 0", `<row r="0"/>`),
		tail("row of words", `<row r="satu"/>`),
		lastCell("shared string 99999", `<c t="s"><v>99999</v></c>`),
		lastCell("shared string -1", `<c t="s"><v>-1</v></c>`),
		lastCell("shared string zz", `<c t="s"><v>zz</v></c>`),
		lastCell("shared string empty", `<c t="s"><v/></c>`),
		lastCell("style 4", `<c s="4"/>`),
		lastCell("style -1", `<c s="-1"><v>1</v></c>`),
		lastCell("unknown type", `<c t="x"><v>1</v></c>`),
		lastCell("words in a number", `<c><v>abc</v></c>`),
		lastCell("NaN", `<c><v>NaN</v></c>`),
		lastCell("boolean 2", `<c t="b"><v>2</v></c>`),
		lastCell("error without value", `<c t="e"><v/></c>`),
		lastCell("date of no calendar", `<c t="d"><v>2023-02-29</v></c>`),
		lastCell("two values", `<c><v>1</v><v>2</v></c>`),
		lastCell("element in a value", `<c><v>1<i/></v></c>`),
		lastCell("unknown element", `<d/>`),
		lastCell("text", `x`),
		swap("end tag missing", "</c>", ""),
		swap("end tag of another element", "</v></c>", "</c></v>"),
		swap("end tag too many", "</row>", "</row></row>"),
		swap("quote missing", `<c r="A`, `<c r=A`),
		swap("attribute twice", "<row ", `<row x="1" x="1" `),
		swap("attributes without blank", "<row ", `<row x="1"`),
		swap("less-than in an attribute", "<row ", `<row x="<" `),
		swap("NUL", "</row>", "</row>\x00"),
		swap("control character", "</v>", "\x08</v>"),
		swap("Windows-1252", "</v>", "\xe9</v>"),
		swap("half a character", "</v>", "\xe2\x82</v>"),
		swap("surrogate in UTF-8", "</v>", "\xed\xa0\x80</v>"),
		swap("comment with dashes", "</row>", "<!-- -- --></row>"),
		swap("comment without end", "</row>", "<!-- </row>"),
		swap("late XML declaration", "<worksheet", `<!-- --><?xml version="1.0"?><worksheet`),
		swap("declared encoding", "UTF-8", "ISO-8859-1"),
		swap("deep nesting", "</worksheet>", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"</worksheet>"),
		swap("second sheetData", "</sheetData>", "</sheetData><sheetData/>"),
		swap("rows in a choice", "<sheetData>", `<sheetData><a xmlns="b"/>`),
		swap("text at the end", "</worksheet>", "</worksheet>x"),
		swap("element at the end", "</worksheet>", "</worksheet><a/>"),
		edit("no sheetData", SheetPart, Refused, func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, "sheetData", "sheetDate") }),
		edit("another root", SheetPart, Refused, func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, "worksheet", "dialogsheet") }),
		edit("UTF-16", SheetPart, Refused, func(_ *rand.Rand, s string) string { return widen(s) }),
		tail("cell XFD1 in a late row", `<row><c r="XFD1"/></row>`),
	}
}

// before is s up to mark.
func before(s, mark string) string { return s[:strings.Index(s, mark)] }

func widen(s string) string {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for i := range len(s) {
		b.WriteByte(s[i])
		b.WriteByte(0)
	}
	return b.String()
}
