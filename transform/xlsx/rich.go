package xlsx

import "fmt"

// richText appends the text of a shared or inline string to dst, from behind its
// start tag to behind its end tag: that of t and of the runs r, in their order,
// without phonetic runs (rPh). White space is kept whether or not xml:space asks
// for it; a contract normalises it.
func (x *lexer) richText(dst []byte, what fmt.Stringer) ([]byte, error) {
	depth := len(x.open)
	for {
		tok, err := x.next()
		if err != nil {
			return dst, err
		}
		switch tok.kind {
		case tokEnd:
			if len(x.open) < depth {
				return dst, nil
			}
		case tokText:
			if !allSpace(tok.text) {
				return dst, x.fail(tok.at, "%s: text %q outside of t", what, clip(tok.text))
			}
		case tokStart:
			if dst, err = x.richTag(dst, tok, what); err != nil {
				return dst, err
			}
		}
	}
}

// richTag handles a start tag inside si, is or r.
func (x *lexer) richTag(dst []byte, tok token, what fmt.Stringer) ([]byte, error) {
	if tok.ns != nsMain {
		return dst, x.fail(tok.at, "%s: unknown element %q", what, clip(tok.local))
	}
	switch string(tok.local) {
	case "t":
		return x.content(dst, what, true)
	case "r":
		return dst, nil // its t comes next, at one level more
	case "rPh", "phoneticPr", "rPr", "extLst":
		return dst, x.skip()
	}
	return dst, x.fail(tok.at, "%s: unknown element %q", what, clip(tok.local))
}

// skip passes over the rest of the element that was just opened.
func (x *lexer) skip() error {
	depth := len(x.open)
	for len(x.open) >= depth {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// content appends the text of an element without children, such as t or v, from
// behind its start tag to behind its end tag; xstring says that it may hold the
// escapes of SpreadsheetML.
func (x *lexer) content(dst []byte, what fmt.Stringer, xstring bool) ([]byte, error) {
	from := len(dst)
	for {
		tok, err := x.next()
		switch {
		case err != nil:
			return dst, err
		case tok.kind == tokEnd:
			if xstring {
				if dst, err = undoEscapes(dst, from); err != nil {
					return dst, x.fail(tok.at, "%s: %v", what, err)
				}
			}
			return dst, nil
		case tok.kind != tokText:
			return dst, x.fail(tok.at, "%s: element %q inside its text", what, clip(tok.local))
		case tok.cdata:
			dst = appendLines(dst, tok.text)
		default:
			if dst, err = appendUnescaped(dst, tok.text); err != nil {
				return dst, x.fail(tok.at, "%s: %v", what, err)
			}
		}
	}
}

// appendLines appends literal text with its line ends made "\n".
func appendLines(dst, raw []byte) []byte {
	for i, c := range raw {
		switch {
		case c != '\r':
			dst = append(dst, c)
		case i+1 == len(raw) || raw[i+1] != '\n':
			dst = append(dst, '\n')
		}
	}
	return dst
}
