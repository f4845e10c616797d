// Package contract reads the YAML contracts that say how one layout of one source fills one staged table.
package contract

import (
	"fmt"
	"regexp"
	"strings"

	"lumbung/transform/value"
)

// Contract is one checked contract. Its zero value is not usable; see [Parse].
type Contract struct {
	Name     string    `yaml:"contract"`
	Version  int       `yaml:"version"`
	Title    string    `yaml:"title"`
	TableRef string    `yaml:"table"`
	Mode     string    `yaml:"mode"`
	Format   Format    `yaml:"format"`
	Numbers  string    `yaml:"numbers"`
	Dates    []string  `yaml:"dates"`
	Part     string    `yaml:"part"`
	Columns  []Column  `yaml:"columns"`
	Rules    []Rule    `yaml:"rules"`
	Key      []string  `yaml:"key"`
	Skip     []Skip    `yaml:"skip"`
	SkipPart *SkipPart `yaml:"skip_part"`
	Limits   Limits    `yaml:"limits"`

	File   string         `yaml:"-"` // where it was read, for messages
	Hash   string         `yaml:"-"` // SHA-256 of the contract and of its table's definition
	Table  *Table         `yaml:"-"`
	PartRE *regexp.Regexp `yaml:"-"` // Part as an expression with named groups, or nil
}

// Modes of a contract towards headings that no column asks for.
const (
	Additive = "additive"
	Strict   = "strict"
)

// Format says what kind of file the layout is.
type Format struct {
	Type      string  `yaml:"type"`
	Sheet     List    `yaml:"sheet"`
	Header    *Header `yaml:"header"`
	Delimiter string  `yaml:"delimiter"`
	Encoding  string  `yaml:"encoding"`
	Rows      string  `yaml:"rows"`
	Lines     bool    `yaml:"lines"`
	Hidden    bool    `yaml:"hidden"`
}

// Header says where the heading row is.
type Header struct {
	None   bool `yaml:"-"`      // the file has no heading row
	Row    int  `yaml:"row"`    // first heading row, from 1
	Search int  `yaml:"search"` // last row in which it is looked for; Row when not given
	Rows   int  `yaml:"rows"`   // heading rows to join, 1 when not given
}

// Column fills one table column.
type Column struct {
	Column   string            `yaml:"column"`
	From     List              `yaml:"from"`
	Value    *string           `yaml:"value"`
	Join     List              `yaml:"join"`
	Digits   string            `yaml:"digits"`
	Number   string            `yaml:"number"`
	Length   int               `yaml:"length"`
	Required *bool             `yaml:"required"`
	Map      map[string]string `yaml:"map"`
	Null     List              `yaml:"nulls"`
	Numbers  string            `yaml:"numbers"`
	Dates    List              `yaml:"dates"`
	Round    bool              `yaml:"round"`
	Unit     string            `yaml:"unit"`
	Upper    bool              `yaml:"upper"`
	// Crosswalk "bps" or "djpk" says that the source writes codes of that scheme, which are translated.
	Crosswalk string  `yaml:"crosswalk"`
	Lookup    *Lookup `yaml:"lookup"`
	Checks    []Check `yaml:"checks"`

	Index  int            `yaml:"-"` // of the table column
	Def    *TableColumn   `yaml:"-"`
	Locale value.Numbers  `yaml:"-"`
	Forms  []value.Format `yaml:"-"` // dates
}

// Units of number columns.
const (
	UnitPercent  = "persen"  // 23.9 is 23.9 %
	UnitFraction = "pecahan" // 0.239 is 23.9 %
	UnitRupiah   = "rupiah"
)

// Lookup finds a village's code by its name, inside its kecamatan only.
type Lookup struct {
	Name     string `yaml:"name"`   // column with the village's name
	Within   string `yaml:"within"` // column with the kecamatan's code, or its name
	WithinIn string `yaml:"of"`     // column with the kabupaten's name, when within is a name

	NameCol, WithinCol, OfCol int `yaml:"-"` // table columns; OfCol is -1 when within is a code
}

// IsRequired says whether an empty value is an error.
func (c *Column) IsRequired() bool {
	if c.Required != nil {
		return *c.Required
	}
	return c.Def.Required
}

// Describe says in one line what the contract asks of the column.
func (c *Column) Describe() string {
	parts := []string{c.Def.TypeName}
	if c.IsRequired() {
		parts = append(parts, "required")
	}
	if len(c.Def.OneOf) > 0 {
		parts = append(parts, "one of "+strings.Join(c.Def.OneOf, ", "))
	}
	if c.Map != nil {
		parts = append(parts, "mapped")
	}
	for _, ch := range c.Checks {
		text := ch.Rule
		switch {
		case ch.Rule == "range":
			text = fmt.Sprintf("range %s..%s", bound(ch.Min), bound(ch.Max))
		case ch.Pattern != "":
			text += " " + ch.Pattern
		case len(ch.Values) > 0:
			text += " " + strings.Join(ch.Values, ", ")
		}
		if ch.Severity == SeverityWarning {
			text += " (warning)"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func bound(n *Number) string {
	if n == nil {
		return ""
	}
	return string(*n)
}

// Severity decides what a broken rule does to its row.
type Severity string

const (
	SeverityError   Severity = "error"   // the row goes to quarantine
	SeverityWarning Severity = "warning" // the row loads and is flagged
)

// Check is a rule on one column.
type Check struct {
	Rule     string   `yaml:"rule"`
	Min      *Number  `yaml:"min"`
	Max      *Number  `yaml:"max"`
	Values   List     `yaml:"values"`
	Pattern  string   `yaml:"pattern"`
	Severity Severity `yaml:"severity"`

	RE      *regexp.Regexp `yaml:"-"`
	MinCoef int64          `yaml:"-"` // in the column's scale
	MaxCoef int64          `yaml:"-"`
}

// Rule is a rule on a whole row.
type Rule struct {
	Name     string   `yaml:"name"`
	Check    string   `yaml:"check"`
	Column   string   `yaml:"column"`
	NameCol  string   `yaml:"name_column"`
	Columns  List     `yaml:"columns"`
	Expr     string   `yaml:"expr"`
	Severity Severity `yaml:"severity"`

	Compiled *Expr `yaml:"-"`
	Cols     []int `yaml:"-"` // table columns that the check reads, in the order it wants them
}

// Skip names rows that are no records.
type Skip struct {
	Name    string `yaml:"name"`
	When    string `yaml:"when"` // "blank"
	From    string `yaml:"from"`
	Matches string `yaml:"matches"`

	RE *regexp.Regexp `yaml:"-"`
}

// SkipPart names a whole part that holds no records, such as an error answer.
type SkipPart struct {
	Name   string `yaml:"name"`
	Path   string `yaml:"path"`
	Equals string `yaml:"equals"`
}

// Limits are what a release may not exceed.
type Limits struct {
	QuarantinePercent *float64 `yaml:"quarantine_percent"` // default 5
	MinRows           int      `yaml:"min_rows"`           // default 1
	MaxRows           int      `yaml:"max_rows"`           // 0 = the format's own limit
}

// DefaultQuarantinePercent is the share of rows in quarantine above which a
// release is refused when its contract does not say otherwise.
const DefaultQuarantinePercent = 5.0

// MaxQuarantine is the share in per cent above which a release is refused.
func (l Limits) MaxQuarantine() float64 {
	if l.QuarantinePercent != nil {
		return *l.QuarantinePercent
	}
	return DefaultQuarantinePercent
}
