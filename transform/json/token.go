package json

import (
	"bytes"
	"unicode/utf8"
)

// plainByte holds for bytes that stand for themselves inside a string.
func plainByte(c byte) bool { return c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf }

// text takes a string token and gives its characters, escapes undone.
func (l *lexer) text() ([]byte, *Error) {
	start := l.pos
	i := start + 1
	wide, escaped := false, false
	for {
		b := l.buf[:l.end]
		for i < len(b) && plainByte(b[i]) {
			i++
		}
		if i == len(b) {
			at, ok := l.more(start)
			i -= start - at
			start = at
			if !ok {
				return nil, l.unclosed()
			}
			continue
		}
		switch c := b[i]; {
		case c == '"':
			l.pos = i + 1
			return l.finish(b[start+1:i], wide, escaped)
		case c == '\\':
			escaped = true
			i++ // the escaped byte is looked at later, but must not end the string
			if i == len(b) {
				at, ok := l.more(start)
				i -= start - at
				start = at
				if !ok {
					return nil, l.unclosed()
				}
			}
			i++
		case c >= utf8.RuneSelf:
			wide = true
			i++
		default:
			l.pos = i
			return nil, l.fail("a string holds the control character "+byteName(c), "a quote is missing, or the character must be escaped")
		}
	}
}

func (l *lexer) unclosed() *Error {
	if l.eof {
		return l.ended()
	}
	return l.fail("a string is longer than the limit", "raise the reader's limit on tokens if such texts are sound")
}

func (l *lexer) finish(raw []byte, wide, escaped bool) ([]byte, *Error) {
	if wide && !utf8.Valid(raw) {
		return nil, l.fail("a string is not valid UTF-8", "convert the file to UTF-8")
	}
	l.undone = escaped
	if !escaped {
		return raw, nil
	}
	out, reason := unescape(l.scratch[:0], raw)
	l.scratch = out
	if reason != "" {
		return nil, l.fail(reason, "")
	}
	return out, nil
}

// number takes a number token and gives its digits as written.
func (l *lexer) number() ([]byte, *Error) {
	for {
		b := l.buf[l.pos:l.end]
		n, ok := numberLength(b)
		if n < len(b) || l.eof {
			if !ok {
				return nil, l.fail("a number is not written as JSON numbers are", "")
			}
			l.pos += n
			return b[:n], nil
		}
		if n > l.maxToken {
			return nil, l.fail("a number is longer than the limit", "")
		}
		l.more(l.pos)
	}
}

// numberLength measures -0|[1-9]d*[.d+][e[+-]d+]; ok is false when it breaks off.
func numberLength(b []byte) (n int, ok bool) {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	first := i
	i = digitsEnd(b, i)
	if i == first || b[first] == '0' && i > first+1 {
		return i, false
	}
	if i < len(b) && b[i] == '.' {
		end := digitsEnd(b, i+1)
		if end == i+1 {
			return end, false
		}
		i = end
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		end := digitsEnd(b, i)
		if end == i {
			return end, false
		}
		i = end
	}
	return i, true
}

func digitsEnd(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// word takes true, false or null.
func (l *lexer) word(want string) *Error {
	for l.end-l.pos < len(want) {
		if _, ok := l.more(l.pos); !ok {
			break
		}
	}
	rest := l.buf[l.pos:l.end]
	if bytes.HasPrefix(rest, []byte(want)) {
		l.pos += len(want)
		return nil
	}
	if bytes.HasPrefix([]byte(want), rest) {
		return l.ended()
	}
	return l.unexpected(rest[0], "a value")
}
