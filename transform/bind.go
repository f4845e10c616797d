package transform

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/value"
)

// source says where the values of one contract column stand in a part.
type source struct {
	cols    []int       // reader columns; more than one: joined, or the first that is not empty
	join    bool        // cols are joined
	years   map[int]int // {tahun} headings: year -> reader column
	text    string      // constant, when cols and years are empty
	absent  bool        // an optional heading that this part does not have
	heading string
}

// binding joins a contract to the columns of one part.
type binding struct {
	sources []source       // by contract column
	skips   []int          // reader column by skip rule, -1 when it has none
	years   []int          // years found in headings; empty when the contract has no {tahun}
	names   map[int]string // heading by reader column
	drift   []Drift
}

// bindHeadings looks every column of the contract up in a heading row. The
// error lists what is missing, with the nearest headings there are.
func bindHeadings(c *contract.Contract, p *Part, names []string) (*binding, error) {
	b := &binding{sources: make([]source, len(c.Columns)), names: map[int]string{}}
	byName := headingIndex(names)
	for i, n := range names {
		if n != "" {
			b.names[i] = n
		}
	}
	used := map[int]bool{}
	var missing []error
	for i := range c.Columns {
		col := &c.Columns[i]
		src, err := bindColumn(col, byName, names)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		for _, ci := range src.cols {
			used[ci] = true
		}
		for y, ci := range src.years {
			used[ci] = true
			if !slices.Contains(b.years, y) {
				b.years = append(b.years, y)
			}
		}
		b.sources[i] = src
	}
	if len(missing) > 0 {
		return nil, errors.Join(missing...)
	}
	slices.Sort(b.years)
	if err := b.everyYear(c); err != nil {
		return nil, err
	}
	for i := range c.Skip {
		ci := -1
		if from := c.Skip[i].From; from != "" {
			hits := byName[value.Heading(from)]
			if len(hits) != 1 {
				return nil, headingError("skip rule "+c.Skip[i].Name, from, hits, names)
			}
			ci = hits[0]
			used[ci] = true
		}
		b.skips = append(b.skips, ci)
	}
	for i, n := range names {
		if n != "" && !used[i] {
			b.drift = append(b.drift, Drift{Part: p.Name, Heading: n, Kind: "added"})
		}
	}
	if c.Mode == contract.Strict && len(b.drift) > 0 {
		return nil, fmt.Errorf("heading %q is not in the contract, and its mode is strict", b.drift[0].Heading)
	}
	return b, nil
}

// headingIndex gives the reader columns of each heading, spelling differences aside.
func headingIndex(names []string) map[string][]int {
	byName := map[string][]int{}
	for i, n := range names {
		if n != "" {
			byName[value.Heading(n)] = append(byName[value.Heading(n)], i)
		}
	}
	return byName
}

func bindColumn(col *contract.Column, byName map[string][]int, names []string) (source, error) {
	switch {
	case col.Lookup != nil:
		return source{absent: true}, nil
	case col.Value != nil:
		return source{text: *col.Value}, nil
	case len(col.Join) > 0:
		src := source{join: true, heading: strings.Join(col.Join, " + ")}
		for _, from := range col.Join {
			hits := byName[value.Heading(from)]
			if len(hits) != 1 {
				return src, headingError("column "+col.Column, from, hits, names)
			}
			src.cols = append(src.cols, hits[0])
		}
		return src, nil
	case col.Digits != "":
		hits := byName[value.Heading(col.Digits)]
		if len(hits) != 1 {
			return source{}, headingError("column "+col.Column, col.Digits, hits, names)
		}
		return source{cols: hits, heading: col.Digits}, nil
	}
	if src, err := bindYears(col, byName, names); err != nil || len(src.years) > 0 {
		return src, err
	}
	var found []int
	for _, from := range col.From {
		for _, hit := range byName[value.Heading(from)] {
			if !slices.Contains(found, hit) {
				found = append(found, hit)
			}
		}
	}
	if len(found) == 1 {
		return source{cols: found, heading: names[found[0]]}, nil
	}
	if len(found) == 0 && !col.IsRequired() {
		return source{absent: true}, nil
	}
	return source{}, headingError("column "+col.Column, col.From[0], found, names)
}

// bindYears binds a column to the headings that carry a year, by all its
// patterns; a year that two headings claim is an error.
func bindYears(col *contract.Column, byName map[string][]int, names []string) (source, error) {
	src := source{years: map[int]int{}}
	for _, from := range col.From {
		found := yearColumns(from, byName)
		for _, year := range slices.Sorted(maps.Keys(found)) {
			hits := found[year]
			if other, taken := src.years[year]; taken && !slices.Contains(hits, other) {
				hits = append([]int{other}, hits...)
			}
			if len(hits) > 1 {
				return src, headingError("column "+col.Column, from, hits, names)
			}
			src.years[year], src.heading = hits[0], from
		}
	}
	if len(src.years) == 0 {
		src.years = nil
	}
	return src, nil
}

// everyYear says which required columns lack a heading for a year that others have.
func (b *binding) everyYear(c *contract.Contract) error {
	var missing []error
	for i := range c.Columns {
		for _, y := range b.years {
			if _, ok := b.sources[i].years[y]; b.sources[i].years != nil && !ok && c.Columns[i].IsRequired() {
				missing = append(missing, fmt.Errorf("column %s: no heading for %d, which other columns have", c.Columns[i].Column, y))
			}
		}
	}
	return errors.Join(missing...)
}

// yearColumns finds the headings that fit a pattern such as "IKS_{tahun}"; a
// pattern without {tahun} fits none.
func yearColumns(pattern string, byName map[string][]int) map[int][]int {
	if !strings.Contains(pattern, "{tahun}") {
		return nil
	}
	folded := regexp.QuoteMeta(value.Heading(strings.ReplaceAll(pattern, "{tahun}", "9999")))
	re := regexp.MustCompile("^" + strings.ReplaceAll(folded, "9999", `((?:19|20)\d\d)`) + "$")
	years := map[int][]int{}
	for name, hits := range byName {
		if m := re.FindStringSubmatch(name); m != nil {
			y, _ := strconv.Atoi(m[1])
			years[y] = hits
		}
	}
	return years
}

// headingError says why a heading does not lead to one column; what names who asks for it.
func headingError(what, from string, hits []int, names []string) error {
	if len(hits) > 1 {
		two := make([]string, len(hits))
		for i, h := range hits {
			two[i] = fmt.Sprintf("%q (column %s)", names[h], columnLetters(h))
		}
		return fmt.Errorf("%s: %s all answer to it", what, strings.Join(two, " and "))
	}
	text := fmt.Sprintf("%s: heading %q is missing", what, from)
	if near := contract.Nearest(from, names, 2); len(near) > 0 {
		text += fmt.Sprintf(" (nearest: %q)", near)
	}
	return errors.New(text)
}

// columnLetters spells a column index as spreadsheets do: 0 is A.
func columnLetters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// bindPositions binds a file without heading row: every source is "#N", which
// the contract's own checks have seen to.
func bindPositions(c *contract.Contract) (*binding, error) {
	position := func(from string) (int, error) {
		n, err := strconv.Atoi(strings.TrimPrefix(from, "#"))
		return n - 1, err
	}
	return bindDirect(c, position)
}

// bindPaths binds a JSON document: every source is a path, and the reader
// delivers one column for each distinct path.
func bindPaths(c *contract.Contract) (*binding, []string, error) {
	var paths []string
	path := func(from string) (int, error) {
		if i := slices.Index(paths, from); i >= 0 {
			return i, nil
		}
		paths = append(paths, from)
		return len(paths) - 1, nil
	}
	b, err := bindDirect(c, path)
	return b, paths, err
}

// bindDirect binds sources that need no heading row. Of several alternatives
// the first that is not empty counts.
func bindDirect(c *contract.Contract, index func(string) (int, error)) (*binding, error) {
	b := &binding{sources: make([]source, len(c.Columns)), names: map[int]string{}}
	for i := range c.Columns {
		col := &c.Columns[i]
		src := source{}
		froms := []string(col.From)
		switch {
		case col.Lookup != nil:
			src.absent = true
		case col.Value != nil:
			src.text = *col.Value
		case len(col.Join) > 0:
			froms, src.join = col.Join, true
		case col.Digits != "":
			froms = []string{col.Digits}
		}
		for _, from := range froms {
			ci, err := index(from)
			if err != nil {
				return nil, err
			}
			src.cols = append(src.cols, ci)
			b.names[ci] = from
		}
		src.heading = strings.Join(froms, " + ")
		b.sources[i] = src
	}
	for i := range c.Skip {
		ci := -1
		if c.Skip[i].From != "" {
			var err error
			if ci, err = index(c.Skip[i].From); err != nil {
				return nil, err
			}
			b.names[ci] = c.Skip[i].From
		}
		b.skips = append(b.skips, ci)
	}
	return b, nil
}
