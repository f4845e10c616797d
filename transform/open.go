package transform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"lumbung/transform/container"
	"lumbung/transform/contract"
	"lumbung/transform/csv"
	"lumbung/transform/json"
	"lumbung/transform/row"
	"lumbung/transform/value"
	"lumbung/transform/xlsx"
)

// opened is a part of which the reader stands behind the heading row.
type opened struct {
	row.Reader
	bind     *binding
	header   int // heading row, 0 for formats without
	detected string
	skipped  func() (string, bool) // a part that is no data, see contract.SkipPart
	unended  func() bool           // the record at hand ends with the file and not with a line break
	number   func([]byte) ([]byte, error)
	date1904 bool
	closers  []io.Closer
}

func (o *opened) close() {
	if o.Reader != nil {
		_ = o.Reader.Close()
	}
	for _, c := range o.closers {
		_ = c.Close()
	}
}

// open opens a part by the contract's format and binds its columns.
func open(ctx context.Context, c *contract.Contract, p *Part) (*opened, error) {
	body, err := p.Open()
	if err != nil {
		return nil, err
	}
	o := &opened{closers: []io.Closer{body}}
	switch c.Format.Type {
	case "xlsx":
		err = o.xlsx(ctx, c, p, body)
	case "csv":
		err = o.csv(c, p, body)
	default:
		err = o.json(c, p, body)
	}
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// refuse wraps a reader's error. What the reader advises goes before the remedy here, which knows less.
func refuse(p *Part, sheet, rule, remedy string, err error) error {
	reason := err.Error()
	if own := remedyOf(err); own != "" {
		reason, remedy = strings.TrimSuffix(reason, "; "+own), own
	}
	return &RefusedError{Part: p.Name, Sheet: sheet, Rule: rule, Reason: reason, Remedy: remedy, Err: err}
}

// remedyOf is what a reader's error advises, "" for other errors.
func remedyOf(err error) string {
	var book *xlsx.Error
	var table *csv.Error
	var document *json.Error
	switch {
	case errors.As(err, &book):
		return book.Remedy
	case errors.As(err, &table):
		return table.Remedy
	case errors.As(err, &document):
		return document.Remedy
	}
	return ""
}

func (o *opened) xlsx(ctx context.Context, c *contract.Contract, p *Part, body Body) error {
	if err := sniff(p, body, "xlsx"); err != nil {
		return err
	}
	wb, err := xlsx.Open(body, p.Size, xlsx.DefaultLimits())
	if err != nil {
		return refuse(p, "", "container", "fetch the file again", err)
	}
	o.closers = append(o.closers, wb)
	o.date1904 = wb.Date1904()
	o.number = value.Double
	names, byContent, err := sheetCandidates(wb.Sheets(), c)
	if err != nil {
		return refuse(p, "", "sheet", "name the sheet in the contract's format.sheet", err)
	}
	var misfit error
	for _, name := range names {
		r, err := wb.Rows(ctx, name)
		if err != nil {
			return refuse(p, name, "container", "fetch the file again", err)
		}
		bind, at, err := findHeader(r, c, p)
		if err != nil {
			_ = r.Close()
			if !byContent {
				return err
			}
			misfit = err
			continue
		}
		if o.Reader != nil {
			_ = r.Close()
			return refuse(p, "", "sheet", "name one of them in the contract's format.sheet",
				fmt.Errorf("sheets %q and %q both fit the contract", o.Sheet(), name))
		}
		o.Reader, o.bind, o.header = r, bind, at
	}
	if o.Reader == nil {
		return misfit
	}
	return nil
}

// sheetCandidates picks the sheets by the contract's names; byContent says
// that none was named and the heading row has to decide.
func sheetCandidates(sheets []xlsx.SheetInfo, c *contract.Contract) (names []string, byContent bool, err error) {
	var all []string
	for _, want := range c.Format.Sheet {
		for _, s := range sheets {
			if want != "*" && value.Heading(s.Name) == value.Heading(want) {
				names = append(names, s.Name)
			}
		}
	}
	switch {
	case len(names) == 1:
		return names, false, nil
	case len(names) > 1:
		return nil, false, fmt.Errorf("the contract's names fit %d sheets: %s", len(names), strings.Join(names, ", "))
	}
	for _, want := range c.Format.Sheet {
		byContent = byContent || want == "*"
	}
	for _, s := range sheets {
		all = append(all, fmt.Sprintf("%q", s.Name))
		if byContent && (!s.Hidden || c.Format.Hidden) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return nil, false, fmt.Errorf("no sheet %s; the workbook has %s", strings.Join(c.Format.Sheet, " or "), strings.Join(all, ", "))
	}
	return names, true, nil
}

func (o *opened) csv(c *contract.Contract, p *Part, body Body) error {
	if err := sniff(p, body, "csv"); err != nil {
		return err
	}
	cfg := csv.Config{Encoding: c.Format.Encoding, Limits: csv.DefaultLimits()}
	if cfg.Encoding == "" {
		cfg.Encoding = "utf-8"
	}
	if c.Format.Delimiter != "" {
		cfg.Delimiter = delimiter(c.Format.Delimiter)
	}
	src, err := container.Unwrap(body, p.Size, p.Name, container.DefaultLimits())
	if err != nil {
		return refuse(p, "", "container", "fetch the file again", err)
	}
	o.closers = append(o.closers, src)
	r, err := csv.Open(src, cfg)
	if err != nil {
		return refuse(p, "", "container", "check delimiter and encoding in the contract", err)
	}
	o.Reader, o.unended = r, r.Unended
	if c.Format.Header.None {
		o.bind, err = bindPositions(c)
	} else {
		o.bind, o.header, err = findHeader(r, c, p)
		r.Expect()
	}
	delim, enc := r.Detected()
	o.detected = fmt.Sprintf("delimiter %q, encoding %s", string(delim), enc)
	return err
}

func (o *opened) json(c *contract.Contract, p *Part, body Body) error {
	if err := sniff(p, body, c.Format.Type); err != nil {
		return err
	}
	bind, paths, err := bindPaths(c)
	if err != nil {
		return err
	}
	cfg := json.Config{Rows: c.Format.Rows, Columns: paths, Lines: c.Format.Lines, Limits: json.DefaultLimits()}
	if s := c.SkipPart; s != nil {
		cfg.SkipPart = []json.Skip{{Name: s.Name, Path: s.Path, Equals: s.Equals}}
	}
	src, err := container.Unwrap(body, p.Size, p.Name, container.DefaultLimits())
	if err != nil {
		return refuse(p, "", "container", "fetch the file again", err)
	}
	o.closers = append(o.closers, src)
	openJSON := json.Open
	if c.Format.Type == "yaml" {
		openJSON = json.OpenYAML
	}
	r, err := openJSON(src, cfg)
	if err != nil {
		return refuse(p, "", "container", "check rows and paths in the contract", err)
	}
	o.Reader, o.bind, o.skipped = r, bind, r.Skipped
	return nil
}

// sniff refuses what is plainly another kind of document: an HTML error page is not a workbook.
func sniff(p *Part, body io.ReaderAt, want string) error {
	head := make([]byte, 512)
	n, _ := body.ReadAt(head, 0)
	kind := container.Sniff(head[:n])
	bad := kind == "html" || kind == "empty" || kind == "pdf"
	if want == "xlsx" {
		bad = bad || kind != "xlsx" && kind != "zip"
	} else {
		bad = bad || kind == "xlsx"
	}
	if !bad {
		return nil
	}
	return refuse(p, "", "kind", "look at what the source answered; it may be an error page",
		fmt.Errorf("the contract wants %s and the file is %s", want, kind))
}
