package transform

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"lumbung/transform/contract"
)

// rowBatch is how many records make one Arrow batch.
const rowBatch = 16384

// rowBuilder gathers converted records in columns.
type rowBuilder struct {
	b     *array.RecordBuilder
	table *contract.Table
	n     int
}

func newRowBuilder(mem memory.Allocator, t *contract.Table) *rowBuilder {
	b := array.NewRecordBuilder(mem, t.Schema())
	b.Reserve(1024)
	return &rowBuilder{b: b, table: t}
}

// add appends the decoder's record at hand.
func (rb *rowBuilder) add(d *decoder, row int) {
	for i := range rb.table.Columns {
		appendValue(rb.b.Field(i), &d.vals[i])
	}
	n := len(rb.table.Columns)
	rb.b.Field(n).(*array.StringBuilder).Append(d.job.Release)
	rb.b.Field(n + 1).(*array.StringBuilder).Append(d.cur.SHA256)
	rb.b.Field(n + 2).(*array.StringBuilder).Append(d.cur.Name)
	rb.b.Field(n + 3).(*array.Int32Builder).Append(int32(row))
	flags := rb.b.Field(n + 4).(*array.StringBuilder)
	if len(d.flags) == 0 {
		flags.AppendNull()
	} else {
		flags.Append(strings.Join(d.flags, ";"))
	}
	rb.n++
}

func appendValue(b array.Builder, v *val) {
	if !v.set {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Int64Builder:
		b.Append(v.i)
	case *array.Int32Builder:
		b.Append(int32(v.i))
	case *array.Int16Builder:
		b.Append(int16(v.i))
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(v.i))
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.i))
	case *array.BooleanBuilder:
		b.Append(v.i != 0)
	case *array.StringBuilder:
		b.Append(v.s)
	}
}

// flush hands the gathered records to the sink.
func (rb *rowBuilder) flush(s Sink) error {
	if rb.n == 0 {
		return nil
	}
	rec := rb.b.NewRecord()
	defer rec.Release()
	rb.n = 0
	return s.Rows(rec)
}
