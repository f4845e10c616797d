package json

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape appends the characters of a string's inside; reason is "" when it is sound.
func unescape(out, raw []byte) (text []byte, reason string) {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		if i+1 >= len(raw) {
			return out, "a string ends in a backslash"
		}
		if raw[i+1] != 'u' {
			short := shortEscape(raw[i+1])
			if short == 0 {
				return out, "a string holds the unknown escape \\" + string(rune(raw[i+1]))
			}
			out = append(out, short)
			i += 2
			continue
		}
		r, n := unicodeEscape(raw[i:])
		switch {
		case n == 0:
			return out, "a string holds a \\u escape that is not four hexadecimal digits or half of a surrogate pair"
		case r == 0:
			return out, "a string holds the character NUL"
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out, ""
}

func shortEscape(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// unicodeEscape reads \uXXXX or a surrogate pair; n is 0 when it is neither.
func unicodeEscape(b []byte) (r rune, n int) {
	r, ok := hex4(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := hex4(b[6:])
	if !ok {
		return 0, 0
	}
	r = utf16.DecodeRune(r, low)
	if r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r += rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r += rune(c|0x20-'a') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

// escape writes a member name as a step of a JSON pointer (RFC 6901).
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
