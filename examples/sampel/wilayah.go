package sampel

import (
	"bytes"
	"fmt"
	"strings"
)

// wilayah writes the code lists of the sample. Commas separate, as in the source list.
func wilayah(s *Sumber, out map[string][]byte) {
	nama := map[string]string{} // undotted code -> name
	kini := newCSV(',', "kode", "kode_induk", "nama")
	for _, a := range s.Wilayah {
		nama[polos(a.Kode)] = a.Nama
		kini.baris(a.Kode, a.Induk, a.Nama)
	}
	dulu := newCSV(',', "kode", "kode_induk", "nama")
	ubah := newCSV(',', "kode_lama", "kode_baru", "nama_lama", "nama_baru", "kecamatan_lama", "kecamatan_baru", "jenis", "tahun_mulai", "dasar")
	for _, p := range s.Perubahan {
		dulu.baris(titik(p.KodeLama), titik(p.KodeLama[:6]), judul(p.NamaLama))
		ubah.baris(titik(p.KodeLama), titik(p.KodeBaru), p.NamaLama, p.NamaBaru,
			strings.ToUpper(nama[p.KodeLama[:6]]), strings.ToUpper(nama[p.KodeBaru[:6]]), "pindah_kecamatan", "2022",
			"Permendagri 72/2019 dibandingkan dengan daftar desa IDM 2023; rumusan IDM menjawab dengan kode lama untuk 2021 dan kode baru mulai 2022")
	}
	out["wilayah/kemendagri.csv"] = kini.bytes()
	out["wilayah/kemendagri-2019.csv"] = dulu.bytes()
	out["wilayah/perubahan-kode.csv"] = ubah.bytes()
	out["wilayah/padanan.csv"] = padanan(s, nama)
}

// padanan keeps the listed pairs whose Kemendagri code, carried through the
// change list, exists today. The others have no present code that we can prove.
func padanan(s *Sumber, nama map[string]string) []byte {
	baru := map[string]string{}
	for _, p := range s.Perubahan {
		baru[p.KodeLama] = p.KodeBaru
	}
	djpk := map[string]string{"64": "17", kodeKab: "17/03"}
	t := newCSV(',', "kode_bps", "nama_bps", "kode_kemendagri", "nama_kemendagri", "kode_djpk")
	for _, p := range s.Padanan {
		kode := polos(p.Kode)
		if k, ok := baru[kode]; ok {
			kode = k
		}
		if nama[kode] == "" {
			continue
		}
		t.baris(p.KodeBPS, p.NamaBPS, titik(kode), nama[kode], djpk[kode])
	}
	return t.bytes()
}

// judul writes a name in capitals as the code list writes names: roman numerals stay in capitals.
func judul(nama string) string {
	words := strings.Fields(nama)
	for i, w := range words {
		if strings.Trim(w, "IVX") != "" {
			words[i] = w[:1] + strings.ToLower(w[1:])
		}
	}
	return strings.Join(words, " ")
}

// tabelCSV builds a CSV file with LF line ends and quotes only where needed.
type tabelCSV struct {
	pemisah rune
	buf     bytes.Buffer
}

func newCSV(pemisah rune, kepala ...string) *tabelCSV {
	t := &tabelCSV{pemisah: pemisah}
	t.baris(kepala...)
	return t
}

func (t *tabelCSV) baris(fields ...string) {
	for i, f := range fields {
		if i > 0 {
			t.buf.WriteRune(t.pemisah)
		}
		if strings.ContainsAny(f, "\"\n\r"+string(t.pemisah)) {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		t.buf.WriteString(f)
	}
	t.buf.WriteByte('\n')
}

func (t *tabelCSV) bytes() []byte { return t.buf.Bytes() }

// ribuan writes whole numbers the Indonesian way: 1.234.567.
func ribuan(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
