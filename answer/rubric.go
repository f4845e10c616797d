package answer

import (
	_ "embed" // the rubric
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// rubrik.csv has the ministry's wording of every score of the 50 indicators, as 10,006 answers of its
// endpoint for 2021 to 2024 write it (GitHub andifahruddinakas/api-idm, commit 89001e3b). Not an official table.
//
//go:embed rubrik.csv
var rubricText string

// RubricStep is a score that an indicator can have, and what it takes.
type RubricStep struct {
	Score   int64
	Meaning string
}

// Rubric gives the scores of an indicator, lowest first; none for a number that there is not.
func Rubric(number int) ([]RubricStep, error) {
	all, err := rubric()
	return all[number], err
}

var rubric = sync.OnceValues(func() (map[int][]RubricStep, error) {
	rows, err := csv.NewReader(strings.NewReader(rubricText)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("rubrik.csv: %w", err)
	}
	all := map[int][]RubricStep{}
	for _, row := range rows[1:] {
		number, err := strconv.Atoi(row[0])
		if err != nil {
			return nil, fmt.Errorf("rubrik.csv: %w", err)
		}
		score, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("rubrik.csv: %w", err)
		}
		all[number] = append(all[number], RubricStep{score, row[2]})
	}
	return all, nil
})
