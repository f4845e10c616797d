package answer

import (
	"context"
	"fmt"
	"time"
)

// Claim is one published figure beside our own count.
type Claim struct {
	ID, Title, Publisher, URL string
	Published                 time.Time
	Code, Area                string // dotted code, 0 is Indonesia
	Year                      int
	Methodology               string
	Status                    string // one of the five, TANPA STATUS or TOTAL
	Theirs                    int64
	Ours, Difference          *int64 // nil when it cannot be compared
	Kind                      string // terbitan, dari selisih
	Verdict                   string // cocok, beda, jumlah terbitan tidak sama, belum ada data, metodologi lain
	Reason                    string
	Consistent                bool   // the five add up to the total as published
	SumOfFive, Total          *int64 // as published
	Nature                    string // of our rows
	Note                      string
	SHA256, Part              string
	Row                       int64
}

// Claims lists the published figures, by area, year and status; area "" is all areas.
func (r *Reader) Claims(ctx context.Context, area string) ([]Claim, error) {
	res, _, err := r.DB.Query(ctx, 0, `SELECT id_klaim, judul, sumber, url, terbit, kode_wilayah, nama_wilayah, tahun, metodologi, status,
		jumlah_klaim, jumlah_kami, selisih, jenis, penjelasan, keterangan, konsisten, jumlah_lima, total_terbit, sifat, catatan, sha256, bagian, baris
		FROM mart_rekonsiliasi WHERE ? = '' OR kode_wilayah = ? ORDER BY kode_wilayah DESC, tahun, id_klaim, urutan_status`, area, area)
	if err != nil {
		return nil, fmt.Errorf("published figures: %w", err)
	}
	var out []Claim
	for _, v := range res.Rows {
		out = append(out, Claim{
			ID: Text(v[0]), Title: Text(v[1]), Publisher: Text(v[2]), URL: Text(v[3]), Published: asTime(v[4]),
			Code: dottedClaim(Text(v[5])), Area: Text(v[6]), Year: int(Int(v[7])), Methodology: Text(v[8]), Status: Text(v[9]),
			Theirs: Int(v[10]), Ours: asIntOrNil(v[11]), Difference: asIntOrNil(v[12]), Kind: Text(v[13]),
			Verdict: Text(v[14]), Reason: Text(v[15]), Consistent: asBool(v[16]), SumOfFive: asIntOrNil(v[17]), Total: asIntOrNil(v[18]),
			Nature: Text(v[19]), Note: Text(v[20]), SHA256: Text(v[21]), Part: Text(v[22]), Row: Int(v[23]),
		})
	}
	return out, nil
}

// dottedClaim dots the code of an area that no list has, which the mart leaves as digits.
func dottedClaim(code string) string {
	if len(code) == 4 {
		return code[:2] + "." + code[2:]
	}
	return code
}
