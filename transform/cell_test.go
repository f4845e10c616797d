package transform

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lumbung/transform/contract"
	"lumbung/transform/xlsx/xlsxtest"
)

// A spreadsheet's error value is no value, whatever the column wants: the row
// goes to quarantine, and says which formula has to be mended.
func TestErrorCells(t *testing.T) {
	text := strings.NewReplacer("{type: csv, delimiter: \";\"}", "{type: xlsx, sheet: [Data]}", "numbers: id\n", "numbers: plain\n").Replace(bltCSV)
	rowXML := func(number string, texts []string, col int, value string) string {
		out := `<row r="` + number + `">`
		for i, s := range texts {
			cell := `t="inlineStr"><is><t>` + s + `</t></is></c>`
			if i == col {
				cell = `t="e"><f>1/0</f><v>` + value + `</v></c>`
			}
			out += `<c r="` + columnLetters(i) + number + `" ` + cell
		}
		return out + "</row>"
	}
	book := func(col int, value string) []byte {
		head := strings.Split("KODE NAMA TAHUN KPM ANGGARAN REALISASI TANGGAL", " ")
		sound := strings.Split("64.02.01.2001 Perian 2024 5 10 9 31/12/2024", " ")
		return xlsxtest.Data(rowXML("1", head, -1, "") + rowXML("2", sound, col, value)).Bytes()
	}
	plain := parse(t, text)
	if got, _, err := decodeWith(t, plain, nil, part("blt.xlsx", book(-1, ""))); err != nil || len(got.rows) != 1 {
		t.Fatalf("without an error value: %v, findings %v", err, got.findings)
	}
	for col, column := range []string{"kode_desa", "nama_desa", "tahun", "keluarga_penerima", "anggaran", "realisasi", "tanggal_salur"} {
		for _, value := range []string{"#N/A", "#REF!", "#DIV/0!", "#VALUE!"} {
			got, res, err := decodeWith(t, plain, nil, part("blt.xlsx", book(col, value)))
			if err != nil || res.Counts != (Counts{In: 1, Quarantined: 1}) {
				t.Fatalf("%s in %s: %v, %+v, rows %v", value, column, err, res.Counts, got.rows)
			}
			f := findingOf(got, "error_cell")
			if f == nil || f["kolom"] != column || f["sel"] != columnLetters(col)+"2" || f["teks"] != value || !strings.Contains(f["perbaikan"], "formula") {
				t.Errorf("%s in %s: findings %v", value, column, got.findings)
			}
		}
	}
	joined := strings.Replace(text, "{column: nama_desa, from: [NAMA]}", "{column: nama_desa, join: [NAMA, TANGGAL]}", 1)
	got, _, err := decode(t, joined, nil, part("blt.xlsx", book(6, "#N/A")))
	if f := findingOf(got, "error_cell"); err != nil || len(got.rows) != 0 || f == nil || f["sel"] != "G2" {
		t.Errorf("in a joined column: %v, rows %v, findings %v", err, got.rows, got.findings)
	}
}

// Booleans are what the words and the cell types of the source say, and nothing else.
func TestBooleanColumns(t *testing.T) {
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	bit, err := contract.ParseType("boolean")
	if err != nil {
		t.Fatal(err)
	}
	tables["blt"].Columns = append(tables["blt"].Columns, contract.TableColumn{Name: "cair", TypeName: "boolean", Type: bit})
	parse := func(format, from string) *contract.Contract {
		text := `{contract: x, version: 1, table: blt, format: ` + format + `, limits: {quarantine_percent: 100}, columns: [{column: kode_desa, value: "6402012001"},
			{column: tahun, value: "2024"}, {column: keluarga_penerima, value: "1"}, {column: anggaran, value: "1"}, {column: cair, from: ` + from + `}]}`
		c, err := contract.Parse("", []byte(text), tables)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	book := parse("{type: xlsx, sheet: [S1]}", "[CAIR]")
	csv := parse("{type: csv}", "[CAIR]")
	json := parse("{type: json, rows: \"[*]\"}", `["@.cair"], nulls: ["-"]`)
	cases := []struct {
		name     string
		contract *contract.Contract
		content  []byte
		want     string // "" is no value
		reason   string
	}{
		{"spreadsheet true", book, workbook(t, [][]any{{"CAIR"}, {true}}), "true", ""},
		{"spreadsheet false", book, workbook(t, [][]any{{"CAIR"}, {false}}), "false", ""},
		{"spreadsheet 1", book, workbook(t, [][]any{{"CAIR"}, {1}}), "true", ""},
		{"spreadsheet 2", book, workbook(t, [][]any{{"CAIR"}, {2}}), "", `"2"`},
		{"word", csv, []byte("CAIR\n Ya \n"), "true", ""},
		{"word, no", csv, []byte("CAIR\nTIDAK\n"), "false", ""},
		{"other word", csv, []byte("CAIR\nmungkin\n"), "", "true, false, ya or tidak is wanted"},
		{"JSON true", json, []byte(`[{"cair":true}]`), "true", ""},
		{"JSON null", json, []byte(`[{"cair":null}]`), "", ""},
		{"JSON 0", json, []byte(`[{"cair":0}]`), "false", ""},
		{"declared empty", json, []byte(`[{"cair":"-"}]`), "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := &collected{}
			res, err := Decode(context.Background(), Job{Contract: c.contract, Release: "r", Period: 2024, Parts: []Part{part("p", c.content)}, Sink: got})
			if err != nil || res.Counts.In != 1 {
				t.Fatalf("%v, %+v", err, res.Counts)
			}
			if c.reason != "" {
				if f := findingOf(got, "type"); f == nil || len(got.rows) != 0 || !strings.Contains(f["alasan"], c.reason) || f["kolom"] != "cair" {
					t.Errorf("rows %v, findings %v", got.rows, got.findings)
				}
				return
			}
			if len(got.rows) != 1 || got.rows[0]["cair"] != c.want {
				t.Errorf("rows %v, findings %v", got.rows, got.findings)
			}
		})
	}
}

// What a spreadsheet shows is what a person has checked: 25 % is not 0.25, and
// a number that was made a date is neither.
func TestNumbersInDisguise(t *testing.T) {
	const text = `{contract: x, version: 1, table: stunting, format: {type: xlsx, sheet: [Data]}, limits: {quarantine_percent: 100}, columns: [
		{column: kode_desa, value: "6402012001"}, {column: tahun, value: "2024"}, {column: balita_diukur, from: [D], unit: UD},
		{column: balita_stunting, value: "1"}, {column: prevalensi, from: [P], unit: UP}, {column: nama_desa, from: [N]}]}`
	cell := func(ref string, style int, value string) string {
		return fmt.Sprintf(`<c r="%s" s="%d"><v>%s</v></c>`, ref, style, value)
	}
	const head = `<row r="1"><c r="A1" t="inlineStr"><is><t>D</t></is></c><c r="B1" t="inlineStr"><is><t>P</t></is></c><c r="C1" t="inlineStr"><is><t>N</t></is></c></row>`
	const general, date, percent = 0, 1, 3 // styles of xlsxtest.StylesXML
	cases := []struct {
		name, units string // of both number columns
		cells       string
		want        map[string]string
		reason      string
	}{
		{"plain", "rupiah rupiah", cell("A2", general, "25") + cell("B2", general, "0.25"), map[string]string{"balita_diukur": "25", "prevalensi": "0.25"}, ""},
		{"per cent, undeclared", "rupiah rupiah", cell("A2", general, "25") + cell("B2", percent, "0.25"), nil, "the cell shows 0.25 as per cent"},
		{"per cent", "rupiah persen", cell("A2", general, "25") + cell("B2", percent, "0.255"), map[string]string{"prevalensi": "25.5"}, ""},
		{"per cent of a binary fraction", "rupiah persen", cell("A2", general, "25") + cell("B2", percent, "0.28999999999999998"), map[string]string{"prevalensi": "29"}, ""},
		{"a plain number in a column of per cent", "rupiah persen", cell("A2", general, "25") + cell("B2", general, "25.5"), map[string]string{"prevalensi": "25.5"}, ""},
		{"a fraction", "rupiah pecahan", cell("A2", general, "25") + cell("B2", percent, "0.25"), map[string]string{"prevalensi": "0.25"}, ""},
		{"whole per cent", "persen rupiah", cell("A2", percent, "0.25"), map[string]string{"balita_diukur": "25"}, ""},
		{"broken per cent", "persen rupiah", cell("A2", percent, "0.255"), nil, "is not a whole number"},
		{"a date in a number", "rupiah rupiah", cell("A2", date, "45293"), nil, "the cell shows the date 2024-01-02 where a whole number is wanted"},
		{"a date in a name", "rupiah rupiah", cell("A2", general, "25") + cell("C2", date, "45293"), map[string]string{"nama_desa": "2024-01-02"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			counted, share, _ := strings.Cut(c.units, " ")
			book := xlsxtest.Data(head + `<row r="2">` + c.cells + `</row>`).Bytes()
			got, _, err := decode(t, strings.NewReplacer("UD", counted, "UP", share).Replace(text), nil, part("s.xlsx", book))
			if err != nil {
				t.Fatal(err)
			}
			if c.want == nil {
				if len(got.rows) != 0 || len(got.findings) != 1 || !strings.Contains(got.findings[0]["alasan"], c.reason) {
					t.Errorf("rows %v, findings %v", got.rows, got.findings)
				}
				return
			}
			if len(got.rows) != 1 {
				t.Fatalf("findings %v", got.findings)
			}
			for column, want := range c.want {
				if got.rows[0][column] != want {
					t.Errorf("%s is %q, want %q", column, got.rows[0][column], want)
				}
			}
		})
	}
}
