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
			ID: asText(v[0]), Title: asText(v[1]), Publisher: asText(v[2]), URL: asText(v[3]), Published: asTime(v[4]),
			Code: dottedClaim(asText(v[5])), Area: asText(v[6]), Year: int(asInt(v[7])), Methodology: asText(v[8]), Status: asText(v[9]),
			Theirs: asInt(v[10]), Ours: asIntOrNil(v[11]), Difference: asIntOrNil(v[12]), Kind: asText(v[13]),
			Verdict: asText(v[14]), Reason: asText(v[15]), Consistent: asBool(v[16]), SumOfFive: asIntOrNil(v[17]), Total: asIntOrNil(v[18]),
			Nature: asText(v[19]), Note: asText(v[20]), SHA256: asText(v[21]), Part: asText(v[22]), Row: asInt(v[23]),
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
