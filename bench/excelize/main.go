// Command excelize reads a workbook with excelize's streaming reader and checks the same scores, as a peer for benchmarks.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/xuri/excelize/v2"
)

func main() {
	f, err := excelize.OpenFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		log.Fatal(err)
	}
	loaded, bad := -1, 0 // the heading row is no record
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			log.Fatal(err)
		}
		if loaded++; loaded == 0 {
			continue
		}
		for _, c := range cells[8:min(12, len(cells))] {
			if _, err := strconv.ParseFloat(c, 64); err != nil {
				bad++
				break
			}
		}
	}
	if err := rows.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(loaded-bad, "loaded,", bad, "bad")
}
