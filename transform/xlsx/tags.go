package xlsx

import (
	"bytes"
)

// maxAttrs bounds the attributes of one tag, so that looking for doubled ones stays cheap.
const maxAttrs = 256

func (x *lexer) startTag() (token, error) {
	at := x.p
	i := at + 1
	e := i
	for isName(x.b[e], e == i) {
		e++
	}
	if e == i {
		return token{}, x.unexpected(i, "a tag")
	}
	name := x.b[i:e]
	if len(x.open) == 0 && x.rooted {
		return token{}, x.fail(at, "element %q after the root element", clip(name))
	}
	stop, err := x.attributes(e, "a tag")
	if err != nil {
		return token{}, err
	}
	empty := x.b[stop] == '/'
	if empty {
		stop++
	}
	if x.b[stop] != '>' {
		return token{}, x.unexpected(stop, "a tag")
	}
	if !isQName(name) {
		return token{}, x.fail(at, "%q is no element name", clip(name))
	}
	colon := bytes.IndexByte(name, ':') + 1
	binds := len(x.binds)
	x.bind()
	ns := x.lookup(name[:max(colon-1, 0)])
	if err := x.push(name, colon, ns, binds); err != nil {
		x.binds = x.binds[:binds]
		return token{}, err
	}
	x.rooted, x.pending, x.p = true, empty, stop+1
	return token{kind: tokStart, ns: ns, local: name[colon:], at: at}, nil
}

// attributes reads attributes into x.attrs up to a byte that is neither and
// returns its place.
func (x *lexer) attributes(i int, where string) (int, error) {
	x.attrs = x.attrs[:0]
	for {
		gap := i
		for isSpace(x.b[i]) {
			i++
		}
		if c := x.b[i]; c == '>' || c == '/' || c == '?' {
			return i, nil
		}
		from := i
		for isName(x.b[i], i == from) {
			i++
		}
		if i == from || from == gap {
			return 0, x.unexpected(i, where)
		}
		name := x.b[from:i]
		for isSpace(x.b[i]) {
			i++
		}
		if x.b[i] != '=' {
			return 0, x.unexpected(i, where)
		}
		i++
		for isSpace(x.b[i]) {
			i++
		}
		value, next, err := x.quoted(i, where)
		if err != nil {
			return 0, err
		}
		if err := x.addAttr(name, value, from); err != nil {
			return 0, err
		}
		i = next
	}
}

// quoted reads a value in quotes that begins at i and returns the place behind it.
func (x *lexer) quoted(i int, where string) ([]byte, int, error) {
	q := x.b[i]
	if q != '"' && q != '\'' {
		return nil, 0, x.unexpected(i, where+" in place of a quote")
	}
	i++
	n := bytes.IndexByte(x.b[i:x.n], q)
	if n < 0 {
		if lt := bytes.IndexByte(x.b[i:x.n], '<'); lt >= 0 {
			return nil, 0, x.fail(i+lt, "'<' in an attribute")
		}
		return nil, 0, x.short(where)
	}
	value := x.b[i : i+n]
	if lt := bytes.IndexByte(value, '<'); lt >= 0 {
		return nil, 0, x.fail(i+lt, "'<' in an attribute")
	}
	if bytes.IndexByte(value, '&') >= 0 {
		var err error
		if x.scratch, err = appendUnescaped(x.scratch[:0], value); err != nil {
			return nil, 0, x.fail(i, "%v", err)
		}
	}
	return value, i + n + 1, nil
}

func (x *lexer) addAttr(name, value []byte, at int) error {
	if len(x.attrs) == maxAttrs {
		return x.fail(at, "more than %d attributes in one tag", maxAttrs)
	}
	for i := range x.attrs {
		if bytes.Equal(x.attrs[i].name, name) {
			return x.fail(at, "attribute %q stands twice in one tag", clip(name))
		}
	}
	if !isQName(name) {
		return x.fail(at, "%q is no attribute name", clip(name))
	}
	x.attrs = append(x.attrs, attr{name, value})
	return nil
}

// isQName says whether a name has at most one colon, between two parts.
func isQName(name []byte) bool {
	colon := bytes.IndexByte(name, ':')
	return colon < 0 || colon > 0 && colon < len(name)-1 && bytes.IndexByte(name[colon+1:], ':') < 0
}

// attr returns the raw value of an attribute of the last start tag.
func (x *lexer) attr(name string) ([]byte, bool) {
	for i := range x.attrs {
		if string(x.attrs[i].name) == name {
			return x.attrs[i].value, true
		}
	}
	return nil, false
}

// text returns the unescaped value of an attribute, "" when it is missing. The
// references were checked when the tag was read.
func (x *lexer) text(name string) string {
	raw, _ := x.attr(name)
	return unescaped(raw)
}

// flag reads an attribute as xsd:boolean, false when it is missing.
func (x *lexer) flag(name string, at int) (bool, error) {
	switch v := x.text(name); v {
	case "1", "true":
		return true, nil
	case "", "0", "false":
		return false, nil
	default:
		return false, x.fail(at, "attribute %s is %q, neither true nor false", name, v)
	}
}

// instruction passes over <?target ...?>; at byte 0 that is the XML declaration.
func (x *lexer) instruction() error {
	i := x.p + 2
	n := bytes.Index(x.b[i:x.n], []byte("?>"))
	if n < 0 {
		return x.short("a processing instruction")
	}
	from := i
	for isName(x.b[i], i == from) {
		i++
	}
	target := x.b[from:i]
	if len(target) == 0 {
		return x.unexpected(i, "a processing instruction")
	}
	if bytes.EqualFold(target, []byte("xml")) {
		if err := x.xmlDeclaration(i, from+n); err != nil {
			return err
		}
	}
	x.p = from + n + 2
	return nil
}

func (x *lexer) xmlDeclaration(i, end int) error {
	if before := x.base + int64(x.p); before != 0 && !(x.base == 0 && string(x.b[:x.p]) == "\xef\xbb\xbf") {
		return x.fail(x.p, "an XML declaration that is not at the beginning")
	}
	stop, err := x.attributes(i, "the XML declaration")
	if err != nil {
		return err
	}
	if stop != end {
		return x.unexpected(stop, "the XML declaration")
	}
	if v := x.text("version"); v != "1.0" {
		return x.fail(x.p, "XML version %q, only 1.0 is read", v)
	}
	enc, ok := x.attr("encoding")
	if ok && !bytes.EqualFold(enc, []byte("utf-8")) && !bytes.EqualFold(enc, []byte("utf8")) && !bytes.EqualFold(enc, []byte("us-ascii")) {
		return unsupported(x.part, "the part declares the encoding "+clip(enc), "save the workbook again, so that its parts are UTF-8")
	}
	return nil
}

// declaration reads what begins with "<!": a comment is passed over, a CDATA
// section is text, all else is refused.
func (x *lexer) declaration() (token, bool, error) {
	const comment, cdata, doctype = "<!--", "<![CDATA[", "<!DOCTYPE"
	at := x.p
	rest := x.b[at:x.n]
	switch {
	case bytes.HasPrefix(rest, []byte(comment)):
		n := bytes.Index(rest[len(comment):], []byte("--"))
		if n < 0 || len(comment)+n+2 >= len(rest) {
			return token{}, false, x.short("a comment")
		}
		if rest[len(comment)+n+2] != '>' {
			return token{}, false, x.fail(at+n, `"--" in a comment`)
		}
		x.p = at + len(comment) + n + 3
		return token{}, false, nil
	case bytes.HasPrefix(rest, []byte(cdata)):
		if len(x.open) == 0 {
			return token{}, false, x.fail(at, "a CDATA section outside the root element")
		}
		n := bytes.Index(rest[len(cdata):], []byte("]]>"))
		if n < 0 {
			return token{}, false, x.short("a CDATA section")
		}
		x.p = at + len(cdata) + n + 3
		return token{kind: tokText, cdata: true, text: rest[len(cdata) : len(cdata)+n], at: at}, true, nil
	case bytes.HasPrefix(rest, []byte(doctype)):
		return token{}, false, x.fail(at, "a document type declaration, which no workbook has")
	case len(rest) < len(doctype):
		return token{}, false, x.short("a tag")
	}
	return token{}, false, x.fail(at, "%q is not allowed here", clip(rest))
}
