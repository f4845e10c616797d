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

// Unmarshal decodes a document into v. Unknown keys, duplicate keys and wrong
// types are errors of the form "file:line:column: reason".
func Unmarshal(file string, b []byte, v any) (*Doc, error) {
	if err := yaml.UnmarshalWithOptions(b, v, yaml.Strict()); err != nil {
		return nil, syntaxError(file, err)
	}
	doc, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, syntaxError(file, err)
	}
	return &Doc{file, doc}, nil
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
