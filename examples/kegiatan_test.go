package examples_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestDistrictRecords(t *testing.T) {
	lama, baru := map[string]bool{}, map[string]bool{}
	for _, r := range tabel(t, baca(t, "wilayah/perubahan-kode.csv"), ',') {
		lama[r["kode_lama"]], baru[r["kode_baru"]] = true, true
	}
	nama := map[string]string{}
	for _, f := range []string{"wilayah/kemendagri.csv", "wilayah/kemendagri-2019.csv"} {
		for _, r := range tabel(t, baca(t, f), ',') {
			nama[r["kode"]] = strings.ToUpper(r["nama"])
		}
	}
	for _, c := range []struct {
		file string
		rows int
	}{{"blt", 193 * 6}, {"bumdes", 193 * 6}, {"stunting", 193 * 6}, {"pendamping", 193 * 6 * 3}} {
		rows := tabel(t, baca(t, "kegiatan/"+c.file+".csv"), ';')
		if len(rows) != c.rows {
			t.Errorf("%s: %d rows, want %d", c.file, len(rows), c.rows)
		}
		pindah := 0
		for i, r := range rows {
			kode, tahun := r["KODE DESA"], r["TAHUN"]
			if r["NAMA DESA"] != nama[kode] || r["SIFAT_DATA"] != "sintetis" {
				t.Errorf("%s: row %d: %v, the list says %q", c.file, i+2, r, nama[kode])
			}
			if (lama[kode] && tahun >= "2022") || (baru[kode] && tahun < "2022") {
				t.Errorf("%s: row %d: %s was not valid in %s", c.file, i+2, kode, tahun)
			}
			if lama[kode] || baru[kode] {
				pindah++
			}
			bentuk(t, c.file, i+2, r)
		}
		if want := c.rows / 193 * 11; pindah != want {
			t.Errorf("%s: %d rows of moved villages, want %d", c.file, pindah, want)
		}
	}
}

var (
	angkaIndonesia = regexp.MustCompile(`^\d{1,3}(\.\d{3})*(,\d+)?$`)
	kolomAngka     = regexp.MustCompile(`\(Rp\)|\(%\)|BALITA|KELUARGA`)
)

// bentuk checks that numbers and dates are written the Indonesian way.
func bentuk(t *testing.T, file string, row int, r map[string]string) {
	t.Helper()
	for kolom, v := range r {
		switch {
		case kolomAngka.MatchString(kolom):
			if !angkaIndonesia.MatchString(v) {
				t.Errorf("%s: row %d: %s = %q", file, row, kolom, v)
			}
		case strings.HasPrefix(kolom, "TANGGAL") || kolom == "MULAI TUGAS":
			_, err := time.Parse("02/01/2006", v)
			if kosong := v == "" && file == "blt" && r["TAHUN"] == "2019"; err != nil && !kosong {
				t.Errorf("%s: row %d: %s = %q", file, row, kolom, v)
			}
		}
	}
}

func TestFacilitators(t *testing.T) {
	orang, jabatan := map[string]string{}, map[string]int{}
	dampingan := map[string]int{} // position, village and year -> facilitators
	for _, r := range tabel(t, baca(t, "kegiatan/pendamping.csv"), ';') {
		id := r["ID PENDAMPING"]
		if !strings.HasPrefix(id, "TPP-") {
			t.Errorf("id %q", id)
		}
		if orang[id] == "" {
			jabatan[r["JABATAN"]]++
		} else if orang[id] != r["JABATAN"] {
			t.Errorf("%s is %s and %s", id, orang[id], r["JABATAN"])
		}
		orang[id] = r["JABATAN"]
		dampingan[r["JABATAN"]+r["KODE DESA"]+r["TAHUN"]]++
	}
	if len(orang) != 91 || jabatan["TENAGA AHLI"] != 5 || jabatan["PENDAMPING DESA"] != 32 || jabatan["PENDAMPING LOKAL DESA"] != 54 {
		t.Errorf("%d facilitators, %v; want 91: 5, 32, 54", len(orang), jabatan)
	}
	if len(dampingan) != 193*6*3 {
		t.Errorf("%d position-village-years covered, want %d", len(dampingan), 193*6*3)
	}
}

func TestStuntingSharesAgree(t *testing.T) {
	for i, r := range tabel(t, baca(t, "kegiatan/stunting.csv"), ';') {
		n, err1 := strconv.Atoi(r["BALITA DIUKUR"])
		s, err2 := strconv.Atoi(r["BALITA STUNTING"])
		p, err3 := strconv.ParseFloat(strings.ReplaceAll(r["PREVALENSI (%)"], ",", "."), 64)
		if err1 != nil || err2 != nil || err3 != nil || s > n {
			t.Fatalf("row %d: %v", i+2, r)
		}
		if d := p - 100*float64(s)/float64(n); d > 0.0501 || d < -0.0501 {
			t.Errorf("row %d: %v per cent for %d of %d", i+2, p, s, n)
		}
	}
}

func TestVillageFund(t *testing.T) {
	rows := tabel(t, baca(t, "kegiatan/dana-desa.csv"), ';')
	want := map[string][2]string{"2023": {"186.904.433.000", "192.420.471.000"}, "2024": {"189.469.631.000", "101.096.880.000"}}
	for _, r := range rows {
		if got := [2]string{r["PAGU (Rp)"], r["REALISASI (Rp)"]}; got != want[r["TAHUN"]] || r["KODE WILAYAH"] != "64.02" {
			t.Errorf("%v, want %v", r, want[r["TAHUN"]])
		}
	}
	if len(rows) != 2 {
		t.Errorf("%d rows, want 2", len(rows))
	}
}
