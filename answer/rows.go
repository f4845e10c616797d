package answer

import (
	"context"
	"fmt"
	"math"
)

// VillageRow is one row of mart_profil_desa, with the place in the source that it was read from.
type VillageRow struct {
	Code, CodeNow, Name, District string // dotted codes; District is the kecamatan
	Year                          int
	Methodology                   string
	Status, Computed              string // as published, and as the scores give
	Score, IKS, IKE, IKL          string // decimal, 8 places
	OnGrid                        bool
	Note                          string // provenance note of the ministry
	Carried                       bool   // the note says that the values are an earlier year's
	Flags                         string // warning rules, joined by ;
	Nature                        string // resmi, rekonstruksi, sintetis
	Release, SHA256, Part         string
	Row                           int64
}

// RowFilter chooses village rows. Zero values do not filter.
type RowFilter struct {
	Area   string // dotted, 0 is Indonesia
	Year   int
	Status string // as published
	Sort   string // skor (default), nama, kode
	Limit  int
	Offset int
}

const villageColumns = `kode_wilayah, kode_wilayah_terkini, nama_desa, nama_kecamatan, tahun, metodologi, status, status_hitung,
	skor, iks, ike, ikl, pada_kisi, keterangan, nilai_tahun_lalu, tanda, sifat, rilis_id, sha256, bagian, baris`

func villageRow(v []any) VillageRow {
	return VillageRow{
		Code: Text(v[0]), CodeNow: Text(v[1]), Name: Text(v[2]), District: Text(v[3]), Year: int(Int(v[4])),
		Methodology: Text(v[5]), Status: Text(v[6]), Computed: Text(v[7]),
		Score: Text(v[8]), IKS: Text(v[9]), IKE: Text(v[10]), IKL: Text(v[11]), OnGrid: asBool(v[12]),
		Note: Text(v[13]), Carried: asBool(v[14]), Flags: Text(v[15]), Nature: Text(v[16]),
		Release: Text(v[17]), SHA256: Text(v[18]), Part: Text(v[19]), Row: Int(v[20]),
	}
}

// VillageRowsSQL is the statement behind VillageRows, for showing; its
// parameters are the area's code pattern, the year and the status.
const VillageRowsSQL = `SELECT ` + villageColumns + `
FROM mart_profil_desa
WHERE kode_wilayah LIKE ? AND (? = 0 OR tahun = ?) AND (? = '' OR status = ?)`

// VillageRows lists the village rows behind a count, and how many there are without Limit.
func (r *Reader) VillageRows(ctx context.Context, f RowFilter) (rows []VillageRow, total int64, err error) {
	order := map[string]string{"nama": "nama_desa, kode_wilayah, tahun", "kode": "kode_wilayah, tahun"}[f.Sort]
	if order == "" {
		order = "skor, kode_wilayah, tahun"
	}
	args := []any{within(f.Area), f.Year, f.Year, f.Status, f.Status}
	count, _, err := r.DB.Query(ctx, 1, "SELECT count(*) FROM ("+VillageRowsSQL+")", args...)
	if err != nil {
		return nil, 0, fmt.Errorf("village rows of %s: %w", f.Area, err)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = math.MaxInt32
	}
	res, _, err := r.DB.Query(ctx, 0, fmt.Sprintf("%s ORDER BY %s OFFSET %d LIMIT %d", VillageRowsSQL, order, f.Offset, limit), args...)
	if err != nil {
		return nil, 0, fmt.Errorf("village rows of %s: %w", f.Area, err)
	}
	for _, v := range res.Rows {
		rows = append(rows, villageRow(v))
	}
	return rows, Int(count.Rows[0][0]), nil
}

// Village returns the row of one village and year; the code is that year's.
func (r *Reader) Village(ctx context.Context, code string, year int) (VillageRow, error) {
	res, _, err := r.DB.Query(ctx, 1, "SELECT "+villageColumns+" FROM mart_profil_desa WHERE kode_wilayah = ? AND tahun = ?", code, year)
	if err != nil {
		return VillageRow{}, fmt.Errorf("village %s in %d: %w", code, year, err)
	}
	if len(res.Rows) == 0 {
		return VillageRow{}, &UnknownAreaError{Name: code, Hint: fmt.Sprintf("no village row of %d", year)}
	}
	return villageRow(res.Rows[0]), nil
}
