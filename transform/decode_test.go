package transform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/xuri/excelize/v2"

	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// body is a part held in memory.
type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

func part(name string, content []byte) Part {
	return Part{Name: name, SHA256: "sha-" + name, Size: int64(len(content)),
		Open: func() (Body, error) { return body{bytes.NewReader(content)}, nil }}
}

// collected keeps what a release turned into, as text.
type collected struct {
	rows     []map[string]string
	findings []map[string]string
}

func (c *collected) Rows(rec arrow.Record) error { c.rows = append(c.rows, texts(rec)...); return nil }
func (c *collected) Findings(rec arrow.Record) error {
	c.findings = append(c.findings, texts(rec)...)
	return nil
}

func texts(rec arrow.Record) []map[string]string {
	out := make([]map[string]string, rec.NumRows())
	for i := range out {
		out[i] = map[string]string{}
		for j, f := range rec.Schema().Fields() {
			if rec.Column(j).IsNull(i) {
				continue
			}
			out[i][f.Name] = rec.Column(j).ValueStr(i)
		}
	}
	return out
}

func parse(t *testing.T, text string) *contract.Contract {
	t.Helper()
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Parse("", []byte(text), tables)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// decode runs a contract over parts; whatever happens, no Arrow memory stays behind
// and, after success, every record is accounted for.
func decode(t *testing.T, text string, reg *wilayah.Register, parts ...Part) (*collected, Result, error) {
	t.Helper()
	return decodeWith(t, parse(t, text), reg, parts...)
}

func decodeWith(t *testing.T, c *contract.Contract, reg *wilayah.Register, parts ...Part) (*collected, Result, error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	got := &collected{}
	res, err := Decode(context.Background(), Job{Contract: c, Release: "r-2024@1", Period: 2024, Parts: parts,
		Register: reg, Alloc: mem, Sink: got})
	if err == nil && !res.Counts.Balanced() {
		t.Errorf("counts do not add up: %+v", res.Counts)
	}
	return got, res, err
}

const bltCSV = `
contract: x
version: 1
table: blt
format: {type: csv, delimiter: ";"}
numbers: id
dates: [dd/mm/yyyy]
columns:
  - {column: kode_desa, from: [KODE]}
  - {column: nama_desa, from: [NAMA]}
  - {column: tahun, from: [TAHUN]}
  - {column: keluarga_penerima, from: [KPM], checks: [{rule: range, min: 0, max: 100000}]}
  - {column: anggaran, from: [ANGGARAN]}
  - {column: realisasi, from: [REALISASI], nulls: ["-"]}
  - {column: tanggal_salur, from: [TANGGAL]}
rules:
  - {name: tidak-lebih, check: expr, expr: "realisasi <= anggaran", severity: warning}
skip:
  - {name: kosong, when: blank}
  - {name: jumlah, from: NAMA, matches: "^JUMLAH"}
limits: {quarantine_percent: 100}
`

const bltHead = "KODE;NAMA;TAHUN;KPM;ANGGARAN;REALISASI;TANGGAL\n"

func TestEveryCellIsReadOrNamed(t *testing.T) {
	good := "64.02.01.2001;Perian;2024;1.234;Rp 1.234.567,50;1.000.000;31/12/2024\n"
	cases := []struct {
		name   string
		line   string
		rule   string // expected finding, "" for none
		level  string
		column string
		cell   string
		reason string // part of it
	}{
		{"sound", good, "", "", "", "", ""},
		{"undotted code", strings.Replace(good, "64.02.01.2001", "6402012001", 1), "", "", "", "", ""},
		{"lost digit", strings.Replace(good, "64.02.01.2001", "640201200", 1), "code", "error", "kode_desa", "A2", "9 digits"},
		{"district code", strings.Replace(good, "64.02.01.2001", "64.02.01", 1), "code", "error", "kode_desa", "A2", "10 are wanted"},
		{"dots astray", strings.Replace(good, "64.02.01.2001", "64.0.201.2001", 1), "code", "error", "kode_desa", "A2", "wrong places"},
		{"no code", strings.Replace(good, "64.02.01.2001", "", 1), "required", "error", "kode_desa", "A2", "empty"},
		{"text for a number", strings.Replace(good, ";1.234;", ";banyak;", 1), "type", "error", "keluarga_penerima", "D2", `"banyak" is not a number (a whole number is wanted)`},
		{"fraction for a whole number", strings.Replace(good, ";1.234;", ";12,5;", 1), "type", "error", "keluarga_penerima", "D2", "12,5"},
		{"point where a comma belongs", strings.Replace(good, ";1.234;", ";12.5;", 1), "type", "error", "keluarga_penerima", "D2", "12.5"},
		{"NaN", strings.Replace(good, ";1.234;", ";NaN;", 1), "type", "error", "keluarga_penerima", "D2", "NaN"},
		{"hexadecimal", strings.Replace(good, ";1.234;", ";0x1p-2;", 1), "type", "error", "keluarga_penerima", "D2", "0x1p-2"},
		{"underscore", strings.Replace(good, ";1.234;", ";1_000;", 1), "type", "error", "keluarga_penerima", "D2", "1_000"},
		{"below the range", strings.Replace(good, ";1.234;", ";-5;", 1), "range", "error", "keluarga_penerima", "D2", "below 0"},
		{"above the range", strings.Replace(good, ";1.234;", ";1.000.000;", 1), "range", "error", "keluarga_penerima", "D2", "above 100000"},
		{"too many decimals", strings.Replace(good, ",50;", ",505;", 1), "type", "error", "anggaran", "E2", "decimals"},
		{"no such day", strings.Replace(good, "31/12/2024", "31/02/2024", 1), "type", "error", "tanggal_salur", "G2", "31/02/2024"},
		{"year as text", strings.Replace(good, ";2024;", ";20z4;", 1), "type", "error", "tahun", "C2", "20z4"},
		{"no value by declaration", strings.Replace(good, ";1.000.000;", ";-;", 1), "", "", "", "", ""},
		{"more spent than planned", strings.Replace(good, ";1.000.000;", ";9.000.000;", 1), "tidak-lebih", "warning", "", "", "does not hold"},
		{"a field too many", strings.Replace(good, "\n", ";x\n", 1), "ragged", "error", "", "A2", "8 fields"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, res, err := decode(t, bltCSV, nil, part("blt.csv", []byte(bltHead+c.line)))
			if err != nil {
				t.Fatal(err)
			}
			if c.rule == "" {
				if len(got.findings) != 0 || len(got.rows) != 1 {
					t.Fatalf("%d rows, findings %v", len(got.rows), got.findings)
				}
				return
			}
			f := findingOf(got, c.rule)
			if f == nil {
				t.Fatalf("no finding of rule %s in %v", c.rule, got.findings)
			}
			if f["tingkat"] != c.level || f["kolom"] != c.column || c.cell != "" && f["sel"] != c.cell || !strings.Contains(f["alasan"], c.reason) || f["perbaikan"] == "" {
				t.Errorf("finding %v", f)
			}
			loaded := int64(0)
			if c.level == "warning" {
				loaded = 1
			}
			if res.Counts.Loaded != loaded || int64(len(got.rows)) != loaded {
				t.Errorf("%d loaded, want %d", res.Counts.Loaded, loaded)
			}
			if c.level == "warning" && got.rows[0]["_tanda"] != c.rule {
				t.Errorf("flags %q", got.rows[0]["_tanda"])
			}
		})
	}
}

func findingOf(c *collected, rule string) map[string]string {
	for _, f := range c.findings {
		if f["aturan"] == rule {
			return f
		}
	}
	return nil
}

func TestValuesAndProvenance(t *testing.T) {
	got, res, err := decode(t, bltCSV, nil, part("blt.csv", []byte(bltHead+
		"64.02.01.2001;\" Muara\n Muntai\u00a0Ulu \";2024;1.234;Rp 1.234.567,50;-;1/2/2024\n;;;;;;\n;JUMLAH;;;1;;\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"kode_desa": "6402012001", "nama_desa": "Muara Muntai Ulu", "tahun": "2024", "keluarga_penerima": "1234",
		"anggaran": "1234567.5", "tanggal_salur": "2024-02-01", "_rilis_id": "r-2024@1", "_sumber_sha256": "sha-blt.csv",
		"_bagian": "blt.csv", "_baris": "2"}
	if fmt.Sprint(got.rows[0]) != fmt.Sprint(want) {
		t.Errorf("row  %v\nwant %v", got.rows[0], want)
	}
	if res.Counts != (Counts{In: 3, Loaded: 1, Skipped: 2}) || res.SkippedBy["kosong"] != 1 || res.SkippedBy["jumlah"] != 1 {
		t.Errorf("counts %+v, skipped %v", res.Counts, res.SkippedBy)
	}
}

func TestDuplicateKeysAcrossParts(t *testing.T) {
	line := "64.02.01.2001;Perian;2024;1;1;1;31/12/2024\n"
	got, res, err := decode(t, bltCSV, nil, part("b.csv", []byte(bltHead+line)), part("a.csv", []byte(bltHead+line+line)))
	if err != nil {
		t.Fatal(err)
	}
	if res.Counts != (Counts{In: 3, Loaded: 1, Quarantined: 2}) {
		t.Errorf("counts %+v", res.Counts)
	}
	for _, f := range got.findings {
		if f["aturan"] != "key" || !strings.Contains(f["alasan"], "row 2 of a.csv") {
			t.Errorf("finding %v", f)
		}
	}
}

// A finding points at the cell that holds the value, wherever its column stands;
// a value that stands in no cell has no text.
func TestFindingsPointAtTheirCell(t *testing.T) {
	const moved = "NAMA;TAHUN;KPM;ANGGARAN;REALISASI;TANGGAL;KODE\n"
	const line = "Perian;2024;1;1;1;31/12/2024;64.02.01.2001\n"
	reg := wilayah.NewRegister([]wilayah.Area{{Code: 6402012001, Name: "Muara Leka"}}, nil, nil)
	named := strings.Replace(bltCSV, "rules:", "rules:\n  - {name: nama, check: area_name, column: kode_desa, name_column: nama_desa, severity: warning}", 1)
	constant := strings.Replace(named, "from: [NAMA]", "value: Perian", 1)
	cases := []struct {
		name, contract, rule  string
		kolom, sel, teks, row string
	}{
		{"a duplicate", bltCSV, "key", "kode_desa", "G3", "64.02.01.2001", "3"},
		{"a rule", named, "nama", "nama_desa", "A2", "Perian", "2"},
		{"a rule on a constant", constant, "nama", "nama_desa", "A2", "", "2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := decode(t, c.contract, reg, part("blt.csv", []byte(moved+line+line)))
			if err != nil {
				t.Fatal(err)
			}
			f := findingOf(got, c.rule)
			if f == nil || f["kolom"] != c.kolom || f["sel"] != c.sel || f["teks"] != c.teks || f["baris"] != c.row {
				t.Errorf("finding %v", f)
			}
		})
	}
}

func TestReleasesAreRefusedWhole(t *testing.T) {
	many := strings.Repeat("x;Perian;2024;1;1;1;31/12/2024\n", 3) + "64.02.01.2001;Perian;2024;1;1;1;31/12/2024\n"
	strict := strings.Replace(bltCSV, "quarantine_percent: 100", "quarantine_percent: 50", 1)
	cases := []struct {
		name, contract, content, rule, reason string
	}{
		{"too many bad rows", strict, bltHead + many, "quarantine_percent", "3 of 4 records broke a rule"},
		{"no rows", bltCSV, bltHead, "min_rows", "0 records"},
		{"a heading renamed", bltCSV, strings.Replace(bltHead, "KPM", "JML KPM", 1), "header", `heading "KPM" is missing (nearest: ["JML KPM"`},
		{"a heading twice", bltCSV, strings.Replace(bltHead, "NAMA", "KODE", 1), "header", "all answer to it"},
		{"a skip rule's heading twice", strings.Replace(bltCSV, "from: NAMA, matches", "from: CATATAN, matches", 1),
			strings.Replace(bltHead, "\n", ";CATATAN;Catatan\n", 1), "header", `skip rule jumlah: "CATATAN" (column H) and "Catatan" (column I) all answer to it`},
		{"an unknown heading in strict mode", strings.Replace(bltCSV, "version: 1", "version: 1\nmode: strict", 1), strings.Replace(bltHead, "\n", ";BARU\n", 1), "header", `heading "BARU" is not in the contract`},
		{"a quote that never ends", bltCSV, bltHead + "64.02.01.2001;\"Perian;2024;1;1;1;31/12/2024\n", "container", "line 2"},
		{"an error page", bltCSV, "<!doctype html><html><body>504</body></html>", "kind", "the file is html"},
		{"nothing", bltCSV, "", "kind", "the file is empty"},
		{"a workbook", bltCSV, "PK\x03\x04 [Content_Types].xml", "kind", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := decode(t, c.contract, nil, part("blt.csv", []byte(c.content)))
			var refused *RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("error %v", err)
			}
			if refused.Rule != c.rule && c.reason != "" || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("refused by %s: %v", refused.Rule, err)
			}
		})
	}
}

const idmXLSX = `
contract: x
version: 1
table: indeks
format: {type: xlsx, sheet: %s, header: {row: 1, search: 4}}
columns:
  - {column: kode_desa, from: [KODE_DESA, "KODE DESA"]}
  - {column: nama_desa, from: [NAMA_DESA, DESA]}
  - {column: tahun, value: "{tahun}"}
  - {column: iks, from: ["IKS_{tahun}"]}
  - {column: ike, from: ["IKE_{tahun}"]}
  - {column: ikl, from: ["IKL_{tahun}"]}
  - {column: skor, from: ["NILAI_IDM_{tahun}"]}
  - {column: status, from: ["STATUS_IDM_{tahun}"]}
rules:
  - {name: rumus, check: idm_formula}
  - {name: status-skor, check: idm_status, severity: warning}
  - {name: kode, check: area_known, column: kode_desa}
  - {name: nama, check: area_name, column: kode_desa, name_column: nama_desa, severity: warning}
skip: [{name: kosong, when: blank}]
limits: {quarantine_percent: 100}
`

// workbook writes sheets of rows, in order.
func workbook(t *testing.T, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, rows := range sheets {
		name := fmt.Sprintf("S%d", i+1)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

var idmHead = []any{"KODE_DESA", "NAMA_DESA", "IKS_2024", "IKE_2024", "IKL_2024", "NILAI_IDM_2024", "STATUS_IDM_2024"}

func TestBorderScoresAreTheirShortestDecimal(t *testing.T) {
	// 0.70720000000000005 is how a spreadsheet prints the double 0.7072, which is Berkembang.
	csvLike := workbook(t, [][]any{idmHead, {6402012001, "PERIAN", 0.70720000000000005, 0.70720000000000005, 0.70720000000000005, 0.70720000000000005, "BERKEMBANG"}})
	got, _, err := decode(t, fmt.Sprintf(idmXLSX, "[S1]"), nil, part("idm.xlsx", csvLike))
	if err != nil {
		t.Fatal(err)
	}
	if got.rows[0]["skor"] != "0.7072" {
		t.Errorf("skor %s", got.rows[0]["skor"])
	}
}

func TestIndexRules(t *testing.T) {
	reg := wilayah.NewRegister(
		[]wilayah.Area{{Code: 6402012001, Name: "Perian"}, {Code: 6402192003, Name: "Benua Baru"}, {Code: 6402082002, Name: "Benua Baru"}},
		[]wilayah.Change{{Old: 6402082002, New: 6402192003, FirstYear: 2022}},
		[]wilayah.Match{{BPS: 6403010001, Kemendagri: 6402012001}})
	row := func(code int, name string, iks, skor float64, status string) []any {
		return []any{code, name, iks, 0.9667, 0.8667, skor, status}
	}
	cases := []struct {
		name         string
		row          []any
		rule, reason string
	}{
		{"sound", row(6402012001, "PERIAN", 0.9143, 0.9159, "MANDIRI"), "", ""},
		{"formula", row(6402012001, "PERIAN", 0.9143, 0.9259, "MANDIRI"), "rumus", "is not (0.9143 + 0.9667 + 0.8667) / 3"},
		{"status against score", row(6402012001, "PERIAN", 0.9143, 0.9159, "MAJU"), "status-skor", "which is MANDIRI"},
		{"off the grid", row(6402012001, "PERIAN", 0.9155, 0.9163, "MANDIRI"), "status-skor", "no sums of 35, 12 and 3"},
		{"another name", row(6402012001, "PARIAN", 0.9143, 0.9159, "MANDIRI"), "nama", `"Perian" in the code list`},
		{"the code of another scheme", row(6403010001, "PERIAN", 0.9143, 0.9159, "MANDIRI"), "kode", "is a BPS code; the Kemendagri code of that area is 64.02.01.2001"},
		{"a code of former years", row(6402082002, "BENUA BARU", 0.9143, 0.9159, "MANDIRI"), "kode", "is gone since 2022, its successor is [64.02.19.2003]"},
		{"an unknown code", row(6402019999, "ENTAH", 0.9143, 0.9159, "MANDIRI"), "kode", "not in the code list of 2024"},
		{"an uncovered kabupaten", row(6403012001, "TASUK", 0.9143, 0.9159, "MANDIRI"), "kode", "the code list does not cover"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := decode(t, fmt.Sprintf(idmXLSX, "[S1]"), reg, part("idm.xlsx", workbook(t, [][]any{idmHead, c.row})))
			if err != nil {
				t.Fatal(err)
			}
			if c.rule == "" {
				if len(got.findings) != 0 {
					t.Errorf("findings %v", got.findings)
				}
				return
			}
			if f := findingOf(got, c.rule); f == nil || !strings.Contains(f["alasan"], c.reason) || f["lembar"] != "S1" {
				t.Errorf("findings %v", got.findings)
			}
		})
	}
}

func TestCodesOfAnotherSchemeAndNames(t *testing.T) {
	reg := wilayah.NewRegister(
		[]wilayah.Area{{Code: 6402, Name: "Kabupaten Kutai Kartanegara"}, {Code: 640208, Name: "Kota Bangun"}, {Code: 640219, Name: "Kota Bangun Darat"}, {Code: 640207, Name: "Sebulu"},
			{Code: 6402192003, Name: "Benua Baru"}, {Code: 6402082002, Name: "Benua Baru"}, {Code: 6402072001, Name: "Sumber Sari"}, {Code: 6402072002, Name: "Sumber-Sari"}, {Code: 6402082009, Name: "Pela"}},
		[]wilayah.Change{{Old: 6402082002, New: 6402192003, FirstYear: 2022}},
		[]wilayah.Match{{BPS: 6403080002, Kemendagri: 6402192003}, {BPS: 6403070001, Kemendagri: 6402072001}, {BPS: 6403070001, Kemendagri: 6402072002}, {BPS: 6403, Kemendagri: 6402, DJPK: "17/03"}})
	bps := strings.Replace(bltCSV, "{column: kode_desa, from: [KODE]}", "{column: kode_desa, from: [KODE], crosswalk: bps}", 1)
	line := func(kode, year string) []byte { return []byte(bltHead + kode + ";X;" + year + ";1;1;1;31/12/2024\n") }
	for year, want := range map[string]string{"2019": "6402082002", "2024": "6402192003"} {
		got, _, err := decode(t, bps, reg, part("b.csv", line("6403080002", year)))
		if err != nil || len(got.rows) != 1 || got.rows[0]["kode_desa"] != want {
			t.Errorf("%s: %v, rows %v, findings %v", year, err, got.rows, got.findings)
		}
	}
	got, _, err := decode(t, bps, reg, part("b.csv", line("6403080003", "2024")))
	if f := findingOf(got, "crosswalk"); err != nil || f == nil || !strings.Contains(f["alasan"], "6403080003 is not in the crosswalk") {
		t.Errorf("%v, findings %v", err, got.findings)
	}
	got, _, err = decode(t, bps, reg, part("b.csv", line("6403070001", "2024")))
	if f := findingOf(got, "crosswalk"); err != nil || len(got.rows) != 0 || f == nil || f["sel"] != "A2" || !strings.Contains(f["alasan"], "several areas in the crosswalk: 64.02.07.2001, 64.02.07.2002") {
		t.Errorf("%v, rows %v, findings %v", err, got.rows, got.findings)
	}

	djpk := `{contract: d, version: 1, table: dana_desa, limits: {quarantine_percent: 100}, format: {type: csv, delimiter: ";"}, columns: [{column: kode_wilayah, from: [KODE], crosswalk: djpk},
		{column: tahun, value: "{periode}"}, {column: pagu, from: [PAGU]}]}`
	got, _, err = decode(t, djpk, reg, part("d.csv", []byte("KODE;PAGU\n17/03;5\n17/04;5\n1703;5\n00/00;5\n")))
	if err != nil || len(got.rows) != 1 || got.rows[0]["kode_wilayah"] != "6402" || len(got.findings) != 3 {
		t.Errorf("%v, rows %v, findings %v", err, got.rows, got.findings)
	}
	if f := findingOf(got, "code"); f == nil || f["sel"] != "A4" || !strings.Contains(f["alasan"], `"1703" is no DJPK code such as 17/03`) {
		t.Errorf("findings %v", got.findings)
	}
	if f := findingOf(got, "crosswalk"); f == nil || !strings.Contains(f["alasan"], "DJPK code 17/04 is not in the crosswalk") {
		t.Errorf("findings %v", got.findings)
	}

	names := `
contract: x
version: 1
table: indeks
format: {type: xlsx, sheet: [S1]}
columns:
  - {column: kode_desa, lookup: {name: nama_desa, within: nama_kec, of: nama_kab}}
  - {column: nama_desa, from: [DESA]}
  - {column: nama_kec, from: [KECAMATAN]}
  - {column: nama_kab, from: [KABUPATEN]}
  - {column: tahun, value: "2024"}
  - {column: iks, value: "0.9143"}
  - {column: ike, value: "0.9667"}
  - {column: ikl, value: "0.8667"}
  - {column: skor, value: "0.9159"}
  - {column: status, value: MANDIRI}
limits: {quarantine_percent: 100}
`
	book := workbook(t, [][]any{{"KABUPATEN", "KECAMATAN", "DESA"}, {"KUTAI KARTANEGARA", "KOTA BANGUN", "PELA"}, {"KUTAI KARTANEGARA", "KOTA BANGUN", "Pela"}})
	got, _, err = decode(t, names, reg, part("n.xlsx", book))
	if f := findingOf(got, "key"); err != nil || f == nil || f["kolom"] != "kode_desa" || f["sel"] != "C3" || f["teks"] != "Pela" {
		t.Errorf("a name twice: %v, findings %v", err, got.findings)
	}
	checked := strings.Replace(names, "of: nama_kab}", `of: nama_kab}, checks: [{rule: pattern, pattern: "640207.*"}]`, 1)
	got, _, err = decode(t, checked, reg, part("n.xlsx", book))
	if f := findingOf(got, "pattern"); err != nil || len(got.rows) != 0 || f == nil || f["kolom"] != "kode_desa" || !strings.Contains(f["alasan"], "6402082009") {
		t.Errorf("a check on a looked-up code: %v, rows %v, findings %v", err, got.rows, got.findings)
	}
	for _, c := range []struct{ desa, kec, code, reason string }{
		{"BENUA BARU", "KOTA BANGUN DARAT", "6402192003", ""},
		{"Pela", "Kota Bangun", "6402082009", ""},
		{"BENUA BARU", "KOTA BANGUN", "", `has no village "BENUA BARU"`}, // it was there until 2021
		{"PELLA", "KOTA BANGUN", "", "nearest: Pela"},
		{"SUMBER SARI", "SEBULU", "", "could be any of 64.02.07.2001, 64.02.07.2002"},
		{"PELA", "TENGGARONG", "", `0 kecamatan "TENGGARONG"`},
	} {
		book := workbook(t, [][]any{{"DESA", "KECAMATAN", "KABUPATEN"}, {c.desa, c.kec, "KUTAI KARTANEGARA"}})
		got, _, err := decode(t, names, reg, part("n.xlsx", book))
		if err != nil {
			t.Fatal(err)
		}
		f := findingOf(got, "lookup")
		if c.reason == "" && (f != nil || got.rows[0]["kode_desa"] != c.code) || c.reason != "" && (f == nil || !strings.Contains(f["alasan"], c.reason)) {
			t.Errorf("%s in %s: rows %v, findings %v", c.desa, c.kec, got.rows, got.findings)
		}
	}
}

// Where a document may have a value in two places, an empty text is no value, and two values are one too many.
func TestAlternativePlaces(t *testing.T) {
	text := strings.Replace(bltJSON, `["@.anggaran"]`, `["@.anggaran", "@.pagu"]`, 1)
	for members, want := range map[string]string{
		`"anggaran":5`: "5", `"pagu":5`: "5", `"anggaran":null,"pagu":5`: "5", `"anggaran":"","pagu":5`: "5", `"anggaran":"5","pagu":5`: "5",
		`"anggaran":5,"pagu":6`: `@.anggaran says "5" and @.pagu says "6"`, `"lain":5`: "anggaran is required",
	} {
		doc := `{"desa":[{"kode_desa":"6402012001","tahun":2024,"keluarga_penerima":1,` + members + `}]}`
		got, _, err := decode(t, text, nil, part("b.json", []byte(doc)))
		if err != nil {
			t.Fatal(err)
		}
		loaded := len(got.rows) == 1 && got.rows[0]["anggaran"] == want
		found := len(got.findings) == 1 && strings.Contains(got.findings[0]["alasan"], want)
		if !loaded && !found || loaded && len(got.findings) > 0 {
			t.Errorf("%s: rows %v, findings %v", members, got.rows, got.findings)
		}
	}
}

const digitsJSON = `
contract: x
version: 1
table: indikator
format: {type: json, rows: "*"}
columns:
  - {column: kode_desa, from: ["@key"]}
  - {column: tahun, value: "{periode}"}
  - {column: skor, digits: "@", number: nomor, length: 5, checks: [{rule: range, min: 0, max: 5}]}
limits: {quarantine_percent: 100}
`

func TestDigitsBecomeRecords(t *testing.T) {
	got, res, err := decode(t, digitsJSON, nil, part("i.json", []byte(`{"6402012001":"50545","6402012002":"5054","6402012003":"50x45","6402012004":"90545"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if res.Counts != (Counts{In: 20, Loaded: 9, Quarantined: 11}) {
		t.Errorf("counts %+v", res.Counts)
	}
	if got.rows[2]["nomor"] != "3" || got.rows[2]["skor"] != "5" || got.rows[2]["tahun"] != "2024" {
		t.Errorf("row %v", got.rows[2])
	}
	for _, rule := range []string{"digits", "range"} {
		if findingOf(got, rule) == nil {
			t.Errorf("no finding of %s in %v", rule, got.findings)
		}
	}
}

// A text of digits that says nothing is a row all the same.
func TestDigitsThatAreNone(t *testing.T) {
	free := strings.Replace(digitsJSON, "length: 5, ", "", 1)
	for text, reason := range map[string]string{`""`: "is empty", `null`: "is empty", `"  "`: "is empty", `"5½0"`: `"½" at place 2`} {
		got, res, err := decode(t, free, nil, part("i.json", []byte(`{"6402012001":`+text+`,"6402012002":"05"}`)))
		if err != nil || res.Counts != (Counts{In: 3, Loaded: 2, Quarantined: 1}) {
			t.Errorf("%s: counts %+v, %v", text, res.Counts, err)
		}
		if f := findingOf(got, "digits"); f == nil || !strings.Contains(f["alasan"], reason) || f["kunci"] == "" {
			t.Errorf("%s: findings %v", text, got.findings)
		}
	}
}

func TestPartNamesAndSkippedParts(t *testing.T) {
	text := `
contract: x
version: 1
table: rumusan
format: {type: json, rows: "mapData.IDENTITAS[*]"}
part: "desa/{kode}/{tahun}.json"
columns:
  - {column: kode_desa, value: "{kode}"}
  - {column: tahun, value: "{tahun}"}
  - {column: skor, from: [mapData.SUMMARIES.SKOR_SAAT_INI]}
  - {column: status, from: [mapData.SUMMARIES.STATUS]}
skip_part: {name: jawaban-galat, path: error, equals: "true"}
`
	answer := `{"error":false,"mapData":{"SUMMARIES":{"SKOR_SAAT_INI":0.76714285714286,"STATUS":"MAJU"},"IDENTITAS":[{"id_desa":"1"}]}}`
	got, res, err := decode(t, text, nil, part("rumusan/desa/64.02.01.2001/2023.json", []byte(answer)),
		part("rumusan/desa/6402012002/2023.json", []byte(`{"error":true,"message":"ID Desa tidak ditemukan"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if res.SkippedBy["jawaban-galat"] != 1 || len(got.rows) != 1 || got.rows[0]["kode_desa"] != "6402012001" || got.rows[0]["skor"] != "0.76714285714286" {
		t.Errorf("skipped %v, rows %v", res.SkippedBy, got.rows)
	}
	none := part("rumusan/desa/6402012002/2023.json", []byte(`{"error":true}`))
	if _, _, err = decode(t, text, nil, none); err != nil {
		t.Errorf("error answers alone: %v", err)
	}
	var refused *RefusedError
	_, _, err = decode(t, text+"limits: {min_rows: 2}\n", nil, part("rumusan/desa/64.02.01.2001/2023.json", []byte(answer)), none)
	if !errors.As(err, &refused) || refused.Rule != "min_rows" || !strings.Contains(err.Error(), "1 records, at least 2") {
		t.Errorf("fewer than min_rows beside a skipped part: %v", err)
	}
	_, _, err = decode(t, text, nil, part("lain.json", []byte(answer)))
	if err == nil || !strings.Contains(err.Error(), "the name does not fit") {
		t.Errorf("error %v", err)
	}
}

func TestTraceReadsTheSameCells(t *testing.T) {
	book := workbook(t, [][]any{idmHead, {6402012001, "PERIAN", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}, {6402012002, "LEKA", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}})
	c := parse(t, fmt.Sprintf(idmXLSX, "[S1]"))
	want := Want{Row: 3, Year: 2024}
	found, err := Trace(context.Background(), c, 2024, part("idm.xlsx", book), []Want{want})
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range found[want].Cells {
		if cell.Column == "skor" && (cell.Cell != "F3" || cell.Text != "0.9159" || cell.Heading != "NILAI_IDM_2024" || cell.Value != "0.9159") {
			t.Errorf("cell %+v", cell)
		}
	}
	if _, err := Trace(context.Background(), c, 2024, part("idm.xlsx", book), []Want{{Row: 99}}); err == nil {
		t.Error("a row that is not there: no error")
	}
}

// A sink that fails and a context that ends stop the work without a leak.
func TestDecodeStops(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	job := Job{Contract: parse(t, bltCSV), Release: "r", Period: 2024, Alloc: mem, Sink: failing{},
		Parts: []Part{part("blt.csv", []byte(bltHead+"64.02.01.2001;Perian;2024;1;1;1;31/12/2024\n"))}}
	if _, err := Decode(context.Background(), job); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Decode(ctx, job); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type failing struct{}

func (failing) Rows(arrow.Record) error     { return io.ErrShortWrite }
func (failing) Findings(arrow.Record) error { return nil }

// A reader knows best what to do about what it found; its advice stands alone, and once.
func TestRefusalsAdviseOnce(t *testing.T) {
	book := workbook(t, [][]any{idmHead, {6402012001, "PERIAN", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}})
	for _, c := range []struct {
		name, contract, advice string
		part                   Part
	}{
		{"a workbook cut short", fmt.Sprintf(idmXLSX, "[S1]"), "fetch the file again or ask its publisher for a sound one", part("idm.xlsx", book[:len(book)/2])},
		{"a quote that never ends", bltCSV, "", part("blt.csv", []byte(bltHead+"64.02.01.2001;\"Perian;2024;1;1;1;31/12/2024\n"))},
	} {
		_, _, err := decode(t, c.contract, nil, c.part)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Remedy == "" || strings.Count(err.Error(), "; ") != 1 || c.advice != "" && refused.Remedy != c.advice {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
