package xlsxtest

import (
	"fmt"
	"html"
	"strings"
)

// The namespaces of both variants of SpreadsheetML.
const (
	Main       = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	MainStrict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	docRels    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	pkgRels    = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// Names of the parts that Book writes.
const (
	TypesPart    = "[Content_Types].xml"
	RootRelsPart = "_rels/.rels"
	BookPart     = "xl/workbook.xml"
	BookRelsPart = "xl/_rels/workbook.xml.rels"
	StylesPart   = "xl/styles.xml"
	SharedPart   = "xl/sharedStrings.xml"
	SheetPart    = "xl/worksheets/sheet1.xml"
)

// Sheet is a worksheet with the XML of its part.
type Sheet struct {
	Name  string
	State string // "", hidden, veryHidden
	XML   string
}

// Book is a workbook. Fields left empty get what a plain workbook has.
type Book struct {
	Sheets  []Sheet
	Shared  []string // the XML of each si, with its tags
	Styles  string   // the XML of the styles part
	PrXML   string   // workbookPr
	Targets string   // format of a sheet's target, "worksheets/sheet%d.xml"
}

// SheetXML wraps rows into the part of a worksheet.
func SheetXML(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<worksheet xmlns="` + Main + `"><sheetData>` + rows + `</sheetData></worksheet>`
}

// Data is a workbook with one sheet named Data that holds the rows.
func Data(rows string) Book { return Book{Sheets: []Sheet{{Name: "Data", XML: SheetXML(rows)}}} }

// StylesXML has four cell styles: General, a built-in date (14), a custom date and a percentage.
func StylesXML() string {
	return `<styleSheet xmlns="` + Main + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="[$-421]dd\ mmmm\ yyyy;@"/></numFmts>` +
		`<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>` +
		`<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></styleSheet>`
}

// Archive lays the parts out in the order in which Excel writes them.
func (b Book) Archive() Archive {
	styles := b.Styles
	if styles == "" {
		styles = StylesXML()
	}
	target := b.Targets
	if target == "" {
		target = "worksheets/sheet%d.xml"
	}
	a := Archive{}
	a.add(TypesPart, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`)
	a.add(RootRelsPart, rels(`<Relationship Id="rId1" Type="`+docRels+`/officeDocument" Target="xl/workbook.xml"/>`))
	var list, links strings.Builder
	for i, s := range b.Sheets {
		state := ""
		if s.State != "" {
			state = ` state="` + s.State + `"`
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, html.EscapeString(s.Name), i+1, state, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="`+target+`"/>`, i+1, docRels, i+1)
	}
	fmt.Fprintf(&links, `<Relationship Id="rIdS" Type="%s/styles" Target="styles.xml"/>`, docRels)
	if b.Shared != nil {
		fmt.Fprintf(&links, `<Relationship Id="rIdT" Type="%s/sharedStrings" Target="sharedStrings.xml"/>`, docRels)
	}
	a.add(BookPart, `<workbook xmlns="`+Main+`" xmlns:r="`+docRels+`">`+b.PrXML+`<sheets>`+list.String()+`</sheets></workbook>`)
	a.add(BookRelsPart, rels(links.String()))
	a.add(StylesPart, styles)
	if b.Shared != nil {
		a.add(SharedPart, `<sst xmlns="`+Main+`">`+strings.Join(b.Shared, "")+`</sst>`)
	}
	for i, s := range b.Sheets {
		a.add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), s.XML)
	}
	return a
}

// Bytes writes the workbook.
func (b Book) Bytes() []byte {
	a := b.Archive()
	return a.Bytes()
}

func rels(links string) string {
	return `<Relationships xmlns="` + pkgRels + `">` + links + `</Relationships>`
}

func (a *Archive) add(name, body string) {
	a.Entries = append(a.Entries, Entry{Name: name, Body: []byte(body)})
}

// Part returns the entry of a name, nil when there is none.
func (a *Archive) Part(name string) *Entry {
	for i := range a.Entries {
		if a.Entries[i].Name == name {
			return &a.Entries[i]
		}
	}
	return nil
}

// Drop removes an entry.
func (a *Archive) Drop(name string) {
	for i := range a.Entries {
		if a.Entries[i].Name == name {
			a.Entries = append(a.Entries[:i], a.Entries[i+1:]...)
			return
		}
	}
}
