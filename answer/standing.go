package answer

import (
	"context"
	"fmt"
	"strings"
)

// Standing is a status in a year.
type Standing struct {
	Status string `json:"status"`
	Year   int    `json:"tahun"`
}

// VillagesWith lists the villages that had every one of the standings, with
// their row of each, in the order of the standings. The area is that of the
// last one; villages are followed through changed codes.
func (r *Reader) VillagesWith(ctx context.Context, area Area, want []Standing) ([][]VillageRow, error) {
	rows := make([]map[int64]VillageRow, len(want))
	last := len(want) - 1
	var order []int64
	for i, w := range want {
		pattern := "%"
		if i == last {
			pattern = within(area.Code)
		}
		rows[i] = map[int64]VillageRow{}
		err := r.DB.Each(ctx, `SELECT `+villageColumns+`, id_desa FROM mart_profil_desa
			WHERE kode_wilayah LIKE ? AND tahun = ? AND status = ? ORDER BY kode_wilayah`, []any{pattern, w.Year, w.Status}, nil, func(v []any) error {
			id := Int(v[len(v)-1])
			rows[i][id] = villageRow(v)
			if i == last {
				order = append(order, id)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("villages that were %s in %d: %w", strings.ToLower(w.Status), w.Year, err)
		}
	}
	out := [][]VillageRow{}
	for _, id := range order {
		if all := standingsOf(id, rows); all != nil {
			out = append(out, all)
		}
	}
	return out, nil
}

// standingsOf are a village's rows, nil when one is missing.
func standingsOf(id int64, rows []map[int64]VillageRow) []VillageRow {
	all := make([]VillageRow, len(rows))
	for i, of := range rows {
		v, ok := of[id]
		if !ok {
			return nil
		}
		all[i] = v
	}
	return all
}
