package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lumbung/extract/catalog"
	"lumbung/transform/contract"
)

// Source is where releases come from.
type Source struct {
	Name      string    `yaml:"name"`
	Kind      string    `yaml:"kind"` // files, http, catalog, s3, sftp, rumusan
	Title     string    `yaml:"title"`
	Publisher string    `yaml:"publisher"`
	URL       string    `yaml:"url"`      // of the catalogue, or in front of /{kode}/{tahun} of the API; made from endpoint and bucket, or host and port
	List      Listing   `yaml:"list"`     // catalog: how its entries are found
	Bucket    string    `yaml:"bucket"`   // s3
	Endpoint  string    `yaml:"endpoint"` // s3: https://HOST[:PORT] of the store
	Region    string    `yaml:"region"`   // s3: default AWS_REGION, then us-east-1
	Releases  []Release `yaml:"releases"`

	Host         string `yaml:"host"` // sftp
	Port         int    `yaml:"port"` // sftp: default 22
	User         string `yaml:"user"`
	KeyFile      string `yaml:"key_file"`      // sftp: private key, mode 0600
	PasswordEnv  string `yaml:"password_env"`  // environment variable with the password, or with the key's passphrase
	PasswordFile string `yaml:"password_file"` // or a file with it, mode 0600
	KnownHosts   string `yaml:"known_hosts"`   // sftp: file with the server's key, as OpenSSH writes it

	Allow           []string `yaml:"allow"`            // host:port that may be private or loopback; http://host:port also without TLS
	RevalidateEvery int      `yaml:"revalidate_every"` // every Nth fetch is unconditional
	Every           string   `yaml:"every"`            // how often something new is expected, such as 8760h
	MaxBytes        int64    `yaml:"max_bytes"`
	TokenEnv        string   `yaml:"token_env"`  // environment variable with a bearer token
	TokenFile       string   `yaml:"token_file"` // or a file, mode 0600
	CAFile          string   `yaml:"ca_file"`
	Proxy           string   `yaml:"proxy"`
	Retries         *int     `yaml:"retries"` // tries after the first; default 4
	Timeout         string   `yaml:"timeout"` // of one document with all tries; default 30m
	Rate            float64  `yaml:"rate"`    // requests a second to one host; default unlimited

	Years   []int    `yaml:"years"`   // rumusan: years to ask for
	Areas   []string `yaml:"areas"`   // rumusan: only villages inside these areas of the code lists
	Budget  int      `yaml:"budget"`  // rumusan: questions in one run; default 5000
	Refresh string   `yaml:"refresh"` // rumusan: ask again for answers older than this

	Cadence    time.Duration `yaml:"-"`
	Limit      time.Duration `yaml:"-"`
	RefreshAge time.Duration `yaml:"-"`
	Within     []int64       `yaml:"-"` // Areas as codes
}

// Release is one release of a source, or, with names such as {tahun} in its
// path, one for each period that the files show.
type Release struct {
	Path        string   `yaml:"path"`    // files: relative to the project; sftp: on the server
	URL         string   `yaml:"url"`     // http: of a release of one file
	URLs        []string `yaml:"urls"`    // http: of a release of several files
	Select      string   `yaml:"pattern"` // catalog: which entries belong to it, such as "idm-{tahun}*.xlsx"
	Key         string   `yaml:"key"`     // s3: of its objects, such as "idm/idm-{tahun}.xlsx"
	Period      string   `yaml:"period"`
	Revision    int      `yaml:"revision"` // default 1
	Contracts   []string `yaml:"contracts"`
	Title       string   `yaml:"title"`
	Nature      string   `yaml:"nature"`      // resmi, rekonstruksi, sintetis
	Methodology string   `yaml:"methodology"` // IDM (default), INDEKS DESA, or "-"
	Published   string   `yaml:"published"`   // yyyy-mm-dd
	Origin      string   `yaml:"origin"`      // where the file comes from, for people

	Pattern *regexp.Regexp  `yaml:"-"`
	Chosen  catalog.Pattern `yaml:"-"`
}

// Natures of a release: what its figures are.
var Natures = []string{"resmi", "rekonstruksi", "sintetis"}

func (v *validator) sources() {
	if len(v.c.Sources) == 0 {
		v.fail("$.sources", "sources: at least one is wanted")
	}
	seen := map[string]bool{}
	for i := range v.c.Sources {
		s := &v.c.Sources[i]
		at := fmt.Sprintf("$.sources[%d]", i)
		if !plainName.MatchString(s.Name) || seen[s.Name] {
			v.fail(at+".name", "name: letters, digits and hyphens, each name once; %q is not", s.Name)
		}
		seen[s.Name] = true
		v.sourceKind(at, s)
		s.Cadence = v.duration(at+".every", s.Every)
		if len(s.Releases) == 0 {
			v.fail(at, "source %s has no releases", s.Name)
		}
		for j := range s.Releases {
			v.release(fmt.Sprintf("%s.releases[%d]", at, j), s, &s.Releases[j])
		}
	}
}

func (v *validator) release(at string, s *Source, r *Release) {
	if !v.releaseKind(at, s, r) {
		return
	}
	if r.Path != "" {
		if filepath.IsAbs(r.Path) && s.Kind == KindFiles || slices.Contains(regexp.MustCompile(`[/\\]`).Split(r.Path, -1), "..") {
			v.fail(at+".path", "path %q leaves the project", r.Path)
		}
		r.Pattern = v.pattern(at+".path", r.Path)
	}
	if r.Period != "{tahun}" {
		if n, err := strconv.Atoi(r.Period); err != nil || n < 1900 || n > 2100 {
			v.fail(at+".period", "period: a year, or {tahun} of the path or key; not %q", r.Period)
		}
	} else if !r.tellsYear(s) {
		v.fail(at+".period", "period {tahun} wants {tahun} in the path, pattern or key")
	}
	if r.Revision == 0 {
		r.Revision = 1
	}
	if r.Nature == "" {
		r.Nature = "resmi"
	}
	if !slices.Contains(Natures, r.Nature) {
		v.fail(at+".nature", "nature %q is not one of %v", r.Nature, Natures)
	}
	if r.Published != "" {
		if _, err := time.Parse(time.DateOnly, r.Published); err != nil {
			v.fail(at+".published", "published: %q is no date such as 2024-12-31", r.Published)
		}
	}
	if len(r.Contracts) == 0 {
		v.fail(at, "contracts: at least one is wanted")
	}
	for k, name := range r.Contracts {
		c := v.c.Known[name]
		switch at := fmt.Sprintf("%s.contracts[%d]", at, k); {
		case c == nil:
			near := contract.Nearest(name, keysOf(v.c.Known), 1)
			v.fail(at, "contract %q is not in %s/ %v", name, v.c.Contracts, near)
		case s.Kind == KindRumusan && FillsRegister(c.Table.Name):
			v.fail(at, "contract %q fills the code list %s, by which a source of kind rumusan asks; a code list comes from a source of another kind", name, c.Table.Name)
		}
	}
}

// tellsYear says whether the period can be read off what is found.
func (r *Release) tellsYear(s *Source) bool {
	switch s.Kind {
	case KindRumusan:
		return true
	case KindCatalog:
		return strings.Contains(r.Select, "{tahun}")
	}
	return r.Pattern != nil && r.Pattern.SubexpIndex("tahun") >= 0
}

// Finds is the pattern by which its files are found.
func (r *Release) Finds() string { return cmp.Or(r.Select, r.Key, r.Path) }

// Covers says whether a release of the period belongs to this entry.
func (r *Release) Covers(period int) bool {
	return r.Period == "{tahun}" || r.Period == strconv.Itoa(period)
}
