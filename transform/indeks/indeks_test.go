package indeks

import "testing"

func TestComputeAtTheBorders(t *testing.T) {
	// iks, ike, ikl, skor in hundred-millionths
	cases := []struct {
		name                string
		iks, ike, ikl, skor int64
		want                Status
		grid                bool
	}{
		{"5137 is Maju", 92571429, 75000000, 76666667, 81412698, Maju, false}, // ikl 11.5/15 is no grid point
		{"worst", 0, 0, 0, 0, SangatTertinggal, true},
		{"best", Scale, Scale, Scale, Scale, Mandiri, true},
		{"0.7072 on the border is Berkembang", 74290000, 61670000, 76190000, 70720000, Berkembang, false},
		{"four-decimal parts", 78290000, 71670000, 86670000, 78870000, Maju, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, grid := Compute(c.iks, c.ike, c.ikl, c.skor)
			if got != c.want || grid != c.grid {
				t.Errorf("Compute = %s, %v; want %s, %v", got, grid, c.want, c.grid)
			}
		})
	}
}

// Every grid point gets the status of its exact value, whatever the rounding
// of its three parts to four decimals.
func TestRoundedPartsKeepTheExactStatus(t *testing.T) {
	round4 := func(n, d int64) int64 { return (2*n*10000 + d) / (2 * d) * 10000 }
	for s := int64(0); s <= 175; s++ {
		for e := int64(0); e <= 60; e++ {
			for l := int64(0); l <= 15; l++ {
				value := 12*s + 35*e + 140*l
				want := rank(value, gridBorders[:])
				got, grid := Compute(round4(s, 175), round4(e, 60), round4(l, 15), round4(value, 6300))
				if got != want || !grid {
					t.Fatalf("s=%d e=%d l=%d: %s (grid %v), want %s", s, e, l, got, grid, want)
				}
			}
		}
	}
}
