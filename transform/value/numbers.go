// Package value turns the numbers, dates and names that sources write as text into exact values, or says why not.
package value

import "fmt"

// Numbers says how a source writes numbers as text.
type Numbers uint8

const (
	// Undeclared reads what Plain reads, except texts such as 1.234 that an
	// Indonesian would read as 1234. It is what a contract that is silent gets.
	Undeclared Numbers = iota
	// Plain is 1234.5 and 3.60435201E9: a decimal point, no groups. Numbers that
	// a format itself marks as numbers (JSON, spreadsheet cells) are Plain.
	Plain
	// ID is 1.234,5 or 1 234,5.
	ID
	// EN is 1,234.5 or 1 234.5.
	EN
)

// ParseNumbers reads the word of a contract: plain, id or en; "" is Undeclared.
func ParseNumbers(word string) (Numbers, error) {
	switch word {
	case "":
		return Undeclared, nil
	case "plain":
		return Plain, nil
	case "id":
		return ID, nil
	case "en":
		return EN, nil
	}
	return Undeclared, fmt.Errorf("numbers: %q is not known; use plain (1234.5), id (1.234,5) or en (1,234.5)", word)
}

// String is the word that ParseNumbers reads.
func (n Numbers) String() string {
	switch n {
	case Plain:
		return "plain"
	case ID:
		return "id"
	case EN:
		return "en"
	}
	return ""
}

// separators gives the bytes that group thousands (0: none) and begin decimals.
func (n Numbers) separators() (group, decimal byte) {
	switch n {
	case ID:
		return '.', ','
	case EN:
		return ',', '.'
	}
	return 0, '.'
}
