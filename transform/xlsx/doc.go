// Package xlsx reads the cells of .xlsx workbooks as a stream of rows, and
// refuses what is not sound to its last byte.
//
//	f, err := os.Open(path)
//	...
//	book, err := xlsx.Open(f, size, xlsx.DefaultLimits())
//	...
//	defer book.Close()
//	rows, err := book.Rows(ctx, book.Sheets()[0].Name)
//	...
//	defer rows.Close()
//	for {
//		r, err := rows.Read()
//		if err == io.EOF {
//			break // all rows are good
//		}
//		if err != nil {
//			return err // the rows handed out before are worth nothing
//		}
//		...
//	}
//
// Libraries made to show a spreadsheet repair what they can: rows vanish at a
// cut, cells move to other columns, damaged text becomes empty. Here every such
// thing is an *Error. What is checked: the archive byte by byte (see archive), the
// size and checksum of each part that is read, its UTF-8 and its XML to the end,
// the order of rows and cells, every index and every value against its type.
//
// Not read: encrypted workbooks, .xls, .xlsb, parts in UTF-16, chart sheets. The
// value of a merged range is in its first cell, as in the file; Sheet.Merges tells
// the ranges. Formulas are not computed, their stored result counts.
package xlsx
