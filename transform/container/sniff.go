package container

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// Kinds that Sniff tells apart.
const (
	Empty  = "empty"
	HTML   = "html"
	XLSX   = "xlsx"
	XLS    = "xls" // the binary workbooks before XLSX, and encrypted XLSX
	Zip    = "zip"
	Gzip   = "gzip"
	PDF    = "pdf"
	JSON   = "json"
	Text   = "text" // CSV, YAML and whatever else people can read
	Binary = "binary"
)

// Sniff says what a file is by its first bytes (512 are enough). An error page
// sent in place of a workbook is "html", whatever its name. White space alone
// is "empty".
func Sniff(head []byte) (kind string) {
	for _, m := range []struct{ magic, kind string }{
		{"\x1F\x8B", Gzip}, {"%PDF-", PDF}, {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", XLS},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return sniffZip(head)
	}
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return Text
	}
	return sniffText(head)
}

// sniffZip knows workbooks by the name of their first entry.
func sniffZip(head []byte) string {
	const nameAt = 30 // of a local file header
	if len(head) < nameAt {
		return Zip
	}
	name := head[nameAt:]
	if n := int(binary.LittleEndian.Uint16(head[26:])); n < len(name) {
		name = name[:n]
	}
	for _, first := range []string{"[Content_Types].xml", "_rels/", "xl/", "docProps/"} {
		if bytes.HasPrefix(name, []byte(first)) {
			return XLSX
		}
	}
	return Zip
}

func sniffText(head []byte) string {
	text := bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	text = bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(text) == 0:
		return Empty
	case isHTML(text):
		return HTML
	case text[0] == '{' || text[0] == '[':
		return JSON
	}
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0 {
			return Binary
		}
	}
	if zeros := bytes.Count(text, []byte{0}); zeros > 0 && zeros < len(text)/4 {
		return Binary // in UTF-16 nearly every second byte is zero
	}
	return Text
}

// isHTML looks for the marks that browsers look for, leading comments passed over.
func isHTML(text []byte) bool {
	for bytes.HasPrefix(text, []byte("<!--")) {
		end := bytes.Index(text, []byte("-->"))
		if end < 0 {
			return true
		}
		text = bytes.TrimLeft(text[end+3:], " \t\r\n")
	}
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if end := bytes.Index(text, []byte("?>")); end >= 0 {
			text = bytes.TrimLeft(text[end+2:], " \t\r\n")
		}
	}
	start := text[:min(len(text), 16)]
	if !utf8.Valid(start) {
		return false
	}
	start = bytes.ToLower(start)
	for _, mark := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<title", "<meta", "<div", "<h1", "<p>", "<br", "<center", "<table"} {
		if bytes.HasPrefix(start, []byte(mark)) {
			return true
		}
	}
	return false
}
