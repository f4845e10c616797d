package berkas

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// XLSX writes tables as the sheets of a workbook: texts as text (codes keep
// their dots and zeros), numbers as numbers, one frozen row of headings with a
// filter, no merged cells, A4 landscape, one page wide.
func XLSX(tables []Table) (out []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "bottom"}})
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = f.NewSheet(t.Name)
		}
		if err == nil {
			err = sheet(f, t, bold)
		}
		if err != nil {
			return nil, fmt.Errorf("workbook: sheet %s: %w", t.Name, err)
		}
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return buf.Bytes(), nil
}

// charWidth bounds the width of a column, in characters.
const (
	minWidth = 8
	maxWidth = 48
)

func sheet(f *excelize.File, t Table, bold int) error {
	widths := make([]int, len(t.Head))
	head := make([]any, len(t.Head))
	for i, h := range t.Head {
		head[i], widths[i] = Safe(h), max(minWidth, len([]rune(h))+2)
	}
	if err := f.SetSheetRow(t.Name, "A1", &head); err != nil {
		return err
	}
	for r, row := range t.Rows {
		cells := make([]any, len(row))
		for c, v := range row {
			cells[c] = typed(v)
			if c < len(widths) {
				widths[c] = max(widths[c], len([]rune(fmt.Sprint(cells[c])))+1)
			}
		}
		if err := f.SetSheetRow(t.Name, "A"+strconv.Itoa(r+2), &cells); err != nil {
			return err
		}
	}
	for i, w := range widths {
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(t.Name, col, col, float64(min(w, maxWidth))); err != nil {
			return err
		}
	}
	return layout(f, t, bold)
}

func layout(f *excelize.File, t Table, bold int) error {
	last, err := excelize.CoordinatesToCellName(max(1, len(t.Head)), len(t.Rows)+1)
	if err != nil {
		return err
	}
	paper, orientation, wide, high, fit := 9, "landscape", 1, 0, true
	return errors.Join(
		f.SetRowStyle(t.Name, 1, 1, bold),
		f.SetPanes(t.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		f.AutoFilter(t.Name, "A1:"+last, nil),
		f.SetPageLayout(t.Name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}),
		f.SetSheetProps(t.Name, &excelize.SheetPropsOptions{FitToPage: &fit}),
	)
}

func typed(v any) any {
	switch v := v.(type) {
	case string:
		return Safe(v)
	case Number:
		if n, err := strconv.ParseFloat(string(v), 64); err == nil {
			return n
		}
		return Safe(string(v))
	}
	return v
}
