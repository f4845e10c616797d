package berkas

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestSafeDisarmsFormulas(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000=1", "a\n=1", "a\r\n+1", "\ufeff=1", "\u200b@x", "＝1", "＋1", "－1", "＠x", "\tx", "\nx",
		"=HYPERLINK(\"http://x\")", "=cmd|'/c calc'!A0", "  -2+3"} {
		if got := Safe(text); got != "'"+text {
			t.Errorf("Safe(%q) = %q", text, got)
		}
	}
}

func TestSafeLeavesPlainTextAlone(t *testing.T) {
	for _, text := range []string{"", "Pela", "64.02.08.2009", "Sanga-Sanga", "a=b", "1+1", "O'Neil", "'quoted", "Kota Bangun\nDarat", "Rp10", "−32"} {
		if got := Safe(text); got != text {
			t.Errorf("Safe(%q) = %q", text, got)
		}
	}
}

func hostile() Table {
	return Table{Name: "T", Head: []string{"KODE", "NAMA", "SKOR", "N", "KOSONG"}, Rows: [][]any{{"64.02.08.2009", "=1+1", Number("-0.06750000"), int64(-3), nil}}}
}

func TestCSVKeepsNumbersAndDisarmsTexts(t *testing.T) {
	b, err := CSV(hostile())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"64.02.08.2009", "'=1+1", "-0.06750000", "-3", ""}
	for i := range want {
		if rows[1][i] != want[i] {
			t.Errorf("cell %d: %q, want %q", i, rows[1][i], want[i])
		}
	}
}

func TestXLSXHasTextsNumbersAndNoFormula(t *testing.T) {
	b, err := XLSX([]Table{hostile(), {Name: "Asal", Head: []string{"APA"}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for cell, want := range map[string]string{"A2": "64.02.08.2009", "B2": "'=1+1", "C2": "-0.0675", "D2": "-3"} {
		got, err := f.GetCellValue("T", cell)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", cell, got, err, want)
		}
		if formula, err := f.GetCellFormula("T", cell); err != nil || formula != "" {
			t.Errorf("%s holds a formula %q, %v", cell, formula, err)
		}
	}
	if typ, err := f.GetCellType("T", "A2"); err != nil || typ != excelize.CellTypeSharedString && typ != excelize.CellTypeInlineString {
		t.Errorf("the code is of type %v, %v: it must be text", typ, err)
	}
	if panes, err := f.GetPanes("T"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if merged, err := f.GetMergeCells("T"); err != nil || len(merged) != 0 {
		t.Errorf("merged cells %v, %v", merged, err)
	}
}

func TestFilenameHasNoSurprises(t *testing.T) {
	if got := Filename("a\r\nSet-Cookie: x\"\u202e/../b.csv"); got != "a--Set-Cookie--x---..-b.csv" {
		t.Errorf("%q", got)
	}
}
