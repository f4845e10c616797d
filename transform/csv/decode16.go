package csv

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// decode16 reads UTF-16 with a byte order mark, or without one when the zero
// bytes of ASCII characters tell the order.
func decode16(in io.Reader, head []byte) (io.Reader, string, error) {
	d := &decoder16{in: in, line: 1, column: 1}
	switch mark := markOf(head); {
	case mark == "utf-16be":
		d.big = true
	case mark == "utf-16le" || len(head) == 0:
	case mark == "utf-8":
		return nil, "", &Error{Line: 1, Column: 1, Reason: "the file begins with the mark of UTF-8", Remedy: "declare encoding: utf-8"}
	default:
		even, odd := zeros(head)
		if even == odd {
			return nil, "", &Error{Line: 1, Column: 1, Reason: "the file does not look like UTF-16 and has no byte order mark", Remedy: "declare the file's own encoding"}
		}
		d.big = even > odd
	}
	if d.big {
		return d, "utf-16be", nil
	}
	return d, "utf-16le", nil
}

func zeros(head []byte) (even, odd int) {
	for i, c := range head {
		switch {
		case c != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

// decoder16 turns UTF-16 into UTF-8.
type decoder16 struct {
	in           io.Reader
	big          bool
	raw          [4096]byte
	rest         int // bytes of raw that wait for the other half of a character
	begun        bool
	out          []byte
	buf          [3 * 4096]byte
	line, column int
	failure      error
}

// Read fills p with UTF-8. Errors about the content are of type *Error.
func (d *decoder16) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.failure != nil {
			return 0, d.failure
		}
		n, err := d.in.Read(d.raw[d.rest:])
		d.failure = err
		d.out = d.convert(d.raw[:d.rest+n], err == io.EOF)
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *decoder16) convert(raw []byte, final bool) []byte {
	out := d.buf[:0]
	for len(raw) >= 2 {
		r := d.unit(raw)
		n := 2
		if utf16.IsSurrogate(r) {
			if len(raw) < 4 {
				break
			}
			n = 4
			if r = utf16.DecodeRune(r, d.unit(raw[2:])); r == utf8.RuneError {
				d.fail("half of a surrogate pair stands alone")
				return out
			}
		}
		raw = raw[n:]
		// Up to two marks, as in UTF-8; later ones are text.
		if r == 0xFEFF && !d.begun && d.column < 3 {
			d.column++
			continue
		}
		if !d.begun {
			d.begun, d.column = true, 1
		}
		out = utf8.AppendRune(out, r)
		d.column++
		if r == '\n' {
			d.line, d.column = d.line+1, 1
		}
	}
	if final && len(raw) > 0 {
		d.fail("the file ends within a character")
	}
	d.rest = copy(d.raw[:], raw)
	return out
}

func (d *decoder16) unit(b []byte) rune {
	if d.big {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

func (d *decoder16) fail(reason string) {
	d.failure = &Error{Line: d.line, Column: d.column, Reason: reason + ", which UTF-16 does not allow", Remedy: "the file is damaged; fetch it again"}
}
