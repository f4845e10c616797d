package xlsx

import (
	"bytes"
	"errors"
)

// pad is the room behind the data of a lexer, all NUL. No XML character is NUL,
// so every scanning loop ends there and eight bytes can be loaded from any place.
const pad = 64

// errShort asks for more bytes: the unit at x.p goes on behind the data.
var errShort = errors.New("more bytes needed")

type tokenKind uint8

const (
	tokStart tokenKind = iota
	tokEnd             // also after the start of an empty element
	tokText            // character data or a CDATA section
	tokEOF
)

// token is one piece of markup; its slices point into the lexer's bytes.
type token struct {
	kind  tokenKind
	ns    nsKind
	local []byte // element name without prefix
	text  []byte // raw text
	cdata bool   // text is literal
	at    int    // index of its first byte in x.b
}

// attr is one attribute with its raw value.
type attr struct{ name, value []byte }

// frame is one open element.
type frame struct {
	from  int // its name begins here in x.names
	colon int // length of prefix and colon
	ns    nsKind
	binds int // namespace bindings that were there before it
}

// lexer cuts the bytes of one part into tokens and checks that they are
// well-formed XML. It never copies text and never resolves entities on its own.
type lexer struct {
	part  string
	lim   Limits
	b     []byte // data and pad
	n     int    // length of the data
	p     int    // next byte
	base  int64  // offset of b[0] in the part
	final bool   // nothing follows b[:n]

	attrs   []attr // of the start tag that next returned last
	names   []byte
	open    []frame
	binds   []binding
	pending bool // the end of an empty element is to be returned
	rooted  bool // the root element was seen
	scratch []byte
}

func newLexer(part string, lim Limits) *lexer { return &lexer{part: part, lim: lim} }

// mark is a state to which the lexer can go back while the bytes are there.
type mark struct {
	p, open, names, binds int
	pending, rooted       bool
}

func (x *lexer) mark() mark {
	return mark{x.p, len(x.open), len(x.names), len(x.binds), x.pending, x.rooted}
}

// reset goes back to m. Elements that were open at m must be open still, which
// holds for the units the parsers try: they begin and end at one depth.
func (x *lexer) reset(m mark) {
	x.p, x.pending, x.rooted = m.p, m.pending, m.rooted
	x.open, x.names, x.binds = x.open[:m.open], x.names[:m.names], x.binds[:m.binds]
}

func (x *lexer) fail(i int, format string, args ...any) error {
	return damaged(x.part, byteAt(x.base+int64(i)), format, args...)
}

// short is the answer when a unit reaches the end of the data.
func (x *lexer) short(what string) error {
	if !x.final {
		return errShort
	}
	return x.fail(x.n, "the XML ends inside %s", what)
}

// unexpected is short at the end of the data and a fault elsewhere.
func (x *lexer) unexpected(i int, where string) error {
	if i >= x.n {
		return x.short(where)
	}
	return x.fail(i, "%q is not allowed in %s", x.b[i], where)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func allSpace(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// isName says whether c may stand in a name; digits, '-' and '.' not in front.
func isName(c byte, first bool) bool {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == ':', c >= 0x80:
		return true
	case c >= '0' && c <= '9', c == '-', c == '.':
		return !first
	}
	return false
}

// next returns the next token. Comments and processing instructions are checked
// and passed over.
func (x *lexer) next() (token, error) {
	if x.pending {
		x.pending = false
		return x.pop(x.p), nil
	}
	for {
		i := x.p
		if x.b[i] != '<' {
			tok, ok, err := x.chars()
			if err != nil || ok {
				return tok, err
			}
			continue
		}
		switch x.b[i+1] {
		case '/':
			return x.endTag()
		case '?':
			if err := x.instruction(); err != nil {
				return token{}, err
			}
		case '!':
			tok, ok, err := x.declaration()
			if err != nil || ok {
				return tok, err
			}
		default:
			return x.startTag()
		}
	}
}

// chars reads the text up to the next tag; false: white space outside the root.
func (x *lexer) chars() (token, bool, error) {
	i := x.p
	e := bytes.IndexByte(x.b[i:x.n], '<')
	if e < 0 {
		if !x.final {
			return token{}, false, errShort
		}
		e = x.n - i
	}
	text := x.b[i : i+e]
	if len(x.open) == 0 {
		if i == 0 && x.base == 0 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		if !allSpace(text) {
			return token{}, false, x.fail(i, "text %q outside the root element", clip(text))
		}
		x.p = i + e
		if x.p < x.n {
			return token{}, false, nil
		}
		if !x.rooted {
			return token{}, false, x.fail(x.p, "the part has no element")
		}
		return token{kind: tokEOF, at: x.p}, true, nil
	}
	if i+e == x.n {
		return token{}, false, x.short("element " + x.top())
	}
	if err := x.checkText(text, i); err != nil {
		return token{}, false, err
	}
	x.p = i + e
	return token{kind: tokText, text: text, at: i}, true, nil
}

// checkText refuses undefined entities and a bare "]]>" in text nobody asks for too.
func (x *lexer) checkText(text []byte, i int) error {
	if bytes.IndexByte(text, '&') >= 0 {
		var err error
		if x.scratch, err = appendUnescaped(x.scratch[:0], text); err != nil {
			return x.fail(i, "%v", err)
		}
	}
	if bytes.Contains(text, []byte("]]>")) {
		return x.fail(i, `"]]>" in text`)
	}
	return nil
}

// top is the qualified name of the innermost open element.
func (x *lexer) top() string { return string(x.names[x.open[len(x.open)-1].from:]) }

// pop closes the innermost element.
func (x *lexer) pop(at int) token {
	f := x.open[len(x.open)-1]
	tok := token{kind: tokEnd, ns: f.ns, local: x.names[f.from+f.colon:], at: at}
	x.open = x.open[:len(x.open)-1]
	x.names = x.names[:f.from] // the bytes of tok.local stay until the next push
	x.binds = x.binds[:f.binds]
	return tok
}

// push opens an element that is not nested too deeply.
func (x *lexer) push(name []byte, colon int, ns nsKind, binds int) error {
	if len(x.open) >= x.lim.Depth {
		return overLimit(x.part, byteAt(x.base+int64(x.p)), "Depth", "elements are nested more than %d deep", x.lim.Depth)
	}
	x.open = append(x.open, frame{from: len(x.names), colon: colon, ns: ns, binds: binds})
	x.names = append(x.names, name...)
	return nil
}

func (x *lexer) endTag() (token, error) {
	i := x.p + 2
	e := i
	for isName(x.b[e], e == i) {
		e++
	}
	stop := e
	for isSpace(x.b[stop]) {
		stop++
	}
	if x.b[stop] != '>' || e == i {
		return token{}, x.unexpected(stop, "an end tag")
	}
	if len(x.open) == 0 {
		return token{}, x.fail(x.p, "end tag %q closes nothing", clip(x.b[i:e]))
	}
	if name := x.names[x.open[len(x.open)-1].from:]; !bytes.Equal(name, x.b[i:e]) {
		return token{}, x.fail(x.p, "end tag %q where %q is open", clip(x.b[i:e]), clip(name))
	}
	at := x.p
	x.p = stop + 1
	return x.pop(at), nil
}
