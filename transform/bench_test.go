package transform

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	arrowcsv "github.com/apache/arrow/go/v17/arrow/csv"
	"github.com/xuri/excelize/v2"

	"lumbung/transform/contract"
)

type counting struct{ rows int64 }

func (c *counting) Rows(rec arrow.Record) error { c.rows += rec.NumRows(); return nil }
func (c *counting) Findings(arrow.Record) error { return nil }
func mustParse(b testing.TB, text string) *contract.Contract {
	b.Helper()
	tables, err := contract.BuiltinTables()
	if err != nil {
		b.Fatal(err)
	}
	c, err := contract.Parse("", []byte(text), tables)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// nationalRows is the size of the ministry's workbook of 2024.
const nationalRows = 75_265

// BenchmarkDecodeIDM reads a national workbook of 14 columns into typed, checked Arrow batches; beside it excelize only
// reads the cells.
func BenchmarkDecodeIDM(b *testing.B) {
	book := nationalBook(b, nationalRows)
	c := nationalContract(b)
	b.Run("lumbung", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sink := &counting{}
			if _, err := Decode(context.Background(), Job{Contract: c, Release: "r", Period: 2024, Parts: []Part{part("idm.xlsx", book)}, Sink: sink}); err != nil {
				b.Fatal(err)
			}
			if sink.rows != nationalRows {
				b.Fatalf("%d rows", sink.rows)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/nationalRows, "ns/row")
	})
	b.Run("excelize-cells-only", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(book))
			if err != nil {
				b.Fatal(err)
			}
			rows, err := f.Rows("S1")
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for rows.Next() {
				if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != nationalRows+1 {
				b.Fatalf("%d rows", n)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// nationalContract reads such a workbook without an area register.
func nationalContract(b testing.TB) *contract.Contract {
	b.Helper()
	return mustParse(b, fmt.Sprintf(strings.ReplaceAll(strings.ReplaceAll(idmXLSX, "  - {name: kode, check: area_known, column: kode_desa}\n", ""),
		"  - {name: nama, check: area_name, column: kode_desa, name_column: nama_desa, severity: warning}\n", ""), "[S1]"))
}

func nationalBook(b testing.TB, rows int) []byte {
	b.Helper()
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "S1"); err != nil {
		b.Fatal(err)
	}
	w, err := f.NewStreamWriter("S1")
	if err != nil {
		b.Fatal(err)
	}
	head := append([]any{}, idmHead...)
	head = append(head, "KODE_PROV", "NAMA_PROVINSI", "KODE_KAB", "NAMA_KABUPATEN", "KODE_KEC", "NAMA_KECAMATAN", "Keterangan")
	if err := w.SetRow("A1", head); err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		row := []any{6402010000 + i%10000 + i/10000*10000000, fmt.Sprintf("DESA NOMOR %d", i), 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI",
			64, "KALIMANTAN TIMUR", 6402, "KUTAI KARTANEGARA", 640201, "MUARA MUNTAI", nil}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

// nationalCSV is records of as many villages, each ending in the same values.
func nationalCSV(values string, rows int) []byte {
	var b bytes.Buffer
	b.WriteString(bltHead)
	for i := range rows {
		fmt.Fprintf(&b, "%d;Perian;2024;%s\n", 6402010000+i%10000+i/10000*10000000, values)
	}
	return b.Bytes()
}

// BenchmarkDecodeCSV reads 75,265 district records into typed, checked Arrow batches; beside it arrow-go's reader types the
// columns without any check, of the same file with plain numbers and dates that it can read.
func BenchmarkDecodeCSV(b *testing.B) {
	ours := nationalCSV("1.234;1.234.567,50;1.000.000,00;31/12/2024", nationalRows)
	plain := nationalCSV("1234;1234567.50;1000000.00;2024-12-31", nationalRows)
	c := mustParse(b, bltCSV)
	b.Run("lumbung", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(ours)))
		for b.Loop() {
			sink := &counting{}
			if _, err := Decode(context.Background(), Job{Contract: c, Release: "r", Period: 2024, Parts: []Part{part("blt.csv", ours)}, Sink: sink}); err != nil {
				b.Fatal(err)
			}
			if sink.rows != nationalRows {
				b.Fatalf("%d rows", sink.rows)
			}
		}
	})
	b.Run("arrow-csv", func(b *testing.B) {
		schema := arrow.NewSchema([]arrow.Field{{Name: "KODE", Type: arrow.PrimitiveTypes.Int64}, {Name: "NAMA", Type: arrow.BinaryTypes.String},
			{Name: "TAHUN", Type: arrow.PrimitiveTypes.Int16}, {Name: "KPM", Type: arrow.PrimitiveTypes.Int32},
			{Name: "ANGGARAN", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}}, {Name: "REALISASI", Type: &arrow.Decimal128Type{Precision: 18, Scale: 2}},
			{Name: "TANGGAL", Type: arrow.FixedWidthTypes.Date32}}, nil)
		b.ReportAllocs()
		b.SetBytes(int64(len(plain)))
		for b.Loop() {
			r := arrowcsv.NewReader(bytes.NewReader(plain), schema, arrowcsv.WithComma(';'), arrowcsv.WithHeader(true), arrowcsv.WithChunk(16384))
			var n int64
			for r.Next() {
				n += r.Record().NumRows()
			}
			if r.Err() != nil || n != nationalRows {
				b.Fatal(n, r.Err())
			}
			r.Release()
		}
	})
}
