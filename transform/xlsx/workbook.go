package xlsx

import (
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
)

// SheetInfo is one worksheet of a workbook. Chart sheets have no rows and are not listed.
type SheetInfo struct {
	Name   string
	Hidden bool // hidden or very hidden
}

// Workbook is an opened .xlsx: its archive was checked, its list of sheets, cell
// styles and shared strings were read. It may be used by several goroutines.
type Workbook struct {
	zip      *archive
	lim      Limits
	sheets   []SheetInfo
	parts    []string // of the sheets
	date1904 bool
	looks    []look // by cell style
	shared   *sharedStrings

	mu     sync.Mutex
	closed bool
	open   map[*Sheet]struct{}
}

// Open checks the archive in the first size bytes of ra and reads everything but
// the cells. ra is used until Close. Errors are of type *Error, or what ra returned.
func Open(ra io.ReaderAt, size int64, lim Limits) (*Workbook, error) {
	lim = lim.filled()
	zip, err := openArchive(ra, size, lim)
	if err != nil {
		return nil, err
	}
	w := &Workbook{zip: zip, lim: lim, open: map[*Sheet]struct{}{}}
	main, err := w.findMain()
	if err != nil {
		return nil, err
	}
	rels, err := zip.readRels(main, lim)
	if err != nil {
		return nil, err
	}
	if err := w.readWorkbook(main, rels); err != nil {
		return nil, err
	}
	styles, err := one(rels, main, relStyles)
	if err != nil {
		return nil, err
	}
	if w.looks, err = readStyles(zip, styles, lim); err != nil {
		return nil, err
	}
	shared, err := one(rels, main, relShared)
	if err != nil {
		return nil, err
	}
	if w.shared, err = readShared(zip, shared, lim); err != nil {
		return nil, err
	}
	return w, nil
}

// findMain follows the package's relation to the workbook part.
func (w *Workbook) findMain() (string, error) {
	types, err := w.zip.part(contentTypes, w.lim)
	if err != nil {
		return "", err
	}
	if err := types.drain(); err != nil {
		return "", err
	}
	rels, err := w.zip.readRels("", w.lim)
	if err != nil {
		return "", err
	}
	main, err := one(rels, "", relWorkbook)
	switch {
	case err != nil:
		return "", err
	case main == "":
		return "", damaged(packageRels, "", "no relationship leads to a workbook")
	case strings.HasSuffix(strings.ToLower(main), ".bin"):
		return "", unsupported(main, "this is a binary workbook (.xlsb)", "save it as .xlsx")
	}
	return main, nil
}

// drain reads a part of which only the soundness matters.
func (x *lexer) drain() error {
	for {
		tok, err := x.next()
		if err != nil || tok.kind == tokEOF {
			return err
		}
	}
}

func (w *Workbook) readWorkbook(main string, rels map[string]relation) error {
	x, err := w.zip.part(main, w.lim)
	if err != nil {
		return err
	}
	for {
		tok, err := x.next()
		switch {
		case err != nil:
			return err
		case tok.kind == tokEOF:
			return w.checkSheets(main)
		case tok.kind != tokStart:
			continue
		}
		if err := w.workbookTag(x, tok, rels); err != nil {
			return err
		}
	}
}

func (w *Workbook) workbookTag(x *lexer, tok token, rels map[string]relation) error {
	local := string(tok.local)
	switch depth := len(x.open); {
	case depth == 1 && (tok.ns != nsMain || local != "workbook"):
		return x.fail(tok.at, "the root element is %q, not a workbook of SpreadsheetML", clip(tok.local))
	case tok.ns != nsMain:
		return nil
	case depth == 2 && local == "workbookPr":
		var err error
		w.date1904, err = x.flag("date1904", tok.at)
		return err
	case depth == 3 && local == "sheet":
		return w.addSheet(x, tok, rels)
	}
	return nil
}

func (w *Workbook) addSheet(x *lexer, tok token, rels map[string]relation) error {
	name, id := x.text("name"), x.attrIn(nsDocRels, "id")
	if name == "" {
		return x.fail(tok.at, "a sheet without a name")
	}
	r, ok := rels[id]
	switch {
	case !ok:
		return x.fail(tok.at, "sheet %q has the relationship Id %q, which does not exist", name, id)
	case r.kind != relSheet:
		return nil // a chart, dialog or macro sheet
	case r.external:
		return x.fail(tok.at, "sheet %q lies outside the file", name)
	case w.zip.byName[partKey(r.target)] == nil:
		return x.fail(tok.at, "sheet %q: the part %s is missing", name, r.target)
	}
	state := x.text("state")
	w.sheets = append(w.sheets, SheetInfo{Name: name, Hidden: state == "hidden" || state == "veryHidden"})
	w.parts = append(w.parts, r.target)
	return nil
}

// checkSheets refuses lists in which a sheet could stand for another.
func (w *Workbook) checkSheets(main string) error {
	if len(w.sheets) == 0 {
		return damaged(main, "", "the workbook lists no worksheet")
	}
	names, parts := map[string]bool{}, map[string]bool{}
	for i, s := range w.sheets {
		name, part := strings.ToLower(s.Name), partKey(w.parts[i])
		if names[name] {
			return damaged(main, "", "two sheets are named %q", s.Name)
		}
		if parts[part] {
			return damaged(main, "", "sheet %q is the same part as another: %s", s.Name, w.parts[i])
		}
		names[name], parts[part] = true, true
	}
	return nil
}

// Sheets lists the worksheets in the order of the workbook.
func (w *Workbook) Sheets() []SheetInfo { return append([]SheetInfo(nil), w.sheets...) }

// Date1904 says that date serials count from 1904-01-01 (serial 0) and not from
// the end of 1899.
func (w *Workbook) Date1904() bool { return w.date1904 }

// Rows starts to read a sheet by its exact name. Inflating and parsing run ahead
// in two goroutines until the sheet ends, Close is called or ctx is done.
func (w *Workbook) Rows(ctx context.Context, sheet string) (*Sheet, error) {
	for i, s := range w.sheets {
		if s.Name != sheet {
			continue
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.closed {
			return nil, io.ErrClosedPipe
		}
		r := startSheet(ctx, w, sheet, w.zip.byName[partKey(w.parts[i])])
		w.open[r] = struct{}{}
		return r, nil
	}
	return nil, &Error{Part: "workbook", What: "there is no worksheet " + strconv.Quote(sheet), Kind: ErrNoSheet,
		Remedy: "the worksheets are " + w.sheetNames()}
}

func (w *Workbook) sheetNames() string {
	names := make([]string, len(w.sheets))
	for i, s := range w.sheets {
		names[i] = strconv.Quote(s.Name)
	}
	return strings.Join(names, ", ")
}

func (w *Workbook) forget(s *Sheet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, s)
}

// Close ends the sheets that are being read. It is safe to call twice.
func (w *Workbook) Close() error {
	w.mu.Lock()
	w.closed = true
	open := make([]*Sheet, 0, len(w.open))
	for s := range w.open {
		open = append(open, s)
	}
	w.mu.Unlock()
	for _, s := range open {
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}
