package xlsxtest

import "lumbung/transform/row"

// Cell is a cell that is not empty.
type Cell struct {
	Col  int // from 0
	Kind row.Kind
	Date bool
	Text string
}

// Row is a row that stands in the file, with or without cells.
type Row struct {
	Number int
	Cells  []Cell
}
