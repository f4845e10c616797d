package complete

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

// CSVOptions say what is known about a CSV file.
type CSVOptions struct {
	// Delimiter has to occur in the first line; 0 accepts a single column.
	Delimiter rune
	// NoFinalNewline accepts a last line without line feed; a cut in that line is then found by the stated length only.
	NoFinalNewline bool
	// MinRows and MaxRows bound the number of records, heading included, as Rows counts them; usually from
	// the release before. Without them a file whose last rows are missing looks whole. 0 means no bound.
	MinRows, MaxRows int64
	// TrustRows accepts an answer that does not state its length when MinRows holds.
	TrustRows bool
	// Headings have to occur in the first line.
	Headings []string
	// UTF16 skips the checks that need single bytes; only the length is then known.
	UTF16 bool
}

// CSV accepts text with balanced quotes that ends in a line feed and has the rows that were asked for.
func CSV(o CSVOptions) Check {
	return Check{Name: "csv", EndsItself: o.TrustRows && o.MinRows > 0 && !o.UTF16 && !o.NoFinalNewline, Verify: func(head []byte, whole io.ReaderAt, size int64) error {
		return verifyCSV(head, whole, size, o)
	}}
}

func verifyCSV(head []byte, whole io.ReaderAt, size int64, o CSVOptions) error {
	if o.UTF16 {
		if !bytes.HasPrefix(head, []byte("\xff\xfe")) && !bytes.HasPrefix(head, []byte("\xfe\xff")) || size%2 != 0 {
			return other("no UTF-16 text")
		}
		return nil
	}
	if like := looksLike(head); like != "" {
		return other("%s where CSV was expected", like)
	}
	if err := firstLine(head, o); err != nil {
		return err
	}
	lines, open, err := Rows(whole, size)
	switch {
	case err != nil:
		return err
	case open:
		return cut("csv: a quote is never closed")
	case lines < o.MinRows:
		return cut("csv: %d lines, at least %d were expected", lines, o.MinRows)
	case o.MaxRows > 0 && lines > o.MaxRows:
		return cut("csv: %d lines, at most %d were expected", lines, o.MaxRows)
	case o.NoFinalNewline:
		return nil
	}
	return endsInNewline(whole, size)
}

func firstLine(head []byte, o CSVOptions) error {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if o.Delimiter != 0 && !bytes.Contains(line, utf8.AppendRune(nil, o.Delimiter)) {
		return other("the first line has no %q", o.Delimiter)
	}
	for _, heading := range o.Headings {
		if !bytes.Contains(line, []byte(heading)) {
			return other("the first line has no heading %q", heading)
		}
	}
	return nil
}

// Rows counts records, those broken over lines by quotes once, and reports whether a quote is open at the end.
func Rows(whole io.ReaderAt, size int64) (rows int64, open bool, err error) {
	from := bufio.NewReaderSize(io.NewSectionReader(whole, 0, size), 64<<10)
	last := byte('\n')
	for {
		c, err := from.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, false, err
		}
		switch {
		case c == 0:
			return 0, false, other("a NUL byte in text")
		case c == '"':
			open = !open
		case c == '\n' && !open:
			rows++
		}
		last = c
	}
	if last != '\n' {
		rows++
	}
	return rows, open, nil
}

func endsInNewline(whole io.ReaderAt, size int64) error {
	var last [1]byte
	if size > 0 {
		if _, err := whole.ReadAt(last[:], size-1); err != nil && err != io.EOF {
			return err
		}
	}
	if last[0] != '\n' {
		return cut("the last line has no line feed")
	}
	return nil
}
