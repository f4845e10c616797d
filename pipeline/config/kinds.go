package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
	"lumbung/internal/s3client"
	"lumbung/transform/contract"
)

// The kinds of sources.
const (
	KindFiles   = "files"   // files in a folder of the project
	KindHTTP    = "http"    // releases behind URLs
	KindCatalog = "catalog" // an index page or a catalogue lists them
	KindS3      = "s3"      // objects of a bucket
	KindSFTP    = "sftp"    // files of a server behind SSH
	KindRumusan = "rumusan" // the ministry's API, one answer per village and year
)

// revalidateEvery is how many answers "not modified" are believed when a source
// sets nothing: a week of nights. Servers send the same ETag with other content.
const revalidateEvery = 7

// Kinds of sources, for messages.
var kinds = []string{KindFiles, KindHTTP, KindCatalog, KindS3, KindSFTP, KindRumusan}

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
	case KindS3:
		v.s3(at, s)
	case KindSFTP:
		v.sftp(at, s)
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
	store := map[string]bool{"bucket": s.Bucket != "", "endpoint": s.Endpoint != "", "region": s.Region != ""}
	ssh := map[string]bool{"host": s.Host != "", "port": s.Port != 0, "user": s.User != "", "key_file": s.KeyFile != "", "password_env": s.PasswordEnv != "",
		"password_file": s.PasswordFile != "", "known_hosts": s.KnownHosts != ""}
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
	if s.Kind != KindS3 {
		refuse(store)
	} else if s.TokenEnv != "" || s.TokenFile != "" || s.URL != "" {
		v.fail(at, "source %s: kind s3 has bucket and endpoint in place of url, and takes its credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or ~/.aws", s.Name)
	}
	if s.Kind != KindSFTP {
		refuse(ssh)
	} else {
		refuse(map[string]bool{"url": s.URL != "", "token_env": s.TokenEnv != "", "token_file": s.TokenFile != "", "ca_file": s.CAFile != "", "proxy": s.Proxy != ""})
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

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (v *validator) s3(at string, s *Source) {
	if !bucketName.MatchString(s.Bucket) {
		v.fail(at+".bucket", "bucket: a name of 3 to 63 small letters, digits, dots and hyphens is wanted, not %q", s.Bucket)
	}
	u, err := s3client.Endpoint(s.Endpoint)
	if err != nil {
		v.fail(at+".endpoint", "%v", err)
		return
	}
	s.URL = u.Scheme + "://" + u.Host + "/" + s.Bucket
}

func (v *validator) sftp(at string, s *Source) {
	if s.Port == 0 {
		s.Port = 22
	}
	if s.Host == "" || strings.ContainsAny(s.Host, "/@ []") || s.Port < 0 || s.Port > 65535 {
		v.fail(at+".host", "host: a name or address is wanted, without user and port; port lies between 1 and 65535")
	}
	if s.User == "" {
		v.fail(at, "source %s: kind sftp wants user", s.Name)
	}
	if s.PasswordEnv != "" && s.PasswordFile != "" || s.KeyFile+s.PasswordEnv+s.PasswordFile == "" {
		v.fail(at, "source %s: kind sftp wants key_file, or one of password_env and password_file, or a key and the one that names its passphrase", s.Name)
	}
	if s.KnownHosts == "" {
		v.fail(at, "source %s: kind sftp wants known_hosts, a file with the server's key (ssh-keyscan -p PORT HOST) whose fingerprint the publisher has confirmed", s.Name)
	}
	s.URL = "sftp://" + net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
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
	have := map[string]bool{"path": r.Path != "", "url": r.URL != "" || len(r.URLs) > 0, "pattern": r.Select != "", "key": r.Key != ""}
	want := map[string]string{KindFiles: "path", KindHTTP: "url", KindCatalog: "pattern", KindS3: "key", KindSFTP: "path"}[s.Kind]
	for _, key := range keysOf(have) {
		if have[key] != (key == want) {
			v.fail(at, "a release of kind files or sftp has a path, of kind http a url or urls, of kind catalog a pattern, of kind s3 a key, of kind rumusan none of them")
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
	case KindS3:
		if strings.HasPrefix(r.Key, "/") {
			v.fail(at+".key", "key %q begins with a slash; keys are written as the bucket lists them", r.Key)
		}
		r.Pattern = v.pattern(at+".key", r.Key)
	}
	return true
}

func (v *validator) pattern(at, text string) *regexp.Regexp {
	re, err := contract.PartPattern(text)
	if err != nil {
		v.fail(at, "%v", err)
	}
	return re
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
