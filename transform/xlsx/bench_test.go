package xlsx_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/xuri/excelize/v2"

	"lumbung/transform/row"
	"lumbung/transform/xlsx"
)

// villages and columns of the ministry's workbook for 2024.
const (
	benchRows = 75_265
	benchCols = 14
)

// BenchmarkRows reads a workbook of the size and shape of the ministry's: all
// villages, 14 columns, 13 of them filled. CPU is user and system time.
func BenchmarkRows(b *testing.B) {
	shared := filepath.Join(b.TempDir(), "idm.xlsx")
	writeIDM(b, shared)
	inline := filepath.Join(b.TempDir(), "idm-inline.xlsx")
	streamIDM(b, inline)
	b.Run("lumbung", func(b *testing.B) { bench(b, shared, readAll) })
	b.Run("lumbung-inline", func(b *testing.B) { bench(b, inline, readAll) })
	b.Run("excelize", func(b *testing.B) { bench(b, shared, excelizeAll) })
}

// bench reports per filled cell and CPU per file.
func bench(b *testing.B, path string, read func(testing.TB, string) int) {
	cells := 0
	b.ReportAllocs()
	before := cpuSeconds(b)
	for b.Loop() {
		cells = read(b, path)
	}
	if cells < benchRows*12 {
		b.Fatalf("%d cells", cells)
	}
	used := cpuSeconds(b) - before
	b.ReportMetric(used/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cells), "ns/cell")
}

func cpuSeconds(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	sec := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return sec(u.Utime) + sec(u.Stime)
}

// readAll counts the cells of a file that are not empty.
func readAll(tb testing.TB, path string) int {
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	book, err := xlsx.Open(f, st.Size(), xlsx.Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	defer book.Close()
	sheet, err := book.Rows(context.Background(), book.Sheets()[0].Name)
	if err != nil {
		tb.Fatal(err)
	}
	defer sheet.Close()
	n := 0
	for {
		r, err := sheet.Read()
		if err == io.EOF {
			return n
		}
		if err != nil {
			tb.Fatal(err)
		}
		for i := range r.Cells {
			if r.Cells[i].Kind != row.Empty {
				n++
			}
		}
	}
}

func excelizeAll(tb testing.TB, path string) int {
	f, err := excelize.OpenFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for rows.Next() {
		cols, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			tb.Fatal(err)
		}
		for _, c := range cols {
			if c != "" {
				n++
			}
		}
	}
	return n
}

// idmRow is one village with the ministry's columns.
func idmRow(rng *rand.Rand, i int) []any {
	status := []string{"SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}
	prov, kab, kec := 11+i/2000, i/170%99+1, i/12%99+1
	note := any(nil)
	if rng.IntN(15) == 0 {
		note = "Update 2023"
	}
	score := func() float64 { return float64(rng.IntN(10_000)) / 10_000 }
	return []any{
		prov, fmt.Sprintf("PROVINSI %d", prov), prov*100 + kab, fmt.Sprintf("KABUPATEN %d", i/170),
		(prov*100+kab)*100 + kec, fmt.Sprintf("KECAMATAN %d", i/12), int64((prov*100+kab)*100+kec)*10_000 + int64(2001+i%12),
		fmt.Sprintf("DESA %d", rng.IntN(50_000)), score(), score(), score(), score(), status[rng.IntN(5)], note,
	}
}

func idmHeader() []any {
	return []any{"KODE_PROV", "NAMA_PROVINSI", "KODE_KAB", "NAMA_KABUPATEN", "KODE_KEC", "NAMA_KECAMATAN", "KODE_DESA", "NAMA_DESA",
		"IKS_2024", "IKE_2024", "IKL_2024", "NILAI_IDM_2024", "STATUS_IDM_2024", "Keterangan"}
}

// writeIDM writes the villages with shared strings, as Excel does.
func writeIDM(tb testing.TB, path string) {
	f := excelize.NewFile()
	defer f.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range benchRows + 1 {
		cells := idmHeader()
		if i > 0 {
			cells = idmRow(rng, i)
		}
		if len(cells) != benchCols {
			tb.Fatalf("%d columns", len(cells))
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			tb.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
}

// streamIDM writes the villages with inline strings, as streaming writers do.
func streamIDM(tb testing.TB, path string) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range benchRows + 1 {
		cells := idmHeader()
		if i > 0 {
			cells = idmRow(rng, i)
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		tb.Fatal(err)
	}
}
