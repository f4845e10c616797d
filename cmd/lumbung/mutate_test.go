package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheet is a release as a table of texts.
type sheet struct {
	name string // of the worksheet, "" for CSV
	head []string
	rows [][]string
	raw  func(good []byte) []byte // when set, what becomes of the file's bytes instead
}

// The columns of an IDM workbook; both layouts of the sample have them in this order.
const (
	colKodeKab  = 2
	colKodeKec  = 4
	colNamaKec  = 5
	colKodeDesa = 6
	colNamaDesa = 7
	colIKS      = 8
	colIKE      = 9
	colIKL      = 10
	colSkor     = 11
	colStatus   = 12
)

var statuses = []string{"SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}

func readSheet(t *testing.T, file string) *sheet {
	t.Helper()
	var s sheet
	var rows [][]string
	if strings.HasSuffix(file, ".csv") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma = ';'
		if rows, err = r.ReadAll(); err != nil {
			t.Fatal(err)
		}
	} else {
		f, err := excelize.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		s.name = f.GetSheetName(0)
		if rows, err = f.GetRows(s.name); err != nil {
			t.Fatal(err)
		}
	}
	s.head = rows[0]
	for _, r := range rows[1:] {
		for len(r) < len(s.head) {
			r = append(r, "")
		}
		s.rows = append(s.rows, r)
	}
	return &s
}

// write replaces a file by the table.
func (s *sheet) write(t *testing.T, file string) {
	t.Helper()
	var out []byte
	switch {
	case s.raw != nil:
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out = s.raw(good)
	case s.name == "":
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = ';'
		if err := w.WriteAll(append([][]string{s.head}, s.rows...)); err != nil {
			t.Fatal(err)
		}
		out = b.Bytes()
	default:
		out = s.workbook(t)
	}
	if err := os.WriteFile(file, out, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *sheet) workbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", s.name); err != nil {
		t.Fatal(err)
	}
	for i, row := range append([][]string{s.head}, s.rows...) {
		cells := make([]any, len(row))
		for j, text := range row {
			if n, err := strconv.ParseFloat(text, 64); err == nil && !strings.HasPrefix(text, "+") {
				cells[j] = n
			} else if text != "" {
				cells[j] = text
			}
		}
		if err := f.SetSheetRow(s.name, "A"+strconv.Itoa(i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// each changes every row.
func (s *sheet) each(change func(row []string)) {
	for _, row := range s.rows {
		change(row)
	}
}

// some changes a share of the rows, at least one.
func (s *sheet) some(r *rand.Rand, percent int, change func(row []string)) {
	for _, i := range r.Perm(len(s.rows))[:max(1, len(s.rows)*percent/100)] {
		change(s.rows[i])
	}
}

// swap exchanges two columns in every row; the headings stay.
func (s *sheet) swap(a, b int) {
	s.each(func(row []string) { row[a], row[b] = row[b], row[a] })
}

// drop removes the rows for which it is true.
func (s *sheet) drop(gone func(row []string) bool) { s.rows = slices.DeleteFunc(s.rows, gone) }

// scale multiplies columns.
func (s *sheet) scale(factor float64, columns ...int) {
	s.each(func(row []string) {
		for _, c := range columns {
			n, err := strconv.ParseFloat(row[c], 64)
			if err == nil {
				row[c] = strconv.FormatFloat(n*factor, 'g', -1, 64)
			}
		}
	})
}

// reorder gives the values of some columns to the rows in another order.
func (s *sheet) reorder(order []int, columns ...int) {
	old := make([][]string, len(s.rows))
	for i, row := range s.rows {
		old[i] = slices.Clone(row)
	}
	for i, row := range s.rows {
		for _, c := range columns {
			row[c] = old[order[i]][c]
		}
	}
}

// steps are a village's indices as whole numbers of grid steps, and rank is the
// status that they give, 0 for SANGAT TERTINGGAL.
type steps struct{ iks, ike, ikl int }

func stepsOf(row []string) steps {
	n := func(c, of int) int {
		f, _ := strconv.ParseFloat(row[c], 64)
		return int(f*float64(of) + 0.5)
	}
	return steps{n(colIKS, 175), n(colIKE, 60), n(colIKL, 15)}
}

func (g steps) write(row []string) {
	four := func(f float64) string { return strconv.FormatFloat(f, 'f', 4, 64) }
	sum := 12*g.iks + 35*g.ike + 140*g.ikl
	row[colIKS], row[colIKE], row[colIKL] = four(float64(g.iks)/175), four(float64(g.ike)/60), four(float64(g.ikl)/15)
	row[colSkor] = four(float64(sum) / 6300)
	rank := 0
	for _, limit := range []int{3091, 3773, 4455, 5137} {
		if sum > limit {
			rank++
		}
	}
	row[colStatus] = statuses[rank]
}

// writeSameStatus writes the steps if they leave the village's status as it is.
func (g steps) writeSameStatus(row []string) {
	next := slices.Clone(row)
	if g.write(next); next[colStatus] == row[colStatus] {
		copy(row, next)
	}
}

// operator is one way in which a release goes wrong.
type operator struct {
	name string
	do   func(s *sheet, r *rand.Rand)
}

// workbookOperators spoil an IDM workbook.
func workbookOperators(year string, other []byte) []operator {
	indices := []int{colIKS, colIKE, colIKL}
	values := []int{colIKS, colIKE, colIKL, colSkor, colStatus}
	return []operator{
		{"a kecamatan is missing", func(s *sheet, r *rand.Rand) {
			kec := s.rows[r.IntN(len(s.rows))][colKodeKec]
			s.drop(func(row []string) bool { return row[colKodeKec] == kec })
		}},
		{"the last tenth is missing", func(s *sheet, _ *rand.Rand) { s.rows = s.rows[:len(s.rows)*9/10] }},
		{"half of the rows are missing", func(s *sheet, r *rand.Rand) { s.rows = s.rows[:len(s.rows)/2] }},
		{"every second row is missing", func(s *sheet, _ *rand.Rand) {
			n := 0
			s.drop(func([]string) bool { n++; return n%2 == 0 })
		}},
		{"only headings", func(s *sheet, _ *rand.Rand) { s.rows = nil }},
		{"values one column to the right", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { copy(row[colIKE:colSkor+1], row[colIKS:colSkor]) })
		}},
		{"values one column to the left", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { copy(row[colIKS:colSkor], row[colIKE:colSkor+1]) })
		}},
		{"IKS and IKE swapped", func(s *sheet, _ *rand.Rand) { s.swap(colIKS, colIKE) }},
		{"IKS and IKL swapped", func(s *sheet, _ *rand.Rand) { s.swap(colIKS, colIKL) }},
		{"IKE and IKL swapped", func(s *sheet, _ *rand.Rand) { s.swap(colIKE, colIKL) }},
		{"headings of IKS and IKE swapped", func(s *sheet, _ *rand.Rand) { s.head[colIKS], s.head[colIKE] = s.head[colIKE], s.head[colIKS] }},
		{"score and IKS swapped", func(s *sheet, _ *rand.Rand) { s.swap(colSkor, colIKS) }},
		{"codes of village and kecamatan swapped", func(s *sheet, _ *rand.Rand) { s.swap(colKodeDesa, colKodeKec) }},
		{"a row twice", func(s *sheet, r *rand.Rand) { s.rows = append(s.rows, s.rows[r.IntN(len(s.rows))]) }},
		{"all rows twice", func(s *sheet, _ *rand.Rand) { s.rows = append(s.rows, s.rows...) }},
		{"a village twice with other values", func(s *sheet, r *rand.Rand) {
			row := slices.Clone(s.rows[r.IntN(len(s.rows))])
			steps{60, 20, 5}.write(row)
			s.rows = append(s.rows, row)
		}},
		{"indices times 10", func(s *sheet, _ *rand.Rand) { s.scale(10, append(indices, colSkor)...) }},
		{"indices times 100", func(s *sheet, _ *rand.Rand) { s.scale(100, append(indices, colSkor)...) }},
		{"indices by 10", func(s *sheet, _ *rand.Rand) { s.scale(0.1, append(indices, colSkor)...) }},
		{"one index times 0.9, score as well", func(s *sheet, _ *rand.Rand) { s.scale(0.9, append(indices, colSkor)...) }},
		{"the other year's file under this name", func(s *sheet, _ *rand.Rand) { s.raw = func([]byte) []byte { return other } }},
		{"the other year's values under these headings", nil}, // filled in by the test, which has the other file
		{"the file is cut", func(s *sheet, r *rand.Rand) {
			at := 10 + r.IntN(85)
			s.raw = func(good []byte) []byte { return good[:len(good)*at/100] }
		}},
		{"a byte of the file is changed", func(s *sheet, r *rand.Rand) {
			at := r.Float64()
			s.raw = func(good []byte) []byte {
				bad := bytes.Clone(good)
				bad[int(at*float64(len(bad)))] ^= 0x10
				return bad
			}
		}},
		{"one index is 0 everywhere", func(s *sheet, r *rand.Rand) { c := indices[r.IntN(3)]; s.each(func(row []string) { row[c] = "0" }) }},
		{"all values filled down from the first row", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { copy(row[colIKS:colStatus+1], s.rows[0][colIKS:colStatus+1]) })
		}},
		{"values of other villages", func(s *sheet, r *rand.Rand) { s.reorder(r.Perm(len(s.rows)), values...) }},
		{"values sorted apart from the codes", func(s *sheet, _ *rand.Rand) {
			order := make([]int, len(s.rows))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(s.rows[a][colSkor], s.rows[b][colSkor]) })
			s.reorder(order, values...)
		}},
		{"values one row down", func(s *sheet, _ *rand.Rand) {
			order := make([]int, len(s.rows))
			for i := range order {
				order[i] = (i + len(order) - 1) % len(order)
			}
			s.reorder(order, values...)
		}},
		{"statuses of other villages", func(s *sheet, r *rand.Rand) { s.reorder(r.Perm(len(s.rows)), colStatus) }},
		{"every status one better", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) {
				row[colStatus] = statuses[min(len(statuses)-1, 1+slices.Index(statuses, row[colStatus]))]
			})
		}},
		{"all statuses MANDIRI", func(s *sheet, _ *rand.Rand) { s.each(func(row []string) { row[colStatus] = "MANDIRI" }) }},
		{"a status misspelt", func(s *sheet, r *rand.Rand) { s.some(r, 3, func(row []string) { row[colStatus] = "MAJOE" }) }},
		{"no statuses", func(s *sheet, _ *rand.Rand) { s.each(func(row []string) { row[colStatus] = "" }) }},
		{"an index below 0", func(s *sheet, r *rand.Rand) { s.some(r, 1, func(row []string) { row[colIKE] = "-0.2" }) }},
		{"an index of 1.7", func(s *sheet, r *rand.Rand) { s.some(r, 1, func(row []string) { row[colIKS] = "1.7" }) }},
		{"a score that is not the mean", func(s *sheet, r *rand.Rand) {
			s.some(r, 1, func(row []string) { row[colSkor] = fmt.Sprintf("0.%04d", r.IntN(3000)) })
		}},
		{"index moved between two columns, score kept", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) {
				a, _ := strconv.ParseFloat(row[colIKS], 64)
				b, _ := strconv.ParseFloat(row[colIKE], 64)
				row[colIKS], row[colIKE] = strconv.FormatFloat(a-0.0321, 'f', 4, 64), strconv.FormatFloat(b+0.0321, 'f', 4, 64)
			})
		}},
		{"rounded to two digits", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) {
				for _, c := range append(indices, colSkor) {
					f, _ := strconv.ParseFloat(row[c], 64)
					row[c] = strconv.FormatFloat(f, 'f', 2, 64)
				}
			})
		}},
		{"numbers as text with two points", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { row[colIKS] = "0." + strings.Replace(row[colIKS], "0.", "", 1) + ".0" })
		}},
		{"errors of the spreadsheet in a tenth", func(s *sheet, r *rand.Rand) { s.some(r, 10, func(row []string) { row[colSkor] = "#N/A" }) }},
		{"blank values in a tenth", func(s *sheet, r *rand.Rand) { s.some(r, 10, func(row []string) { row[colIKL] = "" }) }},
		{"a twentieth of the codes is unknown", func(s *sheet, r *rand.Rand) {
			s.some(r, 5, func(row []string) { row[colKodeDesa] = row[colKodeDesa][:6] + "2" + strconv.Itoa(700+r.IntN(250)) })
		}},
		{"codes of the other scheme", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) {
				row[colKodeDesa] = row[colKodeDesa][:4] + "0" + row[colKodeDesa][4:6] + row[colKodeDesa][7:]
			})
		}},
		{"villages of two kecamatan exchanged", func(s *sheet, _ *rand.Rand) {
			a, b := s.rows[0][colKodeKec], s.rows[len(s.rows)-1][colKodeKec]
			s.each(func(row []string) {
				switch kec := row[colKodeKec]; kec {
				case a, b:
					to := map[string]string{a: b, b: a}[kec]
					row[colKodeKec], row[colKodeDesa] = to, to+row[colKodeDesa][6:]
				}
			})
		}},
		{"another kabupaten's code in every row", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) {
				row[colKodeKab], row[colKodeKec], row[colKodeDesa] = "6403", "6403"+row[colKodeKec][4:], "6403"+row[colKodeDesa][4:]
			})
		}},
		{"codes as numbers with a fraction", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { row[colKodeDesa] = row[colKodeDesa] + ".5" })
		}},
		{"the sheet has another name", func(s *sheet, _ *rand.Rand) { s.name = "Rekap" }},
		{"no headings", func(s *sheet, _ *rand.Rand) { s.head, s.rows = s.rows[0], s.rows[1:] }},
		{"a heading renamed", func(s *sheet, r *rand.Rand) {
			s.head[[]int{colIKS, colIKE, colIKL, colSkor, colKodeDesa}[r.IntN(5)]] = "KOLOM BARU"
		}},
		{"headings of the other year", func(s *sheet, _ *rand.Rand) {
			for _, c := range values {
				s.head[c] = strings.Replace(s.head[c], year, "2018", 1)
			}
		}},
		{"a row of totals", func(s *sheet, _ *rand.Rand) {
			total := make([]string, len(s.head))
			total[colNamaDesa], total[colIKS], total[colSkor] = "JUMLAH", "150.3", "140.2"
			s.rows = append(s.rows, total)
		}},
	}
}

// tableOperators spoil a CSV of programmes: code, name, year, then values.
func tableOperators() []operator {
	return []operator{
		{"CSV: the tail is missing", func(s *sheet, r *rand.Rand) { s.rows = s.rows[:len(s.rows)*(30+r.IntN(60))/100] }},
		{"CSV: a year is missing", func(s *sheet, r *rand.Rand) {
			year := s.rows[r.IntN(6)][2]
			s.drop(func(row []string) bool { return row[2] == year })
		}},
		{"CSV: all rows twice", func(s *sheet, _ *rand.Rand) { s.rows = append(s.rows, s.rows...) }},
		{"CSV: cut inside a row", func(s *sheet, r *rand.Rand) {
			at := 30 + r.IntN(60)
			s.raw = func(good []byte) []byte { return good[:len(good)*at/100] }
		}},
		{"CSV: two columns swapped", func(s *sheet, _ *rand.Rand) { s.swap(1, 4) }},
		{"CSV: comma for semicolon in half", func(s *sheet, _ *rand.Rand) {
			s.raw = func(good []byte) []byte {
				half := len(good) / 2
				return append(bytes.Clone(good[:half]), bytes.ReplaceAll(good[half:], []byte(";"), []byte(","))...)
			}
		}},
		{"CSV: a quote that never closes", func(s *sheet, _ *rand.Rand) {
			s.raw = func(good []byte) []byte { return bytes.Replace(good, []byte(";PERIAN;"), []byte(`;"PERIAN;`), 1) }
		}},
		{"CSV: headings again half-way", func(s *sheet, _ *rand.Rand) { s.rows = slices.Insert(s.rows, len(s.rows)/2, s.head) }},
		{"CSV: values below 0", func(s *sheet, r *rand.Rand) { s.some(r, 1, func(row []string) { row[4] = "-5" }) }},
		{"CSV: years as two digits", func(s *sheet, _ *rand.Rand) { s.each(func(row []string) { row[2] = row[2][2:] }) }},
		{"CSV: codes without dots and a digit short", func(s *sheet, _ *rand.Rand) {
			s.each(func(row []string) { row[0] = strings.ReplaceAll(row[0], ".", "")[:9] })
		}},
	}
}

// readGolden reads the good release that a project has.
func readGolden(t *testing.T, dir, file string) *sheet {
	t.Helper()
	return readSheet(t, filepath.Join(dir, filepath.FromSlash(file)))
}
