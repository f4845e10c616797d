package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lumbung/internal/strict"
)

// Load reads and checks the contract in a file.
func Load(path string, tables Tables) (*Contract, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, b, tables)
}

// Parse reads and checks a contract. Errors name the file, line and column.
func Parse(file string, b []byte, tables Tables) (*Contract, error) {
	c := &Contract{File: file}
	doc, err := strict.Unmarshal(file, b, c)
	if err != nil {
		return nil, err
	}
	v := &validator{file: file, doc: doc, c: c}
	v.check(tables)
	if len(v.errs) > 0 {
		return nil, errors.Join(v.errs...)
	}
	c.Hash = c.hash()
	return c, nil
}

// hash identifies what the contract means: its own fields and its table's definition.
func (c *Contract) hash() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	own := *c
	own.Table, own.PartRE, own.File = nil, nil, ""
	own.Columns = append([]Column(nil), c.Columns...)
	for i := range own.Columns {
		own.Columns[i].Def = nil
		own.Columns[i].Checks = append([]Check(nil), own.Columns[i].Checks...)
		for j := range own.Columns[i].Checks {
			own.Columns[i].Checks[j].RE = nil
		}
	}
	own.Rules = append([]Rule(nil), c.Rules...)
	for i := range own.Rules {
		own.Rules[i].Compiled = nil
	}
	own.Skip = append([]Skip(nil), c.Skip...)
	for i := range own.Skip {
		own.Skip[i].RE = nil
	}
	_ = enc.Encode(own)
	for _, col := range c.Table.Columns {
		_ = enc.Encode([]any{col.Name, col.TypeName, col.Digits, col.Scheme, col.Required, col.OneOf})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// validator collects what is wrong with a contract, each with its place.
type validator struct {
	file string
	doc  *strict.Doc
	c    *Contract
	errs []error
}

// fail records an error at a YAML path such as "$.columns[2].from".
func (v *validator) fail(path, format string, args ...any) {
	v.errs = append(v.errs, v.doc.Errorf(path, format, args...))
}

func (v *validator) check(tables Tables) {
	c := v.c
	if c.Name == "" {
		v.fail("$.contract", "contract: a name is wanted")
	} else if base := strings.TrimSuffix(filepath.Base(v.file), ".yaml"); v.file != "" && base != c.Name {
		v.fail("$.contract", "contract %q stands in the file %s; name and file are the same by rule, rename one", c.Name, filepath.Base(v.file))
	}
	if c.Version < 1 {
		v.fail("$.version", "version: a whole number from 1 is wanted")
	}
	t, ok := tables[c.TableRef]
	if !ok {
		v.fail("$.table", "table %q does not exist; the tables are %s", c.TableRef, strings.Join(tables.Names(), ", "))
		return
	}
	c.Table = t
	if c.Mode == "" {
		c.Mode = Additive
	}
	if c.Mode != Additive && c.Mode != Strict {
		v.fail("$.mode", "mode %q is not one of additive, strict", c.Mode)
	}
	v.format()
	v.part()
	v.columns()
	v.key()
	v.rules()
	v.skips()
	v.limits()
}

func (v *validator) limits() {
	if q := v.c.Limits.QuarantinePercent; q != nil && (*q < 0 || *q > 100) {
		v.fail("$.limits.quarantine_percent", "quarantine_percent is 0..100")
	}
	if v.c.Limits.MinRows < 0 || v.c.Limits.MaxRows < 0 {
		v.fail("$.limits", "min_rows and max_rows are not negative")
	}
}

func (v *validator) part() {
	if v.c.Part == "" {
		return
	}
	re, err := PartPattern(v.c.Part)
	if err != nil {
		v.fail("$.part", "part: %v", err)
		return
	}
	v.c.PartRE = re
}

// PartPattern turns "desa/{kode}/{tahun}.json" into an expression with the
// named groups kode and tahun. A * stands for any text without a slash.
func PartPattern(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("^")
	for rest := pattern; rest != ""; {
		i := strings.IndexAny(rest, "{*")
		if i < 0 {
			b.WriteString(regexp.QuoteMeta(rest))
			break
		}
		b.WriteString(regexp.QuoteMeta(rest[:i]))
		if rest[i] == '*' {
			b.WriteString(`[^/]*`)
			rest = rest[i+1:]
			continue
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return nil, fmt.Errorf("%q: { is not closed", pattern)
		}
		name := rest[i+1 : i+end]
		switch {
		case name == "tahun":
			b.WriteString(`(?P<tahun>(?:19|20)\d\d)`)
		case name == "kode":
			b.WriteString(`(?P<kode>\d[\d.]*\d)`)
		case groupName.MatchString(name):
			fmt.Fprintf(&b, `(?P<%s>[^/]+)`, name)
		default:
			return nil, fmt.Errorf("%q: {%s} is not a name of letters, digits and underscores", pattern, name)
		}
		rest = rest[i+end+1:]
	}
	b.WriteString("$")
	return regexp.Compile(b.String())
}

var groupName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
