// Package json reads JSON, NDJSON and YAML documents strictly, one record at a time, along the paths of a contract.
//
// Everything that a document could mean in two ways is an error: a member that
// stands twice, invalid UTF-8, half a surrogate pair, numbers that JSON does not
// have, trailing data, a second document, nesting beyond a limit. Numbers keep
// the digits of the source.
package json

import (
	"hash/maphash"
	"io"
	"strconv"

	"lumbung/transform/row"
)

// Config says which values of a document become rows.
type Config struct {
	// Rows is the path of the records, for example "kec[*].ds[*]"; "" makes one
	// record of the whole document.
	Rows string
	// Columns are the paths of the cells, in the order of row.Row.Cells.
	Columns []string
	// Lines reads one document per line (NDJSON).
	Lines bool
	// SkipPart names answers that are no data, such as error messages.
	SkipPart []Skip
	Limits   Limits
}

// Skip passes over a whole part when the single value at Path, a path from the
// document's root, has the text Equals (numbers and booleans as written).
type Skip struct {
	Name   string
	Path   string
	Equals string
}

// Limits bound what a hostile document can cost; zero values stand for the defaults.
type Limits struct {
	// Depth is the deepest nesting of arrays and objects; 64.
	Depth int
	// Token is the longest string or number in bytes; 1 MiB.
	Token int
	// Held is the most bytes of rows that wait for values behind them, and of
	// member names of one object; 64 MiB.
	Held int
	// YAML is the largest YAML document in bytes, which is read whole; 2 MiB,
	// which takes some seconds.
	YAML int
}

// DefaultLimits gives the limits that zero values stand for.
func DefaultLimits() Limits { return Limits{}.orDefaults() }

func (l Limits) orDefaults() Limits {
	set := func(value *int, standard int) {
		if *value <= 0 {
			*value = standard
		}
	}
	set(&l.Depth, 64)
	set(&l.Token, 1<<20)
	set(&l.Held, 64<<20)
	set(&l.YAML, 2<<20)
	return l
}

// Reader hands out the records of one document, or of each line of one.
type Reader struct {
	plan   *plan
	lex    *lexer
	limits Limits
	lines  bool

	frames []frame
	keys   []*keySet
	seed   maphash.Seed
	places places

	scopes []scope
	level  int // innermost open scope
	held   queue

	cells []row.Cell
	loose bool   // texts of the present record lie in the lexer's buffer
	arena []byte // those that do not
	row   row.Row
	count int  // records met
	ready bool // cells is a row to hand out

	begun    bool // within a document
	ended    bool // all documents read
	lastLine int  // on which the document before ended
	skipped  bool
	skipName string
	deferred *Error
	failure  error // what every further Read returns
}

var _ row.Reader = (*Reader)(nil)

// Open prepares to read r. The error is about the Config; damage is found by Read.
func Open(r io.Reader, cfg Config) (*Reader, error) {
	p, err := compile(cfg)
	if err != nil {
		return nil, err
	}
	limits := cfg.Limits.orDefaults()
	reader := &Reader{
		plan: p, limits: limits, lines: cfg.Lines,
		lex:    newLexer(r, limits.Token),
		seed:   maphash.MakeSeed(),
		scopes: make([]scope, len(p.shared)),
		cells:  make([]row.Cell, len(p.columns)),
	}
	reader.lex.moving = reader.pin
	reader.lex.skipMark()
	return reader, nil
}

// Read gives the next record. Row.Number counts the records from 1. At io.EOF
// the whole input has been read and found sound; any other error is an *Error
// and condemns the rows handed out before, too.
func (r *Reader) Read() (*row.Row, error) {
	if r.failure != nil {
		return nil, r.failure
	}
	for {
		if held, ok := r.release(); ok {
			r.row = row.Row{Number: held.number, Cells: held.cells}
			return &r.row, nil
		}
		if r.ended {
			r.failure = io.EOF
			return nil, io.EOF
		}
		if err := r.advance(); err != nil {
			r.failure = err
			return nil, err
		}
		if r.ready {
			r.ready = false
			r.row = row.Row{Number: r.count, Cells: r.cells}
			return &r.row, nil
		}
	}
}

// Skipped names the SkipPart that the part matched. It is known at io.EOF; such
// a part has no rows.
func (r *Reader) Skipped() (name string, ok bool) { return r.skipName, r.skipped }

// Sheet is always "": a document has no worksheets.
func (r *Reader) Sheet() string { return "" }

// Close makes further Reads fail. The input stays open: it belongs to the caller.
func (r *Reader) Close() error {
	if r.failure == nil {
		r.failure = io.ErrClosedPipe
	}
	return nil
}

// misshapen makes an error for a sound document that does not fit the paths.
// With a SkipPart it is kept until the document's end: an answer that says
// "error" mostly lacks the rest, and the word may stand behind it.
func (r *Reader) misshapen(reason string) *Error {
	err := r.lex.fail(reason, "compare the contract's paths with the document")
	if len(r.plan.skips) == 0 {
		return err
	}
	if r.deferred == nil {
		r.deferred = err
	}
	return nil
}

func (r *Reader) keysAt(depth int) *keySet {
	for len(r.keys) <= depth {
		r.keys = append(r.keys, &keySet{seed: r.seed})
	}
	k := r.keys[depth]
	k.reset()
	return k
}

func index(i int) string { return strconv.Itoa(i) }

// quote shows a name from the document, cut to a length that suits a message.
func quote(name []byte) string {
	const most = 80
	if len(name) > most {
		return strconv.Quote(string(name[:most])) + "..."
	}
	return strconv.Quote(string(name))
}
