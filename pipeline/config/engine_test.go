package config

import (
	"strings"
	"testing"
	"time"
)

const filesSource = `  - name: idm
    kind: files
    releases:
      - {path: a.csv, period: 2024, contracts: [idm]}
`

func TestEngine(t *testing.T) {
	c, err := load(t, filesSource+"engine: trino\ntrino: {url: \"https://lumbung@trino:8443\", store: s3://gudang/desa/}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Trino; got.Catalog != "iceberg" || got.Schema != "lumbung" || got.Bucket != "gudang" || got.Prefix != "desa" || got.Keep != 2 || got.AtOnce != 4 || got.Age != 24*time.Hour {
		t.Errorf("defaults %+v", got)
	}
	if c, err := load(t, filesSource); err != nil || c.Engine != EngineDuckDB {
		t.Errorf("without an engine: %v", err)
	}
	for _, tt := range []struct{ lines, want string }{
		{"engine: spark\n", `engine: duckdb or trino, not "spark"`},
		{"engine: trino\n", "needs a block trino:"},
		{"trino: {url: \"trino:8443\", store: s3://gudang}\n", "url: https://user@host:port is wanted"},
		{"trino: {url: \"https://trino:8443\", store: s3://gudang}\n", "url: https://user@host:port is wanted"},
		{"trino: {url: \"https://a:rahasia@trino:8443\", store: s3://gudang}\n", "LUMBUNG_TRINO_PASSWORD"},
		{"trino: {url: \"https://a@trino:8443\", store: /gudang}\n", "no s3://BUCKET/PREFIX"},
		{"trino: {url: \"https://a@trino:8443\", store: s3://gudang, schema: \"Desa 1\"}\n", "small letters"},
		{"trino: {url: \"https://a@trino:8443\", store: s3://gudang, keep: -1}\n", "at least the current build"},
		{"trino: {url: \"https://a@trino:8443\", store: s3://gudang, min_age: lama}\n", "no duration"},
		{"trino: {url: \"https://a@trino:8443\", store: s3://gudang, at_once: -1}\n", "at_once is -1, at least 1 is wanted"},
	} {
		_, err := load(t, filesSource+tt.lines)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "rahasia@") {
			t.Errorf("%s: error %v, want %q in it", tt.lines, err, tt.want)
		}
	}
}

func TestStorageAndLedger(t *testing.T) {
	if _, err := load(t, filesSource+"storage: s3://gudang/kukar\nledger: postgres\n"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ lines, want string }{
		{"storage: gudang\n", `"gudang" is no s3://BUCKET/PREFIX`},
		{"ledger: mysql\n", `ledger: sqlite or postgres, not "mysql"`},
		{"ledger: postgres://lumbung@db/desa\n", "the environment variable LUMBUNG_LEDGER"},
	} {
		if _, err := load(t, filesSource+tt.lines); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", tt.lines, err, tt.want)
		}
	}
}
