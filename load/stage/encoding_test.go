package stage

import (
	"context"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	pqfile "github.com/apache/arrow/go/v17/parquet/file"
)

// villages is a batch of rows with codes and names that differ, and columns that repeat or are empty.
func villages(mem memory.Allocator, rows int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "kode", Type: arrow.PrimitiveTypes.Int64}, {Name: "nama", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "status", Type: arrow.BinaryTypes.String}, {Name: "nomor", Type: arrow.PrimitiveTypes.Int32},
		{Name: "kosong", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(6402010000 + int64(i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("DESA %d", i))
		b.Field(2).(*array.StringBuilder).Append([]string{"MAJU", "MANDIRI"}[i%2])
		b.Field(3).(*array.Int32Builder).Append(int32(i % 50))
		b.Field(4).(*array.StringBuilder).AppendNull()
	}
	return b.NewRecord()
}

// A column whose values repeat gets a dictionary, one whose values differ does not.
func TestOnlyRepeatingColumnsGetDictionaries(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := villages(mem, 5000)
	defer rec.Release()
	schema := rec.Schema()
	fsys, _ := newDisk(t)
	s := Open(fsys, "stage")
	w, err := s.Begin("aa", schema, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Rows(rec); err != nil {
		t.Fatal(err)
	}
	u, err := w.Commit(context.Background(), Unit{})
	if err != nil {
		t.Fatal(err)
	}
	path, err := s.Path(context.Background(), u, DataFile)
	if err != nil {
		t.Fatal(err)
	}
	pf, err := pqfile.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pf.Close() }()
	want := map[string]bool{"kode": false, "nama": false, "status": true, "nomor": true, "kosong": true}
	for i := range schema.NumFields() {
		c, err := pf.MetaData().RowGroup(0).ColumnChunk(i)
		if err != nil {
			t.Fatal(err)
		}
		name := schema.Field(i).Name
		if got := c.HasDictionaryPage(); got != want[name] {
			t.Errorf("%s: dictionary %v, want %v", name, got, want[name])
		}
	}
}
