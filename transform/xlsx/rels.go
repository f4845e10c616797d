package xlsx

import (
	"net/url"
	"path"
	"strings"
)

// relation is one line of a relationships part.
type relation struct {
	kind     string // last segment of the type URI, which both variants of the standard share
	target   string // part name, resolved against the source part
	external bool
}

// The relationship kinds that lead from the package to the cells.
const (
	relWorkbook  = "officeDocument"
	relSheet     = "worksheet"
	relStyles    = "styles"
	relShared    = "sharedStrings"
	contentTypes = "[Content_Types].xml"
	packageRels  = "_rels/.rels"
)

// relsOf is the name of the part that holds the relations of a part.
func relsOf(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}

// readRels reads the relations of source ("" is the package) by their Id.
func (a *archive) readRels(source string, lim Limits) (map[string]relation, error) {
	name := packageRels
	if source != "" {
		name = relsOf(source)
	}
	x, err := a.part(name, lim)
	if err != nil {
		return nil, err
	}
	rels := map[string]relation{}
	for {
		tok, err := x.next()
		if err != nil {
			return nil, err
		}
		switch {
		case tok.kind == tokEOF:
			return rels, nil
		case tok.kind != tokStart || tok.ns != nsPackage || string(tok.local) != "Relationship":
			continue
		}
		id, r := x.text("Id"), relation{external: x.text("TargetMode") == "External"}
		typ := x.text("Type")
		r.kind = typ[strings.LastIndexByte(typ, '/')+1:]
		if !r.external {
			r.target = resolve(source, x.text("Target"))
		}
		if _, twice := rels[id]; twice || id == "" {
			return nil, x.fail(tok.at, "the relationship Id %q stands twice or is empty", id)
		}
		rels[id] = r
	}
}

// resolve makes a target a part name: absolute, or relative to the source's folder.
func resolve(source, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if t, err := url.PathUnescape(target); err == nil {
		target = t
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + path.Dir(source) + "/" + target
	}
	return strings.TrimPrefix(path.Clean(target), "/")
}

// part opens a small part that must be there.
func (a *archive) part(name string, lim Limits) (*lexer, error) {
	e := a.byName[partKey(name)]
	if e == nil {
		return nil, damaged(name, "", "the part is missing")
	}
	return a.readWhole(e, lim)
}

// one returns the target of the only relation of a kind, "" when there is none.
func one(rels map[string]relation, part, kind string) (string, error) {
	target := ""
	for _, r := range rels {
		switch {
		case r.kind != kind || r.external:
		case target != "" && partKey(target) != partKey(r.target):
			return "", damaged(relsOf(part), "", "two relationships of the type %s", kind)
		default:
			target = r.target
		}
	}
	return target, nil
}
