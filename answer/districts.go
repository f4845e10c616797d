package answer

import (
	"context"
	"fmt"
)

// Child is an area below another, as it stands in one year.
type Child struct {
	Code, Name, Level string
	Counts            [6]int64 // by status 1..5
	Villages          int64
	Mean              string // mean score, 8 places; "" without villages
	Up                int64  // villages that rose since the year before
	Down              int64
	Ranks             []int // status of each village, worst score first; only below a kabupaten
}

// childLevel names what an area is divided into.
func childLevel(level string) string {
	return map[string]string{"nasional": "provinsi", "provinsi": "kabupaten", "kabupaten": "kecamatan"}[level]
}

// Children lists the areas below an area with their counts of a year, lowest
// mean score first, areas without villages last. prev is the year that rises are counted
// from; 0 counts none.
func (r *Reader) Children(ctx context.Context, area Area, year, prev int) ([]Child, error) {
	level := childLevel(area.Level)
	if level == "" {
		return nil, nil
	}
	depth := map[string]int{"provinsi": 2, "kabupaten": 5, "kecamatan": 8}[level]
	res, _, err := r.DB.Query(ctx, 0, `WITH anak AS (
			SELECT kode_wilayah, max(nama) AS nama FROM dim_wilayah WHERE tingkat = ? AND kode_wilayah LIKE ? GROUP BY kode_wilayah
		), skor AS (
			SELECT substr(kode_wilayah, 1, ?) AS kode, count(*) AS n, `+mean("skor")+` AS rata,
				count(*) FILTER (WHERE urutan_status = 1) AS s1, count(*) FILTER (WHERE urutan_status = 2) AS s2, count(*) FILTER (WHERE urutan_status = 3) AS s3,
				count(*) FILTER (WHERE urutan_status = 4) AS s4, count(*) FILTER (WHERE urutan_status = 5) AS s5
			FROM mart_profil_desa WHERE tahun = ? AND kode_wilayah LIKE ? GROUP BY 1
		), gerak AS (
			SELECT kode_wilayah AS kode, CAST(sum(jumlah) FILTER (WHERE urutan_ke > urutan_dari) AS BIGINT) AS naik, CAST(sum(jumlah) FILTER (WHERE urutan_ke < urutan_dari) AS BIGINT) AS turun
			FROM mart_transisi WHERE tingkat = ? AND tahun_dari = ? AND tahun_ke = ? AND urutan_dari > 0 AND urutan_ke > 0 GROUP BY 1
		)
		SELECT a.kode_wilayah, a.nama, coalesce(s.n, 0), s.rata, s.s1, s.s2, s.s3, s.s4, s.s5, g.naik, g.turun
		FROM anak a LEFT JOIN skor s ON s.kode = a.kode_wilayah LEFT JOIN gerak g ON g.kode = a.kode_wilayah
		ORDER BY s.rata NULLS LAST, a.kode_wilayah`,
		level, within(area.Code), depth, year, within(area.Code), level, prev, year)
	if err != nil {
		return nil, fmt.Errorf("areas below %s: %w", area.Code, err)
	}
	var out []Child
	for _, v := range res.Rows {
		c := Child{Code: Text(v[0]), Name: Text(v[1]), Level: level, Villages: Int(v[2]), Mean: Text(v[3]), Up: Int(v[9]), Down: Int(v[10])}
		for i := range 5 {
			c.Counts[i+1] = Int(v[4+i])
		}
		out = append(out, c)
	}
	if level != "kecamatan" {
		return out, nil
	}
	return out, r.ranks(ctx, area.Code, year, out)
}

func (r *Reader) ranks(ctx context.Context, area string, year int, children []Child) error {
	at := map[string]int{}
	for i, c := range children {
		at[c.Code] = i
	}
	err := r.DB.Each(ctx, `SELECT substr(kode_wilayah, 1, 8), urutan_status FROM mart_profil_desa
		WHERE tahun = ? AND kode_wilayah LIKE ? ORDER BY skor, kode_wilayah`, []any{year, within(area)}, nil, func(v []any) error {
		if i, ok := at[Text(v[0])]; ok {
			children[i].Ranks = append(children[i].Ranks, int(Int(v[1])))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("villages below %s: %w", area, err)
	}
	return nil
}

// NearNext counts the villages of a status whose score lacks less than gap
// (such as "0.03") to the least score of the next one.
func (r *Reader) NearNext(ctx context.Context, area string, year int, status string, gap string) (int64, error) {
	res, _, err := r.DB.Query(ctx, 1, `SELECT count(*) FROM mart_profil_desa p JOIN dim_metodologi m ON m.metodologi = p.metodologi
		WHERE p.kode_wilayah LIKE ? AND p.tahun = ? AND p.status = ?
			AND CASE p.urutan_status WHEN 1 THEN m.batas_1 WHEN 2 THEN m.batas_2 WHEN 3 THEN m.batas_3 WHEN 4 THEN m.batas_4 END - p.skor
				< CAST(? AS DECIMAL(10,8))`, within(area), year, status, gap)
	if err != nil {
		return 0, fmt.Errorf("villages of %s near the next status: %w", area, err)
	}
	return Int(res.Rows[0][0]), nil
}

// Parents lists the areas above a code, Indonesia first.
func (r *Reader) Parents(ctx context.Context, code string) ([]Area, error) {
	out := []Area{}
	if code == "0" {
		return out, nil
	}
	out = append(out, Area{"0", "Indonesia", "nasional"})
	for _, n := range []int{2, 5, 8} {
		if len(code) <= n {
			break
		}
		a, err := r.areaByCode(ctx, code[:n])
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}
