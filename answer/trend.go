package answer

import (
	"context"
	"fmt"
	"sort"
	"strconv"

	"lumbung/transform/indeks"
)

// Trend is the number of villages per status and year in one area.
type Trend struct {
	Area        Area               `json:"area"`
	Years       []int              `json:"tahun"`
	Status      []TrendRow         `json:"status"`
	Methodology map[string]string  `json:"metodologi"` // by year
	Snapshot    string             `json:"snapshot"`
	Sources     []Citation         `json:"sumber"`
	Missing     []int              `json:"tanpa_data,omitempty"` // years between the first and the last without data
	Villages    map[string]int64   `json:"jumlah_desa"`          // by year
	Nature      map[string]string  `json:"sifat"`                // by year: resmi, rekonstruksi, campuran
	Breaks      []MethodologyBreak `json:"putus,omitempty"`      // counts are not compared across these
}

// TrendRow is one status. Change is the last year minus the first, null when a
// methodology break lies between them.
type TrendRow struct {
	Status string           `json:"status"`
	Counts map[string]int64 `json:"jumlah"` // by year
	Change *int64           `json:"perubahan"`
}

// MethodologyBreak lies between two years that different indices describe.
type MethodologyBreak struct {
	After  int    `json:"sesudah"`
	Before int    `json:"sebelum"`
	From   string `json:"dari"`
	To     string `json:"ke"`
}

// NoDataError means that the snapshot has no figures for the question.
type NoDataError struct {
	Area      Area
	From, To  int
	Available []int
}

func (e *NoDataError) Error() string {
	text := fmt.Sprintf("no figures for %s (%s) from %d to %d", e.Area.Name, e.Area.Code, e.From, e.To)
	if len(e.Available) > 0 {
		return fmt.Sprintf("%s; there are some for %v", text, e.Available)
	}
	return text + "; no year of that area is loaded"
}

// Trend counts the villages of an area per status for all years from..to that
// have data; 0 leaves an end open.
func (r *Reader) Trend(ctx context.Context, area Area, from, to int) (*Trend, error) {
	if to == 0 {
		to = 9999
	}
	t := &Trend{Area: area, Snapshot: r.Snap.ID(), Methodology: map[string]string{}, Villages: map[string]int64{}, Nature: map[string]string{}}
	counts := map[string]map[string]int64{}
	var available []int
	err := r.DB.Each(ctx, `SELECT tahun, status, jumlah, metodologi, jumlah_desa, coalesce(sifat, '') FROM mart_tren_status
		WHERE kode_wilayah = ? ORDER BY tahun, urutan_status`, []any{area.Code}, nil, func(row []any) error {
		year := int(row[0].(int64))
		if n := len(available); n == 0 || available[n-1] != year {
			available = append(available, year)
		}
		if year < from || year > to {
			return nil
		}
		key := strconv.Itoa(year)
		status := row[1].(string)
		if counts[status] == nil {
			counts[status] = map[string]int64{}
		}
		counts[status][key] = row[2].(int64)
		t.Methodology[key], t.Villages[key], t.Nature[key] = row[3].(string), row[4].(int64), row[5].(string)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("trend of %s: %w", area.Code, err)
	}
	for _, y := range available {
		if y >= from && y <= to {
			t.Years = append(t.Years, y)
		}
	}
	if len(t.Years) == 0 {
		return nil, &NoDataError{area, from, to, available}
	}
	t.gaps()
	for _, name := range indeks.Names() {
		t.Status = append(t.Status, t.row(name, counts[name]))
	}
	t.Sources, err = r.Citations(ctx, t.Years)
	return t, err
}

// gaps finds missing years and methodology breaks between the first and the last year.
func (t *Trend) gaps() {
	for i := 1; i < len(t.Years); i++ {
		a, b := t.Years[i-1], t.Years[i]
		for y := a + 1; y < b; y++ {
			t.Missing = append(t.Missing, y)
		}
		if from, to := t.Methodology[strconv.Itoa(a)], t.Methodology[strconv.Itoa(b)]; from != to {
			t.Breaks = append(t.Breaks, MethodologyBreak{a, b, from, to})
		}
	}
	sort.Ints(t.Missing)
}

func (t *Trend) row(name string, counts map[string]int64) TrendRow {
	row := TrendRow{Status: name, Counts: map[string]int64{}}
	for _, y := range t.Years {
		row.Counts[strconv.Itoa(y)] = counts[strconv.Itoa(y)]
	}
	if len(t.Breaks) == 0 {
		first, last := strconv.Itoa(t.Years[0]), strconv.Itoa(t.Years[len(t.Years)-1])
		change := row.Counts[last] - row.Counts[first]
		row.Change = &change
	}
	return row
}
