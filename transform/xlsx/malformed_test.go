package xlsx_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"lumbung/internal/campaign"
	"lumbung/transform/xlsx"
	"lumbung/transform/xlsx/xlsxtest"
)

// readList returns the rows of each sheet in the order of the workbook.
func readList(data []byte, lim xlsx.Limits) ([][]xlsxtest.Row, error) {
	book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)), lim)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	var out [][]xlsxtest.Row
	for _, s := range book.Sheets() {
		rows, err := readSheet(book, s.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, rows)
	}
	return out, nil
}

// showAll writes sheets without their dates, which the reference does not know.
func showAll(sheets [][]xlsxtest.Row) string {
	s := ""
	for _, rows := range sheets {
		for _, r := range rows {
			for i := range r.Cells {
				r.Cells[i].Date = false
			}
		}
		s += show(rows) + "\n"
	}
	return s
}

// compareReference holds what our reader accepted against the reference reader.
func compareReference(data []byte, got [][]xlsxtest.Row) error {
	want, err := referenceRead(data)
	if err != nil {
		return fmt.Errorf("accepted, but the reference reader says: %w", err)
	}
	if g, w := showAll(got), showAll(want); g != w {
		return fmt.Errorf("read as\n%sthe reference reader reads\n%s", g, w)
	}
	return nil
}

// Every way to break a workbook ends in an error or in exactly the right cells.
func TestMalformed(t *testing.T) {
	kinds := xlsxtest.Kinds()
	if len(kinds) < 40 {
		t.Fatalf("%d kinds", len(kinds))
	}
	each := max(1, campaign.Rounds(t, "LUMBUNG_MALFORMED", 2000)/len(kinds))
	refused, read := 0, 0
	for k, kind := range kinds {
		t.Run(kind.Name, func(t *testing.T) {
			for i := range each {
				err := tryKind(kind, uint64(k), uint64(i))
				var accepted *acceptedError
				switch {
				case err == nil:
					refused++
				case errors.As(err, &accepted) && accepted.wrong == nil:
					read++
				default:
					t.Fatalf("workbook %d of the kind: %v", i, err)
				}
			}
		})
	}
	t.Logf("%d kinds, %d workbooks refused, %d read rightly", len(kinds), refused, read)
}

// acceptedError says that a broken workbook was read; wrong is nil when rightly.
type acceptedError struct{ wrong error }

func (e *acceptedError) Error() string { return fmt.Sprintf("accepted: %v", e.wrong) }

// tryKind returns nil when the workbook was refused as it must be.
func tryKind(kind xlsxtest.Kind, k, i uint64) error {
	rng := rand.New(rand.NewPCG(k, i))
	sound := xlsxtest.NewSound(rng, 12)
	data := kind.Break(rng, sound)
	got, err := readList(data, xlsx.Limits{})
	var e *xlsx.Error
	switch {
	case err == nil:
	case !errors.As(err, &e):
		return fmt.Errorf("%w (%T) is no *Error", err, err)
	default:
		return nil
	}
	switch kind.Outcome {
	case xlsxtest.Same:
		if g, w := fmt.Sprint(got), fmt.Sprint([][]xlsxtest.Row{sound.Rows}); g != w {
			return &acceptedError{fmt.Errorf("read\n%s\nwant\n%s", g, w)}
		}
		return &acceptedError{}
	case xlsxtest.Reference:
		return &acceptedError{compareReference(data, got)}
	}
	return &acceptedError{fmt.Errorf("read without error: %v", got)}
}

// What the broken workbooks are made of is read without loss by our reader and by
// the reference reader.
func TestSoundWorkbooks(t *testing.T) {
	for i := range uint64(100) {
		sound := xlsxtest.NewSound(rand.New(rand.NewPCG(7, i)), 300)
		data := sound.Archive.Bytes()
		got, err := readList(data, xlsx.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if g, w := fmt.Sprint(got), fmt.Sprint([][]xlsxtest.Row{sound.Rows}); g != w {
			t.Fatalf("workbook %d read as\n%s\nwant\n%s", i, g, w)
		}
		if err := compareReference(data, got); err != nil {
			t.Fatalf("workbook %d: %v", i, err)
		}
	}
}
