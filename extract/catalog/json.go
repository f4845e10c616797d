package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// CKAN lists the resources of a package_show answer. formats keeps those alone (case aside); none keeps all.
func CKAN(source string, body []byte, formats []string, rules Rules) ([]Listed, error) {
	c, err := collect(source, rules)
	if err != nil {
		return nil, err
	}
	document, err := c.decode(body)
	if err != nil {
		return nil, err
	}
	top, _ := document.(map[string]any)
	if success, said := top["success"].(bool); said && !success {
		return nil, c.fault(KindErrorPage, "the catalogue answers success: false, %s", clip(fmt.Sprint(top["error"]), 200))
	}
	result, _ := top["result"].(map[string]any)
	resources, ok := result["resources"].([]any)
	if !ok {
		return nil, c.fault(KindShape, "no result.resources")
	}
	for i, entry := range resources {
		resource, ok := entry.(map[string]any)
		if !ok {
			return nil, c.fault(KindShape, "result.resources[%d] is not an object", i)
		}
		if len(formats) > 0 && !slices.ContainsFunc(formats, func(f string) bool { return strings.EqualFold(f, text(resource["format"])) }) {
			c.others++
			continue
		}
		at, dated := parseTime(text(resource["last_modified"]))
		if !dated {
			at, _ = parseTime(text(resource["created"]))
		}
		if err := c.add(text(resource["url"]), text(resource["name"]), at); err != nil {
			return nil, err
		}
	}
	return c.done()
}

// JSONPaths say where a catalogue of another shape keeps its entries.
type JSONPaths struct {
	// Rows names the entries: "data[*]", "[*]", "result.items[*].files[*]".
	Rows string
	// URL, Name and Modified are members of an entry ("file.url"); Name and Modified may be "".
	// An entry that is a text is its own URL when URL is "@".
	URL, Name, Modified string
}

// JSON lists the entries of a JSON catalogue.
func JSON(source string, body []byte, paths JSONPaths, rules Rules) ([]Listed, error) {
	c, err := collect(source, rules)
	if err != nil {
		return nil, err
	}
	document, err := c.decode(body)
	if err != nil {
		return nil, err
	}
	if top, ok := document.(map[string]any); ok && (top["error"] == true || top["success"] == false) {
		return nil, c.fault(KindErrorPage, "the catalogue answers %s", clip(text(top["message"]), 200))
	}
	rows, err := walk(document, paths.Rows)
	if err != nil {
		return nil, c.fault(KindShape, "%w", err)
	}
	for i, row := range rows {
		address := text(member(row, paths.URL))
		if address == "" {
			return nil, c.fault(KindShape, "entry %d has no text at %q", i, paths.URL)
		}
		at, _ := parseTime(text(member(row, paths.Modified)))
		if err := c.add(address, text(member(row, paths.Name)), at); err != nil {
			return nil, err
		}
	}
	return c.done()
}

func (c *collector) decode(body []byte) (any, error) {
	if start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n"); bytes.HasPrefix(start, []byte("<")) {
		return nil, c.fault(KindErrorPage, "HTML where JSON was expected")
	}
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, c.fault(KindShape, "JSON: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, c.fault(KindShape, "JSON: something follows the end")
	}
	return document, nil
}

// walk follows a path and opens every array marked [*].
func walk(document any, path string) ([]any, error) {
	nodes := []any{document}
	for step := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(step, "[*]")
		var next []any
		for _, node := range nodes {
			if name != "" {
				object, _ := node.(map[string]any)
				value, ok := object[name]
				if !ok {
					return nil, fmt.Errorf("no member %q on the way of %q", name, path)
				}
				node = value
			}
			if !each {
				next = append(next, node)
				continue
			}
			list, ok := node.([]any)
			if !ok {
				return nil, fmt.Errorf("%q of %q is not an array", step, path)
			}
			next = append(next, list...)
		}
		nodes = next
	}
	return nodes, nil
}

func member(row any, path string) any {
	if path == "@" {
		return row
	}
	for name := range strings.SplitSeq(path, ".") {
		object, _ := row.(map[string]any)
		row = object[name]
	}
	return row
}

func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
