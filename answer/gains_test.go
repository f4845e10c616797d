package answer_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"testing"

	"lumbung/answer"
	"lumbung/transform/indeks"
)

// plainChange is what plain SQL says of one status change, computed another way than Gains does: village by village from the scores themselves.
const plainChange = `SELECT b.id_desa,
	(SELECT count(*) FROM fct_indikator i WHERE i.kode_desa = a.kode_desa AND i.tahun = a.tahun),
	(SELECT count(*) FROM fct_indikator i WHERE i.kode_desa = b.kode_desa AND i.tahun = b.tahun),
	(SELECT CAST(sum(g.bobot * i.skor) AS BIGINT) FROM fct_indikator i JOIN dim_indikator g ON g.nomor = i.nomor WHERE i.kode_desa = b.kode_desa AND i.tahun = b.tahun)
	- (SELECT CAST(sum(g.bobot * i.skor) AS BIGINT) FROM fct_indikator i JOIN dim_indikator g ON g.nomor = i.nomor WHERE i.kode_desa = a.kode_desa AND i.tahun = a.tahun),
	CAST(b.skor AS DOUBLE) - CAST(a.skor AS DOUBLE)
FROM (SELECT id_desa, kode_desa, tahun, status, skor FROM fct_indeks
	UNION ALL SELECT id_desa, kode_desa, tahun, status, skor FROM fct_rumusan WHERE tahun NOT IN (SELECT tahun FROM fct_indeks)) a
JOIN (SELECT id_desa, kode_desa, tahun, status, skor FROM fct_indeks
	UNION ALL SELECT id_desa, kode_desa, tahun, status, skor FROM fct_rumusan WHERE tahun NOT IN (SELECT tahun FROM fct_indeks)) b ON b.id_desa = a.id_desa
WHERE a.tahun = ? AND b.tahun = ? AND a.status = ? AND b.status = ?`

// Every change of status of the sample, in every pair of years, against plain SQL.
func TestGainsAddUpToTheChange(t *testing.T) {
	r, _ := open(t)
	area, err := r.FindArea(t.Context(), "64.02")
	if err != nil {
		t.Fatal(err)
	}
	years := []int{2019, 2020, 2021, 2022, 2023, 2024}
	apart, gaps := int64(0), int64(0)
	for i, from := range years {
		for _, to := range years[i+1:] {
			for a, statusFrom := range indeks.Names() {
				for b, statusTo := range indeks.Names() {
					g, err := r.Gains(t.Context(), area, answer.Standing{Status: statusFrom, Year: from}, answer.Standing{Status: statusTo, Year: to})
					if err != nil {
						t.Fatal(err)
					}
					sameGains(t, r, g, a+1, b+1)
					apart += g.Apart()
					for _, gap := range g.Gaps() {
						gaps += gap.Villages
					}
				}
			}
		}
	}
	if apart < 40 || gaps < 1000 {
		t.Errorf("only %d changes were taken apart and %d were not", apart, gaps)
	}
}

func sameGains(t *testing.T, r *answer.Reader, g *answer.Gains, statusFrom, statusTo int) {
	t.Helper()
	name := fmt.Sprintf("%s %d to %s %d", g.From.Status, g.From.Year, g.To.Status, g.To.Year)
	res, _, err := r.DB.Query(t.Context(), 0, plainChange, g.From.Year, g.To.Year, statusFrom, statusTo)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Rows) != len(g.Villages) {
		t.Errorf("%s: %d villages, plain SQL has %d", name, len(g.Villages), len(res.Rows))
	}
	var want, villages, points int64
	for _, v := range res.Rows {
		if v[1].(int64) == 50 && v[2].(int64) == 50 {
			villages++
			want += v[3].(int64)
			if d := v[4].(float64) - float64(v[3].(int64))/answer.GridPoints; math.Abs(d) > 0.0001+1e-9 { // published scores have four places
				t.Errorf("%s: village %d: the indicators gain %d points, the score differs by %f more", name, v[0], v[3], d)
			}
		}
	}
	for _, i := range g.Indicators {
		points += i.Points
		if i.Up+i.Down == 0 || i.Up+i.Down > villages {
			t.Errorf("%s: %s: %d up and %d down of %d villages", name, i.Name, i.Up, i.Down, villages)
		}
	}
	if g.Apart() != villages || g.Points() != want || points != want {
		t.Errorf("%s: %d villages, %d points, indicators of %d points; plain SQL has %d villages and %d points", name, g.Apart(), g.Points(), points, villages, want)
	}
	left := int64(len(g.Villages)) - villages
	for _, gap := range g.Gaps() {
		left -= gap.Villages
	}
	if left != 0 {
		t.Errorf("%s: %d villages are neither taken apart nor counted as a gap", name, left)
	}
	for _, v := range g.Villages {
		if v.Dimensions != nil && v.Dimensions[0]+v.Dimensions[1]+v.Dimensions[2] != v.Points {
			t.Errorf("%s: %s: dimensions %v of %d points", name, v.Code, v.Dimensions, v.Points)
		}
	}
}

// The gains of a kabupaten are those of its kecamatan together.
func TestGainsOfTheAreasBelow(t *testing.T) {
	r, _ := open(t)
	from, to := answer.Standing{Status: "BERKEMBANG", Year: 2023}, answer.Standing{Status: "MAJU", Year: 2024}
	whole := gainsOf(t.Context(), t, r, "64.02", from, to)
	var villages, apart int
	res, _, err := r.DB.Query(t.Context(), 0, "SELECT DISTINCT kode_wilayah FROM mart_tren_status WHERE tingkat = 'kecamatan'")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range res.Rows {
		g := gainsOf(t.Context(), t, r, answer.Text(v[0]), from, to)
		villages += len(g.Villages)
		apart += int(g.Apart())
	}
	if villages != 25 || villages != len(whole.Villages) || apart != 1 || apart != int(whole.Apart()) {
		t.Errorf("%d villages, %d apart in the kecamatan; %d, %d in the kabupaten", villages, apart, len(whole.Villages), whole.Apart())
	}
}

func gainsOf(ctx context.Context, t *testing.T, r *answer.Reader, code string, from, to answer.Standing) *answer.Gains {
	t.Helper()
	area, err := r.FindArea(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.Gains(ctx, area, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A score that its indicators do not give is never taken apart.
func TestWhatDoesNotAddUpIsSaid(t *testing.T) {
	r, _ := open(t)
	for _, c := range []struct {
		from, to answer.Standing
		years    []int
		villages int64
	}{
		{answer.Standing{Status: "TERTINGGAL", Year: 2019}, answer.Standing{Status: "BERKEMBANG", Year: 2020}, []int{2019, 2020}, 35},
		{answer.Standing{Status: "BERKEMBANG", Year: 2023}, answer.Standing{Status: "MAJU", Year: 2024}, []int{2023}, 24},
		{answer.Standing{Status: "TERTINGGAL", Year: 2020}, answer.Standing{Status: "BERKEMBANG", Year: 2024}, []int{2020}, 13},
	} {
		g := gainsOf(t.Context(), t, r, "64.02", c.from, c.to)
		found := false
		for _, gap := range g.Gaps() {
			found = found || gap.Villages == c.villages && fmt.Sprint(gap.Years) == fmt.Sprint(c.years)
		}
		if !found {
			t.Errorf("%s:%s: gaps are %v, want %d villages without scores of %v", c.from.Status, strconv.Itoa(c.from.Year), g.Gaps(), c.villages, c.years)
		}
	}
}
