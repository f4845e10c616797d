package transform

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/row"
	"lumbung/transform/value"
)

// findHeader reads rows until the declared heading row fits, or the search ends.
func findHeader(r row.Reader, c *contract.Contract, p *Part) (*binding, int, error) {
	h := c.Format.Header
	var window [][]string
	var best error // of the row that lacks least
	for {
		rw, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, refuse(p, r.Sheet(), "container", "fetch the file again", err)
		}
		if rw.Number < h.Row {
			continue
		}
		window = append(window, headings(rw))
		if len(window) > h.Rows {
			window = window[1:]
		}
		if len(window) == h.Rows {
			b, miss := bindHeadings(c, p, JoinHeadings(window))
			if miss == nil {
				return b, rw.Number, nil
			}
			if best == nil || misses(miss) < misses(best) {
				best = miss
			}
		}
		if rw.Number >= h.Search+h.Rows-1 {
			break
		}
	}
	if best == nil {
		best = errors.New("the sheet has no rows there")
	}
	return nil, 0, refuse(p, r.Sheet(), "header", "name the new heading in the contract, or correct the file",
		fmt.Errorf("no heading row fits the contract in rows %d to %d: %w", h.Row, h.Search, best))
}

// misses counts what an error of bindHeadings lists.
func misses(err error) int {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return len(list.Unwrap())
	}
	return 1
}

func headings(r *row.Row) []string {
	out := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		out[i] = value.Name(string(c.Text))
	}
	return out
}

// JoinHeadings puts several heading rows together, column by column; an empty
// upper cell takes the text left of it, as merged cells do.
func JoinHeadings(rows [][]string) []string {
	last := rows[len(rows)-1]
	if len(rows) == 1 {
		return last
	}
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	out := make([]string, width)
	for k, r := range rows {
		carried := ""
		for i := range width {
			text := ""
			if i < len(r) {
				text = r[i]
			}
			if k < len(rows)-1 {
				if text == "" {
					text = carried
				}
				carried = text
			}
			out[i] = strings.TrimSpace(out[i] + " " + text)
		}
	}
	return out
}
