package transform

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"

	"lumbung/internal/realdata"
	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// chosen keeps some columns of the rows, and all findings: a national release
// has too many cells for maps of them all.
type chosen struct {
	columns  []string
	rows     [][]string
	findings []map[string]string
}

func (c *chosen) Rows(rec arrow.Record) error {
	for i := range int(rec.NumRows()) {
		row := make([]string, len(c.columns))
		for j, name := range c.columns {
			if col := rec.Column(rec.Schema().FieldIndices(name)[0]); !col.IsNull(i) {
				row[j] = col.ValueStr(i)
			}
		}
		c.rows = append(c.rows, row)
	}
	return nil
}

func (c *chosen) Findings(rec arrow.Record) error {
	c.findings = append(c.findings, texts(rec)...)
	return nil
}

// real reads real files, by a pattern, through a contract of testdata/nyata or of a path.
func real(t *testing.T, name, files string, period int, reg *wilayah.Register, columns ...string) (*chosen, Result) {
	t.Helper()
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(name, "/") {
		name = "testdata/nyata/" + name
	}
	k, err := contract.Load(filepath.FromSlash(name+".yaml"), tables)
	if err != nil {
		t.Fatal(err)
	}
	got := &chosen{columns: columns}
	res, err := Decode(context.Background(), Job{Contract: k, Release: "r", Period: period, Parts: partsOf(t, files), Register: reg, Sink: got})
	if err != nil {
		t.Fatal(err)
	}
	return got, res
}

const (
	kukar    = "../examples/kukar/contracts/"
	nasional = "../cmd/lumbung/testdata/nasional/contracts/"
	prov     = "idm-2024-nasional-ringkas/prov/*.json"
)

// Every real file loads through a contract, with its oddities named.
func TestRealReleases(t *testing.T) {
	cases := []struct {
		contract, files string
		period          int
		want            Counts
		skipped         map[string]int64
		findings        map[string]int64
	}{
		{"idm-2023-kukar", "idm-2023-kutai-kartanegara/64.json", 2023, Counts{In: 193, Loaded: 193}, nil, nil},
		// 4 villages have none of five values, one of the others no name, and one a status that its score denies; 22 more are off the grid.
		{nasional + "idm-2024-nasional", prov, 2024, Counts{In: 75265, Loaded: 75261, Quarantined: 4}, nil, map[string]int64{"required": 4*5 + 1, "status-skor": 23}},
		{"rekap-meta", "idm-2024-nasional-ringkas/meta.json", 2024, Counts{In: 37, Loaded: 37}, nil, nil},
		{kukar + "indikator", "idm-2024-indikator-kutai-kartanegara/64.json", 2024, Counts{In: 190 * 50, Loaded: 190 * 50}, nil, map[string]int64{"dipulihkan": 190}},
		{"rekap-provinsi", "idm-2024-rekap-provinsi/*.xlsx", 2024, Counts{In: 38, Loaded: 37, Skipped: 1}, map[string]int64{"total": 1}, nil},
		{"rumusan-nyata", "idm-api-rumusan/desa/*/*.json", 2024, Counts{In: 157, Loaded: 157}, nil, map[string]int64{"internet-berulang-2024": 37}},
		{"rumusan-indikator-nyata", "idm-api-rumusan/desa/*/*.json", 2024, Counts{In: 8635, Loaded: 7850, Skipped: 785}, map[string]int64{"subtotal": 785}, nil},
		{"bps-provinsi", "kode-wilayah-bps-2018/provinces.csv", 2018, Counts{In: 34, Loaded: 34}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/regencies.csv", 2018, Counts{In: 514, Loaded: 514}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/districts.csv", 2018, Counts{In: 7215, Loaded: 7215}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/villages-kalimantan.csv", 2018, Counts{In: 7049, Loaded: 7049}, nil, nil},
		{nasional + "kemendagri-provinsi", "kode-wilayah-kemendagri/provinces.csv", 2026, Counts{In: 38, Loaded: 38}, nil, nil},
		{nasional + "kemendagri-kabupaten", "kode-wilayah-kemendagri/regencies.csv", 2026, Counts{In: 514, Loaded: 514}, nil, nil},
		{nasional + "kemendagri-kecamatan", "kode-wilayah-kemendagri/districts.csv", 2026, Counts{In: 7285, Loaded: 7285}, nil, nil},
		{nasional + "kemendagri-desa", "kode-wilayah-kemendagri/villages.csv", 2026, Counts{In: 83762, Loaded: 83762}, nil, nil},
		{"padanan-atas", "padanan-kode-bps-kemendagri/provinsi.csv", 2021, Counts{In: 34, Loaded: 34}, nil, map[string]int64{"unended": 1}},
		{"padanan-atas", "padanan-kode-bps-kemendagri/kabupaten.csv", 2021, Counts{In: 514, Loaded: 514}, nil, nil},
		{"padanan-atas", "padanan-kode-bps-kemendagri/kecamatan.csv", 2021, Counts{In: 7219, Loaded: 7218, Skipped: 1}, map[string]int64{"tanpa-padanan": 1}, nil},
		{"padanan-desa", "padanan-kode-bps-kemendagri/64.csv", 2021, Counts{In: 1036, Loaded: 1036}, nil, map[string]int64{"unended": 1}},
		{"padanan-desa", "padanan-kode-bps-kemendagri/36.csv", 2021, Counts{In: 1550, Loaded: 1550}, nil, map[string]int64{"unended": 1}},
		{"padanan-desa", "padanan-kode-bps-kemendagri/32.csv", 2021, Counts{In: 5956, Loaded: 5956}, nil, map[string]int64{"unended": 1}},
		{"perubahan", "perubahan-kode-kutai-kartanegara/*.csv", 2022, Counts{In: 11, Loaded: 11}, nil, nil},
		{"rubrik", "idm-indikator-rubrik/*.csv", 2024, Counts{In: 178, Loaded: 178}, nil, nil},
		{"sdgs", "sdgs-desa-kutai-kartanegara/desa/*.json", 2024, Counts{In: 186*18 + 50, Loaded: 186 * 18, Skipped: 50}, map[string]int64{"tanpa-data": 50}, nil},
	}
	read := map[string]bool{"README.md": true}
	for _, c := range cases {
		for _, name := range realdata.Files(t, c.files) {
			read[name] = true
		}
		t.Run(c.contract+" "+c.files, func(t *testing.T) {
			got, res := real(t, c.contract, c.files, c.period, nil)
			if res.Counts != c.want {
				t.Errorf("counts %+v, want %+v; findings %v, first %v", res.Counts, c.want, res.Findings, got.findings[:min(1, len(got.findings))])
			}
			for rule, n := range res.SkippedBy {
				if c.skipped[rule] != n {
					t.Errorf("skipped by %s: %d, want %d", rule, n, c.skipped[rule])
				}
			}
			for rule, n := range res.Findings {
				if c.findings[rule] != n {
					t.Errorf("findings of %s: %d, want %d", rule, n, c.findings[rule])
				}
			}
		})
	}
	err := filepath.WalkDir(realdata.Dir(t), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !read[path] && !read[d.Name()] {
			t.Errorf("no contract reads %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func partsOf(t *testing.T, pattern string) []Part {
	t.Helper()
	var parts []Part
	for _, n := range realdata.Files(t, pattern) {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part(filepath.ToSlash(n), b))
	}
	return parts
}

// tally counts the values of one column.
func tally(rows [][]string, column int) map[string]int {
	out := map[string]int{}
	for _, r := range rows {
		out[r[column]]++
	}
	return out
}

// The counts that the sources' own descriptions give, and the oddities they name.
func TestRealOddities(t *testing.T) {
	t.Run("statuses and names of 2023", func(t *testing.T) {
		got, _ := real(t, "idm-2023-kukar", "idm-2023-kutai-kartanegara/64.json", 2023, nil, "status", "nama_desa")
		status, names := tally(got.rows, 0), tally(got.rows, 1)
		if status["MANDIRI"] != 76 || status["MAJU"] != 69 || status["BERKEMBANG"] != 48 || len(status) != 3 {
			t.Errorf("statuses %v", status)
		}
		if names["KOTA BANGUN SEBERANG"] != 1 || names["TANJUNG BATUQ HARAPAN"] != 1 { // with a line break inside in the file
			t.Error("names with a line break inside")
		}
	})
	t.Run("codes of 2024", func(t *testing.T) {
		villages, _ := real(t, nasional+"kemendagri-desa", "kode-wilayah-kemendagri/villages.csv", 2026, nil, "kode", "nama")
		var areas []wilayah.Area
		soka := false
		for _, r := range villages.rows {
			code, err := strconv.ParseInt(r[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			areas = append(areas, wilayah.Area{Code: code, Name: r[1]})
			soka = soka || r[1] == `Soka"an`
		}
		got, res := real(t, nasional+"idm-2024-nasional", prov, 2024, wilayah.NewRegister(areas, nil, nil), "kode_desa", "nama_desa")
		adat := 0
		for _, r := range got.rows {
			if r[0][6] == '3' {
				adat++
			}
		}
		unknown := 0
		for _, f := range got.findings {
			if f["aturan"] == "kode-dikenal" {
				unknown++
			}
		}
		if !soka || adat != 14 || unknown != 795 || res.Counts.Quarantined != 4 || tally(got.rows, 1)[""] != 1 {
			t.Errorf("name with a quote %v; %d desa adat, %d codes that the list does not have, %+v", soka, adat, unknown, res.Counts)
		}
	})
	t.Run("indicators add up to the published parts", func(t *testing.T) {
		scores, _ := real(t, kukar+"indikator", "idm-2024-indikator-kutai-kartanegara/64.json", 2024, nil, "kode_desa", "nomor", "skor")
		published, _ := real(t, "idm-2023-kukar", "idm-2024-nasional-ringkas/prov/64.json", 2024, nil, "kode_desa", "iks", "ike", "ikl")
		sums := map[string]*[3]int64{}
		for _, r := range scores.rows {
			n, score := number(t, r[1]), number(t, r[2])
			if sums[r[0]] == nil {
				sums[r[0]] = &[3]int64{}
			}
			part := 0
			if n > 35 {
				part = 1
			}
			if n > 47 {
				part = 2
			}
			sums[r[0]][part] += score
		}
		agree := 0
		for _, r := range published.rows {
			s := sums[r[0]]
			if s == nil {
				continue
			}
			agree++
			for i, most := range []int64{175, 60, 15} {
				if want := big.NewRat(s[i], most).FloatString(4); want != four(t, r[1+i]) {
					t.Errorf("%s: %s is published, the scores give %s", r[0], r[1+i], want)
				}
			}
		}
		if agree != 190 || sums["6402032001"] != nil || sums["6402082017"] != nil || sums["6402122011"] != nil {
			t.Errorf("%d villages", agree)
		}
	})
	t.Run("rumusan", func(t *testing.T) {
		heads, _ := real(t, "rumusan-nyata", "idm-api-rumusan/desa/*/*.json", 2024, nil, "kode_desa", "tahun")
		years := map[string][]string{}
		for _, r := range heads.rows {
			years[r[0]] = append(years[r[0]], r[1])
		}
		gone := 0
		for code, y := range years {
			if strings.HasPrefix(code, "640208") && slices.Equal(y, []string{"2021"}) {
				gone++
			}
		}
		if len(years) != 46 || gone != 9 {
			t.Errorf("%d villages, %d of which answer under their old code only for 2021", len(years), gone)
		}
		rows, _ := real(t, "rumusan-indikator-nyata", "idm-api-rumusan/desa/*/*.json", 2024, nil, "indikator", "nilai", "skor")
		if labels := tally(rows.rows, 0); labels["Skor Bidan"] != 157 {
			t.Errorf("the label with a blank at its end: %d of 157", labels["Skor Bidan"])
		}
	})
	t.Run("rubric", func(t *testing.T) {
		got, _ := real(t, "rubrik", "idm-indikator-rubrik/*.csv", 2024, nil, "dimensi", "no")
		each := map[string]map[string]bool{}
		for _, r := range got.rows {
			if each[r[0]] == nil {
				each[r[0]] = map[string]bool{}
			}
			each[r[0]][r[1]] = true
		}
		if len(each["IKS"]) != 35 || len(each["IKE"]) != 12 || len(each["IKL"]) != 3 {
			t.Errorf("%d, %d, %d indicators", len(each["IKS"]), len(each["IKE"]), len(each["IKL"]))
		}
	})
	t.Run("crosswalk", func(t *testing.T) {
		pairs, _ := real(t, "padanan-desa", "padanan-kode-bps-kemendagri/64.csv", 2021, nil, "kode_bps", "kode_kemendagri")
		known := tally(pairs.rows, 1)
		villages, _ := real(t, "idm-2023-kukar", "idm-2023-kutai-kartanegara/64.json", 2023, nil, "kode_desa", "kode_kec")
		missing := [][]string{}
		for _, r := range villages.rows {
			if known[r[0]] == 0 {
				missing = append(missing, r)
			}
		}
		if in := tally(missing, 1); len(missing) != 12 || in["640219"] != 10 || in["640220"] != 1 || in["640202"] != 1 {
			t.Errorf("villages that the crosswalk does not have: %v", missing)
		}
		changes, _ := real(t, "perubahan", "perubahan-kode-kutai-kartanegara/*.csv", 2022, nil, "kode_lama", "kode_baru")
		permuted := 0
		for _, r := range changes.rows {
			if r[0][6:] != r[1][6:] {
				permuted++
			}
		}
		if permuted == 0 {
			t.Error("the last digits change too, so a rule that replaces the kecamatan is wrong")
		}
	})
	t.Run("BPS codes are another scheme", func(t *testing.T) {
		got, _ := real(t, "bps", "kode-wilayah-bps-2018/regencies.csv", 2018, nil, "kode_bps", "nama")
		names := map[string]string{}
		for _, r := range got.rows {
			names[r[0]] = r[1]
		}
		if names["6403"] != "KABUPATEN KUTAI KARTANEGARA" || names["6402"] != "KABUPATEN KUTAI BARAT" || names["6411"] != "KABUPATEN MAHAKAM HULU" {
			t.Errorf("%q, %q, %q", names["6403"], names["6402"], names["6411"])
		}
	})
	t.Run("SDGs means", func(t *testing.T) {
		got, _ := real(t, "sdgs", "sdgs-desa-kutai-kartanegara/desa/*.json", 2024, nil, "kode_bps", "skor", "rata_rata")
		sums, means := map[string]*big.Rat{}, map[string]string{}
		for _, r := range got.rows {
			score, ok := new(big.Rat).SetString(r[1])
			if !ok {
				t.Fatalf("score %q", r[1])
			}
			if sums[r[0]] == nil {
				sums[r[0]] = new(big.Rat)
			}
			sums[r[0]].Add(sums[r[0]], score)
			means[r[0]] = r[2]
		}
		for code, sum := range sums {
			mean, _ := new(big.Rat).SetString(means[code])
			if d := new(big.Rat).Sub(new(big.Rat).Quo(sum, big.NewRat(18, 1)), mean); d.Abs(d).Cmp(big.NewRat(1, 50)) > 0 {
				t.Errorf("%s: mean %s, the scores give %s", code, means[code], d.FloatString(4))
			}
		}
	})
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// four writes a decimal with four places.
func four(t *testing.T, text string) string {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return fmt.Sprint(r.FloatString(4))
}
