package export

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"lumbung/load/duck"
)

var columns = []duck.Column{{Name: "nama", Type: "VARCHAR"}, {Name: "tahun", Type: "SMALLINT"}, {Name: "n", Type: "INTEGER"}, {Name: "id", Type: "BIGINT"},
	{Name: "skor", Type: "DECIMAL(10,8)"}, {Name: "besar", Type: "DECIMAL(38,2)"}, {Name: "ya", Type: "BOOLEAN"}, {Name: "x", Type: "DOUBLE"},
	{Name: "hari", Type: "DATE"}, {Name: "saat", Type: "TIMESTAMP"}, {Name: "saat_tz", Type: "TIMESTAMPTZ"}, {Name: "st", Type: "ENUM('A', 'B')"}}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	instant := time.Date(2026, 11, 24, 1, 2, 3, 456_789_000, time.UTC)
	full := []any{"Ḥ, \"x\"\n", int64(-2), int64(1 << 30), int64(1 << 60), duck.Decimal("-0.06750000"),
		duck.Decimal("123456789012345678901234567890123456.78"), true, 0.1, day, instant, instant, "B"}
	empty := make([]any, len(columns))
	var buf bytes.Buffer
	p := NewParquet(&buf)
	if err := p.Head(columns); err != nil {
		t.Fatal(err)
	}
	const rows = batch + 3
	for i := range rows {
		row := full
		if i%2 == 1 {
			row = empty
		}
		if err := p.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := file.NewParquetReader(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if r.NumRows() != rows || r.NumRowGroups() != 2 {
		t.Errorf("%d rows in %d row groups", r.NumRows(), r.NumRowGroups())
	}
	ar, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: rows}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	tbl, err := ar.ReadTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tbl.Release()
	want := []string{"Ḥ, \"x\"\n", "-2", "1073741824", "1152921504606846976", "-0.0675",
		"123456789012345678901234567890123456.78", "true", "0.1", "1899-12-30", "2026-11-24 01:02:03.456789Z", "2026-11-24 01:02:03.456789Z", "B"}
	for i, want := range map[int]string{1: "int16", 4: "decimal(10, 8)", 8: "date32", 9: "timestamp[us]", 10: "timestamp[us, tz=UTC]"} {
		if got := tbl.Schema().Field(i).Type.String(); got != want {
			t.Errorf("%s is %s, want %s", columns[i].Name, got, want)
		}
	}
	var first, second []string
	for i := range int(tbl.NumCols()) {
		col := tbl.Column(i).Data().Chunk(0)
		first, second = append(first, col.ValueStr(0)), append(second, col.ValueStr(1))
	}
	if d := cmp.Diff(want, first); d != "" {
		t.Error(d)
	}
	for i, v := range second {
		if v != "(null)" {
			t.Errorf("NULL of %s came back as %s", columns[i].Name, v)
		}
	}
}

func TestWhatIsNoParquet(t *testing.T) {
	for typ, want := range map[string]string{"HUGEINT": "CAST(a AS BIGINT)", "INTEGER[]": "no Parquet type", "STRUCT(a INTEGER)": "no Parquet type"} {
		if err := NewParquet(&bytes.Buffer{}).Head([]duck.Column{{Name: "a", Type: typ}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", typ, err, want)
		}
	}
	if err := NewParquet(&bytes.Buffer{}).Close(); err == nil {
		t.Error("a file without columns")
	}
	p := NewParquet(&bytes.Buffer{})
	if err := p.Head(columns[4:5]); err != nil {
		t.Fatal(err)
	}
	if err := p.Row([]any{duck.Decimal("1.123456789")}); err == nil {
		t.Error("a decimal that does not fit was taken")
	}
	if err := p.Row([]any{"1"}); err == nil {
		t.Error("a text was taken as a decimal")
	}
}
