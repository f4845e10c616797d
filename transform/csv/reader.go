// Package csv reads delimited text strictly, one record at a time, in the encodings that spreadsheets write.
//
// Quoting is that of RFC 4180; a quote inside a field that does not begin with
// one is text. Line breaks are CRLF, LF or CR, also mixed. A blank line is a row
// without cells. Nothing is repaired: a quote that is never
// closed, text after a quoted field, NUL and bytes that the encoding does not
// have are errors.
package csv

import (
	"errors"
	"io"
	"strconv"

	"lumbung/transform/row"
)

// Config says how a file is written.
type Config struct {
	// Delimiter separates fields; 0 finds it among comma, semicolon, tab and bar.
	Delimiter byte
	// Encoding is utf-8 (also ""), utf-16, windows-1252 or detect. A byte order
	// mark at the start must agree with it. detect takes what the mark says, else
	// UTF-8 when the whole file is valid UTF-8, else Windows-1252; for that it
	// reads the input twice, or holds it in memory when it is no io.Seeker.
	Encoding string
	// Fields is how many fields a record has; 0 takes it from the first one.
	Fields int
	Limits Limits
}

// Limits bound what a hostile file can cost; zero values stand for the defaults.
type Limits struct {
	// Field is the longest field in bytes; 1 MiB.
	Field int
	// Record is the longest record in bytes; 4 MiB.
	Record int
	// Fields is the most fields of a record; 16,384, as many as XLSX has columns.
	Fields int
	// Held is the largest input in bytes that detect holds in memory; 256 MiB.
	Held int
}

// DefaultLimits gives the limits that zero values stand for.
func DefaultLimits() Limits { return Limits{}.orDefaults() }

func (l Limits) orDefaults() Limits {
	set := func(value *int, standard int) {
		if *value <= 0 {
			*value = standard
		}
	}
	set(&l.Field, 1<<20)
	set(&l.Record, 4<<20)
	set(&l.Fields, 16384)
	set(&l.Held, 256<<20)
	return l
}

// Reader hands out the records of one file.
type Reader struct {
	source    source
	scanner   scanner
	encoding  string
	fields    int
	row       row.Row
	cells     []row.Cell
	unended   bool
	failure   error // what every further Read returns
	lineAhead int   // on which the next record begins
}

var _ row.Reader = (*Reader)(nil)

// Open prepares to read r and finds what the Config leaves open. Errors about
// the content are of type *Error.
func Open(r io.Reader, cfg Config) (*Reader, error) {
	limits := cfg.Limits.orDefaults()
	decoded, encoding, err := decode(r, cfg.Encoding, limits.Held)
	if err != nil {
		return nil, err
	}
	reader := &Reader{encoding: encoding, fields: cfg.Fields, lineAhead: 1}
	reader.source = source{in: decoded, most: limits.Record}
	delimiter := cfg.Delimiter
	if delimiter == 0 {
		head, whole := reader.source.head()
		if delimiter, err = findDelimiter(head, whole); err != nil {
			return nil, err
		}
	}
	if delimiter == '"' || delimiter == '\n' || delimiter == '\r' || delimiter >= 0x80 {
		return nil, errors.New("delimiter " + strconv.QuoteRune(rune(delimiter)) + " cannot separate fields; use a comma, semicolon, tab or bar")
	}
	reader.scanner = newScanner(delimiter, limits)
	return reader, nil
}

// Detected tells the delimiter and the encoding (utf-8, utf-16le, utf-16be or
// windows-1252) in which the file is read, declared or found.
func (r *Reader) Detected() (delimiter byte, encoding string) {
	return r.scanner.delimiter, r.encoding
}

// Expect makes the number of fields of the record last read the expected one:
// titles may stand above the headings.
func (r *Reader) Expect() { r.fields = len(r.cells) }

// Unended tells that the record last read is the last and has no line break. Such a file
// is sound, but so looks one that was cut short.
func (r *Reader) Unended() bool { return r.unended }

// Read gives the next record; Row.Number is the line on which it begins. A
// record with another number of fields than expected is Ragged, not an error. A
// blank line has no cells and is not Ragged. At io.EOF the whole input has been
// read and found sound; any other error is an *Error and condemns the rows
// handed out before, too.
func (r *Reader) Read() (*row.Row, error) {
	if r.failure != nil {
		return nil, r.failure
	}
	if err := r.record(); err != nil {
		r.failure = err
		return nil, err
	}
	return &r.row, nil
}

func (r *Reader) record() error {
	for {
		b, final := r.source.ahead()
		if final && len(b) == 0 {
			if r.source.cause != nil {
				return r.unreadable()
			}
			return io.EOF
		}
		s := &r.scanner
		n, err := s.scan(b, final && r.source.cause == nil, r.lineAhead)
		switch {
		case err != nil:
			return err
		case n > s.limits.Record:
			return s.tooLong(r.lineAhead)
		case n > 0:
			r.deliver(b)
			r.source.take(n)
			r.lineAhead += s.breaks
			r.unended = !s.ended
			return nil
		case final:
			return r.unreadable()
		case !r.source.more():
			return s.tooLong(r.lineAhead)
		}
	}
}

func (r *Reader) unreadable() error {
	var positioned *Error
	if errors.As(r.source.cause, &positioned) {
		return positioned
	}
	return &Error{Line: r.lineAhead, Reason: "reading on", Err: r.source.cause}
}

// deliver makes the row of what the scanner found in b.
func (r *Reader) deliver(b []byte) {
	r.cells = r.cells[:0]
	for _, f := range r.scanner.fields {
		text := b
		if f.unquoted {
			text = r.scanner.scratch
		}
		cell := row.Cell{}
		if f.end > f.start {
			cell = row.Cell{Kind: row.Text, Text: text[f.start:f.end:f.end]}
		}
		r.cells = append(r.cells, cell)
	}
	r.row = row.Row{Number: r.lineAhead, Cells: r.cells}
	if r.scanner.blank {
		r.row.Cells = r.cells[:0]
		return
	}
	if r.fields == 0 {
		r.fields = len(r.cells)
	}
	r.row.Ragged = len(r.cells) != r.fields
}

// Ref names a cell like a spreadsheet would: column letters and the line on
// which the record begins, "H1204". Any number will do.
func (r *Reader) Ref(number, col int) string { return letters(col) + strconv.Itoa(number) }

func letters(col int) string {
	var out [8]byte
	i := len(out)
	for col++; col > 0 && i > 0; col = (col - 1) / 26 {
		i--
		out[i] = byte('A' + (col-1)%26)
	}
	return string(out[i:])
}

// Sheet is always "": a text file has no worksheets.
func (r *Reader) Sheet() string { return "" }

// Close makes further Reads fail. The input stays open: it belongs to the caller.
func (r *Reader) Close() error {
	if r.failure == nil {
		r.failure = io.ErrClosedPipe
	}
	return nil
}
