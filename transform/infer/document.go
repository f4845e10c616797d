package infer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lumbung/transform"
	"lumbung/transform/contract"
	"lumbung/transform/json"
)

// lookAtDocument tries everything that repeats in a JSON document as the
// records; if it is not one document, every line as one.
func lookAtDocument(_ context.Context, format contract.Format, p transform.Part, try attempt) error {
	places, err := transform.Survey(format, p)
	records := []string{}
	if err != nil {
		format.Lines = true
		lines, noLines := transform.Survey(format, p)
		if noLines != nil {
			return err
		}
		places, records = lines, append(records, "")
	}
	for _, at := range places {
		if at.Rows != "" && !slices.Contains(records, at.Rows) {
			records = append(records, at.Rows)
		}
	}
	slices.SortStableFunc(records, func(a, b string) int { return strings.Count(a, "*") - strings.Count(b, "*") }) // of two that fit alike the outer one
	for _, rows := range records {
		table, paths := asTable(places, rows)
		try(table, 0, nil, func(f *fit) {
			f.head.Cells, f.years = paths, false
			for column, i := range f.columns {
				f.froms[column] = []string{paths[i]}
			}
			f.format = fmt.Sprintf("{type: json, rows: %q}", rows)
			if format.Lines {
				f.format = fmt.Sprintf("{type: json, lines: true, rows: %q}", rows)
			}
		})
	}
	return nil
}

// asTable lays the places that may be cells of the records out as headings and
// rows: a member's name, below it the values that stand there.
func asTable(places []json.Place, rows string) (table []transform.PeekedRow, paths []string) {
	var cells []json.Place
	deepest := 0
	for _, at := range places {
		if strings.HasPrefix(rows, at.Rows) {
			cells = append(cells, at)
			deepest = max(deepest, len(at.Samples))
		}
	}
	// Of two of a name the record's own comes first, then what lies deeper: a
	// member at the root is often about the answer itself.
	rank := func(at json.Place) int {
		depth := strings.Count(at.Path, ".")
		if strings.HasPrefix(json.Column(at.Path, rows), "@") {
			return depth - 1000
		}
		return -depth
	}
	slices.SortStableFunc(cells, func(a, b json.Place) int { return rank(a) - rank(b) })
	for _, at := range cells {
		paths = append(paths, json.Column(at.Path, rows))
	}
	table = make([]transform.PeekedRow, 1+deepest)
	for _, at := range cells {
		table[0].Cells = append(table[0].Cells, at.Name)
	}
	for k := range deepest {
		for _, at := range cells {
			value := json.Sample{}
			if k < len(at.Samples) {
				value = at.Samples[k]
			}
			table[1+k].Cells = append(table[1+k].Cells, value.Text)
			table[1+k].Numbers = append(table[1+k].Numbers, value.Number)
		}
	}
	return table, paths
}
