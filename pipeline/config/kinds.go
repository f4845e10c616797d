package config

import (
	"fmt"
	"net/url"
	"slices"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
)

// The kinds of sources.
const (
	KindFiles   = "files"   // files in a folder of the project
	KindHTTP    = "http"    // releases behind URLs
	KindCatalog = "catalog" // an index page or a catalogue lists them
	KindRumusan = "rumusan" // the ministry's API, one answer per village and year
)

// revalidateEvery is how many answers "not modified" are believed when a source
// sets nothing: a week of nights. Servers send the same ETag with other content.
const revalidateEvery = 7

// Kinds of sources, for messages.
var kinds = []string{KindFiles, KindHTTP, KindCatalog, KindRumusan}

// Listing says how a catalogue is read.
type Listing struct {
	As       string   `yaml:"as"`       // html, ckan, json
	Formats  []string `yaml:"formats"`  // ckan: only resources of these formats
	Rows     string   `yaml:"rows"`     // json: path of the entries, "data[*]"
	URL      string   `yaml:"url"`      // json: member with the address
	Label    string   `yaml:"label"`    // json: member with the name
	Modified string   `yaml:"modified"` // json: member with the time of change
}

// FillsRegister says whether a table is part of the register of areas. Units
// that fill it are decoded first: other contracts, and the villages that an API
// is asked for, go by it.
func FillsRegister(table string) bool {
	return slices.Contains([]string{"wilayah", "perubahan_kode", "padanan"}, table)
}

// Remote says whether the source lies behind a network.
func (s *Source) Remote() bool { return s.Kind != KindFiles }

// sourceKind checks what belongs to one kind of source alone.
func (v *validator) sourceKind(at string, s *Source) {
	if !slices.Contains(kinds, s.Kind) {
		v.fail(at+".kind", "kind %q is not one of %v", s.Kind, kinds)
		return
	}
	v.foreignKeys(at, s)
	if s.Kind == KindFiles {
		return
	}
	for i, a := range s.Allow {
		if _, err := http.ParseHostPort(a); err != nil {
			v.fail(fmt.Sprintf("%s.allow[%d]", at, i), "%v", err)
		}
	}
	if s.TokenEnv != "" && s.TokenFile != "" {
		v.fail(at+".token_file", "token_env and token_file: one of them")
	}
	s.Limit = v.duration(at+".timeout", s.Timeout)
	if s.RevalidateEvery < 0 || s.MaxBytes < 0 || s.Budget < 0 || s.Rate < 0 {
		v.fail(at, "source %s: revalidate_every, max_bytes, budget and rate are not below zero", s.Name)
	}
	if s.RevalidateEvery == 0 {
		s.RevalidateEvery = revalidateEvery
	}
	switch s.Kind {
	case KindCatalog:
		v.catalog(at, s)
	case KindRumusan:
		v.rumusan(at, s)
	}
}

// foreignKeys refuses keys that a source of this kind has no use for: a person who wrote them expects something.
func (v *validator) foreignKeys(at string, s *Source) {
	remote := map[string]bool{
		"allow": len(s.Allow) > 0, "revalidate_every": s.RevalidateEvery != 0, "token_env": s.TokenEnv != "", "token_file": s.TokenFile != "",
		"ca_file": s.CAFile != "", "proxy": s.Proxy != "", "retries": s.Retries != nil, "timeout": s.Timeout != "", "rate": s.Rate != 0,
	}
	api := map[string]bool{"years": len(s.Years) > 0, "budget": s.Budget != 0, "areas": len(s.Areas) > 0, "refresh": s.Refresh != ""}
	refuse := func(keys map[string]bool) {
		for _, key := range keysOf(keys) {
			if keys[key] {
				v.fail(at+"."+key, "%s has no meaning for a source of kind %s", key, s.Kind)
			}
		}
	}
	if s.Kind == KindFiles {
		refuse(remote)
	}
	if s.Kind != KindRumusan {
		refuse(api)
	}
	if s.Kind != KindCatalog && s.List.As != "" {
		v.fail(at+".list", "list has no meaning for a source of kind %s", s.Kind)
	}
	if (s.Kind == KindFiles || s.Kind == KindHTTP) && s.URL != "" {
		v.fail(at+".url", "url belongs to each release of a source of kind %s", s.Kind)
	}
}

func (v *validator) catalog(at string, s *Source) {
	v.address(at+".url", s.URL)
	l := &s.List
	switch l.As {
	case "html", "ckan":
	case "json":
		if l.Rows == "" || l.URL == "" {
			v.fail(at+".list", "list: a JSON catalogue wants rows and url")
		}
	default:
		v.fail(at+".list", "list: as is one of html, ckan, json; not %q", l.As)
	}
	if l.As != "json" && (l.Rows != "" || l.URL != "" || l.Label != "" || l.Modified != "") {
		v.fail(at+".list", "list: rows, url, label and modified are for as: json")
	}
	if l.As != "ckan" && len(l.Formats) > 0 {
		v.fail(at+".list.formats", "list: formats is for as: ckan")
	}
}

func (v *validator) rumusan(at string, s *Source) {
	if s.URL != "" {
		v.address(at+".url", s.URL)
	}
	if len(s.Years) == 0 {
		v.fail(at, "years: at least one is wanted")
	}
	for i, y := range s.Years {
		if y < 2015 || y > 2100 || slices.Contains(s.Years[:i], y) {
			v.fail(fmt.Sprintf("%s.years[%d]", at, i), "years: each once, 2015 to 2100; not %d", y)
		}
	}
	for i, a := range s.Areas {
		code, err := AreaCode(a)
		if err != nil {
			v.fail(fmt.Sprintf("%s.areas[%d]", at, i), "areas: %v", err)
		}
		s.Within = append(s.Within, code)
	}
	s.RefreshAge = v.duration(at+".refresh", s.Refresh)
}

// address checks a URL of the configuration.
func (v *validator) address(at, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.fail(at, "url: an address with https:// is wanted")
	case u.User != nil:
		v.fail(at, "url: no credentials here; name the environment variable with token_env, or the file with token_file")
	}
}

// releaseKind checks how a release of a source of this kind is found.
func (v *validator) releaseKind(at string, s *Source, r *Release) bool {
	if !slices.Contains(kinds, s.Kind) {
		return false // said already
	}
	have := map[string]bool{"path": r.Path != "", "url": r.URL != "" || len(r.URLs) > 0, "pattern": r.Select != ""}
	want := map[string]string{KindFiles: "path", KindHTTP: "url", KindCatalog: "pattern"}[s.Kind]
	for _, key := range keysOf(have) {
		if have[key] != (key == want) {
			v.fail(at, "a release of kind files has a path, of kind http a url or urls, of kind catalog a pattern, of kind rumusan none of them")
			return false
		}
	}
	switch s.Kind {
	case KindHTTP:
		if r.URL != "" {
			r.URLs = append([]string{r.URL}, r.URLs...)
		}
		for _, u := range r.URLs {
			v.address(at+".url", u)
		}
	case KindCatalog:
		p, err := catalog.ParsePattern(r.Select)
		if err != nil {
			v.fail(at+".pattern", "%v", err)
			return false
		}
		r.Chosen = p
	}
	return true
}

// AreaCode reads "64.02" or "6402".
func AreaCode(text string) (int64, error) {
	var code int64
	digits := 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9' && digits < 10:
			code, digits = code*10+int64(c-'0'), digits+1
		case c != '.':
			return 0, fmt.Errorf("%q is no area code such as 64.02", text)
		}
	}
	if !slices.Contains([]int{2, 4, 6, 10}, digits) || text[0] == '0' {
		return 0, fmt.Errorf("%q is no area code such as 64.02", text)
	}
	return code, nil
}
