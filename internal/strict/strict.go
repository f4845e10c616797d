// Package strict reads YAML that a person wrote, and says where it is wrong: file, line and column.
package strict

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Doc is a parsed document, kept to find the place of a value again.
type Doc struct {
	file string
	ast  *ast.File
}

// Unmarshal decodes a document into v. Unknown keys, duplicate keys, wrong
// types, tags, anchors and aliases are errors of the form
// "file:line:column: reason".
func Unmarshal(file string, b []byte, v any) (doc *Doc, err error) {
	// The library panics on some broken documents; the fuzz target of package
	// contract found one with a tag.
	defer func() {
		if fault := recover(); fault != nil {
			doc, err = nil, fmt.Errorf("%s: the YAML parser gave up: %v", file, fault)
		}
	}()
	parsed, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, syntaxError(file, err)
	}
	if err := plainOnly(file, parsed); err != nil {
		return nil, err
	}
	if err := yaml.UnmarshalWithOptions(b, v, yaml.Strict()); err != nil {
		return nil, syntaxError(file, err)
	}
	return &Doc{file, parsed}, nil
}

// special finds the first node that has no place in a configuration.
type special struct{ found ast.Node }

// Visit walks on until one is found.
func (s *special) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.TagType, ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		s.found = n
	}
	if s.found != nil {
		return nil
	}
	return s
}

func plainOnly(file string, parsed *ast.File) error {
	s := &special{}
	for _, d := range parsed.Docs {
		if d.Body != nil {
			ast.Walk(s, d.Body)
		}
	}
	if s.found == nil {
		return nil
	}
	pos := s.found.GetToken().Position
	return fmt.Errorf("%s:%d:%d: tags, anchors and aliases are not used here; write the value out", file, pos.Line, pos.Column)
}

var position = regexp.MustCompile(`(?s)^\[(\d+):(\d+)\] (.*)$`)

func syntaxError(file string, err error) error {
	text := yaml.FormatError(err, false, false)
	if m := position.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s:%s: %s", file, m[1], m[2], strings.TrimSpace(m[3]))
	}
	return fmt.Errorf("%s: %s", file, text)
}

// Errorf makes an error that names the place of a YAML path such as
// "$.columns[2].from", or of the nearest value above it that exists.
func (d *Doc) Errorf(path, format string, args ...any) error {
	where := d.file
	for p := path; p != "" && p != "$"; p = parent(p) {
		yp, err := yaml.PathString(p)
		if err != nil {
			break
		}
		node, err := yp.FilterFile(d.ast)
		if err == nil && node != nil && node.GetToken() != nil {
			pos := node.GetToken().Position
			where = fmt.Sprintf("%s:%d:%d", d.file, pos.Line, pos.Column)
			break
		}
	}
	return fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
}

func parent(p string) string {
	if i := strings.LastIndexAny(p, ".["); i > 0 {
		return p[:i]
	}
	return ""
}
