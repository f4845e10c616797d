package transform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"github.com/xuri/excelize/v2"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestHeadingsAreFoundByNameNotByPlace(t *testing.T) {
	moved := "TANGGAL;ANGGARAN;tahun;kpm;Realisasi;NAMA ;\"KO\nDE\";LAIN\n"
	text := strings.Replace(bltCSV, "from: [KODE]", `from: ["KO DE"]`, 1)
	got, res, err := decode(t, text, nil, part("blt.csv", []byte(moved+"31/12/2024;1;2024;7;1;Perian;64.02.01.2001;x\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got.rows[0]["keluarga_penerima"] != "7" || got.rows[0]["kode_desa"] != "6402012001" {
		t.Errorf("row %v", got.rows[0])
	}
	if len(res.Drift) != 1 || res.Drift[0].Heading != "LAIN" || res.Drift[0].Kind != "added" {
		t.Errorf("drift %v", res.Drift)
	}
}

func TestYearsSideBySide(t *testing.T) {
	head := []any{"KODE DESA", "DESA", "IKS 2021", "IKE 2021", "IKL 2021", "NILAI IDM 2021", "STATUS IDM 2021",
		"IKS 2024", "IKE 2024", "IKL 2024", "NILAI IDM 2024", "STATUS IDM 2024"}
	book := workbook(t, [][]any{{"Rekap IDM"}, {}, head,
		{6402012001, "PERIAN", 0.7829, 0.7167, 0.8667, 0.7887, "MAJU", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"},
		{6402012002, "MUARA LEKA", nil, nil, nil, nil, nil, 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}})
	got, res, err := decode(t, fmt.Sprintf(idmXLSX, "[S1]"), nil, part("idm.xlsx", book))
	if err != nil {
		t.Fatal(err)
	}
	if res.Counts != (Counts{In: 4, Loaded: 3, Skipped: 1}) || res.SkippedBy[skipEmptyYear] != 1 {
		t.Errorf("counts %+v, %v", res.Counts, res.SkippedBy)
	}
	if got.rows[0]["tahun"] != "2021" || got.rows[0]["skor"] != "0.7887" || got.rows[1]["tahun"] != "2024" || got.rows[0]["_baris"] != "4" {
		t.Errorf("rows %v", got.rows[:2])
	}
	if res.Layouts[0].HeaderRow != 3 || len(res.Unchecked) != 2 {
		t.Errorf("layout %+v, unchecked %v", res.Layouts[0], res.Unchecked)
	}
}

const yearsCSV = `
contract: x
version: 1
table: bumdes
format: {type: csv}
numbers: plain
columns:
  - {column: kode_desa, from: [KODE]}
  - {column: tahun, value: "{tahun}"}
  - {column: nama_bumdes, from: [NAMA], nulls: ["-"]}
  - {column: status, from: ["STATUS_{tahun}", "KEADAAN {tahun}"], checks: [{rule: one_of, values: [AKTIF, TIDAK AKTIF]}]}
  - {column: omzet, from: ["OMZET_{tahun}", "PENJUALAN {tahun}"]}
limits: {quarantine_percent: 100}
`

// A value comes from the heading of its own year or from nowhere: in a wide
// sheet every other cell of the row is some other number.
func TestHeadingsOfSomeYears(t *testing.T) {
	const rest = "\n6402012001,Maju,AKTIF,AKTIF,10,20\n"
	cases := []struct {
		name, content string
		want          []string // omzet by year, "" for none
		refused       string
	}{
		{"every year", "KODE,NAMA,STATUS_2023,STATUS_2024,OMZET_2023,OMZET_2024" + rest, []string{"10", "20"}, ""},
		{"an optional column lacks a year", "KODE,NAMA,STATUS_2023,STATUS_2024,OMZET_2023,LAIN" + rest, []string{"10", ""}, ""},
		{"a required column lacks a year", "KODE,NAMA,STATUS_2023,LAIN,OMZET_2023,OMZET_2024" + rest, nil,
			"column status: no heading for 2024, which other columns have"},
		{"two spellings, a year each", "KODE,NAMA,STATUS_2023,KEADAAN 2024,PENJUALAN 2023,OMZET_2024" + rest, []string{"10", "20"}, ""},
		{"two spellings of one year", "KODE,NAMA,STATUS_2024,KEADAAN 2023,OMZET_2023,PENJUALAN 2023" + rest, nil,
			`"OMZET_2023" (column E) and "PENJUALAN 2023" (column F) all answer to it`},
		{"a year twice", "KODE,NAMA,STATUS_2023,STATUS_2024,OMZET_2024,OMZET 2024" + rest, nil,
			`"OMZET_2024" (column E) and "OMZET 2024" (column F) all answer to it`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := decode(t, yearsCSV, nil, part("bumdes.csv", []byte(c.content)))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("error %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil || len(got.rows) != len(c.want) {
				t.Fatalf("%v, rows %v, findings %v", err, got.rows, got.findings)
			}
			for i, want := range c.want {
				if got.rows[i]["omzet"] != want {
					t.Errorf("%s: omzet %q, want %q", got.rows[i]["tahun"], got.rows[i]["omzet"], want)
				}
			}
		})
	}
}

func TestWhichSheet(t *testing.T) {
	good := [][]any{idmHead, {6402012001, "PERIAN", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}}
	pivot := [][]any{{"Row Labels", "Count"}, {"MANDIRI", 87}}
	cases := []struct {
		name, sheet, reason string
		sheets              [][][]any
	}{
		{"by name", "[S2]", "", [][][]any{pivot, good}},
		{"by content", `["*"]`, "", [][][]any{pivot, good}},
		{"name, then content", `["IDM 2024", "*"]`, "", [][][]any{pivot, good}},
		{"two that fit", `["*"]`, "both fit the contract", [][][]any{good, good}},
		{"none that fits", `["*"]`, "no heading row fits", [][][]any{pivot}},
		{"a name that is not there", `["IDM 2024"]`, `the workbook has "S1", "S2"`, [][][]any{pivot, good}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := decode(t, fmt.Sprintf(idmXLSX, c.sheet), nil, part("idm.xlsx", workbook(t, c.sheets...)))
			if c.reason == "" && (err != nil || len(got.rows) != 1) {
				t.Fatalf("%v, %d rows", err, len(got.rows))
			}
			if c.reason != "" && (err == nil || !strings.Contains(err.Error(), c.reason)) {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestLayoutDiff(t *testing.T) {
	wide := strings.Replace(yearsCSV, "limits:", "skip: [{name: total, from: NOMOR, matches: ^T}]\nlimits:", 1)
	cases := []struct {
		name, contract, heading string
		want                    []string // kind, heading and nearest
	}{
		{"as the contract says", bltCSV, bltHead, nil},
		{"renamed and new", bltCSV, "KODE;NAMA;TAHUN;JML KPM;ANGGARAN;REALISASI;TANGGAL;SELISIH\n", []string{"renamed KPM [JML KPM]", "added SELISIH []"}},
		{"missing", bltCSV, "KODE;NAMA;TAHUN;ANGGARAN;REALISASI;TANGGAL\n", []string{"missing KPM []"}},
		{"several years and a skip rule", wide, "KODE,NAMA,STATUS_2023,STATUS_2024,OMZET_2023,OMZET_2024,NOMOR\n", nil},
		{"a year that a column lacks", wide, "KODE,NAMA,STATUS_2023,STATUS_2024,OMZET_2023,NOMOR\n", []string{"missing OMZET_2024 []"}},
		{"two spellings of a year", wide, "KODE,NAMA,STATUS_2023,KEADAAN 2024,OMZET_2023,PENJUALAN 2024,NOMOR,SISA_2024\n", []string{"added SISA_2024 []"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			drift, err := LayoutDiff(context.Background(), parse(t, c.contract), part("x.csv", []byte(c.heading)))
			if err != nil {
				t.Fatal(err)
			}
			if got := shownDrift(drift); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Group headings over several columns, as merged cells write them, are joined with what stands below.
func TestTwoHeadingRows(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(idmXLSX, "[S1]"), "{row: 1, search: 4}", "{row: 1, search: 4, rows: 2}", 1)
	text = strings.NewReplacer("KODE_DESA, ", "", "NAMA_DESA", "NAMA").Replace(text)
	upper := []any{"KODE DESA", "NAMA", "IKS", "", "IKE", "", "IKL", "", "NILAI IDM", nil, "STATUS IDM", nil}
	lower := []any{"", nil, 2023, 2024, 2023, 2024, 2023, 2024, 2023, 2024, 2023, 2024}
	village := []any{6402012001, "PERIAN", 0.7829, 0.9143, 0.7167, 0.9667, 0.8667, 0.8667, 0.7887, 0.9159, "MAJU", "MANDIRI"}
	sound := workbook(t, [][]any{{"Rekap IDM"}, upper, lower, village})
	got, res, err := decode(t, text, nil, part("idm.xlsx", sound))
	if err != nil || res.Counts != (Counts{In: 2, Loaded: 2}) || res.Layouts[0].HeaderRow != 3 {
		t.Fatalf("%v, %+v, findings %v", err, res, got.findings)
	}
	if got.rows[0]["iks"] != "0.7829" || got.rows[0]["nama_desa"] != "PERIAN" || got.rows[1]["skor"] != "0.9159" || got.rows[1]["tahun"] != "2024" || got.rows[1]["_baris"] != "4" {
		t.Errorf("rows %v", got.rows)
	}
	drift, err := LayoutDiff(context.Background(), parse(t, text), part("idm.xlsx", sound))
	if err != nil || len(drift) != 0 {
		t.Errorf("diff of the contract's own layout: %v, %v", err, drift)
	}

	_, _, err = decode(t, text, nil, part("idm.xlsx", workbook(t, [][]any{{"Rekap IDM"}, upper, lower[:11], village})))
	if err == nil || !strings.Contains(err.Error(), "column status: no heading for 2024") {
		t.Errorf("a group without its second year: %v", err)
	}

	two := strings.Replace(bltCSV, `delimiter: ";"`, `delimiter: ";", header: {row: 1, rows: 2}`, 1)
	two = strings.NewReplacer("[ANGGARAN]", "[BLT ANGGARAN]", "[REALISASI]", "[BLT REALISASI]").Replace(two)
	got, _, err = decode(t, two, nil, part("blt.csv", []byte("KODE;NAMA;TAHUN;KPM;BLT;;TANGGAL\n;;;;ANGGARAN;REALISASI;\n64.02.01.2001;Perian;2024;1;2;1;31/12/2024\n")))
	if err != nil || len(got.rows) != 1 || got.rows[0]["anggaran"] != "2" || got.rows[0]["_baris"] != "3" {
		t.Errorf("CSV: %v, rows %v, findings %v", err, got.rows, got.findings)
	}
}

// A hidden sheet is read when the contract names it, or says that hidden ones count.
func TestHiddenSheets(t *testing.T) {
	good := [][]any{idmHead, {6402012001, "PERIAN", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}}
	other := [][]any{idmHead, {6402012002, "LEKA", 0.9143, 0.9667, 0.8667, 0.9159, "MANDIRI"}}
	pivot := [][]any{{"Row Labels", "Count"}}
	cases := []struct {
		name, sheet string
		sheets      [][][]any // S1 is visible, S2 hidden
		code        string
		refused     string
	}{
		{"named", "[S2]", [][][]any{pivot, good}, "6402012001", ""},
		{"not named", `["*"]`, [][][]any{pivot, good}, "", "no heading row fits"},
		{"any, hidden too", `["*"], hidden: true`, [][][]any{pivot, good}, "6402012001", ""},
		{"a visible one beside it", `["*"]`, [][][]any{other, good}, "6402012002", ""},
		{"a visible one beside it, hidden too", `["*"], hidden: true`, [][][]any{other, good}, "", "both fit the contract"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := excelize.OpenReader(bytes.NewReader(workbook(t, c.sheets...)))
			if err != nil {
				t.Fatal(err)
			}
			var hidden bytes.Buffer
			if err := errors.Join(f.SetSheetVisible("S2", false), f.Write(&hidden)); err != nil {
				t.Fatal(err)
			}
			got, _, err := decode(t, fmt.Sprintf(idmXLSX, c.sheet), nil, part("idm.xlsx", hidden.Bytes()))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err != nil || len(got.rows) != 1 || got.rows[0]["kode_desa"] != c.code {
				t.Fatalf("%v, rows %v", err, got.rows)
			}
			drift, err := LayoutDiff(context.Background(), parse(t, fmt.Sprintf(idmXLSX, c.sheet)), part("idm.xlsx", hidden.Bytes()))
			if err != nil || len(drift) != 0 {
				t.Errorf("diff of the contract's own layout: %v, %v", err, drift)
			}
		})
	}
}

// utf16 writes ASCII and Latin-1 text as little-endian UTF-16 with its mark.
func utf16(s string) string {
	out := "\xff\xfe"
	for _, r := range s {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

// A file that was cut in its last number looks whole but for the line break.
func TestCSVWithoutItsLastLineBreak(t *testing.T) {
	text := strings.Replace(bltCSV, "  - {column: tanggal_salur, from: [TANGGAL]}\n", "", 1)
	const whole = "KODE;NAMA;TAHUN;KPM;REALISASI;ANGGARAN\n6402012001;Perian;2024;5;1;100\n6402012002;Leka;2024;5;1;100\n"
	for content, want := range map[string]string{whole: "", whole[:len(whole)-2]: "F3", whole[:len(whole)-1]: "F3", strings.TrimSuffix(whole, "6402012002;Leka;2024;5;1;100\n"): ""} {
		got, res, err := decode(t, text, nil, part("b.csv", []byte(content)))
		if err != nil || res.Counts.Quarantined != 0 {
			t.Fatalf("%v, %+v", err, res.Counts)
		}
		f := findingOf(got, "unended")
		if (f == nil) != (want == "") || f != nil && (f["sel"] != want || f["tingkat"] != "warning") || want != "" && got.rows[1]["_tanda"] != "unended" {
			t.Errorf("%q: rows %v, findings %v", content, got.rows, got.findings)
		}
	}
}

// The format's options for CSV reach the reader.
func TestCSVOptions(t *testing.T) {
	const line = "64.02.01.2001;Perian é;2024;1.234;1;1;31/12/2024\n"
	with := func(format string) string {
		return strings.Replace(bltCSV, `{type: csv, delimiter: ";"}`, "{type: csv, "+format+"}", 1)
	}
	tabs := func(s string) string { return strings.ReplaceAll(s, ";", "\t") }
	latin := strings.ReplaceAll(bltHead+line, "é", "\xe9")
	none := strings.NewReplacer("[KODE]", `["#1"]`, "[NAMA]", `["#2"]`, "[TAHUN]", `["#3"]`, "[KPM]", `["#4"]`, "[ANGGARAN]", `["#5"]`,
		"[REALISASI]", `["#6"]`, "[TANGGAL]", `["#7"]`, "from: NAMA", `from: "#2"`).Replace(with(`delimiter: ";", header: none`))
	cases := []struct {
		name, contract, content string
		detected                string
		row                     int
		refused                 string
	}{
		{"a tab, by its word", with("delimiter: tab"), tabs(bltHead + line), `delimiter "\t", encoding utf-8`, 2, ""},
		{"a tab, by its escape", with(`delimiter: '\t'`), tabs(bltHead + line), `delimiter "\t", encoding utf-8`, 2, ""},
		{"a bar", with(`delimiter: "|"`), strings.ReplaceAll(bltHead+line, ";", "|"), `delimiter "|", encoding utf-8`, 2, ""},
		{"a delimiter found", with("encoding: utf-8"), bltHead + line, `delimiter ";", encoding utf-8`, 2, ""},
		{"another delimiter than declared", with(`delimiter: ","`), bltHead + line, "", 0, `heading "KODE" is missing`},
		{"Windows-1252", with("encoding: windows-1252"), latin, `delimiter ";", encoding windows-1252`, 2, ""},
		{"Windows-1252 as UTF-8", with("encoding: utf-8"), latin, "", 0, "line 2, column 22: a byte is not valid UTF-8"},
		{"UTF-16", with("encoding: utf-16"), utf16(bltHead + line), `delimiter ";", encoding utf-16le`, 2, ""},
		{"UTF-16 found", with("encoding: detect"), utf16(bltHead + line), `delimiter ";", encoding utf-16le`, 2, ""},
		{"Windows-1252 found", with("encoding: detect"), latin, `delimiter ";", encoding windows-1252`, 2, ""},
		{"no headings", none, line, `delimiter ";", encoding utf-8`, 1, ""},
		{"padded texts", with(`delimiter: ";"`), bltHead + " 64.02.01.2001\t;  Perian é\u00a0; 2024 ; 1.234 ; 1\u00a0;1 ; 31/12/2024 \n", `delimiter ";", encoding utf-8`, 2, ""},
		{"a title above the headings", with(`delimiter: ";", header: {row: 1, search: 5}`), "Rekap BLT\n\n" + bltHead + line, `delimiter ";", encoding utf-8`, 4, ""},
		{"a byte order mark and CRLF", with(`delimiter: ";"`), "\ufeff" + strings.ReplaceAll(bltHead+line, "\n", "\r\n"), `delimiter ";", encoding utf-8`, 2, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, res, err := decode(t, c.contract, nil, part("blt.csv", []byte(c.content)))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("error %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil || len(got.rows) != 1 {
				t.Fatalf("%v, %d rows, findings %v", err, len(got.rows), got.findings)
			}
			want := map[string]string{"kode_desa": "6402012001", "nama_desa": "Perian é", "tahun": "2024", "keluarga_penerima": "1234", "anggaran": "1", "realisasi": "1",
				"tanggal_salur": "2024-12-31", "_rilis_id": "r-2024@1", "_sumber_sha256": "sha-blt.csv", "_bagian": "blt.csv", "_baris": fmt.Sprint(c.row)}
			if !maps.Equal(got.rows[0], want) || res.Layouts[0].Detected != c.detected {
				t.Errorf("row %v\nwant %v\n%s", got.rows[0], want, res.Layouts[0].Detected)
			}
		})
	}
}

func TestLayoutDiffOfDocuments(t *testing.T) {
	const nested = `
contract: x
version: 1
table: blt
format: {type: json, rows: "kec[*].ds[*]"}
columns:
  - {column: kode_desa, join: ["kec[*].k", "@.kode"]}
  - {column: nama_desa, from: ["@.nama", "@.desa"]}
  - {column: tahun, from: [tahun]}
  - {column: keluarga_penerima, from: ["@.blt.kpm"]}
  - {column: anggaran, from: ["@.blt.anggaran"]}
skip_part: {name: galat, path: error, equals: "true"}
`
	tuples := strings.NewReplacer("kec[*].ds[*]", "*[*]", `join: ["kec[*].k", "@.kode"]`, `from: ["@[0]"]`, `"@.nama", "@.desa"`, `"@[1]"`, "[tahun]", `["@[2]"]`,
		`"@.blt.kpm"`, `"@[3]"`, `"@.blt.anggaran"`, `"@[4]"`).Replace(nested)
	lines := strings.NewReplacer(`rows: "kec[*].ds[*]"`, "lines: true", `join: ["kec[*].k", "@.kode"]`, `from: ["@.kode"]`, "[tahun]", `["@.tahun"]`, "skip_part", "#").Replace(nested)
	yaml := strings.Replace(nested, "type: json", "type: yaml", 1)
	const sound = `{"tahun":2024,"error":false,"kec":[{"k":"640201","ds":[{"kode":"2001","nama":"Perian","blt":{"kpm":5,"anggaran":1}},{"kode":"2002","desa":"Leka"}]}]}`
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(sound) }
	cases := []struct {
		name, contract, content string
		want                    []string
		refused                 string
	}{
		{"as the contract says", nested, sound, nil, ""},
		{"a member renamed", nested, change(`"kpm"`, `"kpm_jumlah"`), []string{"renamed @.blt.kpm [@.blt.kpm_jumlah]"}, ""},
		{"a member in capitals", nested, change(`"anggaran"`, `"ANGGARAN"`), []string{"renamed @.blt.anggaran [@.blt.ANGGARAN]"}, ""},
		{"members around the record", nested, change(`"k":"640201",`, `"kode":"640201","camat":"A",`), []string{"renamed kec[*].k [kec[*].kode]", "added kec[*].camat []"}, ""},
		{"new ones beside what is read", nested, change(`"nama"`, `"luas":7,"nama"`, `"kpm"`, `"sisa":1,"kpm"`, `"tahun"`, `"sumber":"BPS","meta":{"a":[1,2]},"tahun"`),
			[]string{"added sumber []", "added @.luas []", "added @.blt.sisa []"}, ""},
		{"other records", nested, change(`"ds"`, `"desa"`), nil, `there are no records at "kec[*].ds[*]"; what repeats is ["kec[*]" "kec[*].desa[*]"]`},
		{"elements", tuples, `{"6402":[["6402012001","Perian",2024,5,1]],"6403":[["6403012001","Tasuk",2024,5,1]]}`, nil, ""},
		{"an element more", tuples, `{"6402":[["6402012001","Perian",2024,5,1,"x"]]}`, []string{"added @[5] []"}, ""},
		{"an element less", tuples, `{"a":[["6402012001","Perian",2024,5]]}`, []string{"missing @[4] []"}, ""},
		{"an element of records", strings.Replace(nested, "[tahun]", `["kec[0].k"]`, 1), sound, nil, ""},
		{"lines", lines, "{\"kode\":\"6402012001\",\"nama\":\"A\",\"tahun\":2024,\"blt\":{\"kpm\":1,\"anggaran\":2}}\n{\"baru\":null}\n", []string{"added @.baru []"}, ""},
		{"YAML", yaml, "tahun: 2024\nkec:\n  - k: \"640201\"\n    ds: [{kode: \"2001\", nama: A, blt: {kpm: 1, pagu: 2}}]\n", []string{"missing @.blt.anggaran []", "added @.blt.pagu []"}, ""},
		{"no JSON", nested, `{"kec":`, nil, "the document ends in the middle"},
		{"two documents", nested, sound + sound, nil, "something follows the end of the document"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			drift, err := LayoutDiff(context.Background(), parse(t, c.contract), part("x.json", []byte(c.content)))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("error %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := shownDrift(drift); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func shownDrift(drift []Drift) (out []string) {
	for _, d := range drift {
		out = append(out, fmt.Sprintf("%s %s %v", d.Kind, d.Heading, d.Near))
	}
	return out
}
