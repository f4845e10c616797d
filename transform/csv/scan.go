package csv

import (
	"bytes"
	"unicode/utf8"
)

// scanner finds the fields of one record at a time.
type scanner struct {
	delimiter byte
	limits    Limits
	class     [256]class
	fields    []span
	scratch   []byte // texts of quoted fields with doubled quotes
	breaks    int    // line breaks of the record, its end included
	ended     bool   // the record ends with a line break
	blank     bool   // the record is a line without a character
	opened    int    // line of the quote that is open when more input is needed, else 0
}

// span is a field's place in the record, or in scratch when unquoted is set.
type span struct {
	start, end int
	unquoted   bool
}

type class uint8

const (
	ordinary class = iota
	wide           // part of a character beyond ASCII
	special        // delimiter, line break, NUL
)

func newScanner(delimiter byte, limits Limits) scanner {
	s := scanner{delimiter: delimiter, limits: limits}
	for c := utf8.RuneSelf; c < len(s.class); c++ {
		s.class[c] = wide
	}
	for _, c := range []byte{delimiter, '\n', '\r', 0} {
		s.class[c] = special
	}
	return s
}

// scan reads one record at the start of b, which begins on line. n is its
// length with the line break, or 0 when b does not hold all of it (never when final).
func (s *scanner) scan(b []byte, final bool, line int) (n int, err *Error) {
	s.fields, s.scratch = s.fields[:0], s.scratch[:0]
	s.breaks, s.opened, s.ended, s.blank = 0, 0, false, false
	i := 0
	for {
		if len(s.fields) == s.limits.Fields {
			return 0, &Error{Line: line, Reason: "a record has more fields than the reader's limit", Remedy: "check the delimiter"}
		}
		next, ok := 0, false
		if i < len(b) && b[i] == '"' {
			next, ok, err = s.quoted(b, i, final, line)
		} else {
			next, ok, err = s.bare(b, i, final, line)
		}
		if err != nil || !ok {
			return 0, err
		}
		i = next
		if i < len(b) && b[i] == s.delimiter {
			i++
			continue
		}
		return s.end(b, i, final)
	}
}

// end takes the line break after the last field.
func (s *scanner) end(b []byte, i int, final bool) (n int, err *Error) {
	s.blank = i == 0
	if i == len(b) {
		return i, nil
	}
	s.ended = true
	s.breaks++
	if b[i] == '\r' {
		if i+1 == len(b) && !final {
			return 0, nil
		}
		if i+1 < len(b) && b[i+1] == '\n' {
			i++
		}
	}
	return i + 1, nil
}

// bare reads a field that does not begin with a quote; next is the place after
// it. Quotes in it are text: the ministry writes RA"AS for Ra'as.
func (s *scanner) bare(b []byte, start int, final bool, line int) (next int, ok bool, err *Error) {
	i := start
	foreign := false
	for i < len(b) {
		c := s.class[b[i]]
		if c == special {
			break
		}
		foreign = foreign || c == wide
		i++
	}
	if i == len(b) && !final {
		return 0, false, nil
	}
	if i < len(b) && b[i] == 0 {
		return 0, false, s.nul(b, i, line)
	}
	if err := s.check(b, start, i, foreign, line); err != nil {
		return 0, false, err
	}
	s.fields = append(s.fields, span{start: start, end: i})
	return i, true, nil
}

// quoted reads a field in quotes.
func (s *scanner) quoted(b []byte, start int, final bool, line int) (next int, ok bool, err *Error) {
	doubled := false
	i := start + 1
	for {
		quote := bytes.IndexByte(b[i:], '"')
		if quote < 0 || i+quote+1 == len(b) && !final {
			s.opened = line + s.breaks
			if final {
				return 0, false, s.unclosed()
			}
			return 0, false, nil
		}
		i += quote + 1
		if i == len(b) || b[i] != '"' {
			break
		}
		doubled = true
		i++
	}
	inside := b[start+1 : i-1]
	if zero := bytes.IndexByte(inside, 0); zero >= 0 {
		return 0, false, s.nul(b, start+1+zero, line)
	}
	if err := s.check(b, start+1, i-1, true, line); err != nil {
		return 0, false, err
	}
	s.breaks += lineBreaks(inside)
	if i < len(b) && b[i] != s.delimiter && b[i] != '\n' && b[i] != '\r' {
		return 0, false, s.fail(b, i, line, "text stands after a closing quote", "double the quotes inside the field")
	}
	if !doubled {
		s.fields = append(s.fields, span{start: start + 1, end: i - 1})
		return i, true, nil
	}
	from := len(s.scratch)
	s.scratch = append(s.scratch, bytes.ReplaceAll(inside, []byte(`""`), []byte(`"`))...)
	s.fields = append(s.fields, span{start: from, end: len(s.scratch), unquoted: true})
	return i, true, nil
}

// check holds a field against its limit and the encoding.
func (s *scanner) check(b []byte, start, end int, foreign bool, line int) *Error {
	if end-start > s.limits.Field {
		return &Error{Line: line + s.breaks, Reason: "a field is longer than the reader's limit", Remedy: "check that the file's quotes come in pairs"}
	}
	if !foreign || utf8.Valid(b[start:end]) {
		return nil
	}
	i := start
	for {
		r, n := utf8.DecodeRune(b[i:end])
		if r == utf8.RuneError && n <= 1 {
			return s.fail(b, i, line, "a byte is not valid UTF-8", "declare encoding: windows-1252 or encoding: detect if the file is not UTF-8")
		}
		i += n
	}
}

func (s *scanner) nul(b []byte, i, line int) *Error {
	return s.fail(b, i, line, "found the character NUL", "declare encoding: utf-16 if the file is that; otherwise it is damaged or no text")
}

func (s *scanner) unclosed() *Error {
	return &Error{Line: s.opened, Reason: "the quote that a field begins with on this line is never closed", Remedy: "close or double it"}
}

// tooLong is the error for a record beyond the limit.
func (s *scanner) tooLong(line int) *Error {
	if s.opened > 0 {
		return s.unclosed()
	}
	return &Error{Line: line, Reason: "a record is longer than the reader's limit", Remedy: "check that the file has line breaks"}
}

// fail makes an error at b[i], where b begins with the record on the given line.
func (s *scanner) fail(b []byte, i, line int, reason, remedy string) *Error {
	start := bytes.LastIndexAny(b[:i], "\r\n") + 1
	return &Error{Line: line + lineBreaks(b[:i]), Column: i - start + 1, Reason: reason, Remedy: remedy}
}

// lineBreaks counts CRLF, LF and CR.
func lineBreaks(b []byte) int {
	n := bytes.Count(b, []byte("\n"))
	for i := bytes.IndexByte(b, '\r'); i >= 0; {
		if i+1 == len(b) || b[i+1] != '\n' {
			n++
		}
		next := bytes.IndexByte(b[i+1:], '\r')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return n
}
