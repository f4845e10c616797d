package xlsx_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lumbung/internal/realdata"
	"lumbung/transform/row"
	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// The same table written by several libraries; see testdata/README.md.
func TestLibraries(t *testing.T) {
	// Formulas, the error cell and the digits of a small number differ by writer.
	const table = `1[A text "KODE_DESA" B text "NAMA_DESA" C text "IDM" D text "STATUS" E text "TANGGAL" F text "AKTIF" G text "JUMLAH" H text "GALAT"] ` +
		`2[A number "6402012001" B text "JEMBAYAN" C number "0.7029" D text "BERKEMBANG" E date number "45322" F boolean "true" G %[1]s H error value "#N/A"] ` +
		`3[A number "6402012002" B text "LOA DURI \"ILIR\" & <b>" C number "0.041" D text "MAJU" E date number "45351" F boolean "false" G %[1]s H text "rich text"] ` +
		`4[A number "6402012003" B text "  Désa 村\nbaru " C number "%[2]s" F boolean "true" G %[1]s] 6[J text "jauh"]`
	tests := []struct{ file, sum, small, more string }{
		{"openpyxl.xlsx", `error value "#NOVALUE"`, "-1.5e-07", " 8[] 9[]"},
		{"xlsxwriter.xlsx", `number "0.5"`, "-1.5E-07", ""},
		{"xlsxwriter-constant-memory.xlsx", `number "0.5"`, "-1.5E-07", ""},
		{"libreoffice.xlsx", `number "0.5"`, "-1.5E-007", " 8[] 9[]"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			book := open(t, data, xlsx.Limits{})
			if s := book.Sheets(); len(s) != 2 || s[0].Hidden || !s[1].Hidden {
				t.Errorf("sheets %v", s)
			}
			rows, err := readSheet(book, "IDM 2024")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(rows), fmt.Sprintf(table, tt.sum, tt.small)+tt.more; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			compareExcelize(t, data, "IDM 2024", rows)
		})
	}
}

// excelizeText is how excelize shows a cell when asked for raw values.
func excelizeText(c xlsxtest.Cell) string {
	switch {
	case c.Kind == row.Bool:
		return map[string]string{"true": "1", "false": "0"}[c.Text]
	case c.Text == "#NOVALUE":
		return ""
	}
	return c.Text
}

// compareExcelize wants the same cells from excelize, numbers compared as numbers.
func compareExcelize(t *testing.T, data []byte, sheet string, rows []xlsxtest.Row) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		for _, c := range r.Cells {
			if text := excelizeText(c); text != "" {
				got[xlsx.ColName(c.Col)+strconv.Itoa(r.Number)] = text
			}
		}
	}
	for i, cols := range all {
		for j, want := range cols {
			ref := xlsx.ColName(j) + strconv.Itoa(i+1)
			if want != got[ref] && !equalNumbers(want, got[ref]) {
				t.Errorf("%s is %q, excelize reads %q", ref, got[ref], want)
			}
			delete(got, ref)
		}
	}
	for ref, text := range got {
		t.Errorf("%s is %q, excelize has no such cell", ref, text)
	}
}

func equalNumbers(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// Sound workbooks hold the same cells for excelize.
func TestExcelizeReadsTheSame(t *testing.T) {
	for i := range uint64(30) {
		sound := xlsxtest.NewSound(rand.New(rand.NewPCG(11, i)), 100)
		data := sound.Archive.Bytes()
		rows, err := readSheet(open(t, data, xlsx.Limits{}), "Data")
		if err != nil {
			t.Fatal(err)
		}
		compareExcelize(t, data, "Data", rows)
	}
}

// What excelize writes, with shared strings and as a stream, comes back.
func TestExcelizeWrites(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	cells := []any{"ACEH", 0.7029, 1101012001, true, "R&D <x>", " a\n", nil, "a_b"}
	if err := f.SetSheetRow("Sheet1", "B2", &cells); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("Stream"); err != nil {
		t.Fatal(err)
	}
	w, err := f.NewStreamWriter("Stream")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("B2", cells); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	book := open(t, buf.Bytes(), xlsx.Limits{})
	const want = `2[B text "ACEH" C number "0.7029" D number "1101012001" E boolean "true" F text "R&D <x>" G text " a\n" I text "a_b"]`
	for _, s := range []string{"Sheet1", "Stream"} {
		rows, err := readSheet(book, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(show(rows), "1[] "); got != want {
			t.Errorf("sheet %s\ngot  %s\nwant %s", s, got, want)
		}
	}
}

// The ministry's summary of 2024: one row a province and a total.
func TestRealSummary(t *testing.T) {
	data, err := os.ReadFile(realdata.Dir(t, "idm-2024-rekap-provinsi", "rekap-indeks-desa-membangun-tahun-2024.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	book := open(t, data, xlsx.Limits{})
	name := book.Sheets()[0].Name
	rows, err := readSheet(book, name)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 39 || len(rows[38].Cells) != 8 {
		t.Fatalf("%d rows", len(rows))
	}
	if got := show(rows[38:]); got != `39[A text "TOTAL" B number "17203" C number "23063" D number "24532" E number "6100" F number "4363" G number "4" H number "75265"]` {
		t.Errorf("total row %s", got)
	}
	compareExcelize(t, data, name, rows)
	if err := compareReference(data, [][]xlsxtest.Row{rows}); err != nil {
		t.Error(err)
	}
}
