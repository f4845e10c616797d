package config

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"lumbung/internal/s3client"
)

// Engines that models run on.
const (
	EngineDuckDB = "duckdb"
	EngineTrino  = "trino"
)

// Trino says where a Trino with an Iceberg catalog is. Secrets come from the environment.
type Trino struct {
	URL      string `yaml:"url"`      // https://user@host:port
	Catalog  string `yaml:"catalog"`  // default iceberg
	Schema   string `yaml:"schema"`   // what people read, default lumbung; no other project publishes into it
	Store    string `yaml:"store"`    // s3://bucket/prefix, which Trino reads and writes, too
	Endpoint string `yaml:"endpoint"` // of the store; default as AWS programs find it
	Region   string `yaml:"region"`
	Keep     int    `yaml:"keep"`    // builds that stay for queries that still read them, default 2
	MinAge   string `yaml:"min_age"` // files without a table stay this long, default 24h
	AtOnce   int    `yaml:"at_once"` // statements of a build that run beside one another, default 4

	Bucket string        `yaml:"-"`
	Prefix string        `yaml:"-"`
	Age    time.Duration `yaml:"-"`
}

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// engine checks the engine and fills what it leaves out.
func (v *validator) engine() {
	c := v.c
	switch {
	case c.Engine == "":
		c.Engine = EngineDuckDB
	case c.Engine != EngineDuckDB && c.Engine != EngineTrino:
		v.fail("$.engine", "engine: duckdb or trino, not %q", c.Engine)
	}
	if c.Trino == nil {
		if c.Engine == EngineTrino {
			v.fail("$.engine", "engine: trino needs a block trino: with url and store")
		}
		return
	}
	t := c.Trino
	if u, err := url.Parse(t.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User == nil || u.User.Username() == "" {
		v.fail("$.trino.url", "url: https://user@host:port is wanted")
	} else if _, secret := u.User.Password(); secret {
		v.fail("$.trino.url", "url: the password belongs into the environment variable LUMBUNG_TRINO_PASSWORD, not into this file")
	}
	if t.Catalog == "" {
		t.Catalog = "iceberg"
	}
	if t.Schema == "" {
		t.Schema = "lumbung"
	}
	for key, name := range map[string]string{"catalog": t.Catalog, "schema": t.Schema} {
		if !schemaName.MatchString(name) {
			v.fail("$.trino."+key, "%s: small letters, digits and underscores, not %q", key, name)
		}
	}
	var err error
	if t.Bucket, t.Prefix, err = s3client.Split(strings.TrimSpace(t.Store)); err != nil {
		v.fail("$.trino.store", "store: %v", err)
	}
	if t.Keep == 0 {
		t.Keep = 2
	}
	if t.Keep < 1 {
		v.fail("$.trino.keep", "keep: at least the current build stays")
	}
	if t.AtOnce == 0 {
		t.AtOnce = 4
	}
	if t.AtOnce < 1 {
		v.fail("$.trino.at_once", "at_once is %d, at least 1 is wanted", t.AtOnce)
	}
	if t.MinAge == "" {
		t.MinAge = "24h"
	}
	t.Age = v.duration("$.trino.min_age", t.MinAge)
}
