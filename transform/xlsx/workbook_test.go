package xlsx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"lumbung/internal/closing"
	"lumbung/transform/row"
	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, data []byte, lim xlsx.Limits) *xlsx.Workbook {
	t.Helper()
	book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, book)
	return book
}

func rowsXML(from, to int) string {
	var b strings.Builder
	for r := from; r <= to; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>desa %d</t></is></c></row>`, r, r, r, r, r)
	}
	return b.String()
}

func TestSheetsInOrderOneAfterAnother(t *testing.T) {
	data := xlsxtest.Book{PrXML: `<workbookPr date1904="1"/>`, Sheets: []xlsxtest.Sheet{
		{Name: "IDM 2024", XML: xlsxtest.SheetXML(rowsXML(1, 2))},
		{Name: "Sheet4", State: "hidden", XML: xlsxtest.SheetXML(rowsXML(3, 3))},
		{Name: `R&D "x"`, State: "veryHidden", XML: xlsxtest.SheetXML("")},
	}}.Bytes()
	book := open(t, data, xlsx.Limits{})
	want := []xlsx.SheetInfo{{Name: "IDM 2024"}, {Name: "Sheet4", Hidden: true}, {Name: `R&D "x"`, Hidden: true}}
	if got := book.Sheets(); !reflect.DeepEqual(got, want) {
		t.Errorf("sheets %v, want %v", got, want)
	}
	if !book.Date1904() {
		t.Error("the 1904 date system was not seen")
	}
	for _, s := range want {
		rows, err := readSheet(book, s.Name)
		if err != nil {
			t.Fatal(err)
		}
		if n := map[string]int{"IDM 2024": 2, "Sheet4": 1, `R&D "x"`: 0}[s.Name]; len(rows) != n {
			t.Errorf("sheet %q has %d rows, want %d", s.Name, len(rows), n)
		}
	}
	if _, err := book.Rows(context.Background(), "idm 2024"); !errors.Is(err, xlsx.ErrNoSheet) || !strings.Contains(err.Error(), `"Sheet4"`) {
		t.Errorf("a wrong name gives %v", err)
	}
}

func TestChartSheetsAreNotListed(t *testing.T) {
	a := xlsxtest.Book{Sheets: []xlsxtest.Sheet{
		{Name: "Chart", XML: "<chartsheet/>"}, {Name: "Data", XML: xlsxtest.SheetXML("")},
	}}.Archive()
	e := a.Part(xlsxtest.BookRelsPart)
	e.Body = bytes.Replace(e.Body, []byte("/worksheet\""), []byte("/chartsheet\""), 1)
	if got := open(t, a.Bytes(), xlsx.Limits{}).Sheets(); len(got) != 1 || got[0].Name != "Data" {
		t.Errorf("sheets %v", got)
	}
}

func TestSheetsThatStandForAnother(t *testing.T) {
	two := xlsxtest.Book{Sheets: []xlsxtest.Sheet{{Name: "Data", XML: xlsxtest.SheetXML("")}, {Name: "data", XML: xlsxtest.SheetXML("")}}}
	refuse(t, two.Bytes(), xlsx.ErrDamaged, "two sheets are named")
	two.Sheets[1].Name = "Other"
	a := two.Archive()
	replaceAll(&a, "sheet2.xml", "sheet1.xml")
	refuse(t, a.Bytes(), xlsx.ErrDamaged, "the same part as another")
}

func TestMerges(t *testing.T) {
	data := xlsxtest.Data(`</sheetData><mergeCells><mergeCell ref="B1:D3"/><mergeCell ref="A5"></mergeCell></mergeCells><sheetFoo>`)
	data.Sheets[0].XML = strings.Replace(data.Sheets[0].XML, "<sheetFoo></sheetData>", "", 1)
	sheet, err := open(t, data.Bytes(), xlsx.Limits{}).Rows(context.Background(), "Data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Read(); err != io.EOF {
		t.Fatal(err)
	}
	want := []xlsx.Merge{{FirstRow: 1, FirstCol: 1, LastRow: 3, LastCol: 3}, {FirstRow: 5, LastRow: 5}}
	if got := sheet.Merges(); !reflect.DeepEqual(got, want) {
		t.Errorf("merges %v, want %v", got, want)
	}
}

func TestRef(t *testing.T) {
	sheet, err := open(t, xlsxtest.Data("").Bytes(), xlsx.Limits{}).Rows(context.Background(), "Data")
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	for want, at := range map[string][2]int{"A1": {1, 0}, "H1204": {1204, 7}, "Z2": {2, 25}, "AA2": {2, 26}, "AZ9": {9, 51}, "BA9": {9, 52}, "ZZ1": {1, 701}, "AAA1": {1, 702}, "XFD1048576": {1048576, 16383}} {
		if got := sheet.Ref(at[0], at[1]); got != want {
			t.Errorf("row %d, column %d is %s, want %s", at[0], at[1], got, want)
		}
	}
	if sheet.Sheet() != "Data" {
		t.Errorf("sheet %q", sheet.Sheet())
	}
}

// Equal shared strings have equal numbers, others have none.
func TestSharedNumbers(t *testing.T) {
	data := xlsxtest.Data(`<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><f>x</f><v>1</v></c><c r="D1" t="str"><v>b</v></c></row>`)
	data.Shared = []string{"<si><t>a</t></si>", "<si><t>b</t></si>"}
	sheet, err := open(t, data.Bytes(), xlsx.Limits{}).Rows(context.Background(), "Data")
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	r, err := sheet.Read()
	if err != nil {
		t.Fatal(err)
	}
	got := [4]int32{r.Cell(0).Shared, r.Cell(1).Shared, r.Cell(2).Shared, r.Cell(3).Shared}
	if got != [4]int32{2, 1, 2, 0} {
		t.Errorf("shared numbers %v", got)
	}
}

// Many chunks of XML, with rows of all lengths across their borders, come out whole.
func TestRowsAcrossChunks(t *testing.T) {
	long := strings.Repeat("x", 60_000)
	var b strings.Builder
	want := 0
	for r := 1; r <= 3000; r++ {
		fmt.Fprintf(&b, `<row r="%d">`, r)
		for c := range r % 7 {
			text := long[:(r*7919+c*104729)%(1+r%90*600)]
			fmt.Fprintf(&b, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, xlsx.ColName(c), r, text)
			want += len(text)
		}
		b.WriteString("</row>")
	}
	// One row longer than several chunks.
	b.WriteString(`<row r="3001">`)
	for c := range 40 {
		fmt.Fprintf(&b, `<c r="%s3001" t="inlineStr"><is><t>%s</t></is></c>`, xlsx.ColName(c), long)
		want += len(long)
	}
	b.WriteString("</row>")
	a := xlsxtest.Data(b.String() + rowsXML(3002, 3002)).Archive()
	a.Part(xlsxtest.SheetPart).Stored = true
	rows, err := readSheet(open(t, a.Bytes(), xlsx.Limits{}), "Data")
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for i, r := range rows {
		if r.Number != i+1 {
			t.Fatalf("row %d has the number %d", i+1, r.Number)
		}
		for _, c := range r.Cells[:min(len(r.Cells), 40)] {
			if c.Kind == row.Text && r.Number < 3002 {
				got += len(c.Text)
			}
		}
	}
	if len(rows) != 3002 || got != want {
		t.Errorf("%d rows with %d bytes of text, want 3002 with %d", len(rows), got, want)
	}
}

func TestCloseEarly(t *testing.T) {
	data := xlsxtest.Data(rowsXML(1, 50_000)).Bytes()
	book := open(t, data, xlsx.Limits{})
	sheet, err := book.Rows(context.Background(), "Data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Read(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := sheet.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 100_000 {
		if _, err = sheet.Read(); err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("reading a closed sheet gives %v", err)
	}
	// The workbook ends what is left open.
	if _, err := book.Rows(context.Background(), "Data"); err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Rows(context.Background(), "Data"); err == nil {
		t.Error("a closed workbook gives rows")
	}
}

func TestContext(t *testing.T) {
	data := xlsxtest.Data(rowsXML(1, 50_000)).Bytes()
	ctx, cancel := context.WithCancelCause(context.Background())
	sheet, err := open(t, data, xlsx.Limits{}).Rows(ctx, "Data")
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("the run was stopped")
	cancel(cause)
	for err == nil {
		_, err = sheet.Read()
	}
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause", err)
	}
}

// Rows before a fault are handed out, then the fault, again and again.
func TestFaultAfterRows(t *testing.T) {
	data := xlsxtest.Data(rowsXML(1, 20_000) + `<row r="7"/>`).Bytes()
	sheet, err := open(t, data, xlsx.Limits{}).Rows(context.Background(), "Data")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; err == nil; n++ {
		_, err = sheet.Read()
	}
	if n != 20_001 || !errors.Is(err, xlsx.ErrDamaged) || !strings.Contains(err.Error(), "row 7 comes after row 20000") {
		t.Errorf("after %d reads: %v", n, err)
	}
	if _, again := sheet.Read(); again != err {
		t.Errorf("then %v", again)
	}
}
