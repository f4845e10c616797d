package csv

import "strconv"

// Error says where a file is damaged. It knows no file name: whoever opened the
// part adds it.
type Error struct {
	// Line and Column count from 1; Column is in bytes (UTF-16: in characters)
	// and 0 when the whole line is meant.
	Line, Column int
	Reason       string
	// Remedy tells a person what to change; "" when there is nothing general to say.
	Remedy string
	// Err is the cause when the input could not be read on.
	Err error
}

// Error gives `line 3, column 12: reason; remedy`.
func (e *Error) Error() string {
	s := "line " + strconv.Itoa(e.Line)
	if e.Column > 0 {
		s += ", column " + strconv.Itoa(e.Column)
	}
	s += ": " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Remedy != "" {
		s += "; " + e.Remedy
	}
	return s
}

// Unwrap gives the error of the input, if that was the cause.
func (e *Error) Unwrap() error { return e.Err }
