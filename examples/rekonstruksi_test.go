package examples_test

import (
	"strings"
	"testing"

	"lumbung/examples/sampel"
)

func TestReconstructedCountsAndGrid(t *testing.T) {
	for _, c := range []struct {
		tahun string
		want  [5]int
	}{{"2019", [5]int{3, 53, 100, 33, 4}}, {"2020", [5]int{0, 21, 113, 47, 12}}} {
		t.Run(c.tahun, func(t *testing.T) {
			rows := lembar(t, baca(t, "rilis/idm-"+c.tahun+".xlsx"), "IDM "+c.tahun)
			var got [5]int
			for _, r := range rows {
				k := kisi(t, r, c.tahun)
				status := r["STATUS_IDM_"+c.tahun]
				if status != k.status() {
					t.Errorf("%s: status %s, the scores give %s", r["KODE_DESA_DAGRI"], status, k.status())
				}
				// |10000 x IDM - 10000 x jumlah/6300| <= 1/2, in whole numbers.
				if d := 63*k.skor10k - 100*k.jumlah(); 2*d > 63 || 2*d < -63 {
					t.Errorf("%s: NILAI_IDM %d/10000 is not (IKS+IKE+IKL)/3", r["KODE_DESA_DAGRI"], k.skor10k)
				}
				if r["SIFAT_DATA"] != "rekonstruksi" {
					t.Errorf("%s: SIFAT_DATA %q", r["KODE_DESA_DAGRI"], r["SIFAT_DATA"])
				}
				got[urutan(status)]++
			}
			if got != c.want || len(rows) != 193 {
				t.Errorf("counts %v of %d villages, want %v of 193", got, len(rows), c.want)
			}
			if n := lembar(t, baca(t, "rilis/idm-"+c.tahun+".xlsx"), "Catatan"); len(n) == 0 {
				t.Error("sheet Catatan says nothing")
			}
		})
	}
}

func TestReconstructedCodesAndNames(t *testing.T) {
	nama := map[string]string{}
	for _, f := range []string{"wilayah/kemendagri.csv", "wilayah/kemendagri-2019.csv"} {
		for _, r := range tabel(t, baca(t, f), ',') {
			nama[strings.ReplaceAll(r["kode"], ".", "")] = strings.ToUpper(r["nama"])
		}
	}
	pindah := map[string]string{} // new -> old
	for _, r := range tabel(t, baca(t, "wilayah/perubahan-kode.csv"), ',') {
		pindah[strings.ReplaceAll(r["kode_baru"], ".", "")] = strings.ReplaceAll(r["kode_lama"], ".", "")
	}
	if len(pindah) != 11 {
		t.Fatalf("%d changed codes, want 11", len(pindah))
	}
	for _, tahun := range []string{"2019", "2020"} {
		ada := map[string]bool{}
		for _, r := range lembar(t, baca(t, "rilis/idm-"+tahun+".xlsx"), "IDM "+tahun) {
			kode, kec := r["KODE_DESA_DAGRI"], r["KODE_KEC"]
			ada[kode] = true
			if r["DESA"] != nama[kode] || r["KECAMATAN"] != nama[kec] || !strings.HasPrefix(kode, kec) {
				t.Errorf("%s: %s %s in %s %s, the list says %s in %s", tahun, kode, r["DESA"], kec, r["KECAMATAN"], nama[kode], nama[kec])
			}
		}
		if len(ada) != 193 {
			t.Errorf("%s: %d distinct codes, want 193", tahun, len(ada))
		}
		for baru, lama := range pindah {
			if ada[baru] || !ada[lama] {
				t.Errorf("%s: new code %s present=%v, old code %s present=%v", tahun, baru, ada[baru], lama, ada[lama])
			}
		}
	}
}

// path of one village: 2019, 2020 and the real 2023, joined on the change list.
func TestNoVillageDrops(t *testing.T) {
	s := nyata(t)
	y2019, y2020, err := sampel.Rekonstruksi(s)
	if err != nil {
		t.Fatal(err)
	}
	lama := map[string]string{}
	for _, p := range s.Perubahan {
		lama[p.KodeBaru] = p.KodeLama
	}
	awal, lanjut := map[string]sampel.Nilai{}, map[string]sampel.Nilai{}
	for i := range y2019 {
		awal[y2019[i].Kode], lanjut[y2020[i].Kode] = y2019[i].Nilai, y2020[i].Nilai
	}
	lebihRendah := 0
	for _, d := range s.IDM2023 {
		kode := d.Kode
		if k, ok := lama[kode]; ok {
			kode = k
		}
		a, b, c := awal[kode], lanjut[kode], d.Nilai()
		if a.Jumlah() == 0 || a.Tingkat() > b.Tingkat() || b.Tingkat() > c.Tingkat() || a.Jumlah() > b.Jumlah() {
			t.Errorf("%s: %v (2019), %v (2020), %v (2023) is a drop or a gap", d.Kode, a, b, c)
		}
		if b.S > c.S || b.E > c.E || b.L > c.L {
			t.Errorf("%s: a part of 2020 exceeds 2023: %v, %v", d.Kode, b, c)
		}
		if b.Jumlah() < c.Jumlah() {
			lebihRendah++
		}
	}
	if lebihRendah < 180 {
		t.Errorf("only %d of 193 villages are lower in 2020 than in 2023", lebihRendah)
	}
}
