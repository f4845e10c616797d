// Package row is the one shape in which every format reader hands over raw cells.
//
// A reader owns the memory behind a Row: it is valid until the next Read. A
// cell that has to outlive that is copied by whoever keeps it.
package row

// Kind says what the source wrote in a cell, before any contract has been asked.
type Kind uint8

const (
	Empty  Kind = iota // no cell, or a cell without a value
	Text               // text, after the source's own escapes were undone
	Number             // a number as the source wrote it, digits unchanged
	Bool               // "true" or "false"
	Error              // a spreadsheet error value such as #REF!, or a formula without a cached value (#NOVALUE)
)

// String is the word that error messages use for the kind.
func (k Kind) String() string {
	switch k {
	case Empty:
		return "empty"
	case Text:
		return "text"
	case Number:
		return "number"
	case Bool:
		return "boolean"
	case Error:
		return "error value"
	}
	return "unknown"
}

// Cell is one value as it stands in the source.
type Cell struct {
	Kind Kind
	// Date is set on numbers that the source shows as a date (XLSX style);
	// Text then is the serial day number.
	Date bool
	// Percent is set on numbers that the source shows times hundred with a %
	// (XLSX style); Text then is the fraction.
	Percent bool
	// Shared is 1 + the cell's index in the reader's shared-string table, or 0.
	// Equal values of Shared mean equal Text within one reader, so a
	// conversion can be remembered by it.
	Shared int32
	// Text is the raw text. Empty for Kind Empty.
	Text []byte
}

// Row is one record of the source: a worksheet row, a CSV record, a JSON value.
type Row struct {
	// Number locates the row for a person: the worksheet row (its r attribute),
	// the line on which a CSV record starts, the ordinal (from 1) of a JSON record.
	Number int
	// Cells are by column, from 0. Columns beyond the last cell are Empty.
	Cells []Cell
	// Ragged is set when a CSV record has another number of fields than the
	// reader was told to expect; the contract decides what becomes of it.
	Ragged bool
}

// Cell returns the cell of a column, Empty when the row is shorter.
func (r *Row) Cell(col int) Cell {
	if col < 0 || col >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[col]
}

// Reader streams the rows of one opened release part.
type Reader interface {
	// Read returns the next row, or io.EOF once the whole container has been
	// read and found sound to its last byte. Any other error means that the
	// release part is damaged or hostile and must be refused whole, including
	// the rows handed out before.
	Read() (*Row, error)
	// Ref names a cell for a person: "H1204", "/kec/13/ds/8/2". The row is one
	// that Read returned, or for formats with computable references any number.
	Ref(number, col int) string
	// Sheet is the worksheet that is being read, "" for formats without sheets.
	Sheet() string
	// Close releases the reader. It is safe to call twice.
	Close() error
}
