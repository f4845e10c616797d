package sampel

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// The years of the synthetic district records.
const (
	tahunAwal  = 2019
	tahunAkhir = 2024
	// tahunKodeBaru is the first year that uses the new codes of moved villages.
	tahunKodeBaru = 2022
)

// sintetis marks every row of an invented record.
const sintetis = "sintetis"

// kegiatan invents the district records from one seed per file, so that a
// change to one leaves the others as they are.
func kegiatan(s *Sumber, out map[string][]byte) error {
	desa, err := daftarDesa(s)
	if err != nil {
		return err
	}
	out["kegiatan/blt.csv"] = blt(desa)
	out["kegiatan/bumdes.csv"] = bumdes(desa)
	out["kegiatan/stunting.csv"] = stunting(desa)
	out["kegiatan/pendamping.csv"] = pendamping(desa)
	out["kegiatan/dana-desa.csv"] = danaDesa()
	return nil
}

// desaKini is a village with its dotted code of either time.
type desaKini struct{ lama, baru, nama string }

func (d desaKini) kode(tahun int) string {
	if tahun < tahunKodeBaru {
		return d.lama
	}
	return d.baru
}

func daftarDesa(s *Sumber) ([]desaKini, error) {
	var out []desaKini
	for _, a := range s.Wilayah {
		kode := polos(a.Kode)
		// The seventh digit 2 is a desa; kelurahan (1) have no village budget.
		if len(kode) != 10 || kode[6] != '2' {
			continue
		}
		out = append(out, desaKini{lama: titik(s.kodeLama(kode)), baru: a.Kode, nama: strings.ToUpper(a.Nama)})
	}
	if len(out) != 193 {
		return nil, fmt.Errorf("code list: %d desa in kabupaten %s, 193 are wanted", len(out), kodeKab)
	}
	return out, nil
}

// blt: nobody received in 2019; from 2020 a family gets 3.6 million rupiah a year.
func blt(desa []desaKini) []byte {
	acak := rand.New(rand.NewPCG(1, tahunAwal))
	t := newCSV(';', "KODE DESA", "NAMA DESA", "TAHUN", "KELUARGA PENERIMA MANFAAT", "ANGGARAN (Rp)", "REALISASI (Rp)", "TANGGAL SALUR PERTAMA", "SIFAT_DATA")
	for _, d := range desa {
		dasar := 40 + acak.IntN(120)
		for y := tahunAwal; y <= tahunAkhir; y++ {
			if y == 2019 {
				t.baris(d.kode(y), d.nama, fmt.Sprint(y), "0", "0,00", "0,00", "", sintetis)
				continue
			}
			kpm := max(10, dasar*(110-12*(y-2020))/100+acak.IntN(11)-5)
			anggaran := kpm * 3_600_000
			bayar := anggaran - acak.IntN(4)*300_000
			salur := acakTanggal(acak, y, time.February, 120)
			t.baris(d.kode(y), d.nama, fmt.Sprint(y), ribuan(kpm), ribuan(anggaran)+",00", ribuan(bayar)+",00", salur, sintetis)
		}
	}
	return t.bytes()
}

func bumdes(desa []desaKini) []byte {
	acak := rand.New(rand.NewPCG(2, tahunAwal))
	depan := []string{"Maju", "Karya", "Tunas", "Mitra", "Bina", "Sumber", "Usaha"}
	belakang := []string{"Bersama", "Mandiri", "Sejahtera", "Makmur", "Lestari", "Mahakam"}
	t := newCSV(';', "KODE DESA", "NAMA DESA", "TAHUN", "NAMA BUMDES", "STATUS BUMDES", "PENYERTAAN MODAL DESA (Rp)", "OMZET SETAHUN (Rp)", "TANGGAL BERDIRI", "SIFAT_DATA")
	for _, d := range desa {
		nama := "BUMDes " + depan[acak.IntN(len(depan))] + " " + belakang[acak.IntN(len(belakang))]
		berdiri := acakTanggal(acak, 2014+acak.IntN(5), time.January, 365)
		modal := (50 + acak.IntN(150)) * 1_000_000
		omzet := (20 + acak.IntN(280)) * 1_000_000
		for y := tahunAwal; y <= tahunAkhir; y++ {
			modal += acak.IntN(4) * 10_000_000
			omzet = omzet * (95 + acak.IntN(25)) / 100
			status, jual := "AKTIF", ribuan(omzet)+fmt.Sprintf(",%02d", 25*acak.IntN(4))
			if acak.IntN(100) < 18-2*(y-tahunAwal) {
				status, jual = "TIDAK AKTIF", "0,00"
			}
			t.baris(d.kode(y), d.nama, fmt.Sprint(y), nama, status, ribuan(modal)+",00", jual, berdiri, sintetis)
		}
	}
	return t.bytes()
}

func stunting(desa []desaKini) []byte {
	acak := rand.New(rand.NewPCG(3, tahunAwal))
	t := newCSV(';', "KODE DESA", "NAMA DESA", "TAHUN", "TANGGAL PENGUKURAN", "BALITA DIUKUR", "BALITA STUNTING", "PREVALENSI (%)", "SIFAT_DATA")
	for _, d := range desa {
		balita := 40 + acak.IntN(360)
		permil := 180 + acak.IntN(140) // of a thousand measured
		for y := tahunAwal; y <= tahunAkhir; y++ {
			n := balita + acak.IntN(21) - 10
			permil = max(40, permil-acak.IntN(31))
			kerdil := n * permil / 1000
			sepuluh := (2000*kerdil + n) / (2 * n) // per cent x 10, rounded half up
			t.baris(d.kode(y), d.nama, fmt.Sprint(y), acakTanggal(acak, y, time.August, 28), ribuan(n), ribuan(kerdil),
				fmt.Sprintf("%d,%d", sepuluh/10, sepuluh%10), sintetis)
		}
	}
	return t.bytes()
}

// pendamping spreads 91 facilitators over the villages: each of the three
// positions covers every village, so a village has three of them.
func pendamping(desa []desaKini) []byte {
	acak := rand.New(rand.NewPCG(4, tahunAwal))
	t := newCSV(';', "ID PENDAMPING", "JABATAN", "KODE DESA", "NAMA DESA", "TAHUN", "MULAI TUGAS", "SIFAT_DATA")
	id := 0
	for _, j := range []struct {
		jabatan string
		orang   int
	}{{"TENAGA AHLI", 5}, {"PENDAMPING DESA", 32}, {"PENDAMPING LOKAL DESA", 54}} {
		for k := range j.orang {
			id++
			mulai := acakTanggal(acak, 2015+acak.IntN(4), time.January, 365)
			for _, d := range desa[k*len(desa)/j.orang : (k+1)*len(desa)/j.orang] {
				for y := tahunAwal; y <= tahunAkhir; y++ {
					t.baris(fmt.Sprintf("TPP-%03d", id), j.jabatan, d.kode(y), d.nama, fmt.Sprint(y), mulai, sintetis)
				}
			}
		}
	}
	return t.bytes()
}

// danaDesa holds published figures of the kabupaten, not invented ones.
func danaDesa() []byte {
	t := newCSV(';', "KODE WILAYAH", "KODE DJPK", "NAMA WILAYAH", "TAHUN", "PAGU (Rp)", "REALISASI (Rp)", "SIFAT_DATA")
	t.baris("64.02", "17/03", "KABUPATEN KUTAI KARTANEGARA", "2023", "186.904.433.000", "192.420.471.000", "resmi")
	t.baris("64.02", "17/03", "KABUPATEN KUTAI KARTANEGARA", "2024", "189.469.631.000", "101.096.880.000", "resmi")
	return t.bytes()
}

// acakTanggal is a day within the given number of days from the first of a month, as 31/12/2020.
func acakTanggal(acak *rand.Rand, tahun int, bulan time.Month, hari int) string {
	return time.Date(tahun, bulan, 1+acak.IntN(hari), 0, 0, 0, 0, time.UTC).Format("02/01/2006")
}
