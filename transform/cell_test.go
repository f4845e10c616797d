package transform

import (
	"context"
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
