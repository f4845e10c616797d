package json

import (
	"errors"
	"io"
	"strings"
	"testing"

	"lumbung/transform/row"
)

// cells writes a row the way the tables of the tests do: texts in quotes,
// numbers bare, true and false, - for empty.
func cells(r *row.Row) string {
	var out []string
	for _, c := range r.Cells {
		switch c.Kind {
		case row.Text:
			out = append(out, `"`+string(c.Text)+`"`)
		case row.Empty:
			out = append(out, "-")
		default:
			out = append(out, string(c.Text))
		}
	}
	return strings.Join(out, " ")
}

// all reads a document to its end and gives a line for each row.
func all(in io.Reader, cfg Config) ([]string, *Reader, error) {
	r, err := Open(in, cfg)
	if err != nil {
		return nil, nil, err
	}
	return drain(r)
}

func drain(r *Reader) ([]string, *Reader, error) {
	var rows []string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, r, nil
		}
		if err != nil {
			return rows, r, err
		}
		if row.Number != len(rows)+1 {
			return rows, r, errors.New("rows are not numbered one after the other")
		}
		rows = append(rows, cells(row))
	}
}

func sameRows(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// wantRefused checks that an error is typed and says the words.
func wantRefused(t *testing.T, err error, words string) {
	t.Helper()
	var typed *Error
	if !errors.As(err, &typed) {
		t.Errorf("got %v; want an *Error with %q", err, words)
		return
	}
	if !strings.Contains(err.Error(), words) || typed.Line < 1 {
		t.Errorf("got %q; want it to say %q", err, words)
	}
}
