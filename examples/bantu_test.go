// Package examples_test checks the sample project against what it claims to be.
package examples_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lumbung/examples/sampel"
	"lumbung/internal/realdata"
)

// nyata reads the real data, or skips: a checkout alone does not have it.
func nyata(t *testing.T) *sampel.Sumber {
	t.Helper()
	s, err := sampel.Baca(realdata.Dir(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func berkas(t *testing.T, s *sampel.Sumber) map[string][]byte {
	t.Helper()
	files, err := sampel.Berkas(s)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func baca(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("kukar", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tabel reads a CSV file as records by heading.
func tabel(t *testing.T, b []byte, pemisah rune) []map[string]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma = pemisah
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return perKepala(rows)
}

func lembar(t *testing.T, b []byte, sheet string) []map[string]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return perKepala(rows)
}

func perKepala(rows [][]string) []map[string]string {
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, v := range r {
			m[rows[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// skor is one row of an index workbook on the grid.
type skor struct{ s, e, l, skor10k int }

func (k skor) jumlah() int { return 12*k.s + 35*k.e + 140*k.l }

// status repeats the borders of the ministry in whole numbers, apart from the code under test.
func (k skor) status() string {
	switch j := k.jumlah(); {
	case j <= 3091:
		return "SANGAT TERTINGGAL"
	case j <= 3773:
		return "TERTINGGAL"
	case j <= 4455:
		return "BERKEMBANG"
	case j <= 5137:
		return "MAJU"
	}
	return "MANDIRI"
}

// kisi finds the grid point of a row and checks that the four decimals lead back to it.
func kisi(t *testing.T, row map[string]string, tahun string) skor {
	t.Helper()
	part := func(kolom string, d int) int {
		x := desimal(t, row[kolom])
		n := int(math.Round(x * float64(d)))
		if got := strconv.FormatFloat(float64(n)/float64(d), 'f', 4, 64); got != strconv.FormatFloat(x, 'f', 4, 64) {
			t.Errorf("%s: %s = %s is not on the grid n/%d (nearest %s)", row["KODE_DESA_DAGRI"], kolom, row[kolom], d, got)
		}
		return n
	}
	return skor{part("IKS_"+tahun, 175), part("IKE_"+tahun, 60), part("IKL_"+tahun, 15), int(math.Round(desimal(t, row["NILAI_IDM_"+tahun]) * 10000))}
}

func desimal(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("%q is not a number", s)
	}
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s)-i-1 > 4 {
		t.Errorf("%s has more than four decimals", s)
	}
	return x
}

func urutan(status string) int {
	for i, s := range []string{"SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"} {
		if s == status {
			return i
		}
	}
	return -1
}
