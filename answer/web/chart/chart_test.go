package chart

import (
	"math"
	"strings"
	"testing"
)

func counts(st, t, b, m, mandiri int64) *[6]int64 { return &[6]int64{0, st, t, b, m, mandiri} }

// kukar is 2019 to 2025: two gaps, a break after 2024, nothing loaded for 2025.
func kukar() Columns {
	return StackedColumns([]Year{{Year: 2019, Counts: counts(3, 53, 100, 33, 4)}, {Year: 2020, Counts: counts(0, 21, 113, 47, 12)}, {Year: 2021}, {Year: 2022},
		{Year: 2023, Counts: counts(0, 0, 48, 69, 76)}, {Year: 2024, Counts: counts(0, 0, 23, 83, 87)}, {Year: 2025}}, 2024)
}

func TestColumnsStandWhereTheySay(t *testing.T) {
	c := kukar()
	if c.Height != 378 || c.Top != 34 || c.Bottom != 334 {
		t.Fatalf("height %v, plot %v..%v", c.Height, c.Top, c.Bottom)
	}
	slot := 100 / 7.45
	for i, want := range []float64{0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.95} {
		if got := float64(c.Bars[i].Middle); math.Abs(got-want*slot) > 0.001 {
			t.Errorf("%d stands at %.3f %%, want %.3f", c.Bars[i].Year.Year, got, want*slot)
		}
		if got := float64(c.Bars[i].W); math.Abs(got-0.64*slot) > 0.001 {
			t.Errorf("bar %d is %.3f %% wide", i, got)
		}
	}
	if got := float64(c.Break); math.Abs(got-6.225*slot) > 0.001 {
		t.Errorf("break at %.3f %%", got)
	}
	for _, b := range c.Bars {
		if b.Counts == nil {
			if b.Segments != nil {
				t.Errorf("%d has no data and is drawn", b.Year.Year)
			}
			continue
		}
		if top := b.Segments[0].Y; top != c.Top {
			t.Errorf("%d: best status begins at %v", b.Year.Year, top)
		}
		if last := b.Segments[len(b.Segments)-1]; last.Y+last.H != c.Bottom {
			t.Errorf("%d: worst status ends at %v", b.Year.Year, last.Y+last.H)
		}
		for i, s := range b.Segments {
			if want := 300 * float64(s.Count) / 193; math.Abs(float64(s.H)-want) > 0.11 {
				t.Errorf("%d %d: %v px for %d villages, want %.1f", b.Year.Year, s.Status, s.H, s.Count, want)
			}
			if s.Outside != (300*float64(s.Count)/193 < 17) {
				t.Errorf("%d %d: number outside: %v at %v px", b.Year.Year, s.Status, s.Outside, s.H)
			}
			if i > 0 && math.Abs(float64(b.Segments[i-1].Y+b.Segments[i-1].H-s.Y)) > 0.11 {
				t.Errorf("%d %d: gap above", b.Year.Year, s.Status)
			}
		}
	}
}

func TestNothingCrossesAGapOrABreak(t *testing.T) {
	c := kukar()
	for _, j := range c.Joins {
		if j.X1 < c.Break && j.X2 > c.Break {
			t.Errorf("a line crosses the break: %v", j)
		}
		if j.X1 < c.Bars[2].Middle && j.X2 > c.Bars[2].Middle {
			t.Errorf("a line crosses 2021: %v", j)
		}
	}
	if len(c.Joins) != 6 { // four borders 2019-20, two of four 2023-24: the lower ones both lie on the base
		t.Errorf("%d lines, want 6", len(c.Joins))
	}
	both := StackedColumns([]Year{{Year: 2024, Counts: counts(0, 0, 1, 1, 1)}, {Year: 2025, Counts: counts(0, 0, 1, 1, 1)}}, 2024)
	if len(both.Joins) != 0 {
		t.Errorf("2024 and 2025 are joined: %v", both.Joins)
	}
}

func TestLabelsDoNotMeet(t *testing.T) {
	labels := kukar().Labels
	if len(labels) != 5 || labels[0].Status != 5 {
		t.Fatalf("labels %v", labels)
	}
	for i := 1; i < len(labels); i++ {
		if labels[i].Y-labels[i-1].Y < labelDistance {
			t.Errorf("labels %d and %d are %v px apart", i-1, i, labels[i].Y-labels[i-1].Y)
		}
	}
}

func TestMovesSayOnlyWhatIsCertain(t *testing.T) {
	m := &[6][6]int64{3: {3: 23, 4: 25}, 4: {4: 58, 5: 11}, 5: {5: 76}}
	f := Moves([]Year{{Year: 2019, Counts: counts(3, 53, 100, 33, 4)}, {Year: 2020, Counts: counts(0, 21, 113, 47, 12)},
		{Year: 2023, Counts: counts(0, 0, 48, 69, 76)}, {Year: 2024, Counts: counts(0, 0, 23, 83, 87)}}, []Step{{}, {}, {m}}, WideNode)
	want := [][]int64{{8, 22, 35, 3}, {64, 86, 21}}
	for i, list := range want {
		got := f.Intervals[i].Borders
		if len(got) != len(list) {
			t.Fatalf("interval %d: %v", i, got)
		}
		for k, n := range list {
			if got[k].Count != n {
				t.Errorf("interval %d border %d: %d, want %d", i, k, got[k].Count, n)
			}
		}
		if f.Intervals[i].Ribbons != nil {
			t.Errorf("interval %d has ribbons without village rows", i)
		}
	}
	var sum int64
	for _, r := range f.Intervals[2].Ribbons {
		sum += r.Count
		if !strings.HasPrefix(r.Path, "M") || !strings.HasSuffix(r.Path, "Z") || strings.Contains(r.Path, "NaN") {
			t.Errorf("path %q", r.Path)
		}
	}
	if sum != 193 || len(f.Intervals[2].Ribbons) != 5 {
		t.Errorf("%d villages in %d ribbons", sum, len(f.Intervals[2].Ribbons))
	}
	if f.Nodes[0].X != 0 || math.Abs(float64(f.Nodes[3].X+f.Nodes[3].W)-100) > 0.001 {
		t.Errorf("nodes from %v to %v", f.Nodes[0].X, f.Nodes[3].X+f.Nodes[3].W)
	}
}

func TestUnequalTotalsGiveNoNetMovement(t *testing.T) {
	f := Moves([]Year{{Year: 2020, Counts: counts(0, 4, 15, 2, 0)}, {Year: 2023, Counts: counts(0, 0, 6, 4, 1)}}, []Step{{}}, WideNode)
	if got := f.Intervals[0].Borders; got != nil {
		t.Errorf("borders %v between 21 and 11 villages", got)
	}
}

func TestRulerPlacesScoresAndThresholds(t *testing.T) {
	scores := []YearScore{{2021, "0.6225", 0.6225}, {2022, "0.64", 0.64}, {2023, "0.6433", 0.6433}, {2024, "0.6754", 0.6754}}
	r := ScoreRuler(scores, [4]float64{0.4907, 0.5989, 0.7072, 0.8155}, [4]string{"0.4907", "0.5989", "0.7072", "0.8155"}, 1, 0.7072)
	if r.Low != 0.55 || r.High != 0.9 {
		t.Fatalf("scale %v..%v", r.Low, r.High)
	}
	for i, want := range []float64{13.97, 44.91, 75.86} {
		if got := float64(r.Bands[i].End); math.Abs(got-want) > 0.01 {
			t.Errorf("threshold %d at %.2f %%, want %.2f", i, got, want)
		}
	}
	if got := float64(r.Ticks[3].X); math.Abs(got-35.83) > 0.01 {
		t.Errorf("2024 at %.2f %%", got)
	}
	if r.Gap == nil || math.Abs(float64(r.Gap.X2-r.Gap.X1)-9.09) > 0.01 {
		t.Errorf("gap %v", r.Gap)
	}
	if low := ScoreRuler([]YearScore{{2024, "0.3", 0.3}}, [4]float64{0.4907, 0.5989, 0.7072, 0.8155}, [4]string{}, 1, 0.4907); low.Low >= 0.3 || low.Ticks[0].X < 0 {
		t.Errorf("a low score leaves the scale: %v", low)
	}
}

func TestSquaresStandInRowsOfSeven(t *testing.T) {
	s := VillageSquares(make([]int, 9), 0)
	if s.List[6].X != 72.5 || s.List[6].Y != 0.5 || s.List[7].X != 0.5 || s.List[7].Y != 12.5 {
		t.Errorf("squares %v", s.List)
	}
	if s.Width != 83 || s.Height != 23 {
		t.Errorf("size %v x %v", s.Width, s.Height)
	}
}
