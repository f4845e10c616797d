package xlsx

import "bytes"

// nsKind is what a namespace means to us.
type nsKind uint8

const (
	nsOther   nsKind = iota
	nsMain           // SpreadsheetML, transitional or strict
	nsDocRels        // the r: of r:id
	nsPackage        // relationships and content types of the package
)

// binding is one xmlns declaration that is in force.
type binding struct {
	prefix string // "" is the default namespace
	ns     nsKind
}

func nsOf(uri []byte) nsKind {
	switch string(uri) {
	case "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
		"http://purl.oclc.org/ooxml/spreadsheetml/main":
		return nsMain
	case "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
		"http://purl.oclc.org/ooxml/officeDocument/relationships":
		return nsDocRels
	case "http://schemas.openxmlformats.org/package/2006/relationships",
		"http://schemas.openxmlformats.org/package/2006/content-types":
		return nsPackage
	}
	return nsOther
}

// bind takes the xmlns attributes of the tag that was just read.
func (x *lexer) bind() {
	for i := range x.attrs {
		name := x.attrs[i].name
		if len(name) < 5 || string(name[:5]) != "xmlns" {
			continue
		}
		switch {
		case len(name) == 5:
			x.binds = append(x.binds, binding{"", nsOf(x.attrs[i].value)})
		case name[5] == ':':
			x.binds = append(x.binds, binding{string(name[6:]), nsOf(x.attrs[i].value)})
		}
	}
}

// lookup returns the meaning of a prefix; one that is not declared means nothing.
func (x *lexer) lookup(prefix []byte) nsKind {
	for i := len(x.binds) - 1; i >= 0; i-- {
		if x.binds[i].prefix == string(prefix) {
			return x.binds[i].ns
		}
	}
	return nsOther
}

// attrIn returns the unescaped value of an attribute by namespace and local name.
func (x *lexer) attrIn(ns nsKind, local string) string {
	for i := range x.attrs {
		prefix, name, ok := bytes.Cut(x.attrs[i].name, []byte(":"))
		if ok && string(name) == local && x.lookup(prefix) == ns {
			return unescaped(x.attrs[i].value)
		}
	}
	return ""
}
