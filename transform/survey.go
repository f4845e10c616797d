package transform

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lumbung/transform/container"
	"lumbung/transform/contract"
	"lumbung/transform/json"
)

// Survey lists the places of a JSON or YAML document.
func Survey(f contract.Format, p Part) ([]json.Place, error) {
	body, err := p.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	src, err := container.Unwrap(body, p.Size, p.Name, container.DefaultLimits())
	if err != nil {
		return nil, refuse(&p, "", "container", "fetch the file again", err)
	}
	defer func() { _ = src.Close() }()
	survey := json.Survey
	if f.Type == "yaml" {
		survey = json.SurveyYAML
	}
	places, err := survey(src, json.Config{Rows: f.Rows, Lines: f.Lines})
	if err != nil {
		return nil, refuse(&p, "", "container", "fetch the file again", err)
	}
	return places, nil
}

// recordsAt says when nothing stands where the records should be.
func recordsAt(rows string, places []json.Place, p *Part) error {
	var repeats []string
	for _, at := range places {
		if strings.HasPrefix(at.Path, rows) {
			return nil
		}
		if at.Rows != "" && !slices.Contains(repeats, at.Rows) {
			repeats = append(repeats, at.Rows)
		}
	}
	return refuse(p, "", "rows", "correct format.rows in the contract", fmt.Errorf("there are no records at %q; what repeats is %q", rows, repeats))
}

// documentSurface is what a document offers. Worth a word is what stands beside
// something that the contract reads; the rest of the document is its own business.
func documentSurface(_ context.Context, c *contract.Contract, p Part) (*surface, error) {
	places, err := Survey(c.Format, p)
	if err != nil {
		return nil, err
	}
	if err := recordsAt(c.Format.Rows, places, &p); err != nil {
		return nil, err
	}
	d := &documents{rows: c.Format.Rows, parents: map[string]string{}, read: map[string]bool{c.Format.Rows: true}}
	out := &surface{name: d.name, find: findPlace, near: d.near}
	for _, at := range places {
		name := json.Column(at.Path, d.rows)
		out.names, d.parents[name] = append(out.names, name), at.Parent
	}
	out.isNews = func(name string) bool {
		return d.read[d.parents[name]] && (c.SkipPart == nil || name != json.Column(c.SkipPart.Path, d.rows))
	}
	return out, nil
}

// documents compares the paths of a contract with the places of a document.
type documents struct {
	rows    string
	parents map[string]string // of each place
	read    map[string]bool   // containers in which the contract reads something; name fills it
}

// name is a source as shown; "" for @key and for paths that a run refuses.
func (d *documents) name(from string) string {
	path, parent, err := json.Resolve(from, d.rows)
	if err != nil || path == "" {
		return ""
	}
	d.read[parent] = true
	return json.Column(path, d.rows)
}

var anyElement = regexp.QuoteMeta("[*]")

// findPlace looks for a path; one with an index is also found where elements are not told apart.
func findPlace(want string, in []string) []string {
	for _, name := range in {
		re := strings.ReplaceAll(regexp.QuoteMeta(name), anyElement, `\[(?:\*|\d+)\]`)
		if name == want || regexp.MustCompile("^"+re+"$").MatchString(want) {
			return []string{name}
		}
	}
	return nil
}

// near compares members' own names: paths that are long and alike may end in anything.
func (d *documents) near(want string, free []string) []string {
	own := func(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
	if strings.HasSuffix(want, "]") {
		return nil // elements have no names
	}
	var out []string
	for _, name := range contract.Nearest(own(want), mapped(free, own), 2) {
		for _, path := range free {
			if own(path) == name && len(out) < 2 && !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	return out
}

func mapped(in []string, change func(string) string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = change(s)
	}
	return out
}
