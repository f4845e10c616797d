package json

import "strconv"

// Error says where a document is damaged or does not have the shape that the
// paths promise. It knows no file name: whoever opened the part adds it.
type Error struct {
	// Line is counted from 1; Offset is in bytes from the start of the input.
	Line   int
	Offset int64
	// Path is the JSON pointer of the value, "" for the document itself.
	Path   string
	Reason string
	// Remedy tells a person what to change; "" when there is nothing general to say.
	Remedy string
	// Err is the cause when the input could not be read on.
	Err error
}

// Error gives `line 3, byte 120, at /kec/4: reason; remedy`.
func (e *Error) Error() string {
	s := "line " + strconv.Itoa(e.Line) + ", byte " + strconv.FormatInt(e.Offset, 10)
	if e.Path != "" {
		s += ", at " + e.Path
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

// under puts one level before the path on the way out of a nested value.
func (e *Error) under(step string) *Error {
	e.Path = "/" + escape(step) + e.Path
	return e
}
