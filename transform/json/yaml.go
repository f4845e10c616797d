package json

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	yaml "github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// OpenYAML reads one YAML document with the paths of JSON. The document is held
// in memory (Limits.YAML) and rewritten as JSON from its syntax tree, so that
// numbers keep their digits. Refused are anchors, aliases, merge keys, tags,
// several documents, members that stand twice and numbers that JSON does not
// have: 0123 and 0x1F are other numbers than they seem, and codes belong in
// quotes.
func OpenYAML(r io.Reader, cfg Config) (*Reader, error) {
	if cfg.Lines {
		return nil, fmt.Errorf("lines: a YAML file is one document; drop lines: true")
	}
	converted, err := convertYAML(r, cfg.Limits.orDefaults())
	if err != nil {
		return nil, err
	}
	return Open(bytes.NewReader(converted), cfg)
}

func convertYAML(r io.Reader, limits Limits) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(limits.YAML)+1))
	if err != nil {
		return nil, fmt.Errorf("YAML document: %w", err)
	}
	if len(text) > limits.YAML {
		return nil, fmt.Errorf("YAML document: larger than %d bytes; publish large data as JSON or CSV", limits.YAML)
	}
	converted, err := yamlToJSON(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), limits.Depth)
	if err != nil {
		return nil, fmt.Errorf("YAML document: %w", err)
	}
	return converted, nil
}

func yamlToJSON(text []byte, depth int) ([]byte, error) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("not valid UTF-8; convert the file to UTF-8")
	}
	if err := checkTokens(yaml.Tokenize(string(text)), depth); err != nil {
		return nil, err
	}
	file, err := parse(text)
	if err != nil {
		return nil, err
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fmt.Errorf("%d documents where one is expected", len(file.Docs))
	}
	var w yamlWriter
	if err := w.node(file.Docs[0].Body); err != nil {
		return nil, err
	}
	return w.out.Bytes(), nil
}

// parse turns a panic of the parser into an error: the document comes from
// outside, and it alone must be refused, not the run stopped.
func parse(text []byte) (file *ast.File, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			file, err = nil, fmt.Errorf("the YAML parser gave up: %v", fault)
		}
	}()
	return parser.ParseBytes(text, 0)
}

// checkTokens refuses what the parser must not see: deep nesting, on which its
// recursion would run out of stack; quoted texts one after the other, on which
// it takes quadratic time (a megabyte of quotes: minutes); and what has no place in data.
func checkTokens(tokens token.Tokens, depth int) error {
	flow := 0
	for i, t := range tokens {
		if i > 0 && isQuoted(tokens[i-1]) && (isQuoted(t) || t.Type == token.StringType) && t.Position.Line == tokens[i-1].Position.Line {
			return fmt.Errorf("line %d: text stands after a closing quote", t.Position.Line)
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return fmt.Errorf("line %d: anchors, aliases, merge keys and tags are not read; write the value out", t.Position.Line)
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			// Each level of block style begins at least one column further right.
			if flow == 0 && t.Position.Column > maxYAMLColumn {
				return fmt.Errorf("line %d: a list or mapping begins beyond column %d", t.Position.Line, maxYAMLColumn)
			}
		}
		if flow > depth {
			return fmt.Errorf("line %d: values are nested deeper than %d levels", t.Position.Line, depth)
		}
	}
	return nil
}

func isQuoted(t *token.Token) bool {
	return t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType
}

// maxYAMLColumn bounds the depth of block style. YAML allows keys of 1,024 characters.
const maxYAMLColumn = 2048

// yamlWriter writes a syntax tree as JSON.
type yamlWriter struct{ out bytes.Buffer }

func (w *yamlWriter) node(n ast.Node) error {
	switch n := n.(type) {
	case nil:
		w.out.WriteString("null")
	case *ast.NullNode:
		w.out.WriteString("null")
	case *ast.BoolNode:
		w.out.WriteString(strconv.FormatBool(n.Value))
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return w.number(n.GetToken())
	case *ast.StringNode:
		w.text(n.Value)
	case *ast.LiteralNode:
		w.text(n.Value.Value)
	case *ast.SequenceNode:
		return w.sequence(n)
	case *ast.MappingNode:
		return w.mapping(n.Values)
	case *ast.MappingValueNode:
		return w.mapping([]*ast.MappingValueNode{n})
	default:
		return fmt.Errorf("line %d: a %s is not read as data", n.GetToken().Position.Line, n.Type())
	}
	return nil
}

func (w *yamlWriter) number(t *token.Token) error {
	if n, ok := numberLength([]byte(t.Value)); !ok || n != len(t.Value) {
		return fmt.Errorf("line %d: %s is no plain decimal number; put it in quotes if it is a code", t.Position.Line, t.Value)
	}
	w.out.WriteString(t.Value)
	return nil
}

// text writes a string; strconv's quoting is not JSON's, so escapes are few and our own.
func (w *yamlWriter) text(s string) {
	w.out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.out.WriteByte('\\')
			w.out.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&w.out, `\u%04x`, r)
		default:
			w.out.WriteRune(r)
		}
	}
	w.out.WriteByte('"')
}

func (w *yamlWriter) sequence(n *ast.SequenceNode) error {
	w.out.WriteByte('[')
	for i, v := range n.Values {
		if i > 0 {
			w.out.WriteByte(',')
		}
		if err := w.node(v); err != nil {
			return err
		}
	}
	w.out.WriteByte(']')
	return nil
}

func (w *yamlWriter) mapping(values []*ast.MappingValueNode) error {
	w.out.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			w.out.WriteByte(',')
		}
		switch key := v.Key.(type) {
		case *ast.StringNode:
			w.text(key.Value)
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			w.text(strings.TrimSpace(key.GetToken().Value))
		default:
			return fmt.Errorf("line %d: a key is not a single value", v.Key.GetToken().Position.Line)
		}
		w.out.WriteByte(':')
		if err := w.node(v.Value); err != nil {
			return err
		}
	}
	w.out.WriteByte('}')
	return nil
}
