package json

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lumbung/internal/realdata"

	stdjson "encoding/json"
)

func rumusanConfig() Config {
	return Config{Rows: "mapData.ROW[*]", Columns: []string{"mapData.IDENTITAS[0].id_desa", "mapData.SUMMARIES.TAHUN",
		"@.NO", "@.INDIKATOR", "@.SKOR", "@.KETERANGAN", "@.KEGIATAN", "@.NILAI", "@.PUSAT", "@.PROV", "@.KAB", "@.DESA", "@.CSR", "@.LAINNYA"},
		SkipPart: []Skip{{Name: "jawaban-galat", Path: "error", Equals: "true"}}}
}

// Every cell of the 75,265 villages must be what encoding/json reads.
func TestProvincesAgainstEncodingJSON(t *testing.T) {
	docs, _ := provinces(t)
	if len(docs) != 37 {
		t.Fatalf("%d province files, want 37", len(docs))
	}
	total := 0
	for _, doc := range docs {
		var want province
		if err := stdjson.Unmarshal(doc, &want); err != nil {
			t.Fatal(err)
		}
		r, err := Open(bytes.NewReader(doc), desaConfig())
		if err != nil {
			t.Fatal(err)
		}
		for i, kec := range want.Kec {
			for j, v := range kec.Ds {
				got, err := r.Read()
				if err != nil {
					t.Fatal(err)
				}
				total++
				texts := []string{want.K, want.Nm, kec.K, kec.Nm, kec.Kb, v.Code, v.Name}
				for col, text := range texts {
					if string(got.Cell(col).Text) != text {
						t.Fatalf("%s = %q, want %q", r.Ref(got.Number, col), got.Cell(col).Text, text)
					}
				}
				for k, score := range []float64{v.IDM, v.IKS, v.IKE, v.IKL, float64(v.Status), float64(v.Source)} {
					text := string(got.Cell(7 + k).Text)
					if f, err := strconv.ParseFloat(text, 64); text != "" && (err != nil || f != score) || text == "" && score != 0 {
						t.Fatalf("%s = %q, want %v", r.Ref(got.Number, 7+k), text, score)
					}
				}
				if ref := r.Ref(got.Number, 7); ref != "/kec/"+strconv.Itoa(i)+"/ds/"+strconv.Itoa(j)+"/2" {
					t.Fatalf("ref %s of village %d of district %d", ref, j, i)
				}
			}
		}
		if _, err := r.Read(); err == nil {
			t.Fatal("more rows than villages")
		}
	}
	if total != 75265 {
		t.Errorf("%d villages, want 75,265", total)
	}
}

// All 157 answers have 55 rows, of which 50 are indicators, and the village that the file is named after.
func TestRumusanAnswers(t *testing.T) {
	answers := realdata.Files(t, "idm-api-rumusan/desa/*/*.json")
	if len(answers) != 157 {
		t.Errorf("%d answers, want 157", len(answers))
	}
	for _, name := range answers {
		doc, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, r, err := all(bytes.NewReader(doc), rumusanConfig())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		code := filepath.Base(filepath.Dir(name))
		year := strings.TrimSuffix(filepath.Base(name), ".json")
		indicators := 0
		for _, row := range rows {
			if !strings.HasPrefix(row, `"`+code+`" `+year+" ") {
				t.Fatalf("%s: row %s", name, row)
			}
			if !strings.HasPrefix(row, `"`+code+`" `+year+" - ") {
				indicators++
			}
		}
		if len(rows) != 55 || indicators != 50 {
			t.Errorf("%s: %d rows, %d indicators", name, len(rows), indicators)
		}
		if ref := r.Ref(55, 4) + " " + r.Ref(55, 0); ref != "/mapData/ROW/54/SKOR /mapData/IDENTITAS/0/id_desa" {
			t.Errorf("refs %s", ref)
		}
	}
}

func TestIndicatorStrings(t *testing.T) {
	f, err := os.Open(realdata.Files(t, "idm-2024-indikator-kutai-kartanegara/64.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, r, err := all(f, Config{Rows: "*", Columns: []string{"@key", "@"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 190 || rows[0] != `"6402012001" "50545555555555555235555555353555555555555555355454"` || r.Ref(1, 1) != "/6402012001" {
		t.Errorf("%d rows, the first is %s at %s", len(rows), rows[0], r.Ref(1, 1))
	}
}

// 50 of the 236 answers say nothing but zeros.
func TestSDGAnswers(t *testing.T) {
	skipped, scored := 0, 0
	for _, name := range realdata.Files(t, "sdgs-desa-kutai-kartanegara/desa/*.json") {
		doc, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, r, err := all(bytes.NewReader(doc), Config{Rows: "data[*]", Columns: []string{"@.goals", "@.title", "@.score", "average"},
			SkipPart: []Skip{{Name: "kosong", Path: "average", Equals: "0.00"}}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, ok := r.Skipped(); ok {
			skipped++
			continue
		}
		scored++
		if len(rows) != 18 {
			t.Errorf("%s: %d goals", name, len(rows))
		}
	}
	if skipped != 50 || scored != 186 {
		t.Errorf("%d skipped and %d scored, want 50 and 186", skipped, scored)
	}
}

// Memory must not grow with the document: one that is a hundred times the window passes through it.
func TestStreams(t *testing.T) {
	const rows = 400_000
	doc := &repeated{prefix: `{"r":[`, item: `["01","DESA",0.5],`, n: rows, suffix: `[]]}`}
	r, err := Open(doc, Config{Rows: "r[*]", Columns: []string{"@[0]", "@[1]"}})
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(1, func() {
		for range rows / 2 {
			if _, err := r.Read(); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got := len(r.lex.buf); got > 2*window || allocs > rows/100 {
		t.Errorf("window of %d bytes, %v allocations", got, allocs)
	}
}

// repeated is a document as long as one likes.
type repeated struct {
	prefix, item, suffix string
	n                    int
	rest                 string
	state                int
}

func (d *repeated) Read(p []byte) (int, error) {
	for d.rest == "" {
		switch {
		case d.state == 0:
			d.rest, d.state = d.prefix, 1
		case d.n > 0:
			d.rest = d.item
			d.n--
		case d.state == 1:
			d.rest, d.state = d.suffix, 2
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}
