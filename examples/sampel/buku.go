package sampel

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// lembar is one worksheet as rows of values.
type lembar struct {
	nama  string
	baris [][]any
}

// bukuRekonstruksi is the layout of 2023 with the names of the year, the
// column SIFAT_DATA, and a second sheet that says what the figures are.
func bukuRekonstruksi(tahun int, desa []Direkonstruksi) ([]byte, error) {
	y := strconv.Itoa(tahun)
	data := [][]any{{"KODE_PROV", "PROVINSI", "KODE_KAB_KOT", "KABUPATEN_KOTA", "KODE_KEC", "KECAMATAN", "KODE_DESA_DAGRI", "DESA",
		"IKS_" + y, "IKE_" + y, "IKL_" + y, "NILAI_IDM_" + y, "STATUS_IDM_" + y, "SIFAT_DATA"}}
	for _, d := range desa {
		kode, err := angka(d.KodeKec, d.Kode)
		if err != nil {
			return nil, err
		}
		n := d.Nilai
		data = append(data, []any{64, "KALIMANTAN TIMUR", 6402, "KUTAI KARTANEGARA", kode[0], d.NamaKec, kode[1], d.Nama,
			n.IKS(), n.IKE(), n.IKL(), n.IDM(), namaStatus(n.Tingkat()), "rekonstruksi"})
	}
	return tulisBuku(lembar{"IDM " + y, data}, lembar{"Catatan", catatan(tahun)})
}

func catatan(tahun int) [][]any {
	j := jumlahStatus(tahun)
	return [][]any{
		{"REKONSTRUKSI, BUKAN DATA RESMI"},
		{fmt.Sprintf("Nilai IDM %d per desa untuk Kutai Kartanegara tidak tersedia untuk umum. Nilai dalam buku kerja ini disusun ulang oleh program.", tahun)},
		{fmt.Sprintf("Yang berasal dari berita hanya jumlah desa per status: %d sangat tertinggal, %d tertinggal, %d berkembang, %d maju, %d mandiri.", j[0], j[1], j[2], j[3], j[4])},
		{"Nilai tiap desa diturunkan dari peringkat IDM 2023 dan diletakkan pada kisi IKS n/175, IKE n/60, IKL n/15. Jangan dipakai untuk menilai desa tertentu."},
		{"Kode dan nama desa berlaku pada tahun itu: 11 desa masih memakai kode sebelum pindah kecamatan."},
		{"RECONSTRUCTED, NOT OFFICIAL. Only the number of villages per status was published; every village score was derived by a program."},
	}
}

// buku2023 is the ministry's layout of 2023: one sheet, the column UPDATE, names with their line breaks.
func buku2023(desa []Desa) ([]byte, error) {
	data := [][]any{{"KODE_PROV", "PROVINSI", "KODE_KAB_KOT", "KABUPATEN_KOTA", "KODE_KEC", "KECAMATAN", "KODE_DESA_DAGRI", "DESA",
		"IKS_2023", "IKE_2023", "IKL_2023", "NILAI_IDM_2023", "STATUS_IDM_2023", "UPDATE"}}
	for _, d := range desa {
		row, err := barisResmi(d)
		if err != nil {
			return nil, err
		}
		data = append(data, append(row, 2023))
	}
	return tulisBuku(lembar{"Sheet1", data})
}

// buku2024 is the ministry's layout of 2024: Keterangan, and a pivot on a second sheet.
func buku2024(desa []Desa) ([]byte, error) {
	data := [][]any{{"KODE_PROV", "NAMA_PROVINSI", "KODE_KAB", "NAMA_KABUPATEN", "KODE_KEC", "NAMA_KECAMATAN", "KODE_DESA", "NAMA_DESA",
		"IKS_2024", "IKE_2024", "IKL_2024", "NILAI_IDM_2024", "STATUS_IDM_2024", "Keterangan"}}
	hitung := map[string]int{}
	for _, d := range desa {
		row, err := barisResmi(d)
		if err != nil {
			return nil, err
		}
		hitung[d.Status]++
		// The ministry leaves the cell empty for a regular value.
		if ket := [...]string{"", "Update 2023", "Server PDN"}[d.Asal]; ket != "" {
			row = append(row, ket)
		}
		data = append(data, row)
	}
	pivot := [][]any{{"Row Labels", "Count of KODE_DESA"}}
	for t := 1; t <= 5; t++ {
		if n := hitung[namaStatus(t)]; n > 0 {
			pivot = append(pivot, []any{namaStatus(t), n})
		}
	}
	pivot = append(pivot, []any{"Grand Total", len(desa)})
	return tulisBuku(lembar{"IDM 2024", data}, lembar{"Sheet4", pivot})
}

func barisResmi(d Desa) ([]any, error) {
	kode, err := angka(d.KodeKec, d.Kode)
	if err != nil {
		return nil, err
	}
	return []any{64, "KALIMANTAN TIMUR", 6402, "KUTAI KARTANEGARA", kode[0], d.NamaKec, kode[1], d.Nama, d.IKS, d.IKE, d.IKL, d.IDM, d.Status}, nil
}

// angka turns codes into the whole numbers that the ministry writes.
func angka(kode ...string) ([]int, error) {
	out := make([]int, len(kode))
	for i, k := range kode {
		n, err := strconv.Atoi(k)
		if err != nil {
			return nil, fmt.Errorf("code %q is not digits", k)
		}
		out[i] = n
	}
	return out, nil
}

func tulisBuku(sheets ...lembar) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.nama); err != nil {
				return nil, fmt.Errorf("sheet %q: %w", s.nama, err)
			}
		} else if _, err := f.NewSheet(s.nama); err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.nama, err)
		}
		for r, row := range s.baris {
			if err := f.SetSheetRow(s.nama, fmt.Sprintf("A%d", r+1), &row); err != nil {
				return nil, fmt.Errorf("sheet %q: row %d: %w", s.nama, r+1, err)
			}
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return zipTetap(buf.Bytes())
}
