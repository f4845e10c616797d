package answer

import (
	"context"
	"fmt"
	"math"
)

// Matrix counts the villages of an area by status in two years, village by
// village. Index 0 is "absent in that year", 1..5 are the statuses.
type Matrix struct {
	Area     Area
	From, To int
	Counts   [6][6]int64 // [from][to]
}

// Up, Down and Same count villages present in both years.
func (m *Matrix) Up() int64   { return m.sum(func(a, b int) bool { return b > a }) }
func (m *Matrix) Down() int64 { return m.sum(func(a, b int) bool { return b < a }) }
func (m *Matrix) Same() int64 { return m.sum(func(a, b int) bool { return a == b }) }

// Absent counts villages present in one of the two years only.
func (m *Matrix) Absent() (came, went int64) {
	for i := 1; i <= 5; i++ {
		came, went = came+m.Counts[0][i], went+m.Counts[i][0]
	}
	return came, went
}

func (m *Matrix) sum(take func(a, b int) bool) (n int64) {
	for a := 1; a <= 5; a++ {
		for b := 1; b <= 5; b++ {
			if take(a, b) {
				n += m.Counts[a][b]
			}
		}
	}
	return n
}

// Matrices lists the matrices of an area, one for each pair of successive years with data.
func (r *Reader) Matrices(ctx context.Context, area Area) ([]Matrix, error) {
	var out []Matrix
	err := r.DB.Each(ctx, `SELECT tahun_dari, tahun_ke, urutan_dari, urutan_ke, jumlah FROM mart_transisi
		WHERE kode_wilayah = ? ORDER BY tahun_dari, tahun_ke, metodologi, urutan_dari, urutan_ke`, []any{area.Code}, nil, func(v []any) error {
		from, to := int(Int(v[0])), int(Int(v[1]))
		if n := len(out); n == 0 || out[n-1].From != from || out[n-1].To != to {
			out = append(out, Matrix{Area: area, From: from, To: to})
		}
		out[len(out)-1].Counts[Int(v[2])][Int(v[3])] += Int(v[4])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("moves of %s: %w", area.Code, err)
	}
	return out, nil
}

// Mover is one village in two years.
type Mover struct {
	CodeFrom, CodeTo, Name, District string // codes are dotted, "" when absent; District is the kecamatan
	StatusFrom, StatusTo             string
	ScoreFrom, ScoreTo, Change       string // decimal, 8 places
	Direction                        string // naik, turun, tetap, masuk, keluar
	Same, Carried                    bool   // values equal; carried over by the ministry's note
}

// MoverFilter chooses villages by the statuses of two years. Zero values do not filter.
type MoverFilter struct {
	Area       string
	From, To   int
	StatusFrom string // TIDAK ADA: absent
	StatusTo   string
	Direction  string // naik, turun, tetap, masuk or keluar
	Moved      bool   // only those whose status differs
	Limit      int
}

// Movers lists villages between two years, largest change first, and how many there are without Limit.
func (r *Reader) Movers(ctx context.Context, f MoverFilter) (list []Mover, total int64, err error) {
	limit := f.Limit
	if limit <= 0 {
		limit = math.MaxInt32
	}
	const where = ` WHERE p.kode_wilayah LIKE ? AND p.tahun_dari = ? AND p.tahun_ke = ? AND (? = '' OR p.status_dari = ?) AND (? = '' OR p.status_ke = ?)
		AND (? = '' OR p.arah = ?) AND (NOT ? OR p.status_dari <> p.status_ke)`
	args := []any{within(f.Area), f.From, f.To, f.StatusFrom, f.StatusFrom, f.StatusTo, f.StatusTo, f.Direction, f.Direction, f.Moved}
	res, _, err := r.DB.Query(ctx, 0, `SELECT p.kode_wilayah_dari, p.kode_wilayah_ke, p.nama_desa, k.nama,
		p.status_dari, p.status_ke, p.skor_dari, p.skor_ke, p.perubahan_skor, p.arah, p.nilai_sama, p.dibawa, count(*) OVER ()
		FROM mart_perpindahan_desa p
		LEFT JOIN (SELECT kode_wilayah, max(nama) AS nama FROM dim_wilayah WHERE tingkat = 'kecamatan' GROUP BY kode_wilayah) k
			ON k.kode_wilayah = substr(p.kode_wilayah, 1, 8)`+where+`
		ORDER BY abs(p.perubahan_skor) DESC NULLS LAST, p.kode_wilayah LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, 0, fmt.Errorf("villages that moved in %s: %w", f.Area, err)
	}
	for _, v := range res.Rows {
		list = append(list, Mover{Text(v[0]), Text(v[1]), Text(v[2]), Text(v[3]), Text(v[4]), Text(v[5]),
			Text(v[6]), Text(v[7]), Text(v[8]), Text(v[9]), asBool(v[10]), asBool(v[11])})
		total = Int(v[12])
	}
	return list, total, nil
}
