// Package config reads lumbung.yaml and the contracts beside it.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"time"

	"lumbung/internal/remote"
	"lumbung/internal/s3client"
	"lumbung/internal/strict"
	"lumbung/pipeline/schedule"
	"lumbung/transform/contract"
	"lumbung/transform/value"
	"lumbung/transform/wilayah"
)

// FileName is the project file, in the project's directory.
const FileName = "lumbung.yaml"

// Config is a checked project.
type Config struct {
	Version   int    `yaml:"version"`
	Name      string `yaml:"name"`
	Title     string `yaml:"title"`
	Timezone  string `yaml:"timezone"` // default Asia/Makassar
	Area      string `yaml:"area"`     // the area that questions mean when they name none
	Contracts string `yaml:"contracts"`

	// ShortNames are names that people use for areas, by code; once loaded the
	// names are folded as value.Fold does.
	ShortNames map[string]string `yaml:"short_names"`

	// Storage is s3://BUCKET/PREFIX where raw objects and staged units are kept
	// for several machines; "" keeps them in the data directory only.
	Storage string `yaml:"storage"`
	// Ledger is sqlite (default), a file in the data directory, or postgres, for
	// several machines; the environment says where.
	Ledger string `yaml:"ledger"`

	Sources   []Source  `yaml:"sources"`
	Retention Retention `yaml:"retention"`
	Schedule  []Job     `yaml:"schedule"`
	Notify    []Channel `yaml:"notify"`
	Metrics   Metrics   `yaml:"metrics"`
	DuckDB    DuckDB    `yaml:"duckdb"`
	Engine    string    `yaml:"engine"` // duckdb (default); trino: published snapshots are also built there
	Trino     *Trino    `yaml:"trino"`

	Dir      string                        `yaml:"-"` // the project's directory
	Location *time.Location                `yaml:"-"`
	Known    map[string]*contract.Contract `yaml:"-"` // contracts by name
	Tables   contract.Tables               `yaml:"-"`
}

// Retention says how many snapshots stay.
type Retention struct {
	Keep   int    `yaml:"keep"`    // default 7
	MinAge string `yaml:"min_age"` // younger ones stay in any case

	Age time.Duration `yaml:"-"`
}

// Job is one entry of the schedule.
type Job struct {
	Name     string   `yaml:"name"`
	Cron     string   `yaml:"cron"`
	Sources  []string `yaml:"sources"`
	CatchUp  string   `yaml:"catch_up"`
	Jitter   string   `yaml:"jitter"`
	Deadline string   `yaml:"deadline"`
}

// Metrics says where node_exporter reads.
type Metrics struct {
	Textfile string `yaml:"textfile"` // written after each run; the name ends in .prom
}

// DuckDB bounds the engine.
type DuckDB struct {
	Threads int    `yaml:"threads"`
	Memory  string `yaml:"memory"`
}

// Load reads the project in a directory.
func Load(dir string) (*Config, error) {
	file := filepath.Join(dir, FileName)
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: no project here; `lumbung init DIR` makes one, --project DIR names another", file)
	}
	if err != nil {
		return nil, err
	}
	c := &Config{Dir: dir}
	doc, err := strict.Unmarshal(file, b, c)
	if err != nil {
		return nil, err
	}
	if c.Tables, err = contract.BuiltinTables(); err != nil {
		return nil, err
	}
	v := &validator{doc: doc, c: c}
	v.project()
	v.loadContracts()
	v.sources()
	v.jobs()
	v.channels()
	if t := c.Metrics.Textfile; t != "" && filepath.Ext(t) != ".prom" {
		v.fail("$.metrics.textfile", "textfile: %q does not end in .prom, and node_exporter would not read it", t)
	}
	v.engine()
	if c.Ledger != "" && c.Ledger != LedgerSQLite && c.Ledger != LedgerPostgres {
		v.fail("$.ledger", "ledger: sqlite or postgres, not %q; the address belongs into the environment variable %s", c.Ledger, LedgerEnv)
	}
	if _, _, err := s3client.Split(c.Storage); c.Storage != "" && err != nil {
		v.fail("$.storage", "storage: %v", err)
	}
	if len(v.errs) > 0 {
		return nil, errors.Join(v.errs...)
	}
	return c, nil
}

// DataDir is where the project keeps what it makes.
func (c *Config) DataDir() string { return filepath.Join(c.Dir, "data") }

// Where ledgers lie.
const (
	LedgerSQLite   = "sqlite"
	LedgerPostgres = "postgres"
	// LedgerEnv holds the address of the PostgreSQL server, with its password.
	LedgerEnv = "LUMBUNG_LEDGER"
)

// Remote is the storage that machines share, nil when there is none.
func (c *Config) Remote() (*remote.Store, error) {
	if c.Storage == "" {
		return nil, nil
	}
	return remote.Open(c.Storage)
}

type validator struct {
	doc  *strict.Doc
	c    *Config
	errs []error
}

func (v *validator) fail(path, format string, args ...any) {
	v.errs = append(v.errs, v.doc.Errorf(path, format, args...))
}

var plainName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (v *validator) project() {
	c := v.c
	if c.Version != 1 {
		v.fail("$.version", "version: 1 is the only version there is, not %d", c.Version)
	}
	if !plainName.MatchString(c.Name) {
		v.fail("$.name", "name: letters, digits and hyphens are wanted, not %q", c.Name)
	}
	if c.Timezone == "" {
		c.Timezone = "Asia/Makassar"
	}
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		v.fail("$.timezone", "timezone: %v", err)
	}
	c.Location = loc
	if c.Contracts == "" {
		c.Contracts = "contracts"
	}
	if c.Retention.Keep == 0 {
		c.Retention.Keep = 7
	}
	if c.Retention.Keep < 1 {
		v.fail("$.retention.keep", "keep: at least one snapshot stays")
	}
	c.Retention.Age = v.duration("$.retention.min_age", c.Retention.MinAge)
	v.shortNames()
}

func (v *validator) shortNames() {
	folded := make(map[string]string, len(v.c.ShortNames))
	for name, code := range v.c.ShortNames {
		key := value.Fold(name)
		if key == "" {
			v.fail("$.short_names", "short_names: %q has no letter", name)
		}
		if _, twice := folded[key]; twice {
			v.fail("$.short_names", "short_names: %q is there twice", name)
		}
		if _, err := wilayah.ParseCode(code, wilayah.Kemendagri); err != nil {
			v.fail("$.short_names", "short_names: %s: %v", name, err)
		}
		folded[key] = code
	}
	v.c.ShortNames = folded
}

func (v *validator) duration(path, text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		v.fail(path, "%q is no duration such as 90m or 720h", text)
	}
	return d
}

// loadContracts reads every contract of the project, also those that no release names.
func (v *validator) loadContracts() {
	v.c.Known = map[string]*contract.Contract{}
	files, err := filepath.Glob(filepath.Join(v.c.Dir, v.c.Contracts, "*.yaml"))
	if err != nil {
		v.fail("$.contracts", "contracts: %v", err)
	}
	sort.Strings(files)
	for _, f := range files {
		k, err := contract.Load(f, v.c.Tables)
		if err != nil {
			v.errs = append(v.errs, err)
			continue
		}
		v.c.Known[k.Name] = k
	}
}

// jobs checks the schedule.
func (v *validator) jobs() {
	seen := map[string]bool{}
	for i, j := range v.c.Schedule {
		at := fmt.Sprintf("$.schedule[%d]", i)
		if !plainName.MatchString(j.Name) || seen[j.Name] {
			v.fail(at+".name", "name: letters, digits and hyphens, each name once; %q is not", j.Name)
		}
		seen[j.Name] = true
		if _, err := schedule.Parse(j.Cron, v.c.Timezone); err != nil {
			v.fail(at+".cron", "%v", err)
		}
		v.duration(at+".catch_up", j.CatchUp)
		v.duration(at+".jitter", j.Jitter)
		v.duration(at+".deadline", j.Deadline)
		for k, s := range j.Sources {
			if !slices.ContainsFunc(v.c.Sources, func(have Source) bool { return have.Name == s }) {
				v.fail(fmt.Sprintf("%s.sources[%d]", at, k), "source %q is not among the sources", s)
			}
		}
	}
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
