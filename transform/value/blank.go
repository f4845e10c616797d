package value

// blank gives the length of the white space that b begins with, 0 when none:
// ASCII white space, the no-break space and its narrow and figure-wide relatives.
func blank(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r':
		return 1
	case len(b) >= 2 && b[0] == 0xC2 && b[1] == 0xA0: // U+00A0
		return 2
	case len(b) >= 3 && b[0] == 0xE2 && b[1] == 0x80 && (b[2] == 0xAF || b[2] == 0x87 || b[2] == 0x89): // U+202F, U+2007, U+2009
		return 3
	}
	return 0
}

func trimBlanks(b []byte) []byte {
	for n := blank(b); n > 0; n = blank(b) {
		b = b[n:]
	}
	for len(b) > 0 {
		n := trailingBlank(b)
		if n == 0 {
			break
		}
		b = b[:len(b)-n]
	}
	return b
}

func trailingBlank(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		if blank(b[len(b)-n:]) == n {
			return n
		}
	}
	return 0
}
