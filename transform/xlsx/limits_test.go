package xlsx_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// 20,000 rows that hold only XFD make 3.8 kB that stand for 328 million cells.
func TestWideRowsAreRefusedCheaply(t *testing.T) {
	var b strings.Builder
	for r := 1; r <= 20_000; r++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, r, r)
	}
	data := xlsxtest.Data(b.String()).Bytes()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refuse(t, data, xlsx.ErrLimit, "XFD1221", "limit Cells")
	runtime.ReadMemStats(&after)
	// All that was ever allocated, whether freed or not: helper_test copies no empty cell.
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("refused after allocating %d MiB", used>>20)
	}
}

// Each limit holds where it stands and names itself beyond.
func TestLimits(t *testing.T) {
	long := strings.Repeat("x", 100)
	tests := []struct {
		name string
		book xlsxtest.Book
		ok   xlsx.Limits
		over xlsx.Limits
	}{
		{"Cells", xlsxtest.Data(`<row r="1"><c r="C1"><v>1</v></c></row><row r="2"><c r="B2"/></row>`), xlsx.Limits{Cells: 5}, xlsx.Limits{Cells: 4}},
		{"CellBytes", xlsxtest.Data(`<row r="1"><c r="A1" t="inlineStr"><is><t>` + long + `</t></is></c></row>`), xlsx.Limits{CellBytes: 100}, xlsx.Limits{CellBytes: 99}},
		{"CellBytes", shared(long), xlsx.Limits{CellBytes: 100}, xlsx.Limits{CellBytes: 99}},
		{"CellBytes", shared("_x0041_" + long), xlsx.Limits{CellBytes: 101}, xlsx.Limits{CellBytes: 100}},
		{"SharedBytes", shared(long), xlsx.Limits{SharedBytes: 108}, xlsx.Limits{SharedBytes: 107}},
		{"Depth", xlsxtest.Data(`<row r="1"><c r="A1" t="str"><v>x&amp;</v></c></row>`), xlsx.Limits{Depth: 5}, xlsx.Limits{Depth: 4}},
		{"ArchiveBytes", xlsxtest.Data(""), xlsx.Limits{}, xlsx.Limits{ArchiveBytes: 1000}},
		{"Entries", xlsxtest.Data(""), xlsx.Limits{Entries: 6}, xlsx.Limits{Entries: 5}},
		{"EntryBytes", xlsxtest.Data(strings.Repeat(" ", 5000)), xlsx.Limits{EntryBytes: 6000}, xlsx.Limits{EntryBytes: 5000}},
		{"TotalBytes", xlsxtest.Data(strings.Repeat(" ", 5000)), xlsx.Limits{TotalBytes: 8000}, xlsx.Limits{TotalBytes: 5000}},
		{"PartBytes", xlsxtest.Book{Styles: xlsxtest.StylesXML() + strings.Repeat(" ", 5000), Sheets: xlsxtest.Data("").Sheets}, xlsx.Limits{PartBytes: 6000}, xlsx.Limits{PartBytes: 5000}},
		{"RowBytes", xlsxtest.Data(`<row r="1"><!--` + strings.Repeat("x", 2<<20) + `--></row>`), xlsx.Limits{RowBytes: 3 << 20}, xlsx.Limits{RowBytes: 1 << 20}},
		{"RowBytes", shared("<!--" + strings.Repeat("x", 2<<20) + "-->"), xlsx.Limits{RowBytes: 3 << 20}, xlsx.Limits{RowBytes: 1 << 20}},
		{"Ratio", xlsxtest.Data(strings.Repeat(`<row x="xxxxxxxxxx"></row>`, 700_000)), xlsx.Limits{Ratio: 2000}, xlsx.Limits{Ratio: 20}},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprintf("%s %d", tt.name, i), func(t *testing.T) {
			data := tt.book.Bytes()
			if _, err := read(data, tt.ok); err != nil {
				t.Errorf("within the limit: %v", err)
			}
			_, err := read(data, tt.over)
			if err == nil || !strings.Contains(err.Error(), "raise the limit "+tt.name+" ") {
				t.Errorf("over the limit: %v", err)
			}
		})
	}
	if _, err := read(xlsxtest.Data(`<row r="3"/>`).Bytes(), xlsx.Limits{Rows: 2}); err == nil {
		t.Error("row 3 of 2 was read")
	}
	if _, err := read(xlsxtest.Data(`<row r="1"><c r="C1"/></row>`).Bytes(), xlsx.Limits{Cols: 2}); err == nil {
		t.Error("column 3 of 2 was read")
	}
}

func shared(text string) xlsxtest.Book {
	book := xlsxtest.Data(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	book.Shared = []string{"<si><t>" + text + "</t></si>"}
	return book
}
