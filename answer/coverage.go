package answer

import (
	"context"
	"fmt"
)

// Coverage says what the snapshot knows of an area beside its trend.
type Coverage struct {
	Partial map[int]int64  // villages with a single answer, in years without a release
	Natures map[int]string // resmi, rekonstruksi ..., by year of the index
	Next    int            // first year of the methodology after IDM, 0 when unknown
	Units   int64          // villages with a code
}

// Coverage looks for years that are only partly known.
func (r *Reader) Coverage(ctx context.Context, area string) (Coverage, error) {
	c := Coverage{Partial: map[int]int64{}, Natures: map[int]string{}}
	res, _, err := r.DB.Query(ctx, 0, `SELECT f.tahun, count(DISTINCT f.kode_desa)
		FROM fct_rumusan f JOIN dim_wilayah w ON w.kode = f.kode_desa AND f.tahun BETWEEN w.cari_dari AND w.cari_sampai
		WHERE w.kode_wilayah LIKE ? AND f.tahun NOT IN (SELECT tahun FROM mart_tren_status WHERE kode_wilayah = ?)
		GROUP BY f.tahun`, within(area), area)
	if err != nil {
		return c, fmt.Errorf("partly known years of %s: %w", area, err)
	}
	for _, v := range res.Rows {
		c.Partial[int(Int(v[0]))] = Int(v[1])
	}
	res, _, err = r.DB.Query(ctx, 1, "SELECT min(tahun_mulai) FROM dim_metodologi WHERE metodologi <> 'IDM'")
	if err != nil {
		return c, fmt.Errorf("methodologies: %w", err)
	}
	if len(res.Rows) > 0 {
		c.Next = int(Int(res.Rows[0][0]))
	}
	return c, nil
}
