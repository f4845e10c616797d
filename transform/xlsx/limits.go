package xlsx

// Limits bounds what a workbook may cost before it is refused. A field that is
// zero takes its value from DefaultLimits.
type Limits struct {
	ArchiveBytes int64 // size of the file
	Entries      int   // entries of the ZIP directory
	EntryBytes   int64 // inflated size of one entry
	TotalBytes   int64 // inflated size of all entries together
	Ratio        int64 // inflated : deflated, judged on entries of more than 16 MiB inflated
	PartBytes    int64 // inflated size of a part that is read whole: workbook, relationships, styles
	SharedBytes  int64 // memory of the shared strings: their text and 8 bytes each
	RowBytes     int   // XML of one row, shared string, or tag outside of them; up to 512 KiB more may pass
	CellBytes    int   // text of one cell after unescaping
	Cells        int64 // implied cells of a sheet: for each row the columns up to its last cell
	Depth        int   // nesting of XML elements
	Rows         int   // highest row number
	Cols         int   // highest column number
}

// ratioFloor is the inflated size up to which the ratio is not judged: small
// sheets of equal rows reach any ratio and cost nothing.
const ratioFloor = 16 << 20

// DefaultLimits are the limits for the ministry's releases with room to grow: a
// sheet of all 75,265 villages with 60 columns has 4.6 million cells and about
// 200 MB of XML.
func DefaultLimits() Limits {
	return Limits{
		ArchiveBytes: 200 << 20,
		Entries:      10_000,
		EntryBytes:   1 << 30,
		TotalBytes:   1 << 30,
		Ratio:        200,
		PartBytes:    32 << 20,
		SharedBytes:  128 << 20,
		RowBytes:     16 << 20,
		CellBytes:    64 << 10,
		Cells:        20_000_000,
		Depth:        64,
		Rows:         1_048_576, // of the file format
		Cols:         16_384,    // of the file format, XFD
	}
}

// filled replaces zero fields by the defaults and holds rows and columns inside
// the file format, which the fast path of the parser relies on.
func (l Limits) filled() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int64 }{
		{&l.ArchiveBytes, &d.ArchiveBytes}, {&l.EntryBytes, &d.EntryBytes}, {&l.TotalBytes, &d.TotalBytes},
		{&l.Ratio, &d.Ratio}, {&l.PartBytes, &d.PartBytes}, {&l.SharedBytes, &d.SharedBytes}, {&l.Cells, &d.Cells},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	for _, f := range []struct{ have, def *int }{
		{&l.Entries, &d.Entries}, {&l.RowBytes, &d.RowBytes}, {&l.CellBytes, &d.CellBytes},
		{&l.Depth, &d.Depth}, {&l.Rows, &d.Rows}, {&l.Cols, &d.Cols},
	} {
		if *f.have <= 0 {
			*f.have = *f.def
		}
	}
	l.SharedBytes = min(l.SharedBytes, 1<<31) // the table counts in 32 bits
	l.Rows, l.Cols = min(l.Rows, d.Rows), min(l.Cols, d.Cols)
	return l
}
