package contract

import (
	_ "embed"
	"fmt"
	"sort"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/goccy/go-yaml"
)

//go:embed tables.yaml
var tablesYAML []byte

// TableColumn is one column of a staged table.
type TableColumn struct {
	Name        string   `yaml:"name"`
	TypeName    string   `yaml:"type"`
	Digits      int      `yaml:"digits"`
	Scheme      string   `yaml:"scheme"`
	Required    bool     `yaml:"required"`
	OneOf       []string `yaml:"one_of"`
	Description string   `yaml:"description"`

	Type Type `yaml:"-"`
}

// Table is a staged table that contracts fill.
type Table struct {
	Name        string        `yaml:"-"`
	Description string        `yaml:"description"`
	Scheme      string        `yaml:"scheme"`
	Key         []string      `yaml:"key"`
	Columns     []TableColumn `yaml:"columns"`
}

// Column finds a column by name; ok is false when the table has none.
func (t *Table) Column(name string) (int, bool) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i, true
		}
	}
	return -1, false
}

// The columns that every staged row carries beside those of its table.
const (
	ColRelease = "_rilis_id"
	ColSHA256  = "_sumber_sha256"
	ColPart    = "_bagian"
	ColRow     = "_baris"
	ColFlags   = "_tanda"
)

// Schema is the Arrow schema in which the table is staged: its columns, then
// the provenance columns.
func (t *Table) Schema() *arrow.Schema {
	fields := make([]arrow.Field, 0, len(t.Columns)+5)
	for _, c := range t.Columns {
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: true})
	}
	str := arrow.BinaryTypes.String
	fields = append(fields,
		arrow.Field{Name: ColRelease, Type: str},
		arrow.Field{Name: ColSHA256, Type: str},
		arrow.Field{Name: ColPart, Type: str},
		arrow.Field{Name: ColRow, Type: arrow.PrimitiveTypes.Int32},
		arrow.Field{Name: ColFlags, Type: str, Nullable: true},
	)
	return arrow.NewSchema(fields, nil)
}

// Tables are the staged tables by name.
type Tables map[string]*Table

// Names are the table names in order.
func (ts Tables) Names() []string {
	names := make([]string, 0, len(ts))
	for n := range ts {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// BuiltinTables reads the table definitions that the binary carries.
func BuiltinTables() (Tables, error) {
	ts := Tables{}
	if err := yaml.UnmarshalWithOptions(tablesYAML, &ts, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("tables.yaml: %s", yaml.FormatError(err, false, false))
	}
	for name, t := range ts {
		t.Name = name
		for i := range t.Columns {
			c := &t.Columns[i]
			typ, err := ParseType(c.TypeName)
			if err != nil {
				return nil, fmt.Errorf("tables.yaml: %s.%s: %w", name, c.Name, err)
			}
			c.Type = typ
			if c.Scheme == "" {
				c.Scheme = t.Scheme
			}
		}
		for _, k := range t.Key {
			if _, ok := t.Column(k); !ok {
				return nil, fmt.Errorf("tables.yaml: %s: key column %s does not exist", name, k)
			}
		}
	}
	return ts, nil
}
