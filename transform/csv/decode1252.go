package csv

import (
	"io"
	"unicode/utf8"
)

// decoder1252 turns Windows-1252 into UTF-8.
type decoder1252 struct {
	in           io.Reader
	raw          [4096]byte
	out          []byte // decoded and not yet taken
	buf          [3 * 4096]byte
	line, column int
	failure      error
}

// Read fills p with UTF-8. The error for a byte without a character is an *Error.
func (d *decoder1252) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.failure != nil {
			return 0, d.failure
		}
		n, err := d.in.Read(d.raw[:])
		d.failure = err
		d.out = d.convert(d.raw[:n])
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *decoder1252) convert(raw []byte) []byte {
	out := d.buf[:0]
	for _, c := range raw {
		r := rune1252(c)
		if r == utf8.RuneError {
			d.failure = &Error{Line: d.line, Column: d.column, Reason: "a byte has no character in Windows-1252", Remedy: "declare the file's own encoding"}
			return out
		}
		out = utf8.AppendRune(out, r)
		d.column++
		if c == '\n' {
			d.line, d.column = d.line+1, 1
		}
	}
	return out
}

// rune1252 is the character of a byte, utf8.RuneError for the five that have none.
func rune1252(c byte) rune {
	if c < 0x80 || c >= 0xA0 {
		return rune(c)
	}
	// The 32 characters that Windows-1252 has where ISO 8859-1 has controls.
	const high = "€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ�žŸ"
	place := int(c - 0x80)
	for _, r := range high {
		if place == 0 {
			return r
		}
		place--
	}
	return utf8.RuneError
}
