package infer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"lumbung/transform"
	"lumbung/transform/contract"
)

type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

func part(name string, b []byte) transform.Part {
	return transform.Part{Name: name, Size: int64(len(b)), Open: func() (transform.Body, error) { return body{bytes.NewReader(b)}, nil }}
}

type nowhere struct{}

func (nowhere) Rows(arrow.Record) error     { return nil }
func (nowhere) Findings(arrow.Record) error { return nil }

// decoded reads a file through the contract that was proposed for it.
func decoded(t *testing.T, got *Proposal, p transform.Part) (*contract.Contract, transform.Result) {
	t.Helper()
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Parse("", []byte(got.YAML), tables)
	if err != nil {
		t.Fatalf("%v\n%s", err, got.YAML)
	}
	res, err := transform.Decode(context.Background(), transform.Job{Contract: c, Release: "r", Period: 2024, Parts: []transform.Part{p}, Sink: nowhere{}})
	if err != nil {
		t.Fatalf("%v\n%s", err, got.YAML)
	}
	return c, res
}

// contains checks the parts that a proposal is to have.
func contains(t *testing.T, got *Proposal, parts []string) {
	t.Helper()
	for _, want := range parts {
		if !strings.Contains(got.YAML, want) {
			t.Errorf("%q is not in\n%s", want, got.YAML)
		}
	}
}

// What is proposed for the sample's files is accepted as it stands, and every row loads.
func TestProposalsLoadTheSample(t *testing.T) {
	for file, want := range map[string]struct {
		table string
		rows  int64
	}{
		"rilis/idm-2019.xlsx": {"indeks", 193}, "rilis/idm-2023.xlsx": {"indeks", 193}, "rilis/idm-2024.xlsx": {"indeks", 193},
		"kegiatan/blt.csv": {"blt", 1158}, "kegiatan/bumdes.csv": {"bumdes", 1158}, "kegiatan/stunting.csv": {"stunting", 1158},
		"kegiatan/pendamping.csv": {"pendamping", 3474}, "kegiatan/dana-desa.csv": {"dana_desa", 2},
		"rumusan/desa/6402082013/2021.json": {"rumusan", 1},
		"wilayah/kemendagri.csv":            {"wilayah", 259}, "wilayah/perubahan-kode.csv": {"perubahan_kode", 11}, "wilayah/padanan.csv": {"padanan", 247},
	} {
		t.Run(file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("..", "..", "examples", "kukar", file))
			if err != nil {
				t.Fatal(err)
			}
			p := part(file, b)
			got, err := Propose(context.Background(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c, res := decoded(t, got, p)
			if c.Table.Name != want.table || res.Counts.Loaded != want.rows || res.Counts.Quarantined != 0 {
				t.Errorf("table %s, %+v, findings %v\n%s", c.Table.Name, res.Counts, res.Findings, got.YAML)
			}
		})
	}
}

func TestProposalsSayWhatIsUnsure(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"ambiguous numbers", "KODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;1.234\n", "could be 1234 or 1,234: make sure"},
		{"both locales", "KODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;1.234,50\n6402012002;2024;5;1,234.50\n", "both 1.234,5 and 1,234.5 occur"},
		{"a heading nobody knows", "KODE DESA;TAHUN;KPM;ANGGARAN;LUAS\n6402012001;2024;5;1;7\n", `heading "LUAS" fills no column`},
		{"a required column missing", "KODE DESA;TAHUN;KPM\n6402012001;2024;5\n", "column anggaran is required"},
		{"a footer", "KODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;1\nJUMLAH;;5;1\n", `from: "KODE DESA", matches:`},
		{"per cents", "KODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;20,5 %\n", "unit: persen}"},
		{"English numbers", "KODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;1,234.50\n", "numbers: en"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Propose(context.Background(), part("x.csv", []byte(c.text)), Options{Table: "blt"})
			if err != nil || !strings.Contains(got.YAML, c.want) {
				t.Errorf("%v; %q is not in\n%v", err, c.want, got)
			}
		})
	}
	if _, err := Propose(context.Background(), part("x.csv", []byte("a;b\n1;2\n")), Options{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v", err)
	}
}

// Two heading rows are joined where that fits more columns than one of them.
func TestProposalsForTwoHeadingRows(t *testing.T) {
	const village = "64;KALTIM;64.02;KUKAR;64.02.01;ANGGANA;64.02.01.2001;SUNGAI MERIAM;"
	const areas = "KODE PROVINSI;PROVINSI;KODE KABUPATEN;KABUPATEN;KODE KECAMATAN;KECAMATAN;KODE DESA;DESA;"
	cases := []struct {
		name, table, text string
		want              []string // parts of the proposal
		loaded            int64
	}{
		{"a group", "blt", "KODE DESA;TAHUN;PROGRAM;;\n;;KPM;ANGGARAN;REALISASI\n6402012001;2024;5;7;3\n",
			[]string{"header: {row: 1, rows: 2}", `from: ["PROGRAM KPM", "KELUARGA`, `from: ["KODE DESA"`}, 1},
		{"years as groups", "indeks", areas + "2020;;;;;2021;;;;\n;;;;;;;;IKS;IKE;IKL;NILAI IDM;STATUS IDM;IKS;IKE;IKL;NILAI IDM;STATUS IDM\n" +
			village + "0,6;0,6;0,6;0,6;BERKEMBANG;0,6;0,6;0,6;0,6;BERKEMBANG\n",
			[]string{"header: {row: 1, rows: 2}", `from: ["{tahun} IKS", `, `{column: tahun, value: "{tahun}"}`}, 2},
		{"a title above one row", "blt", "DAFTAR PENERIMA;;;\nKODE DESA;TAHUN;KPM;ANGGARAN\n6402012001;2024;5;7\n", []string{"header: {row: 2}"}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := part("x.csv", []byte(c.text))
			got, err := Propose(context.Background(), p, Options{Table: c.table})
			if err != nil {
				t.Fatal(err)
			}
			contains(t, got, c.want)
			_, res := decoded(t, got, p)
			if res.Counts.Loaded != c.loaded || res.Counts.Quarantined != 0 {
				t.Errorf("%+v, findings %v\n%s", res.Counts, res.Findings, got.YAML)
			}
		})
	}
	// Two groups with the same headings: nobody says which is meant.
	got, err := Propose(context.Background(), part("x.csv", []byte("KODE DESA;TAHUN;RENCANA;;HASIL;\n;;KPM;ANGGARAN;KPM;ANGGARAN\n6402012001;2024;5;7;5;7\n")), Options{Table: "blt"})
	if err != nil || !strings.Contains(got.YAML, "column anggaran is required and no heading was recognised") {
		t.Errorf("%v\n%v", err, got)
	}
}

// Records are found wherever they repeat, with the values that stand around them.
func TestProposalsForDocuments(t *testing.T) {
	const first, second = `{"kode_desa":"6402012001","KPM":5,"Anggaran":"1.234,5","luas":7}`, `{"kode_desa":"6402012002","KPM":6,"Anggaran":"2.000,0","foto":["a"]}`
	cases := []struct {
		name, content string
		want          []string // parts of the proposal
		loaded        int64
	}{
		{"an array", "[" + first + "," + second + "]", []string{`rows: "[*]"`, `from: ["@.kode_desa"]`, "numbers: id", `path "@.luas" fills no column`, `value: "{periode}"`}, 2},
		{"nested, the year outside", `{"tahun":2024,"meta":{"a":[1,2]},"data":{"desa":[` + first + "," + second + "]}}", []string{`rows: "data.desa[*]"`, `{column: "tahun", from: ["tahun"]}`}, 2},
		{"groups", `{"kec":[{"tahun":2024,"ds":[` + first + `]},{"tahun":2023,"ds":[` + second + `]}]}`, []string{`rows: "kec[*].ds[*]"`, `from: ["kec[*].tahun"]`}, 2},
		{"entries", `{"2001":` + first + `,"2002":` + second + `}`, []string{`rows: "*"`, `from: ["@.KPM"]`}, 2},
		{"lines", first + "\n" + second + "\n", []string{"lines: true", `from: ["@.Anggaran"]`}, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := part("blt.json", []byte(c.content))
			got, err := Propose(context.Background(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			contains(t, got, c.want)
			k, res := decoded(t, got, p)
			if res.Counts.Loaded != c.loaded || res.Counts.In != c.loaded {
				t.Errorf("%+v, findings %v\n%s", res.Counts, res.Findings, got.YAML)
			}
			drift, err := transform.LayoutDiff(context.Background(), k, p)
			if err != nil || len(drift) > 1 {
				t.Errorf("diff with its own proposal: %v, %v", err, drift)
			}
		})
	}
	for _, content := range []string{`{"a":1}`, `[{"a":1}]`, "{}\n{}\n"} {
		if _, err := Propose(context.Background(), part("x.json", []byte(content)), Options{}); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: error %v", content, err)
		}
	}
	if _, err := Propose(context.Background(), part("x.json", []byte(`{"a":[1,}`)), Options{}); err == nil || errors.Is(err, ErrUnknown) {
		t.Errorf("damaged: error %v", err)
	}
}
