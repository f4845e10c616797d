package web

import (
	"strconv"
	"strings"

	"lumbung/transform/indeks"
)

// statusNames lists the statuses, worst first.
func statusNames() []string { return indeks.Names() }

// rankOf is 1..5, 0 for none.
func rankOf(status string) int {
	for i, s := range statusNames() {
		if s == status {
			return i + 1
		}
	}
	return 0
}

// Rank is rankOf for templates: classes are named by it.
func (p *page) Rank(status string) int { return rankOf(status) }

// StatusOf is the name of a rank.
func (p *page) StatusOf(rank int) string {
	if rank < 1 || rank > 5 {
		return ""
	}
	return statusNames()[rank-1]
}

// unslug reads a status in an address; ok is false for anything else.
func unslug(text string) (status string, ok bool) {
	status = strings.ToUpper(strings.ReplaceAll(text, "-", " "))
	return status, rankOf(status) > 0
}

// yearOf reads a year in an address.
func yearOf(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1900 || n > 2999 || len(text) != 4 {
		return 0, errBadAddress
	}
	return n, nil
}

// pageOf reads a page number, 1 for anything else.
func pageOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 100_000 {
		return 1
	}
	return n
}
