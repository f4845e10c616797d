package csv

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// all reads a file to its end. Each row is "line: cell|cell", with ! when ragged.
func all(in io.Reader, cfg Config) (rows []string, r *Reader, err error) {
	r, err = Open(in, cfg)
	if err != nil {
		return nil, nil, err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, r, nil
		}
		if err != nil {
			return rows, r, err
		}
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, string(c.Text))
		}
		mark := ""
		if row.Ragged {
			mark = "!"
		}
		rows = append(rows, fmt.Sprintf("%d%s: %s", row.Number, mark, strings.Join(cells, "|")))
	}
}

func sameRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows:\n%q\nwant:\n%q", got, want)
	}
}

// wantRefused checks that an error is typed and says the words.
func wantRefused(t *testing.T, err error, words string) {
	t.Helper()
	var typed *Error
	if !errors.As(err, &typed) || typed.Line < 1 || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v; want an *Error with %q", err, words)
	}
}
