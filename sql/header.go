package sql

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Materializations of a model.
const (
	Table = "table"
	View  = "view"
)

// Severities of an audit.
const (
	Block = "block" // rows refuse the snapshot
	Warn  = "warn"  // rows are reported
)

// A Header is the leading comment of a model:
//
//	-- purpose: What the relation is for.
//	-- grain: What one row is.
//	-- key: col_a, col_b
//	-- inputs: other_model, tahap_indeks
//	-- materialized: table
//	-- partition: tahun from fct_indeks
//	-- columns:
//	--   col_a BIGINT: What it means, with its unit.
//	-- deprecated: col_a since 2027-01-01, use other_col
//	-- jejak:
//	--   SELECT ... WHERE kode_wilayah = :kode
//
// The description of a deprecated column says so wherever it is shown. A relation that got another name stays for a while as a view over it,
// whose purpose says so after
//
//	-- deprecated: since 2027-01-01, use other_model
//
// Audits have severity and message besides, and neither key nor materialized.
type Header struct {
	Purpose      string
	Grain        string
	Key          []string // columns that make a row unique, in the order in which published files are sorted
	Inputs       []string // what the text reads, as its author states it
	Materialized string   // Table or View
	Partition    *Partition
	Columns      []Column
	// Trace (jejak) is the query from one row of a mart to the village rows behind it. Its parameters are written
	// :kode, :tahun and so on and stand for the columns of that row; :kode is its kode_wilayah.
	Trace    string
	Severity string // Block or Warn, audits only
	Message  string // what the rows of an audit mean and what to do, audits only
}

// A Column is one output column of a model.
type Column struct {
	Name        string
	Type        string // SQL type: BIGINT, DECIMAL(10,8), VARCHAR
	Description string
}

var (
	headerLine = regexp.MustCompile(`^-- ([a-z]+):\s*(.*)$`)
	deprecated = regexp.MustCompile(`^(?:(\w+) )?since (\d{4}-\d{2}-\d{2}), use (\w+)$`)
	columnLine = regexp.MustCompile(`^--   (\w+) ([A-Z]+(?:\(\d+,\d+\))?): (.+)$`)
)

// parseHeader reads the comment lines before the first line of SQL.
func parseHeader(file, text string) (Header, error) {
	h := Header{Materialized: Table}
	section := ""
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "--") {
			break
		}
		var err error
		if m := headerLine.FindStringSubmatch(line); m != nil {
			section = m[1]
			err = h.set(section, strings.TrimSpace(m[2]))
		} else {
			err = h.extend(section, line)
		}
		if err != nil {
			return Header{}, fmt.Errorf("sql/%s:%d: header: %w", file, i+1, err)
		}
	}
	return h, nil
}

// set takes the value of a "-- key: value" line.
func (h *Header) set(key, value string) error {
	switch key {
	case "purpose":
		h.Purpose = value
	case "grain":
		h.Grain = value
	case "key":
		h.Key = list(value)
	case "inputs":
		h.Inputs = list(value)
	case "materialized":
		return oneOf(&h.Materialized, key, value, Table, View)
	case "partition":
		var err error
		h.Partition, err = parsePartition(value)
		return err
	case "columns", "jejak":
	case "deprecated":
		return h.deprecate(value)
	case "severity":
		return oneOf(&h.Severity, key, value, Block, Warn)
	case "message":
		h.Message = value
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

// extend takes an indented line under columns or jejak.
func (h *Header) extend(section, line string) error {
	switch section {
	case "columns":
		m := columnLine.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("%q is no column; write \"--   name TYPE: description\"", line)
		}
		h.Columns = append(h.Columns, Column{Name: m[1], Type: m[2], Description: m[3]})
	case "jejak":
		h.Trace = strings.TrimSpace(h.Trace + "\n" + strings.TrimPrefix(strings.TrimPrefix(line, "--"), "   "))
	default:
		return fmt.Errorf("%q belongs to no key", line)
	}
	return nil
}

// deprecate adds a note to the description of a column that stands above, or to the purpose of a view.
func (h *Header) deprecate(note string) error {
	m := deprecated.FindStringSubmatch(note)
	if m == nil {
		return fmt.Errorf("%q: write \"-- deprecated: COLUMN since YYYY-MM-DD, use COLUMN\", or of a whole view \"-- deprecated: since YYYY-MM-DD, use MODEL\"", note)
	}
	if _, err := time.Parse(time.DateOnly, m[2]); err != nil {
		return fmt.Errorf("%q: %s is no date", note, m[2])
	}
	if m[1] == "" {
		if h.Materialized != View || !slices.Equal(h.Inputs, []string{m[3]}) {
			return fmt.Errorf("%q: a relation that is to go is a view over %s alone: write its inputs and \"materialized: view\" above", note, m[3])
		}
		h.Purpose = strings.TrimSuffix(h.Purpose, ".") + fmt.Sprintf(". Deprecated since %s, use %s", m[2], m[3])
		return nil
	}
	for _, name := range []string{m[3], m[1]} {
		if h.column(name) == nil {
			return fmt.Errorf("%q: %s is none of the columns above", note, name)
		}
	}
	c := h.column(m[1])
	c.Description += fmt.Sprintf(". Deprecated since %s, use %s", m[2], m[3])
	return nil
}

func (h *Header) column(name string) *Column {
	for i := range h.Columns {
		if h.Columns[i].Name == name {
			return &h.Columns[i]
		}
	}
	return nil
}

func oneOf(field *string, key, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			*field = value
			return nil
		}
	}
	return fmt.Errorf("%s is %q, not one of %s", key, value, strings.Join(allowed, ", "))
}

func list(value string) []string {
	var out []string
	for _, item := range strings.Split(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
