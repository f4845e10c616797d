package transform

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"lumbung/internal/realdata"
	"lumbung/transform/contract"
)

// Every real release loads through a contract, with its oddities named.
func TestRealReleases(t *testing.T) {
	dir := realdata.Dir(t)
	cases := []struct {
		contract, files string
		period          int
		want            Counts
		skipped         map[string]int64
		findings        map[string]int64
	}{
		{"idm-2023-kukar", "idm-2023-kutai-kartanegara/64.json", 2023, Counts{In: 193, Loaded: 193}, nil, nil},
		{"rekap-provinsi", "idm-2024-rekap-provinsi/*.xlsx", 2024, Counts{In: 38, Loaded: 37, Skipped: 1}, map[string]int64{"total": 1}, nil},
		{"rumusan-nyata", "idm-api-rumusan/desa/*/*.json", 2024, Counts{In: 157, Loaded: 157}, nil, map[string]int64{"internet-berulang-2024": 37}},
		{"rumusan-indikator-nyata", "idm-api-rumusan/desa/*/*.json", 2024, Counts{In: 8635, Loaded: 7850, Skipped: 785}, map[string]int64{"subtotal": 785}, nil},
		{"bps-provinsi", "kode-wilayah-bps-2018/provinces.csv", 2018, Counts{In: 34, Loaded: 34}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/regencies.csv", 2018, Counts{In: 514, Loaded: 514}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/districts.csv", 2018, Counts{In: 7215, Loaded: 7215}, nil, nil},
		{"bps", "kode-wilayah-bps-2018/villages-kalimantan.csv", 2018, Counts{In: 7049, Loaded: 7049}, nil, nil},
		{"padanan-atas", "padanan-kode-bps-kemendagri/provinsi.csv", 2021, Counts{In: 34, Loaded: 34}, nil, nil},
		{"padanan-atas", "padanan-kode-bps-kemendagri/kabupaten.csv", 2021, Counts{In: 514, Loaded: 514}, nil, nil},
		{"padanan-atas", "padanan-kode-bps-kemendagri/kecamatan.csv", 2021, Counts{In: 7219, Loaded: 7218, Quarantined: 1}, nil, map[string]int64{"code": 1}},
		{"padanan-desa", "padanan-kode-bps-kemendagri/64.csv", 2021, Counts{In: 1036, Loaded: 1036}, nil, nil},
		{"padanan-desa", "padanan-kode-bps-kemendagri/36.csv", 2021, Counts{In: 1550, Loaded: 1550}, nil, nil},
		{"padanan-desa", "padanan-kode-bps-kemendagri/32.csv", 2021, Counts{In: 5956, Loaded: 5956}, nil, nil},
		{"perubahan", "perubahan-kode-kutai-kartanegara/*.csv", 2022, Counts{In: 11, Loaded: 11}, nil, nil},
		{"rubrik", "idm-indikator-rubrik/*.csv", 2024, Counts{In: 178, Loaded: 178}, nil, nil},
		{"sdgs", "sdgs-desa-kutai-kartanegara/desa/*.json", 2024, Counts{In: 186*18 + 50, Loaded: 186 * 18, Skipped: 50}, map[string]int64{"tanpa-data": 50}, nil},
	}
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.contract+" "+c.files, func(t *testing.T) {
			k, err := contract.Load(filepath.Join("testdata", "nyata", c.contract+".yaml"), tables)
			if err != nil {
				t.Fatal(err)
			}
			got := &collected{}
			res, err := Decode(context.Background(), Job{Contract: k, Release: "r", Period: c.period, Parts: partsOf(t, dir, c.files), Sink: got})
			if err != nil {
				t.Fatal(err)
			}
			if res.Counts != c.want {
				t.Errorf("counts %+v, want %+v; findings %v, first %v", res.Counts, c.want, res.Findings, first(got.findings))
			}
			for rule, n := range c.skipped {
				if res.SkippedBy[rule] != n {
					t.Errorf("skipped by %s: %d, want %d", rule, res.SkippedBy[rule], n)
				}
			}
			for rule, n := range c.findings {
				if res.Findings[rule] != n {
					t.Errorf("findings of %s: %d, want %d", rule, res.Findings[rule], n)
				}
			}
		})
	}
}

func first(list []map[string]string) map[string]string {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func partsOf(t *testing.T, dir, pattern string) []Part {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	sort.Strings(names)
	var parts []Part
	for _, n := range names {
		if strings.HasSuffix(n, "README.md") {
			continue
		}
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part(filepath.ToSlash(n), b))
	}
	return parts
}
