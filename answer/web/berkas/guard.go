// Package berkas writes the files that people take away from the dashboard: CSV and XLSX, safe to open in a spreadsheet.
package berkas

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode"
)

// Safe keeps a spreadsheet from taking a text for a formula: a text that begins
// with =, +, -, @, tab, carriage return or line feed, also after blanks or after a line
// break inside, gets a leading apostrophe. Numbers never come here; they stay numbers.
// Source of the rule: OWASP, CSV injection.
func Safe(text string) string {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		trimmed := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
		if trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) {
			return "'" + text
		}
	}
	if text != "" && strings.ContainsRune("\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// Number is a cell that is written as the number it is, digits unchanged.
type Number string

// Table is a table of texts, Numbers, ints and nils below one row of headings.
type Table struct {
	Name string
	Head []string
	Rows [][]any
}

// CSV writes a table as UTF-8 with a byte-order mark, which spreadsheets need to see UTF-8.
func CSV(t Table) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString("\ufeff")
	w := csv.NewWriter(&buf)
	w.UseCRLF = true
	head := make([]string, len(t.Head))
	for i, h := range t.Head {
		head[i] = Safe(h)
	}
	if err := w.Write(head); err != nil {
		return nil, fmt.Errorf("csv %s: %w", t.Name, err)
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = plain(v)
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("csv %s: %w", t.Name, err)
		}
	}
	w.Flush()
	return buf.Bytes(), w.Error()
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Safe(v)
	case Number:
		return string(v)
	}
	return fmt.Sprint(v)
}

// Filename is a name for Content-Disposition: letters, digits, dots, dashes and underscores only.
func Filename(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, text)
}
