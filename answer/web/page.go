package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
	"lumbung/load/snapshot"
)

// errBadAddress marks an address whose parts are no code, year or status.
var errBadAddress = errors.New("no page has this address")

// page is what the frame around every view shows.
type page struct {
	Lang     kalimat.Lang
	Title    string // of the window; the h1 is in Head
	Head     string
	Deck     string
	Assets   string
	Menu     []link
	Crumbs   []link
	Area     answer.Area
	Snapshot string
	Created  time.Time
	Pinned   bool
	Warnings []string
	Printed  time.Time
	Location *time.Location
	Sources  string
	Body     any

	host     string
	path     string // of this page, without the language
	query    url.Values
	pin      string
	template string
	redirect string
	status   int
}

// link is an entry of a menu or of the path at the top.
type link struct {
	Href, Text string
	Here       bool
}

// T chooses between the two wordings.
func (p *page) T(id, en string) string { return p.Lang.T(id, en) }

// Href is an address of the dashboard in the page's language and snapshot.
func (p *page) Href(path string) string {
	if p.Lang == kalimat.EN && !strings.HasPrefix(path, "/statis/") {
		path = "/en" + path
	}
	if p.pin == "" {
		return path
	}
	path, anchor, hasAnchor := strings.Cut(path, "#")
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	path += sep + "potret=" + url.QueryEscape(p.pin)
	if hasAnchor {
		path += "#" + anchor
	}
	return path
}

// Other is this page in the other language.
func (p *page) Other() string {
	path := p.path
	if enc := p.query.Encode(); enc != "" {
		path += "?" + enc
	}
	if p.Lang == kalimat.EN {
		return path
	}
	return "/en" + path
}

// Address is where this page was asked for, for paper.
func (p *page) Address() string {
	if p.Lang == kalimat.EN {
		return p.host + "/en" + p.path
	}
	return p.host + p.path
}

// Current is this page on the newest snapshot.
func (p *page) Current() string {
	query := url.Values{}
	for k, v := range p.query {
		if k != "potret" {
			query[k] = v
		}
	}
	path := p.path
	if p.Lang == kalimat.EN {
		path = "/en" + path
	}
	if enc := query.Encode(); enc != "" {
		path += "?" + enc
	}
	return path
}

// Int, Signed, Score, Date and the like write values in the page's language.
func (p *page) Int(n int64) string          { return p.Lang.Int(n) }
func (p *page) Signed(n int64) string       { return p.Lang.Signed(n) }
func (p *page) Score(s string) string       { return p.Lang.Score(s) }
func (p *page) SignedScore(s string) string { return p.Lang.SignedScore(s) }
func (p *page) Status(s string) string      { return kalimat.Status(s) }
func (p *page) Gloss(s string) string       { return p.Lang.Gloss(s) }
func (p *page) Date(t time.Time) string     { return p.Lang.Date(t.In(p.Location)) }

// Stamp is "23 Nov 2026, 02.10 WITA".
func (p *page) Stamp(t time.Time) string {
	t = t.In(p.Location)
	return p.Lang.ShortDate(t) + ", " + p.Lang.Clock(t)
}

// Nature is the mark of rows that are no official data, "" for official ones.
func (p *page) Nature(nature string) string {
	switch nature {
	case "rekonstruksi":
		return p.T("rekonstruksi", "reconstruction")
	case "sintetis":
		return p.T("sintetis", "synthetic")
	case "campuran":
		return p.T("sebagian rekonstruksi", "partly reconstruction")
	}
	return ""
}

// RestoredNote explains the mark † for paper and screen.
func (p *page) RestoredNote(dimension string) string {
	return fmt.Sprintf(p.T("dipulihkan: sumbernya mengulang nilai lain, nilai di sini dihitung balik dari %s terbitan", "restored: the source repeats another score, this one was reckoned back from the published %s"), dimension)
}

// LevelName is the word before an area's name.
func (p *page) LevelName(level string) string {
	if p.Lang == kalimat.EN {
		return map[string]string{"nasional": "country", "provinsi": "province", "kabupaten": "regency", "kecamatan": "district", "desa": "village", "kelurahan": "urban ward"}[level]
	}
	return level
}

// slug is a status as addresses write it.
func slug(status string) string { return strings.ReplaceAll(strings.ToLower(status), " ", "-") }

// Slug is slug for templates.
func (p *page) Slug(status string) string { return slug(status) }

// shortName drops the word of the level, which breadcrumbs and headings say otherwise.
func shortName(a answer.Area) string {
	for _, word := range []string{"Kabupaten ", "Provinsi "} {
		if name, ok := strings.CutPrefix(a.Name, word); ok {
			return name
		}
	}
	return a.Name
}

// areaName is an area in a sentence.
func areaName(l kalimat.Lang, a answer.Area) string {
	switch a.Level {
	case "kecamatan":
		return l.T("Kecamatan ", "district ") + a.Name
	case "desa":
		return l.T("Desa ", "") + a.Name
	}
	return shortName(a)
}

// newPage begins the page of a request.
func (s *Server) newPage(q *request, template string, area answer.Area) *page {
	p := s.barePage(q.http, template)
	p.pin, p.Pinned = q.pin, q.pin != ""
	p.Snapshot, p.Created, p.Area = q.Snap.ID(), q.Snap.Manifest.Created, area
	p.Warnings = s.warnings(p, q)
	p.Menu = s.menu(p, area)
	return p
}

func (s *Server) barePage(r *http.Request, template string) *page {
	query := r.URL.Query()
	return &page{Lang: langOf(r), Assets: s.assets, Location: s.opt.Location, Printed: s.opt.Clock(), host: r.Host, path: r.URL.Path, query: query, template: template}
}

// menu points at the area of the page, or at the one that the project names.
func (s *Server) menu(p *page, area answer.Area) []link {
	code := area.Code
	if code == "" || area.Level == "desa" || area.Level == "kelurahan" {
		code = s.opt.Area
		if len(area.Code) > 5 {
			code = area.Code[:5]
		}
	}
	upper := code
	if len(upper) > 5 {
		upper = upper[:5]
	}
	var menu []link
	for _, m := range [][3]string{{"/" + code, "Ringkasan", "Overview"}, {"/" + code + "/perpindahan", "Perpindahan", "Moves"},
		{"/" + upper + "/kecamatan", "Kecamatan", "Districts"}, {"/" + upper + "/program", "Program", "Programmes"},
		{"/cocokkan", "Cocokkan", "Check"}, {"/mutu", "Mutu data", "Data quality"}} {
		menu = append(menu, link{p.Href(m[0]), p.T(m[1], m[2]), m[0] == p.path})
	}
	return menu
}

// warnings are the boxes above a page: damage, a refused or failed run, stale sources.
func (s *Server) warnings(p *page, q *request) []string {
	var out []string
	if q.Damage != nil && !errors.Is(q.Damage, snapshot.ErrNone) {
		out = append(out, fmt.Sprintf(p.T("Potret terbaru rusak; halaman ini memakai potret %s, %s. Lihat `lumbung verify`.",
			"The newest snapshot is damaged; this page uses %s of %s. See `lumbung verify`."), q.Snap.ID(), p.Date(q.Snap.Manifest.Created)))
	}
	for _, run := range q.History {
		if run.Outcome == "running" {
			continue
		}
		if verb := p.outcomeVerb(run.Outcome); verb != "" {
			out = append(out, fmt.Sprintf(p.T("Pembaruan %s %s; halaman ini memakai data %s", "The run of %s %s; this page uses data of %s"),
				p.Date(run.Started), verb, p.Date(q.Snap.Manifest.Created)))
		}
		break
	}
	for _, in := range q.Snap.Manifest.Inputs {
		switch {
		case in.Refused != "":
			out = append(out, fmt.Sprintf(p.T("Isi baru dari sumber %s ditolak (aturan %s); rilis %s adalah salinan lama",
				"New content of source %s was refused (rule %s); release %s is an older copy"), in.Sumber, in.Refused, in.Rilis))
		case in.Stale:
			out = append(out, fmt.Sprintf(p.T("Sumber %s gagal diambil; rilis %s adalah salinan lama", "Source %s failed; release %s is an older copy"), in.Sumber, in.Rilis))
		}
	}
	return out
}

func (p *page) outcomeVerb(outcome string) string {
	switch outcome {
	case "refused":
		return p.T("ditolak audit", "was refused by an audit")
	case "failed":
		return p.T("gagal", "failed")
	case "interrupted":
		return p.T("terputus", "was interrupted")
	}
	return ""
}

// Outcome names how a run ended.
func (p *page) Outcome(outcome string) string {
	names := map[string][2]string{"published": {"terbit", "published"}, "unchanged": {"tidak berubah", "unchanged"}, "refused": {"ditolak audit", "refused by an audit"},
		"failed": {"gagal", "failed"}, "interrupted": {"terputus", "interrupted"}, "running": {"sedang berjalan", "running"}, "missed": {"terlewat", "missed"}}
	if n, ok := names[outcome]; ok {
		return p.T(n[0], n[1])
	}
	return outcome
}

// parsePages reads the frame, the shared parts and one template a page.
func parsePages(fsys embed.FS) (map[string]*template.Template, error) {
	files, err := fs.Glob(fsys, "templates/halaman-*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, file := range files {
		t, err := template.New("").Funcs(template.FuncMap{"dict": dict, "deref": deref}).ParseFS(fsys, "templates/bingkai.html", "templates/bagian-*.html", file)
		if err != nil {
			return nil, fmt.Errorf("dashboard templates: %w", err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/halaman-"), ".html")
		pages[name] = t
	}
	return pages, nil
}

// dict hands several values to a shared part of a template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name without a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is not a text", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// deref is the number behind a pointer that the template has tested.
func deref(n *int64) int64 { return *n }
