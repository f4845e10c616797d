package transform

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/value"
)

// Layout differences between a release and its contract.
const (
	DriftAdded   = "added"   // a heading that no column asks for
	DriftMissing = "missing" // a column whose headings are not there
	DriftRenamed = "renamed" // a missing one with a likely new name
)

// surface is what a file offers to a contract: headings, or the places of a document.
type surface struct {
	names  []string
	name   func(from string) string                  // how the contract's word for a source stands among the names, "" for none
	find   func(want string, in []string) []string   // those of the names that a wanted one stands for
	near   func(want string, free []string) []string // free names that may be meant
	isNews func(name string) bool                    // whether a name that nothing asks for is worth a word
}

// LayoutDiff compares one file's layout with a contract, without judging rows.
func LayoutDiff(ctx context.Context, c *contract.Contract, p Part) ([]Drift, error) {
	look := headingSurface
	if c.Format.Type == "json" || c.Format.Type == "yaml" {
		look = documentSurface
	}
	s, err := look(ctx, c, p)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, from := range slices.Concat(sources(c)...) {
		for _, hit := range s.find(s.name(from), s.names) {
			used[hit] = true
		}
	}
	free := slices.DeleteFunc(slices.Clone(s.names), func(n string) bool { return n == "" || used[n] })
	var drift []Drift
	for _, either := range sources(c) {
		d, missing := s.missing(either, free)
		if missing {
			d.Part = p.Name
			drift = append(drift, d)
			for _, near := range d.Near[:min(1, len(d.Near))] {
				free = slices.DeleteFunc(free, func(h string) bool { return h == near })
			}
		}
	}
	for _, h := range missingYears(c, s.names) {
		drift = append(drift, Drift{Part: p.Name, Heading: h, Kind: DriftMissing})
	}
	for _, n := range free {
		if s.isNews(n) {
			drift = append(drift, Drift{Part: p.Name, Heading: n, Kind: DriftAdded})
		}
	}
	return drift, nil
}

// missing says that none of a source's names is there, with the nearest that are free.
func (s *surface) missing(either []string, free []string) (Drift, bool) {
	for _, from := range either {
		if want := s.name(from); want == "" || len(s.find(want, s.names)) > 0 {
			return Drift{}, false
		}
	}
	d := Drift{Heading: s.name(either[0]), Kind: DriftMissing, Near: s.near(s.name(either[0]), free)}
	if len(d.Near) > 0 {
		d.Kind = DriftRenamed
	}
	return d, true
}

func headingSurface(ctx context.Context, c *contract.Contract, p Part) (*surface, error) {
	if c.Format.Header.None {
		return nil, errors.New("the contract has header: none, so there are no headings to compare")
	}
	headings, err := probeHeadings(ctx, c, p)
	return &surface{
		names:  headings,
		name:   func(from string) string { return from },
		find:   matchHeadings,
		near:   func(want string, free []string) []string { return contract.Nearest(want, free, 2) },
		isNews: func(string) bool { return true },
	}, err
}

// sources are the headings or paths that a contract looks at, of each list any will do.
func sources(c *contract.Contract) [][]string {
	var out [][]string
	for i := range c.Columns {
		col := &c.Columns[i]
		if len(col.From) > 0 {
			out = append(out, col.From)
		}
		for _, from := range col.Join {
			out = append(out, []string{from})
		}
		if col.Digits != "" {
			out = append(out, []string{col.Digits})
		}
	}
	for _, skip := range c.Skip {
		if skip.From != "" {
			out = append(out, []string{skip.From})
		}
	}
	return out
}

// missingYears names the headings that columns lack for a year that others have.
func missingYears(c *contract.Contract, headings []string) []string {
	byName := headingIndex(headings)
	years := make([]map[int]bool, len(c.Columns))
	all := map[int]bool{}
	for i := range c.Columns {
		years[i] = map[int]bool{}
		for _, from := range c.Columns[i].From {
			for y := range yearColumns(from, byName) {
				years[i][y], all[y] = true, true
			}
		}
	}
	var out []string
	for i := range c.Columns {
		for _, y := range slices.Sorted(maps.Keys(all)) {
			if len(years[i]) > 0 && !years[i][y] {
				from := c.Columns[i].From
				usual := from[slices.IndexFunc(from, func(f string) bool { return strings.Contains(f, "{tahun}") })]
				out = append(out, strings.ReplaceAll(usual, "{tahun}", strconv.Itoa(y)))
			}
		}
	}
	return out
}

// matchHeadings finds the headings that a name stands for; with {tahun} they may be several.
func matchHeadings(want string, headings []string) []string {
	byName := headingIndex(headings)
	hits := byName[value.Heading(want)]
	for _, of := range yearColumns(want, byName) {
		hits = append(hits, of...)
	}
	out := make([]string, len(hits))
	for k, i := range hits {
		out[k] = headings[i]
	}
	return out
}

// probeHeadings reads the heading row that fits the contract best: the one
// with most of its headings among the rows where it may stand.
func probeHeadings(ctx context.Context, c *contract.Contract, p Part) ([]string, error) {
	rows, err := Peek(ctx, c.Format, p, c.Format.Header.Search+c.Format.Header.Rows)
	if err == nil && len(rows) == 0 { // no sheet of that name: compare with what there is
		f := c.Format
		f.Sheet = nil
		rows, err = Peek(ctx, f, p, f.Header.Search+f.Header.Rows)
	}
	if err != nil {
		return nil, err
	}
	var best []string
	most := -1
	var window [][]string
	sheet := ""
	for _, r := range rows {
		if r.Sheet != sheet {
			window, sheet = nil, r.Sheet
		}
		if r.Number < c.Format.Header.Row {
			continue
		}
		if window = append(window, r.Cells); len(window) < c.Format.Header.Rows {
			continue
		}
		joined := JoinHeadings(window[len(window)-c.Format.Header.Rows:])
		n := 0
		for _, from := range slices.Concat(sources(c)...) {
			if len(matchHeadings(from, joined)) > 0 {
				n++
			}
		}
		if n > most {
			best, most = joined, n
		}
	}
	if best == nil {
		return nil, &RefusedError{Part: p.Name, Rule: "header", Reason: "the file has no rows where the heading row should be"}
	}
	return best, nil
}

// PeekedRow is a row as texts.
type PeekedRow struct {
	Sheet   string
	Number  int
	Cells   []string
	Numbers []bool // cells that the source itself calls numbers
	Percent []bool // numbers that the source shows as per cent; nil where it shows nothing
}

// Peek reads the first rows of a file as texts: of a workbook's named sheets,
// or of all visible ones where the format names none.
func Peek(ctx context.Context, f contract.Format, p Part, n int) ([]PeekedRow, error) {
	readers, done, err := peekReaders(ctx, f, p)
	defer done()
	if err != nil {
		return nil, err
	}
	var out []PeekedRow
	for _, r := range readers {
		for range n {
			rw, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, refuse(&p, r.Sheet(), "container", "fetch the file again", err)
			}
			pr := PeekedRow{Sheet: r.Sheet(), Number: rw.Number}
			for _, cell := range rw.Cells {
				pr.Cells = append(pr.Cells, value.Name(string(cell.Text)))
				pr.Numbers = append(pr.Numbers, cell.Kind.String() == "number")
				pr.Percent = append(pr.Percent, cell.Percent)
			}
			out = append(out, pr)
		}
	}
	return out, nil
}
