package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const contractText = `contract: idm
version: 1
title: IDM
table: indeks
format: {type: csv}
columns:
  - {column: kode_desa, from: [KODE]}
  - {column: tahun, value: "{periode}"}
  - {column: iks, from: [IKS]}
  - {column: ike, from: [IKE]}
  - {column: ikl, from: [IKL]}
  - {column: skor, from: [SKOR]}
  - {column: status, from: [STATUS]}
`

const listText = `contract: wilayah
version: 1
title: Kode wilayah
table: wilayah
format: {type: csv}
columns:
  - {column: kode, from: [kode]}
  - {column: kode_induk, from: [kode_induk]}
  - {column: nama, from: [nama]}
`

// load reads a project whose sources are the given lines.
func load(t *testing.T, sources string) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "contracts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"contracts/idm.yaml":     contractText,
		"contracts/wilayah.yaml": listText,
		FileName:                 "version: 1\nname: uji\nsources:\n" + sources,
	} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Load(dir)
}

func TestRemoteSources(t *testing.T) {
	c, err := load(t, `  - name: web
    kind: http
    allow: ["http://127.0.0.1:8080"]
    retries: 0
    timeout: 90s
    every: 8760h
    revalidate_every: 7
    releases:
      - {url: "https://a.go.id/idm-2023.csv", period: 2023, contracts: [idm]}
      - {urls: ["https://a.go.id/64.csv", "https://a.go.id/65.csv"], period: 2024, contracts: [idm]}
  - name: katalog
    kind: catalog
    url: "https://data.go.id/api/3/action/package_show?id=idm"
    list: {as: ckan, formats: [csv]}
    releases:
      - {pattern: "idm-{tahun}*.csv", period: "{tahun}", contracts: [idm]}
  - name: api
    kind: rumusan
    years: [2023, 2024]
    areas: ["64.02", "6403"]
    budget: 100
    refresh: 720h
    releases:
      - {period: "{tahun}", contracts: [idm]}
`)
	if err != nil {
		t.Fatal(err)
	}
	web, list, api := c.Sources[0], c.Sources[1], c.Sources[2]
	if *web.Retries != 0 || web.Limit != 90*time.Second || web.Cadence != 8760*time.Hour {
		t.Errorf("web: %+v", web)
	}
	if diff := cmp.Diff([]string{"https://a.go.id/idm-2023.csv"}, web.Releases[0].URLs); diff != "" {
		t.Error(diff)
	}
	if n := len(web.Releases[1].URLs); n != 2 {
		t.Errorf("%d addresses, want 2", n)
	}
	if !list.Releases[0].Covers(2021) || list.List.As != "ckan" {
		t.Errorf("list: %+v", list)
	}
	if diff := cmp.Diff([]int64{6402, 6403}, api.Within); diff != "" || api.RefreshAge != 720*time.Hour {
		t.Errorf("api: %s %v", diff, api.RefreshAge)
	}
}

func TestSourceMistakes(t *testing.T) {
	for name, test := range map[string]struct{ sources, want string }{
		"kind": {"  - {name: a, kind: ftp, releases: [{path: a.csv, period: 2024, contracts: [idm]}]}\n",
			`lumbung.yaml:4:21: kind "ftp" is not one of [files http catalog s3 sftp rumusan]`},
		"url of files": {"  - {name: a, kind: files, releases: [{url: \"https://a.id\", period: 2024, contracts: [idm]}]}\n",
			"a release of kind files or sftp has a path"},
		"path of http": {"  - {name: a, kind: http, releases: [{path: a.csv, period: 2024, contracts: [idm]}]}\n",
			"a release of kind files or sftp has a path"},
		"credentials in the address": {"  - {name: a, kind: http, releases: [{url: \"https://u:p@a.id/x.csv\", period: 2024, contracts: [idm]}]}\n",
			"no credentials here"},
		"not an address": {"  - {name: a, kind: http, releases: [{url: \"file:///etc/passwd\", period: 2024, contracts: [idm]}]}\n",
			"an address with https:// is wanted"},
		"token for files": {"  - {name: a, kind: files, token_env: T, releases: [{path: a.csv, period: 2024, contracts: [idm]}]}\n",
			"4:39: token_env has no meaning for a source of kind files"},
		"years for http": {"  - {name: a, kind: http, years: [2024], releases: [{url: \"https://a.id/a.csv\", period: 2024, contracts: [idm]}]}\n",
			"years has no meaning for a source of kind http"},
		"allow": {"  - {name: a, kind: http, allow: [\"127.0.0.1\"], releases: [{url: \"https://a.id/a.csv\", period: 2024, contracts: [idm]}]}\n",
			"expected host:port"},
		"catalogue without a way": {"  - {name: a, kind: catalog, url: \"https://a.id/\", releases: [{pattern: \"*\", period: 2024, contracts: [idm]}]}\n",
			"list: as is one of html, ckan, json"},
		"json without rows": {"  - {name: a, kind: catalog, url: \"https://a.id/\", list: {as: json}, releases: [{pattern: \"*\", period: 2024, contracts: [idm]}]}\n",
			"a JSON catalogue wants rows and url"},
		"year not in the pattern": {"  - {name: a, kind: catalog, url: \"https://a.id/\", list: {as: html}, releases: [{pattern: \"*.csv\", period: \"{tahun}\", contracts: [idm]}]}\n",
			"period {tahun} wants {tahun} in the path, pattern or key"},
		"rumusan without years": {"  - {name: a, kind: rumusan, releases: [{period: \"{tahun}\", contracts: [idm]}]}\n",
			"years: at least one is wanted"},
		"rumusan of an unknown area": {"  - {name: a, kind: rumusan, years: [2024], areas: [kukar], releases: [{period: \"{tahun}\", contracts: [idm]}]}\n",
			`4:53: areas: "kukar" is no area code such as 64.02`},
		"a code list from the API that asks by it": {"  - {name: a, kind: rumusan, years: [2024], releases: [{period: \"{tahun}\", contracts: [idm, wilayah]}]}\n",
			`4:93: contract "wilayah" fills the code list wilayah`},
		"bucket for http": {"  - {name: a, kind: http, bucket: rilis, releases: [{url: \"https://a.id/a.csv\", period: 2024, contracts: [idm]}]}\n",
			"bucket has no meaning for a source of kind http"},
		"s3 without a bucket": {"  - {name: a, kind: s3, endpoint: \"https://s3.id\", releases: [{key: a.csv, period: 2024, contracts: [idm]}]}\n",
			"bucket: a name of 3 to 63"},
		"s3 with a bucket that is a path": {"  - {name: a, kind: s3, bucket: rilis/idm, endpoint: \"https://s3.id\", releases: [{key: a.csv, period: 2024, contracts: [idm]}]}\n",
			`not "rilis/idm"`},
		"s3 without an endpoint": {"  - {name: a, kind: s3, bucket: rilis, releases: [{key: a.csv, period: 2024, contracts: [idm]}]}\n",
			"endpoint: http://HOST[:PORT]"},
		"s3 with credentials in the endpoint": {"  - {name: a, kind: s3, bucket: rilis, endpoint: \"https://u:p@s3.id\", releases: [{key: a.csv, period: 2024, contracts: [idm]}]}\n",
			"without credentials"},
		"s3 with a token": {"  - {name: a, kind: s3, bucket: rilis, token_env: T, endpoint: \"https://s3.id\", releases: [{key: a.csv, period: 2024, contracts: [idm]}]}\n",
			"takes its credentials from AWS_ACCESS_KEY_ID"},
		"s3 with a path": {"  - {name: a, kind: s3, bucket: rilis, endpoint: \"https://s3.id\", releases: [{path: a.csv, period: 2024, contracts: [idm]}]}\n",
			"of kind s3 a key"},
		"s3 with a slash in front": {"  - {name: a, kind: s3, bucket: rilis, endpoint: \"https://s3.id\", releases: [{key: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"begins with a slash"},
		"s3 without the year": {"  - {name: a, kind: s3, bucket: rilis, endpoint: \"https://s3.id\", releases: [{key: \"*.csv\", period: \"{tahun}\", contracts: [idm]}]}\n",
			"period {tahun} wants {tahun} in the path, pattern or key"},
		"host for http": {"  - {name: a, kind: http, host: a.id, releases: [{url: \"https://a.id/a.csv\", period: 2024, contracts: [idm]}]}\n",
			"host has no meaning for a source of kind http"},
		"sftp without known hosts": {"  - {name: a, kind: sftp, host: a.id, user: u, key_file: k, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"kind sftp wants known_hosts, a file with the server's key"},
		"sftp with two ways to log in": {"  - {name: a, kind: sftp, host: a.id, user: u, password_file: f, password_env: P, known_hosts: h, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"kind sftp wants key_file, or one of password_env and password_file"},
		"sftp without a way to log in": {"  - {name: a, kind: sftp, host: a.id, user: u, known_hosts: h, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"kind sftp wants key_file, or one of password_env and password_file"},
		"sftp without a user": {"  - {name: a, kind: sftp, host: a.id, key_file: k, known_hosts: h, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"kind sftp wants user"},
		"sftp with an address for host": {"  - {name: a, kind: sftp, host: \"sftp://a.id\", user: u, key_file: k, known_hosts: h, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"host: a name or address is wanted"},
		"sftp through a proxy": {"  - {name: a, kind: sftp, host: a.id, proxy: \"http://p:1\", user: u, key_file: k, known_hosts: h, releases: [{path: /a.csv, period: 2024, contracts: [idm]}]}\n",
			"proxy has no meaning for a source of kind sftp"},
		"sftp out of its folder": {"  - {name: a, kind: sftp, host: a.id, user: u, key_file: k, known_hosts: h, releases: [{path: rilis/../a.csv, period: 2024, contracts: [idm]}]}\n",
			"leaves the project"},
		"unknown key": {"  - {name: a, kind: http, urls: [], releases: []}\n", "lumbung.yaml:4:27: unknown field \"urls\""},
		"timeout": {"  - {name: a, kind: http, timeout: lama, releases: [{url: \"https://a.id/a.csv\", period: 2024, contracts: [idm]}]}\n",
			`"lama" is no duration`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, test.sources)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), FileName+":4:") {
				t.Errorf("got %v\nwant a place on line 4 and %q", err, test.want)
			}
		})
	}
}
