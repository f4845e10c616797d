package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends raw with its references resolved and its line ends
// made "\n", as XML 1.0 asks. Only the five predefined entities and numeric
// references are known: others could only come from a DOCTYPE, which is refused.
func appendUnescaped(dst, raw []byte) ([]byte, error) {
	for {
		i := bytes.IndexAny(raw, "&\r")
		if i < 0 {
			return append(dst, raw...), nil
		}
		dst = append(dst, raw[:i]...)
		if raw[i] == '\r' {
			dst = append(dst, '\n')
			raw = raw[i+1:]
			if len(raw) > 0 && raw[0] == '\n' {
				raw = raw[1:]
			}
			continue
		}
		end := bytes.IndexByte(raw[i:min(len(raw), i+12)], ';')
		if end < 0 {
			return dst, fmt.Errorf("%q begins no reference", clip(raw[i:min(len(raw), i+12)]))
		}
		r, ok := reference(raw[i+1 : i+end])
		if !ok {
			return dst, fmt.Errorf("undefined reference %q", raw[i:i+end+1])
		}
		dst = utf8.AppendRune(dst, r)
		raw = raw[i+end+1:]
	}
}

// reference resolves the name between '&' and ';'.
func reference(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	// ParseUint takes a sign in no base, but an underscore only in base 0.
	v, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, false
	}
	r := rune(v)
	legal := r >= ' ' || r == '\n' || r == '\t' || r == '\r'
	return r, legal && utf8.ValidRune(r) && r != 0xfffe && r != 0xffff
}

// unescaped is for attribute values, which the lexer has checked.
func unescaped(raw []byte) string {
	if bytes.IndexByte(raw, '&') < 0 {
		return string(raw)
	}
	b, err := appendUnescaped(nil, raw)
	if err != nil {
		return string(raw)
	}
	return string(b)
}

var (
	errNULEscape       = errors.New("the escape _x0000_ stands for NUL")
	errSurrogateEscape = errors.New("an escape _xD800_ to _xDFFF_ is half of a character")
)

// undoEscapes resolves the _xHHHH_ by which SpreadsheetML writes characters that
// XML forbids (ECMA-376 part 1, 22.9.2.19), in place from index from on: the
// result is never longer.
func undoEscapes(b []byte, from int) ([]byte, error) {
	out := from
	for i := from; i < len(b); {
		u, ok := hexEscape(b[i:])
		if !ok {
			b[out] = b[i]
			i, out = i+1, out+1
			continue
		}
		i += escapeLen
		r := rune(u)
		if utf16.IsSurrogate(r) {
			low, ok := hexEscape(b[i:])
			if r = utf16.DecodeRune(r, rune(low)); !ok || r == utf8.RuneError {
				return b, errSurrogateEscape
			}
			i += escapeLen
		}
		if r == 0 {
			return b, errNULEscape
		}
		out += utf8.EncodeRune(b[out:out+utf8.UTFMax], r)
	}
	return b[:out], nil
}

const escapeLen = len("_x0000_")

func hexEscape(b []byte) (uint16, bool) {
	if len(b) < escapeLen || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	v := uint16(0)
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint16(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 | uint16(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
