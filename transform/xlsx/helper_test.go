package xlsx_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"lumbung/transform/row"
	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// read returns all rows of all sheets, or the first error.
func read(data []byte, lim xlsx.Limits) (map[string][]xlsxtest.Row, error) {
	book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	out := map[string][]xlsxtest.Row{}
	for _, s := range book.Sheets() {
		rows, err := readSheet(book, s.Name)
		if err != nil {
			return nil, err
		}
		out[s.Name] = rows
	}
	return out, nil
}

func readSheet(book *xlsx.Workbook, name string) ([]xlsxtest.Row, error) {
	sheet, err := book.Rows(context.Background(), name)
	if err != nil {
		return nil, err
	}
	defer sheet.Close()
	var rows []xlsxtest.Row
	for {
		r, err := sheet.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, copyRow(r))
	}
}

func copyRow(r *row.Row) xlsxtest.Row {
	out := xlsxtest.Row{Number: r.Number}
	for col, c := range r.Cells {
		if c.Kind != row.Empty {
			out.Cells = append(out.Cells, xlsxtest.Cell{Col: col, Kind: c.Kind, Date: c.Date, Text: string(c.Text)})
		}
	}
	return out
}

// show writes rows as one line: 1[A text"x" B number"5"].
func show(rows []xlsxtest.Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%d[", r.Number)
		for i, c := range r.Cells {
			if i > 0 {
				b.WriteByte(' ')
			}
			date := ""
			if c.Date {
				date = "date "
			}
			fmt.Fprintf(&b, "%s %s%v %q", xlsx.ColName(c.Col), date, c.Kind, c.Text)
		}
		b.WriteString("] ")
	}
	return strings.TrimSpace(b.String())
}

// mustShow reads a sound workbook with one sheet.
func mustShow(t *testing.T, data []byte) string {
	t.Helper()
	sheets, err := read(data, xlsx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if len(sheets) != 1 {
		t.Fatalf("%d sheets", len(sheets))
	}
	for _, rows := range sheets {
		return show(rows)
	}
	return ""
}
