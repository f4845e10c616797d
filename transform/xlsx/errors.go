package xlsx

import (
	"errors"
	"fmt"
	"strconv"
)

// What can be wrong with a workbook; every *Error is one of them.
var (
	// ErrDamaged: the bytes break the rules of ZIP, XML or SpreadsheetML.
	ErrDamaged = errors.New("damaged workbook")
	// ErrLimit: the workbook asks for more than Limits allows.
	ErrLimit = errors.New("workbook over a limit")
	// ErrUnsupported: the workbook may be sound but is of a kind that is not read.
	ErrUnsupported = errors.New("workbook of an unsupported kind")
	// ErrNoSheet: the workbook has no worksheet of the name that was asked for.
	ErrNoSheet = errors.New("no such worksheet")
)

// Error says which part of a workbook is wrong, where, how, and what to do.
// errors.Is tells the kind: ErrDamaged, ErrLimit, ErrUnsupported, ErrNoSheet.
type Error struct {
	Part   string // name inside the archive, such as xl/worksheets/sheet1.xml, or "archive"
	At     string // cell ("H1204"), row ("row 7") or place ("byte 4711"); may be empty
	What   string // what is wrong
	Remedy string // what to do about it
	Kind   error  // ErrDamaged, ErrLimit, ErrUnsupported or ErrNoSheet
	Cause  error  // the error below, may be nil
}

// Error joins part, place, fault and remedy.
func (e *Error) Error() string {
	s := e.Part + ": "
	if e.At != "" {
		s += e.At + ": "
	}
	s += e.What
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s + "; " + e.Remedy
}

// Unwrap lets errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func damaged(part, at, format string, args ...any) *Error {
	return &Error{Part: part, At: at, What: fmt.Sprintf(format, args...), Kind: ErrDamaged,
		Remedy: "fetch the file again or ask its publisher for a sound one"}
}

func overLimit(part, at, limit, format string, args ...any) *Error {
	return &Error{Part: part, At: at, What: fmt.Sprintf(format, args...), Kind: ErrLimit,
		Remedy: "raise the limit " + limit + " if the file is meant to be like this"}
}

func unsupported(part, what, remedy string) *Error {
	return &Error{Part: part, What: what, Remedy: remedy, Kind: ErrUnsupported}
}

func byteAt(offset int64) string { return "byte " + strconv.FormatInt(offset, 10) }

// clip shortens text of the file for a message; %q does the escaping.
func clip(b []byte) string {
	const most = 40
	if len(b) > most {
		return string(b[:most]) + "..."
	}
	return string(b)
}
