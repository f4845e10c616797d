package answer

import (
	"context"
	_ "embed" // the queries
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed sql/uraian.sql
var gainsHead string

//go:embed sql/uraian-indikator.sql
var gainsIndicators string

//go:embed sql/uraian-desa.sql
var gainsVillages string

// GainsSQL is the query behind Gains.Indicators, its parameters those of Gains.Params.
var GainsSQL = gainsHead + gainsIndicators

// Decomposable refuses two years that cannot be compared: one without any data
// of the area, or years of different methodologies. partly says that of one of
// them the ministry's single answers are all there is.
func (r *Reader) Decomposable(ctx context.Context, area Area, from, to int) (partly bool, err error) {
	t, err := r.Trend(ctx, area, 0, 0)
	var none *NoDataError
	if errors.As(err, &none) {
		t, err = &Trend{}, nil
	}
	if err != nil {
		return false, err
	}
	c, err := r.Coverage(ctx, area.Code)
	if err != nil {
		return false, err
	}
	a, b := t.Methodology[strconv.Itoa(from)], t.Methodology[strconv.Itoa(to)]
	switch {
	case a == "" && c.Partial[from] == 0:
		return false, &NoDataError{area, from, from, t.Years}
	case b == "" && c.Partial[to] == 0:
		return false, &NoDataError{area, to, to, t.Years}
	case a != "" && b != "" && a != b:
		return false, fmt.Errorf("%s %d and %s %d are not compared", a, from, b, to)
	}
	return a == "" || b == "", nil
}

// GridPoints is how many points an IDM of 1 has: points are whole numbers, so sums of them are exact.
const GridPoints = 6300

// Gains are what moved the villages of one status change, in points of 1/6300 of IDM.
type Gains struct {
	Area       Area
	From, To   Standing
	Villages   []GainVillage
	Indicators []IndicatorGain // largest gain first, losses last; only what changed
}

// GainVillage is one village of a change.
type GainVillage struct {
	Code, Name, District string
	Points               int64
	Dimensions           []int64 // of IKS, IKE, IKL; they add up to Points; nil when the score is off the grid or a single answer
	HasFrom, HasTo       bool    // all 50 indicators of that year are there
	Apart                bool    // the indicators add up to the index of both years
	Answers              bool    // a year rests on a single answer of the ministry
	Reconstructed        bool    // a year is reconstructed
}

// IndicatorGain is one indicator over the villages that can be taken apart.
type IndicatorGain struct {
	Number    int64  `json:"nomor"`
	Name      string `json:"indikator"`
	Dimension string `json:"dimensi"`
	Up        int64  `json:"naik"`  // villages
	Down      int64  `json:"turun"` // villages
	Points    int64  `json:"poin"`
}

// Gains takes the change of the villages apart that had status from.Status in
// from.Year and to.Status in to.Year. The points of Indicators add up to those
// of the villages with Apart, exactly.
func (r *Reader) Gains(ctx context.Context, area Area, from, to Standing) (*Gains, error) {
	g := &Gains{Area: area, From: from, To: to}
	p := g.Params()
	query, args, err := Bind(gainsHead+gainsVillages, p)
	if err == nil {
		err = r.DB.Each(ctx, query, args, nil, func(v []any) error {
			g.Villages = append(g.Villages, gainVillage(v))
			return nil
		})
	}
	if err == nil && g.Apart() > 0 {
		query, args, err = Bind(GainsSQL, p)
	}
	if err == nil && g.Apart() > 0 {
		err = r.DB.Each(ctx, query, args, nil, func(v []any) error {
			g.Indicators = append(g.Indicators, IndicatorGain{Int(v[0]), Text(v[1]), Text(v[2]), Int(v[3]), Int(v[4]), Int(v[5])})
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("gains of %s from %s %d to %s %d: %w", area.Code, from.Status, from.Year, to.Status, to.Year, err)
	}
	return g, nil
}

// Params are the values of the queries' names. The area is a range of village
// codes, on which the engine skips what it need not read.
func (g *Gains) Params() Params {
	code := strings.ReplaceAll(g.Area.Code, ".", "")
	first, last := code+strings.Repeat("0", max(10-len(code), 0)), code+strings.Repeat("9", max(10-len(code), 0))
	if code == "0" {
		last = strings.Repeat("9", 10)
	}
	from, _ := strconv.ParseInt(first, 10, 64) // an area's code has digits only
	to, _ := strconv.ParseInt(last, 10, 64)
	return Params{"kode_awal": from, "kode_akhir": to, "dari": g.From.Year, "ke": g.To.Year, "status": g.From.Status, "status_ke": g.To.Status}
}

func gainVillage(v []any) GainVillage {
	g := GainVillage{Code: Text(v[0]), Name: Text(v[1]), District: Text(v[2]), Points: Int(v[3]), HasFrom: asBool(v[8]), HasTo: asBool(v[9]), Apart: asBool(v[10])}
	if asBool(v[7]) && v[4] != nil && v[5] != nil && v[6] != nil {
		g.Dimensions = []int64{Int(v[4]), Int(v[5]), Int(v[6])}
	}
	g.Answers = Text(v[11]) != "rilis" || Text(v[12]) != "rilis"
	g.Reconstructed = Text(v[13]) == "rekonstruksi" || Text(v[14]) == "rekonstruksi"
	return g
}

// Apart counts the villages whose indicators add up to the index of both years.
func (g *Gains) Apart() int64 { return g.Count(func(v GainVillage) bool { return v.Apart }) }

// Count counts the villages that a test takes.
func (g *Gains) Count(take func(GainVillage) bool) (n int64) {
	for _, v := range g.Villages {
		if take(v) {
			n++
		}
	}
	return n
}

// Points adds the points up of the villages that were taken apart.
func (g *Gains) Points() (sum int64) {
	for _, v := range g.Villages {
		if v.Apart {
			sum += v.Points
		}
	}
	return sum
}

// GainGap counts villages of a change that cannot be taken apart.
type GainGap struct {
	Years    []int `json:"tahun"` // whose 50 scores are not all there; empty: they are, but do not add up to the index
	Villages int64 `json:"desa"`
}

// Gaps says why villages are not among those taken apart.
func (g *Gains) Gaps() []GainGap {
	gaps := []GainGap{{Years: []int{g.From.Year, g.To.Year}}, {Years: []int{g.From.Year}}, {Years: []int{g.To.Year}}, {Years: []int{}}}
	for _, v := range g.Villages {
		switch {
		case v.Apart:
		case !v.HasFrom && !v.HasTo:
			gaps[0].Villages++
		case !v.HasFrom:
			gaps[1].Villages++
		case !v.HasTo:
			gaps[2].Villages++
		default:
			gaps[3].Villages++
		}
	}
	return slices.DeleteFunc(gaps, func(x GainGap) bool { return x.Villages == 0 })
}

// Dimensions adds the points up by IKS, IKE and IKL, over all villages that are
// on the grid in both years. It needs no indicators; no points when there are no such villages.
func (g *Gains) Dimensions() (villages int64, points []int64) {
	points = make([]int64, 3)
	for _, v := range g.Villages {
		if v.Dimensions == nil {
			continue
		}
		villages++
		for i, n := range v.Dimensions {
			points[i] += n
		}
	}
	return villages, points
}
