package rumusan

import (
	"cmp"
	"slices"
	"time"
)

// Question is one village and year to ask for.
type Question struct {
	Kode  string
	Tahun int
}

// Plan lists the questions that are due: first those never asked, the newest year first, then those whose
// AskAgain has come, then answers older than refresh, the oldest first. Codes keep their order by number.
func Plan(codes []string, years []int, known []Entry, refresh time.Duration, now time.Time) []Question {
	memory := make(map[Question]Entry, len(known))
	for _, entry := range known {
		memory[Question{entry.Kode, entry.Tahun}] = entry
	}
	type due struct {
		Question
		rank  int
		asked time.Time
	}
	var list []due
	seen := make(map[Question]bool, len(codes)*len(years))
	for _, tahun := range years {
		for _, kode := range codes {
			question := Question{kode, tahun}
			if seen[question] {
				continue
			}
			seen[question] = true
			entry, asked := memory[question]
			switch {
			case !asked:
				list = append(list, due{question, 0, time.Time{}})
			case entry.State != Answered && !entry.AskAgain.IsZero() && !entry.AskAgain.After(now):
				list = append(list, due{question, 1, time.Time{}})
			case entry.State == Answered && refresh > 0 && !entry.Asked.Add(refresh).After(now):
				list = append(list, due{question, 2, entry.Asked})
			}
		}
	}
	slices.SortFunc(list, func(a, b due) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), a.asked.Compare(b.asked), cmp.Compare(b.Tahun, a.Tahun), cmp.Compare(a.Kode, b.Kode))
	})
	questions := make([]Question, len(list))
	for i, d := range list {
		questions[i] = d.Question
	}
	return questions
}
