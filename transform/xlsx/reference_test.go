package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"lumbung/transform/row"
	"lumbung/transform/xlsx/xlsxtest"
)

// The reference reader: archive/zip and encoding/xml, the whole part as a tree,
// no care for speed, order or limits. It knows what cells mean and nothing about
// what to refuse; whatever our reader accepts, both must read alike.

// node is an XML element; its children are *node and string.
type node struct {
	name     string
	attrs    map[string]string
	children []any
}

func parseTree(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := &node{}
	stack := []*node{root}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.children = append(top.children, string(t))
		}
	}
	for _, c := range root.children {
		if n, ok := c.(*node); ok {
			return n, nil
		}
	}
	return nil, errors.New("no element")
}

// all returns the children of a name.
func (n *node) all(name string) []*node {
	var out []*node
	for _, c := range n.children {
		if c, ok := c.(*node); ok && c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// text joins the text directly in the node.
func (n *node) text() string {
	var b strings.Builder
	for _, c := range n.children {
		if s, ok := c.(string); ok {
			b.WriteString(s)
		}
	}
	return b.String()
}

// rich joins t and r/t in their order.
func (n *node) rich() string {
	var b strings.Builder
	for _, c := range n.children {
		c, ok := c.(*node)
		switch {
		case !ok:
		case c.name == "t":
			b.WriteString(unescapeX(c.text()))
		case c.name == "r":
			b.WriteString(c.rich())
		}
	}
	return b.String()
}

var xEscape = regexp.MustCompile(`(?i)(?-i:_x)[0-9a-f]{4}_(?:(?-i:_x)[0-9a-f]{4}_)*`)

func unescapeX(s string) string {
	return xEscape.ReplaceAllStringFunc(s, func(run string) string {
		var units []uint16
		for ; run != ""; run = run[7:] {
			v, err := strconv.ParseUint(run[2:6], 16, 16)
			if err != nil {
				return err.Error()
			}
			units = append(units, uint16(v))
		}
		return string(utf16.Decode(units))
	})
}

type refBook struct {
	parts  map[string][]byte // by lower-case name
	shared []string
}

// referenceRead returns the rows of each worksheet in the order of the workbook.
// Dates are not told apart.
func referenceRead(data []byte) ([][]xlsxtest.Row, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	b := refBook{parts: map[string][]byte{}}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		if b.parts[strings.ToLower(f.Name)], err = io.ReadAll(r); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return b.sheets()
}

func (b *refBook) sheets() ([][]xlsxtest.Row, error) {
	root, err := b.rels("")
	if err != nil {
		return nil, err
	}
	main := root["*officeDocument"]
	rels, err := b.rels(main)
	if err != nil {
		return nil, err
	}
	if part := rels["*sharedStrings"]; part != "" {
		sst, err := parseTree(b.parts[strings.ToLower(part)])
		if err != nil {
			return nil, err
		}
		for _, si := range sst.all("si") {
			b.shared = append(b.shared, si.rich())
		}
	}
	book, err := parseTree(b.parts[strings.ToLower(main)])
	if err != nil {
		return nil, err
	}
	var out [][]xlsxtest.Row
	for _, list := range book.all("sheets") {
		for _, s := range list.all("sheet") {
			if rels["="+s.attrs["id"]] != "worksheet" {
				continue
			}
			rows, err := b.sheet(rels[s.attrs["id"]])
			if err != nil {
				return nil, err
			}
			out = append(out, rows)
		}
	}
	return out, nil
}

// rels maps "*type" and Id to the target and "=Id" to the type.
func (b *refBook) rels(source string) (map[string]string, error) {
	name := path.Join(path.Dir(source), "_rels", path.Base(source)+".rels")
	if source == "" {
		name = "_rels/.rels"
	}
	tree, err := parseTree(b.parts[strings.ToLower(name)])
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range tree.all("Relationship") {
		target := r.attrs["Target"]
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", path.Dir(source), target)
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		kind := path.Base(r.attrs["Type"])
		out["*"+kind], out[r.attrs["Id"]], out["="+r.attrs["Id"]] = target, target, kind
	}
	return out, nil
}

func (b *refBook) sheet(part string) ([]xlsxtest.Row, error) {
	tree, err := parseTree(b.parts[strings.ToLower(part)])
	if err != nil {
		return nil, err
	}
	var rows []xlsxtest.Row
	number := 0
	for _, data := range tree.all("sheetData") {
		for _, r := range data.all("row") {
			number++
			if s, ok := r.attrs["r"]; ok {
				if number, err = strconv.Atoi(s); err != nil {
					return nil, err
				}
			}
			out := xlsxtest.Row{Number: number}
			col := -1
			for _, c := range r.all("c") {
				col++
				if ref, ok := c.attrs["r"]; ok {
					col = refCol(ref)
				}
				cell, err := b.cell(c)
				if err != nil {
					return nil, err
				}
				if cell.Col = col; cell.Kind != row.Empty {
					out.Cells = append(out.Cells, cell)
				}
			}
			rows = append(rows, out)
		}
	}
	return rows, nil
}

func refCol(ref string) int {
	col := 0
	for _, c := range strings.TrimRight(ref, "0123456789") {
		col = col*26 + int(c-'A') + 1
	}
	return col - 1
}

func (b *refBook) cell(c *node) (xlsxtest.Cell, error) {
	typ := c.attrs["t"]
	if is := c.all("is"); len(is) > 0 {
		return xlsxtest.Cell{Kind: row.Text, Text: is[0].rich()}, nil
	}
	v := c.all("v")
	text := ""
	if len(v) > 0 {
		text = v[0].text()
	}
	if typ != "str" {
		text = strings.TrimSpace(text)
	}
	number := typ == "" || typ == "n"
	if len(v) == 0 || number && text == "" {
		if len(c.all("f")) > 0 {
			return xlsxtest.Cell{Kind: row.Error, Text: "#NOVALUE"}, nil
		}
		return xlsxtest.Cell{}, nil
	}
	switch typ {
	case "", "n":
		return xlsxtest.Cell{Kind: row.Number, Text: text}, nil
	case "s":
		i, err := strconv.Atoi(text)
		if err != nil || i < 0 || i >= len(b.shared) {
			return xlsxtest.Cell{}, fmt.Errorf("shared string %q", text)
		}
		return xlsxtest.Cell{Kind: row.Text, Text: b.shared[i]}, nil
	case "str":
		return xlsxtest.Cell{Kind: row.Text, Text: unescapeX(text)}, nil
	case "e":
		return xlsxtest.Cell{Kind: row.Error, Text: text}, nil
	case "b":
		return xlsxtest.Cell{Kind: row.Bool, Text: map[string]string{"1": "true", "0": "false", "true": "true", "false": "false"}[text]}, nil
	}
	return xlsxtest.Cell{}, fmt.Errorf("type %q", typ)
}
