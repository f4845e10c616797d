package xlsx

import (
	"unicode/utf8"
)

// charset checks that a stream of bytes is UTF-8 and holds only characters that
// XML 1.0 allows. NUL is not one of them, which lets the lexer use NUL behind the
// data as its end mark.
type charset struct {
	seen int64   // bytes checked before
	tail [4]byte // an unfinished character at the end of the last piece
	n    int
}

const (
	everyByte20 = 0x2020202020202020
	everyByte80 = 0x8080808080808080
)

// check looks at the next piece of the part; last says that no other follows.
func (c *charset) check(part string, b []byte, last bool) error {
	if c.seen == 0 && c.n == 0 {
		if err := checkEncoding(part, b); err != nil {
			return err
		}
	}
	i := 0
	if c.n > 0 {
		var err error
		if i, err = c.join(part, b); err != nil {
			return err
		}
	}
	for i < len(b) {
		if len(b)-i >= 8 {
			w := le.Uint64(b[i:])
			// A set top bit: a byte below 0x20 (the subtraction borrows) or above 0x7f.
			if ((w-everyByte20)|w)&everyByte80 == 0 {
				i += 8
				continue
			}
		}
		n, ok := xmlChar(b[i:])
		if ok {
			i += n
			continue
		}
		if b[i] >= utf8.RuneSelf && !utf8.FullRune(b[i:]) && !last {
			c.n = copy(c.tail[:], b[i:])
			break
		}
		return c.bad(part, b[i], i)
	}
	c.seen += int64(len(b))
	if last && c.n > 0 {
		return c.bad(part, c.tail[0], -c.n)
	}
	return nil
}

// join completes the character that the last piece broke off; it returns how many
// bytes of b that took.
func (c *charset) join(part string, b []byte) (int, error) {
	had := c.n
	took := copy(c.tail[c.n:], b)
	whole := c.tail[:had+took]
	if !utf8.FullRune(whole) {
		c.n = len(whole)
		return took, nil
	}
	n, ok := xmlChar(whole)
	if !ok || n < had {
		return 0, c.bad(part, whole[0], -had)
	}
	c.n = 0
	return n - had, nil
}

func (c *charset) bad(part string, b byte, i int) error {
	at := byteAt(c.seen + int64(i))
	if b == 0 {
		return damaged(part, at, "a NUL byte: the part is not UTF-8 text")
	}
	return damaged(part, at, "byte 0x%02x begins no character that XML allows in UTF-8", b)
}

// xmlChar measures the first character of b and says whether XML allows it.
func xmlChar(b []byte) (int, bool) {
	if b[0] < utf8.RuneSelf {
		return 1, b[0] >= ' ' || b[0] == '\n' || b[0] == '\t' || b[0] == '\r'
	}
	r, n := utf8.DecodeRune(b)
	return n, n > 1 && r != 0xfffe && r != 0xffff
}

// checkEncoding names the encodings that are not read by their first bytes.
func checkEncoding(part string, b []byte) error {
	if len(b) < 2 {
		return nil
	}
	switch [2]byte{b[0], b[1]} {
	case [2]byte{0xff, 0xfe}, [2]byte{0xfe, 0xff}, [2]byte{'<', 0}, [2]byte{0, '<'}:
		return unsupported(part, "the part is written in UTF-16 or UTF-32", "save the workbook again, so that its parts are UTF-8")
	}
	return nil
}
