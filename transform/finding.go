package transform

import (
	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// finding is one cell or row that broke a rule.
type finding struct {
	row    int
	cell   string // reference of the cell, or of the row's first cell
	column string
	text   string // raw text of the cell
	rule   string
	level  string // error or warning
	reason string
	remedy string
	key    string // key of the row as far as it could be read
}

// FindingSchema is the table of findings: quarantined rows (tingkat error) and
// flagged ones (tingkat warning), a row for each cell that broke a rule.
var FindingSchema = arrow.NewSchema([]arrow.Field{
	{Name: "rilis_id", Type: arrow.BinaryTypes.String},
	{Name: "sumber_sha256", Type: arrow.BinaryTypes.String},
	{Name: "bagian", Type: arrow.BinaryTypes.String},
	{Name: "kontrak", Type: arrow.BinaryTypes.String},
	{Name: "tabel", Type: arrow.BinaryTypes.String},
	{Name: "lembar", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "baris", Type: arrow.PrimitiveTypes.Int32},
	{Name: "sel", Type: arrow.BinaryTypes.String},
	{Name: "kolom", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "teks", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "aturan", Type: arrow.BinaryTypes.String},
	{Name: "tingkat", Type: arrow.BinaryTypes.String},
	{Name: "alasan", Type: arrow.BinaryTypes.String},
	{Name: "perbaikan", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "kunci", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// findingBatch is how many findings are gathered before they go to the sink.
const findingBatch = 4096

type findings struct {
	b *array.RecordBuilder
	n int
}

func newFindings(mem memory.Allocator) *findings {
	return &findings{b: array.NewRecordBuilder(mem, FindingSchema)}
}

// add appends one finding of a part.
func (f *findings) add(d *decoder, x finding) {
	values := [...]string{d.job.Release, d.cur.SHA256, d.cur.Name, d.c.Name, d.c.Table.Name, d.sheet, "",
		x.cell, x.column, x.text, x.rule, x.level, x.reason, x.remedy, x.key}
	for i, v := range values {
		switch fb := f.b.Field(i).(type) {
		case *array.Int32Builder:
			fb.Append(int32(x.row))
		case *array.StringBuilder:
			if v == "" && FindingSchema.Field(i).Nullable {
				fb.AppendNull()
			} else {
				fb.Append(v)
			}
		}
	}
	f.n++
}

// flush hands the gathered findings to the sink.
func (f *findings) flush(s Sink) error {
	if f.n == 0 {
		return nil
	}
	rec := f.b.NewRecord()
	defer rec.Release()
	f.n = 0
	return s.Findings(rec)
}
