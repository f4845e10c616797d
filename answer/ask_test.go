package answer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"lumbung/answer"
	"lumbung/answer/ask"
	"lumbung/answer/ask/asktest"
	"lumbung/load/duck"
)

func asker(t *testing.T) (*ask.Asker, *answer.Reader) {
	t.Helper()
	r, src := open(t)
	a, err := ask.New(t.Context(), r, src, "64.02")
	if err != nil {
		t.Fatal(err)
	}
	return a, r
}

// causal are words that claim a cause.
var causal = []string{"karena", "berkat", "akibat", "sehingga", "because", "thanks to", "due to"}

func TestEveryQuestionHasItsAnswer(t *testing.T) {
	a, r := asker(t)
	rows := asktest.Corpus(t)
	for _, row := range rows {
		got, err := a.Ask(t.Context(), row[1])
		if err != nil {
			t.Errorf("%q: %v", row[1], err)
			continue
		}
		if got.Form != row[0] || got.Text != row[2] {
			t.Errorf("%q\n got  %s: %s\n want %s: %s", row[1], got.Form, got.Text, row[0], row[2])
		}
		for _, w := range causal {
			if strings.Contains(strings.ToLower(got.Text), w) {
				t.Errorf("%q: the answer claims a cause: %s", row[1], got.Text)
			}
		}
		sameTable(t, r, got)
		cited(t, got)
	}
}

// sameTable runs the answer's SQL again, as a reader would.
func sameTable(t *testing.T, r *answer.Reader, a *ask.Answer) {
	t.Helper()
	if a.SQL == "" {
		return
	}
	res, _, err := r.DB.Query(t.Context(), 0, a.SQL)
	if err != nil {
		t.Errorf("%q: its SQL: %v", a.Question, err)
		return
	}
	if len(res.Rows) != len(a.Table.Rows) {
		t.Errorf("%q: its SQL gives %d rows, the table has %d", a.Question, len(res.Rows), len(a.Table.Rows))
		return
	}
	for i, row := range res.Rows {
		for j, v := range row {
			if d, ok := v.(duck.Decimal); ok {
				v = json.Number(d)
			}
			if fmt.Sprint(v) != fmt.Sprint(a.Table.Rows[i][j]) {
				t.Errorf("%q: row %d, %s: SQL gives %v, the table has %v", a.Question, i, a.Table.Columns[j], v, a.Table.Rows[i][j])
			}
		}
	}
}

// cited checks that an answer with figures of the sample names releases with their hash.
func cited(t *testing.T, a *ask.Answer) {
	t.Helper()
	if a.SQL != "" && len(a.Table.Rows) > 0 && a.Form != "batas" && len(a.Sources) == 0 {
		t.Errorf("%q: no source", a.Question)
	}
	for _, s := range a.Sources {
		if s.Release == "" || len(s.SHA256) != 64 {
			t.Errorf("%q: source %q with hash %q", a.Question, s.Release, s.SHA256)
		}
	}
}

func TestExampleCellsStandInTheSource(t *testing.T) {
	a, _ := asker(t)
	got, err := a.Ask(t.Context(), "Apa status Desa Pela pada 2020?")
	if err != nil {
		t.Fatal(err)
	}
	want := ask.Cell{Village: "64.02.08.2009", Part: "rilis/idm-2020.xlsx", Sheet: "IDM 2020", Cell: "L83", Column: "skor", Text: "0.5406"}
	if len(got.Sources) != 1 || len(got.Sources[0].Cells) != 2 || got.Sources[0].Cells[0] != want {
		t.Errorf("sources are %+v, want %+v first", got.Sources, want)
	}
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "rekonstruksi") {
		t.Errorf("notes are %q", got.Notes)
	}
}

func TestWhatIsNotAnswered(t *testing.T) {
	a, _ := asker(t)
	var unknown *ask.UnknownQuestionError
	if _, err := a.Ask(t.Context(), "Siapa bupati Kutai Kartanegara?"); !errors.As(err, &unknown) || len(unknown.Near) != 3 {
		t.Errorf("a question without a form: %v", err)
	}
	var ambiguous *answer.AmbiguousError
	if _, err := a.Ask(t.Context(), "Riwayat desa Sumber Sari"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 3 {
		t.Errorf("a name of three villages: %v", err)
	}
	var area *answer.UnknownAreaError
	if _, err := a.Ask(t.Context(), "Berapa desa maju di Kutai Kartanegera?"); !errors.As(err, &area) || !strings.Contains(area.Hint, "64.02") {
		t.Errorf("a misspelt name: %v", err)
	}
	if _, err := a.Ask(t.Context(), "Apa status Desa Pela di Tabang?"); !errors.As(err, &area) {
		t.Errorf("a village that is not in the kecamatan: %v", err)
	}
}
