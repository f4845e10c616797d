// Package export writes a query's rows as a Parquet file.
package export

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"lumbung/load/duck"
)

// batch is how many rows are held before they are encoded; one row group each.
const batch = 65_536

// Parquet takes the rows of one query, as duck.DB.Each gives them, and writes
// them as Zstandard-compressed Parquet. Columns keep their exact types: a type
// that Parquet readers do not share, such as HUGEINT, is refused by Head.
type Parquet struct {
	w    io.Writer
	b    *array.RecordBuilder
	pq   *pqarrow.FileWriter
	rows int
}

// NewParquet writes to w, which stays open.
func NewParquet(w io.Writer) *Parquet { return &Parquet{w: w} }

// Head takes the columns.
func (p *Parquet) Head(columns []duck.Column) error {
	fields := make([]arrow.Field, len(columns))
	seen := map[string]bool{}
	for i, c := range columns {
		typ := arrowType(c.Type)
		if typ == nil {
			return fmt.Errorf("column %s is %s, which has no Parquet type that all readers share; cast it, for example CAST(%s AS BIGINT)", c.Name, c.Type, c.Name)
		}
		if seen[c.Name] {
			return fmt.Errorf("two columns are called %s; name one with AS", c.Name)
		}
		seen[c.Name] = true
		fields[i] = arrow.Field{Name: c.Name, Type: typ, Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd),
		parquet.WithStoreDecimalAsInteger(true), parquet.WithVersion(parquet.V2_LATEST), parquet.WithCreatedBy("lumbung"))
	var err error
	if p.pq, err = pqarrow.NewFileWriter(schema, keepOpen{p.w}, props, pqarrow.NewArrowWriterProperties()); err != nil {
		return err
	}
	p.b = array.NewRecordBuilder(memory.DefaultAllocator, schema)
	return nil
}

// keepOpen hides Close, which the Parquet writer would call.
type keepOpen struct{ io.Writer }

// Row takes the next row.
func (p *Parquet) Row(row []any) error {
	for i, v := range row {
		if err := appendValue(p.b.Field(i), v); err != nil {
			return fmt.Errorf("column %s: %w", p.b.Schema().Field(i).Name, err)
		}
	}
	if p.rows++; p.rows == batch {
		return p.flush()
	}
	return nil
}

func (p *Parquet) flush() error {
	rec := p.b.NewRecord()
	defer rec.Release()
	p.rows = 0
	return p.pq.Write(rec)
}

// Close writes what is left and the file's footer; without it the file is no Parquet file.
func (p *Parquet) Close() error {
	if p.pq == nil {
		return errors.New("no columns came")
	}
	defer p.b.Release()
	if p.rows > 0 {
		if err := p.flush(); err != nil {
			return errors.Join(err, p.pq.Close())
		}
	}
	return p.pq.Close()
}

// arrowType is the type for DuckDB's name of one, nil when there is none.
func arrowType(name string) arrow.DataType {
	switch name {
	case "BOOLEAN":
		return arrow.FixedWidthTypes.Boolean
	case "TINYINT", "SMALLINT", "UTINYINT":
		return arrow.PrimitiveTypes.Int16
	case "INTEGER", "USMALLINT":
		return arrow.PrimitiveTypes.Int32
	case "BIGINT", "UINTEGER":
		return arrow.PrimitiveTypes.Int64
	case "FLOAT", "DOUBLE":
		return arrow.PrimitiveTypes.Float64
	case "VARCHAR":
		return arrow.BinaryTypes.String
	case "DATE":
		return arrow.FixedWidthTypes.Date32
	case "TIMESTAMP":
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case "TIMESTAMPTZ":
		return arrow.FixedWidthTypes.Timestamp_us
	}
	var precision, scale int32
	if n, err := fmt.Sscanf(name, "DECIMAL(%d,%d)", &precision, &scale); err == nil && n == 2 {
		return &arrow.Decimal128Type{Precision: precision, Scale: scale}
	}
	if strings.HasPrefix(name, "ENUM(") {
		return arrow.BinaryTypes.String
	}
	return nil
}

func appendValue(b array.Builder, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	ok := false
	switch b := b.(type) {
	case *array.BooleanBuilder:
		ok = put(v, b.Append)
	case *array.Int16Builder:
		ok = put(v, func(x int64) { b.Append(int16(x)) })
	case *array.Int32Builder:
		ok = put(v, func(x int64) { b.Append(int32(x)) })
	case *array.Int64Builder:
		ok = put(v, b.Append)
	case *array.Float64Builder:
		ok = put(v, b.Append)
	case *array.StringBuilder:
		ok = put(v, b.Append)
	case *array.Date32Builder:
		ok = put(v, func(x time.Time) { b.Append(arrow.Date32FromTime(x)) })
	case *array.TimestampBuilder:
		ok = put(v, func(x time.Time) { b.Append(arrow.Timestamp(x.UnixMicro())) })
	case *array.Decimal128Builder:
		return appendDecimal(b, v)
	}
	if !ok {
		return fmt.Errorf("%T does not fit %s", v, b.Type())
	}
	return nil
}

// put appends a value if it is of the type that the column takes.
func put[T any](v any, appendTo func(T)) bool {
	x, ok := v.(T)
	if ok {
		appendTo(x)
	}
	return ok
}

func appendDecimal(b *array.Decimal128Builder, v any) error {
	text, ok := v.(duck.Decimal)
	if !ok {
		return fmt.Errorf("%T does not fit %s", v, b.Type())
	}
	t := b.Type().(*arrow.Decimal128Type)
	n, err := decimal128.FromString(string(text), t.Precision, t.Scale)
	if err != nil {
		return err
	}
	if n.ToString(t.Scale) != string(text) {
		return fmt.Errorf("%s became %s as %s", text, n.ToString(t.Scale), t)
	}
	b.Append(n)
	return nil
}
