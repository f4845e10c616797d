// Package asktest has the questions that tests ask.
package asktest

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"testing"
)

//go:embed questions.tsv
var questions string

// Corpus gives form, question and answer about the sample of each question, at least 150.
func Corpus(t testing.TB) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(questions))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, 3
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if rows = rows[1:]; len(rows) < 150 {
		t.Fatalf("%d questions, want at least 150", len(rows))
	}
	return rows
}
