package json

import (
	"bytes"
	"io"
)

// lexer cuts the input into tokens. A token is a part of buf (or of scratch)
// and valid until the next call.
type lexer struct {
	in       io.Reader
	buf      []byte
	pos, end int
	before   int64 // bytes of the input ahead of buf[0]
	line     int
	eof      bool
	cause    error // of a failed read, io.EOF aside
	scratch  []byte
	undone   bool   // the text taken last has escapes and lies in scratch, not in buf
	moving   func() // called before bytes of buf move
	maxToken int
}

// window is how much input is read at a time; tokens that are longer make it grow.
const window = 64 << 10

func newLexer(in io.Reader, maxToken int) *lexer {
	return &lexer{in: in, buf: make([]byte, window), line: 1, maxToken: maxToken, moving: func() {}}
}

// more reads on, keeping the bytes from start. It returns the new place of
// start, and false at the end of the input or when the token is too long.
func (l *lexer) more(start int) (int, bool) {
	if l.eof {
		return start, false
	}
	if start > 0 {
		l.moving()
		copy(l.buf, l.buf[start:l.end])
		l.before += int64(start)
		l.pos -= start
		l.end -= start
		start = 0
	}
	if l.end == len(l.buf) {
		if len(l.buf) >= l.maxToken+window {
			return start, false
		}
		grown := make([]byte, min(2*len(l.buf), l.maxToken+window))
		copy(grown, l.buf[:l.end])
		l.buf = grown
	}
	for range 100 {
		n, err := l.in.Read(l.buf[l.end:])
		l.end += n
		if err != nil {
			l.eof = true
			if err != io.EOF {
				l.cause = err
			}
			return start, n > 0
		}
		if n > 0 {
			return start, true
		}
	}
	l.eof, l.cause = true, io.ErrNoProgress
	return start, false
}

// skipMark passes over byte order marks. Editors write one; a file that was
// joined from exports can begin with two.
func (l *lexer) skipMark() {
	for range 2 {
		for l.end-l.pos < 3 {
			if _, ok := l.more(l.pos); !ok {
				return
			}
		}
		if !bytes.HasPrefix(l.buf[l.pos:l.end], []byte("\xEF\xBB\xBF")) {
			return
		}
		l.pos += 3
	}
}

// peek gives the next byte that is no white space without taking it; ok is
// false at the end of the input.
func (l *lexer) peek() (c byte, ok bool) {
	if l.pos < l.end && l.buf[l.pos] > ' ' {
		return l.buf[l.pos], true
	}
	return l.peekBeyond()
}

func (l *lexer) peekBeyond() (c byte, ok bool) {
	for {
		for l.pos < l.end {
			switch c := l.buf[l.pos]; c {
			case '\n':
				l.line++
			case ' ', '\t', '\r':
			default:
				return c, true
			}
			l.pos++
		}
		if _, ok := l.more(l.pos); !ok {
			return 0, false
		}
	}
}

// fail makes an error at the present place.
func (l *lexer) fail(reason, remedy string) *Error {
	e := &Error{Line: l.line, Offset: l.before + int64(l.pos), Reason: reason, Remedy: remedy}
	if l.cause != nil {
		e.Reason, e.Remedy, e.Err = "reading on", "", l.cause
	}
	return e
}

// ended makes the error for input that stops inside a value.
func (l *lexer) ended() *Error {
	return l.fail("the document ends in the middle", "the file was cut short; fetch it again")
}

// unexpected makes the error for a byte that cannot stand here.
func (l *lexer) unexpected(c byte, want string) *Error {
	return l.fail("found "+byteName(c)+" where "+want+" belongs", "")
}

func byteName(c byte) string {
	const hex = "0123456789abcdef"
	if c > ' ' && c < 0x7F {
		return "'" + string(rune(c)) + "'"
	}
	return "byte 0x" + string(hex[c>>4]) + string(hex[c&15])
}
