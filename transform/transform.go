// Package transform reads releases through their contracts into typed Arrow records, and names every cell that does not fit.
package transform

import (
	"context"
	"fmt"
	"io"
	"sort"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// Version names what the decoders make of the same bytes and the same
// contract. It is part of every staging key: raise it when results change.
const Version = "3"

// Body is the bytes of one part.
type Body interface {
	io.ReaderAt
	io.Closer
}

// Part is one file of a release.
type Part struct {
	Name   string // as the source names it, for example "rilis/idm-2024.xlsx"
	SHA256 string
	Size   int64
	Open   func() (Body, error)
}

// Sink takes what a release turned into, in batches. It keeps (Retain) what
// it needs beyond the call.
type Sink interface {
	Rows(arrow.Record) error     // schema of the contract's table
	Findings(arrow.Record) error // schema FindingSchema
}

// Job is one release to be read through one contract.
type Job struct {
	Contract *contract.Contract
	Release  string // identity, goes into every row
	Period   int    // year of the release, for {periode}
	Parts    []Part
	Register *wilayah.Register // may be empty: rules that need it are then reported as unchecked
	Alloc    memory.Allocator
	Sink     Sink
	Progress func(rows int64) // called now and then with the records seen so far; may be nil
}

// Counts add up: In = Loaded + Quarantined + Skipped. They count records after unpivoting.
type Counts struct {
	In          int64 `json:"in"`
	Loaded      int64 `json:"loaded"`
	Quarantined int64 `json:"quarantined"`
	Skipped     int64 `json:"skipped"`
}

// Add sums two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{c.In + o.In, c.Loaded + o.Loaded, c.Quarantined + o.Quarantined, c.Skipped + o.Skipped}
}

// Balanced says whether every record that came in is accounted for.
func (c Counts) Balanced() bool { return c.In == c.Loaded+c.Quarantined+c.Skipped }

// Result is what became of a release.
type Result struct {
	Counts    Counts           `json:"rows"`
	SkippedBy map[string]int64 `json:"skipped_by"`          // records by the rule that skipped them
	Findings  map[string]int64 `json:"findings"`            // findings by rule
	Warned    int64            `json:"warned"`              // loaded records with at least one warning
	Drift     []Drift          `json:"drift,omitempty"`     // headings that no column asks for
	Unchecked []string         `json:"unchecked,omitempty"` // rules that could not be asked, with the reason
	Layouts   []Layout         `json:"layouts"`
}

// Drift is a difference between a release's headings and its contract.
type Drift struct {
	Part    string   `json:"part"`
	Heading string   `json:"heading"`
	Kind    string   `json:"kind"` // "added" or "missing"
	Near    []string `json:"near,omitempty"`
}

// Layout says where a part's columns stood.
type Layout struct {
	Part      string            `json:"part"`
	Sheet     string            `json:"sheet,omitempty"`
	HeaderRow int               `json:"header_row,omitempty"`
	Columns   map[string]string `json:"columns"`            // table column (and year) -> heading
	Detected  string            `json:"detected,omitempty"` // delimiter and encoding of a CSV
}

// RefusedError says that a whole release cannot be used.
type RefusedError struct {
	Part   string
	Sheet  string
	Rule   string
	Reason string
	Remedy string
	Err    error // the reader's error behind it, if any
}

func (e *RefusedError) Error() string {
	where := e.Part
	if e.Sheet != "" {
		where += fmt.Sprintf(": sheet %q", e.Sheet)
	}
	text := fmt.Sprintf("%s: release refused (%s): %s", where, e.Rule, e.Reason)
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

func (e *RefusedError) Unwrap() error { return e.Err }

// Decode reads every part of a release. After an error the sink's content is
// worthless: a release is used whole or not at all.
func Decode(ctx context.Context, job Job) (Result, error) {
	d := newDecoder(ctx, &job)
	defer d.release()
	parts := append([]Part(nil), job.Parts...)
	sort.Slice(parts, func(i, j int) bool { return parts[i].Name < parts[j].Name })
	for i := range parts {
		if err := ctx.Err(); err != nil {
			return d.result, err
		}
		if err := d.part(&parts[i]); err != nil {
			return d.result, err
		}
	}
	if err := d.finish(); err != nil {
		return d.result, err
	}
	return d.result, d.plausible()
}

// plausible applies the limits that only the whole release can break.
func (d *decoder) plausible() error {
	c, lim := d.result.Counts, d.c.Limits
	name := d.job.Release
	if !c.Balanced() {
		return &RefusedError{Part: name, Rule: "balance",
			Reason: fmt.Sprintf("%d rows in, %d loaded, %d quarantined, %d skipped do not add up", c.In, c.Loaded, c.Quarantined, c.Skipped),
			Remedy: "this is a defect of the decoder; please report it with the file"}
	}
	wanted := int64(lim.MinRows)
	if wanted == 0 && d.skippedParts == 0 { // a release of error answers alone is no news, but no damage either
		wanted = 1
	}
	if c.In-c.Skipped < wanted {
		return &RefusedError{Part: name, Rule: "min_rows",
			Reason: fmt.Sprintf("%d records, at least %d are expected", c.In-c.Skipped, wanted),
			Remedy: "look whether the file is complete and the contract's sheet or rows path is right"}
	}
	if lim.MaxRows > 0 && c.In > int64(lim.MaxRows) {
		return &RefusedError{Part: name, Rule: "max_rows",
			Reason: fmt.Sprintf("%d records, at most %d are expected", c.In, lim.MaxRows),
			Remedy: "raise max_rows in the contract if the release really grew"}
	}
	if records := c.In - c.Skipped; float64(c.Quarantined)*100 > lim.MaxQuarantine()*float64(records) {
		return &RefusedError{Part: name, Rule: "quarantine_percent",
			Reason: fmt.Sprintf("%d of %d records broke a rule, more than %g %%: %s", c.Quarantined, records, lim.MaxQuarantine(), d.worst()),
			Remedy: "correct the file or the contract; `lumbung contract test` lists every cell"}
	}
	return nil
}

// worst names the rule with most findings and one example, for messages.
func (d *decoder) worst() string {
	rule, most := "", int64(0)
	for r, n := range d.errorsBy {
		if n > most || n == most && r < rule {
			rule, most = r, n
		}
	}
	if rule == "" {
		return "no rule"
	}
	return fmt.Sprintf("rule %s %d times, first %s", rule, most, d.firstError[rule])
}
