package examples_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lumbung/examples/sampel"
)

// The committed files are what the generator writes today.
func TestRegeneratingGivesTheSameBytes(t *testing.T) {
	s := nyata(t)
	files, again := berkas(t, s), berkas(t, s)
	for name, b := range files {
		if !bytes.Equal(b, again[name]) {
			t.Errorf("%s: two runs differ", name)
		}
		disk, err := os.ReadFile(filepath.Join("kukar", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b, disk) {
			t.Errorf("%s: differs from the generator; run go run ./examples/buat", name)
		}
	}
}

func TestMissingRealDataIsNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tiada")
	_, err := sampel.Baca(dir)
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "LUMBUNG_REAL_DATA") {
		t.Fatalf("error %v does not name the folder and the remedy", err)
	}
}

func TestMinistryLayouts(t *testing.T) {
	s := nyata(t)
	files := berkas(t, s)
	for _, c := range []struct {
		tahun, sheet, kode, nama, ket string
		desa                          []sampel.Desa
	}{
		{"2023", "Sheet1", "KODE_DESA_DAGRI", "DESA", "UPDATE", s.IDM2023},
		{"2024", "IDM 2024", "KODE_DESA", "NAMA_DESA", "Keterangan", s.IDM2024},
	} {
		rows := lembar(t, files["rilis/idm-"+c.tahun+".xlsx"], c.sheet)
		if len(rows) != 193 {
			t.Fatalf("%s: %d rows, want 193", c.tahun, len(rows))
		}
		for i, r := range rows {
			d := c.desa[i]
			got := []string{r["KODE_PROV"], r["KODE_KEC"], r[c.kode], r[c.nama], r["STATUS_IDM_"+c.tahun], r["NILAI_IDM_"+c.tahun], r[c.ket]}
			ket := map[string]string{"2023": "2023"}[c.tahun]
			want := []string{"64", d.KodeKec, d.Kode, d.Nama, d.Status, strconv.FormatFloat(d.IDM, 'f', -1, 64), ket}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", c.tahun, diff)
			}
			if k := kisi(t, r, c.tahun); k.status() != d.Status {
				t.Errorf("%s %s: the scores give %s, published %s", c.tahun, d.Kode, k.status(), d.Status)
			}
		}
	}
	if n := bytes.Count([]byte(s.IDM2023[10].Nama), []byte("\n")); n != 1 {
		t.Errorf("%s %q: the ministry's line break is lost", s.IDM2023[10].Kode, s.IDM2023[10].Nama)
	}
	pivot := lembar(t, files["rilis/idm-2024.xlsx"], "Sheet4")
	if last := pivot[len(pivot)-1]; last["Count of KODE_DESA"] != "193" {
		t.Errorf("pivot ends with %v", last)
	}
}

func TestAnswersAndIndicators(t *testing.T) {
	files := berkas(t, nyata(t))
	desa, jawaban := map[string]bool{}, 0
	for name := range files {
		if rest, ok := strings.CutPrefix(name, "rumusan/desa/"); ok {
			jawaban++
			desa[rest[:10]] = true
		}
	}
	if len(desa) != 15 || jawaban != 33 {
		t.Errorf("%d villages with %d answers, want 15 with 33", len(desa), jawaban)
	}
	var skor map[string]string
	if err := json.Unmarshal(files["indikator/idm-2024-indikator.json"], &skor); err != nil {
		t.Fatal(err)
	}
	limaPuluh := regexp.MustCompile(`^[0-5]{50}$`)
	for kode, s := range skor {
		if !limaPuluh.MatchString(s) || !strings.HasPrefix(kode, "6402") {
			t.Errorf("%s: %q", kode, s)
		}
	}
	if len(skor) != 190 {
		t.Errorf("%d villages with indicators, want 190", len(skor))
	}
}

func TestCodeBridge(t *testing.T) {
	files := berkas(t, nyata(t))
	kini := map[string]bool{}
	for _, r := range tabel(t, files["wilayah/kemendagri.csv"], ',') {
		kini[r["kode"]] = true
	}
	// 1 province, 1 kabupaten, 20 kecamatan, 193 desa, 44 kelurahan.
	if len(kini) != 259 {
		t.Errorf("%d present codes, want 259", len(kini))
	}
	punya := map[string]string{}
	for _, r := range tabel(t, files["wilayah/padanan.csv"], ',') {
		if !kini[r["kode_kemendagri"]] || punya[r["kode_kemendagri"]] != "" {
			t.Errorf("%v: not a present code, or twice", r)
		}
		punya[r["kode_kemendagri"]] = r["kode_bps"] + " " + r["kode_djpk"]
	}
	for kode, want := range map[string]string{"64": "64 17", "64.02": "6403 17/03", "64.02.19.2001": "6403080005 ", "64.02.20.2004": "6403010003 "} {
		if punya[kode] != want {
			t.Errorf("%s is %q, want %q", kode, punya[kode], want)
		}
	}
	desa := 0
	for kode := range kini {
		if len(kode) == 13 && kode[9] == '2' && punya[kode] == "" {
			desa++
			if kode != "64.02.02.2009" {
				t.Errorf("%s has no BPS code", kode)
			}
		}
	}
	if desa != 1 {
		t.Errorf("%d desa without BPS code, want 1", desa)
	}
}
