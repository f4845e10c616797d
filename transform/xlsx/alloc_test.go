package xlsx_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// Rows allocates nothing per cell: the allocations of a large sheet are those of a small one.
func TestNoAllocationPerCell(t *testing.T) {
	count := func(rows int) float64 {
		var b strings.Builder
		for r := 1; r <= rows; r++ {
			fmt.Fprintf(&b, `<row r="%[1]d"><c r="A%[1]d"><v>%[1]d</v></c><c r="B%[1]d" t="inlineStr"><is><t>desa</t></is></c>`, r)
			fmt.Fprintf(&b, `<c r="C%[1]d" t="str" s="1"><f>A%[1]d&amp;B%[1]d</f><v>a&amp;b</v></c><c r="D%[1]d" t="b"><v>1</v></c></row>`, r)
		}
		data := xlsxtest.Data(b.String()).Bytes()
		book := open(t, data, xlsx.Limits{})
		return testing.AllocsPerRun(3, func() {
			sheet, err := book.Rows(context.Background(), "Data")
			if err != nil {
				t.Fatal(err)
			}
			defer sheet.Close()
			for err == nil {
				_, err = sheet.Read()
			}
			if err != io.EOF {
				t.Fatal(err)
			}
		})
	}
	small, large := count(30_000), count(60_000)
	if large > small+2000 { // for 120,000 more cells, half of them read the general way
		t.Errorf("%v allocations for 30,000 rows, %v for 60,000", small, large)
	}
}
