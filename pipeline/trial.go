package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"lumbung/transform"
	"lumbung/transform/contract"
	"lumbung/transform/infer"
)

// TrialOptions say what to try.
type TrialOptions struct {
	Contract string   // file
	Files    []string // one release
	Period   int      // default: this year
	Show     int      // most findings to keep of each level; 0 is all
}

// Trial is what a contract makes of some files.
type Trial struct {
	Rows       transform.Counts   `json:"rows"`
	Quarantine []Finding          `json:"quarantine"`
	Flagged    []Finding          `json:"flagged"`
	More       int64              `json:"more,omitempty"` // findings that are not listed
	Warned     int64              `json:"warned"`
	SkippedBy  map[string]int64   `json:"skipped_by"`
	Findings   map[string]int64   `json:"findings"`
	Drift      []transform.Drift  `json:"drift,omitempty"`
	Unchecked  []string           `json:"unchecked,omitempty"`
	Layouts    []transform.Layout `json:"layouts"`
}

// Finding is one cell that broke a rule.
type Finding struct {
	Release string `json:"release"`
	Part    string `json:"part"`
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row"`
	Cell    string `json:"cell"`
	Column  string `json:"column,omitempty"`
	Text    string `json:"text"`
	Rule    string `json:"rule"`
	Level   string `json:"level"` // error or warning
	Reason  string `json:"reason"`
	Remedy  string `json:"remedy,omitempty"`
	Key     string `json:"key,omitempty"`
}

// TryContract reads files through a contract and keeps nothing.
func TryContract(ctx context.Context, opt TrialOptions) (*Trial, error) {
	c, err := loadContract(opt.Contract)
	if err != nil {
		return nil, err
	}
	if opt.Period == 0 {
		opt.Period = time.Now().Year()
	}
	parts, err := trialParts(ctx, opt.Files)
	if err != nil {
		return nil, err
	}
	sink := &trialSink{show: opt.Show, t: &Trial{Quarantine: []Finding{}, Flagged: []Finding{}}}
	res, err := transform.Decode(ctx, transform.Job{Contract: c, Release: "trial", Period: opt.Period, Parts: parts, Sink: sink})
	if err != nil {
		return nil, err
	}
	t := sink.t
	t.Rows, t.Warned, t.SkippedBy, t.Findings = res.Counts, res.Warned, res.SkippedBy, res.Findings
	t.Drift, t.Unchecked, t.Layouts = res.Drift, res.Unchecked, res.Layouts
	return t, nil
}

// loadContract reads a contract by itself, for the tables that the program knows.
func loadContract(file string) (*contract.Contract, error) {
	tables, err := contract.BuiltinTables()
	if err != nil {
		return nil, err
	}
	return contract.Load(file, tables)
}

func trialParts(ctx context.Context, names []string) ([]transform.Part, error) {
	var parts []transform.Part
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, fmt.Errorf("%s: a directory; name the files of the release", name)
		}
		sum, n, err := hashFile(ctx, name)
		if err != nil {
			return nil, err
		}
		parts = append(parts, transform.Part{Name: filepath.ToSlash(name), SHA256: sum, Size: n,
			Open: func() (transform.Body, error) { return os.Open(name) }})
	}
	return parts, nil
}

// trialSink keeps findings and lets rows go.
type trialSink struct {
	show int
	t    *Trial
}

func (s *trialSink) Rows(arrow.Record) error { return nil }

func (s *trialSink) Findings(rec arrow.Record) error {
	for i := range int(rec.NumRows()) {
		f := findingAt(rec, i)
		list := &s.t.Flagged
		if f.Level == "error" {
			list = &s.t.Quarantine
		}
		if s.show > 0 && len(*list) >= s.show {
			s.t.More++
			continue
		}
		*list = append(*list, f)
	}
	return nil
}

// findingAt reads one row of a record with transform.FindingSchema.
func findingAt(rec arrow.Record, i int) Finding {
	text := func(name string) string {
		col := rec.Column(rec.Schema().FieldIndices(name)[0]).(*array.String)
		if col.IsNull(i) {
			return ""
		}
		return col.Value(i)
	}
	row := rec.Column(rec.Schema().FieldIndices("baris")[0]).(*array.Int32)
	return Finding{Release: text("rilis_id"), Part: text("bagian"), Sheet: text("lembar"), Row: int(row.Value(i)), Cell: text("sel"),
		Column: text("kolom"), Text: text("teks"), Rule: text("aturan"), Level: text("tingkat"), Reason: text("alasan"),
		Remedy: text("perbaikan"), Key: text("kunci")}
}

// InferContract proposes a contract for a file.
func InferContract(ctx context.Context, file string, opt infer.Options) (*infer.Proposal, error) {
	parts, err := trialParts(ctx, []string{file})
	if err != nil {
		return nil, err
	}
	got, err := infer.Propose(ctx, parts[0], opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return got, nil
}

// DiffContract compares a file's layout with a contract.
func DiffContract(ctx context.Context, contractFile, file string) ([]transform.Drift, error) {
	c, err := loadContract(contractFile)
	if err != nil {
		return nil, err
	}
	parts, err := trialParts(ctx, []string{file})
	if err != nil {
		return nil, err
	}
	return transform.LayoutDiff(ctx, c, parts[0])
}
