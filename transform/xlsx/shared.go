package xlsx

import (
	"bytes"
	"io"
	"strconv"
)

// sharedStrings is the table that cells of type s point into: one arena of text
// and the end of each string in it.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) len() int { return len(s.ends) }

// String names the string that is read next, for messages.
func (s *sharedStrings) String() string { return "shared string " + strconv.Itoa(len(s.ends)) }

// at returns string i, capped so that an append cannot run into the next one.
func (s *sharedStrings) at(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.text[from:s.ends[i]:s.ends[i]]
}

// readShared reads the shared strings; part is "" when the workbook has none.
func readShared(a *archive, part string, lim Limits) (*sharedStrings, error) {
	s := &sharedStrings{}
	if part == "" {
		return s, nil
	}
	e := a.byName[partKey(part)]
	if e == nil {
		return nil, damaged(part, "", "the part is missing")
	}
	r := sharedReader{lexer: newLexer(e.name, lim), out: s, src: a.open(e)}
	for {
		m := r.mark()
		had, texts := len(s.ends), len(s.text)
		done, err := r.step()
		switch {
		case err == errShort:
			r.reset(m)
			s.ends, s.text = s.ends[:had], s.text[:texts]
			if err := r.fill(); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		case done:
			return s, nil
		}
	}
}

// sharedReader reads the part through one sliding window.
type sharedReader struct {
	*lexer
	out   *sharedStrings
	src   *partReader
	chars charset
	buf   []byte
}

// fill drops what was read, moves the rest to the front and reads more behind it.
func (r *sharedReader) fill() error {
	const first = 128 << 10
	rest := r.n - r.p
	if rest > r.lim.RowBytes {
		return overLimit(r.part, byteAt(r.base+int64(r.p)), "RowBytes", "one string or tag has more than %d bytes of XML", r.lim.RowBytes)
	}
	// One byte more than the part has, so that its end is met even when it is empty.
	size := max(len(r.buf), int(min(first, r.src.e.size+1))+pad)
	if rest > (size-pad)/2 {
		size = max(size, min(2*size, r.lim.RowBytes+first)+pad)
	}
	buf := r.buf
	if size > len(buf) {
		buf = make([]byte, size)
	}
	if rest > 0 {
		copy(buf, r.b[r.p:r.n])
	}
	n, err := fillFrom(r.src, buf[rest:len(buf)-pad])
	if err != nil && err != io.EOF {
		return err
	}
	if err := r.chars.check(r.part, buf[rest:rest+n], err == io.EOF); err != nil {
		return err
	}
	clear(buf[rest+n : rest+n+pad])
	r.base += int64(r.p)
	r.buf, r.b, r.n, r.p, r.final = buf, buf[:rest+n+pad], rest+n, 0, err == io.EOF
	return nil
}

// fillFrom reads until b is full; io.EOF comes only with the end of the part.
func fillFrom(r *partReader, b []byte) (int, error) {
	n := 0
	for n < len(b) {
		m, err := r.Read(b[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// step reads one string or one token around the strings.
func (r *sharedReader) step() (bool, error) {
	if r.b == nil {
		return false, errShort
	}
	if len(r.open) == 1 && r.fast() {
		return false, r.checkSize()
	}
	tok, err := r.next()
	if err != nil {
		return false, err
	}
	switch {
	case tok.kind == tokEOF:
		return true, nil
	case tok.kind == tokText && len(r.open) == 1 && !allSpace(tok.text):
		return false, r.fail(tok.at, "text %q between shared strings", clip(tok.text))
	case tok.kind != tokStart:
		return false, nil
	case len(r.open) == 1 && (tok.ns != nsMain || string(tok.local) != "sst"):
		return false, r.fail(tok.at, "the root element is %q, not shared strings of SpreadsheetML", clip(tok.local))
	case len(r.open) == 2 && tok.ns == nsMain && string(tok.local) == "si":
		return false, r.item()
	case len(r.open) == 2 && !(tok.ns == nsMain && string(tok.local) == "extLst"):
		return false, r.fail(tok.at, "element %q between shared strings", clip(tok.local))
	}
	return false, nil
}

// fast reads the usual <si><t>text</t></si>; false leaves it to the general way.
func (r *sharedReader) fast() bool {
	const head, headSpace, tail = "<si><t>", `<si><t xml:space="preserve">`, "</t></si>"
	if r.lookup(nil) != nsMain {
		return false
	}
	rest := r.b[r.p:r.n]
	i := len(head)
	if !bytes.HasPrefix(rest, []byte(head)) {
		i = len(headSpace)
		if !bytes.HasPrefix(rest, []byte(headSpace)) {
			return false
		}
	}
	n := plainText(rest[i:])
	if n < 0 || n > r.lim.CellBytes || !bytes.HasPrefix(rest[i+n:], []byte(tail)) {
		return false
	}
	r.out.text = append(r.out.text, rest[i:i+n]...)
	r.out.ends = append(r.out.ends, uint32(len(r.out.text)))
	r.p += i + n + len(tail)
	return true
}

// plainText measures text up to '<' that means just itself; -1 when it holds
// something to resolve or to refuse, or has no end here.
func plainText(b []byte) int {
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		return -1
	}
	for _, c := range b[:n] {
		if special[c] {
			return -1
		}
	}
	return n
}

// special marks the bytes at which text may mean something else: references,
// line ends, the _xHHHH_ escapes, and "]]>".
var special = [256]bool{'<': true, '&': true, '\r': true, '_': true, ']': true, 0: true}

// item reads one si, plain or rich, from behind its start tag.
func (r *sharedReader) item() error {
	from := len(r.out.text)
	text, err := r.richText(r.out.text, r.out)
	if err != nil {
		return err
	}
	r.out.text = text
	if len(text)-from > r.lim.CellBytes {
		return overLimit(r.part, r.out.String(), "CellBytes", "the text has %d bytes, more than %d", len(text)-from, r.lim.CellBytes)
	}
	r.out.ends = append(r.out.ends, uint32(len(text)))
	return r.checkSize()
}

func (r *sharedReader) checkSize() error {
	if size := int64(len(r.out.text)) + 8*int64(len(r.out.ends)); size > r.lim.SharedBytes {
		return overLimit(r.part, "", "SharedBytes", "the shared strings take more than %d bytes", r.lim.SharedBytes)
	}
	return nil
}
