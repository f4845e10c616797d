package sampel

import "math"

// The numbers of points that the three indices divide by: 35, 12 and 3
// indicators of at most 5 points.
const (
	perIKS = 175
	perIKE = 60
	perIKL = 15
	perIDM = 6300 // 12s + 35e + 140l of a village with all points
)

// Nilai is the sum of points of a village in each dimension, its exact place on the grid.
type Nilai struct{ S, E, L int }

// Jumlah is 12s + 35e + 140l, that is 6300 times the unrounded IDM.
func (n Nilai) Jumlah() int { return 12*n.S + 35*n.E + 140*n.L }

// IKS, IKE, IKL and IDM are 0..1 with four decimals, as the ministry writes them.
func (n Nilai) IKS() float64 { return empatDesimal(n.S, perIKS) }

// IKE is the economic index; see IKS.
func (n Nilai) IKE() float64 { return empatDesimal(n.E, perIKE) }

// IKL is the ecological index; see IKS.
func (n Nilai) IKL() float64 { return empatDesimal(n.L, perIKL) }

// IDM is the mean of the unrounded parts, rounded once.
func (n Nilai) IDM() float64 { return empatDesimal(n.Jumlah(), perIDM) }

// Tingkat is the status as 1 (SANGAT TERTINGGAL) to 5 (MANDIRI), decided on
// whole numbers because the sum of the rounded parts errs at the borders.
func (n Nilai) Tingkat() int {
	j := n.Jumlah()
	for t := 1; t < 5; t++ {
		if j <= batasAtas(t) {
			return t
		}
	}
	return 5
}

// batasAtas is the largest Jumlah of a status: 0.4907, 0.5989, 0.7072 and 0.8155 of 6300, rounded down.
func batasAtas(tingkat int) int {
	return [...]int{0, 3091, 3773, 4455, 5137, perIDM}[tingkat]
}

func namaStatus(tingkat int) string {
	return [...]string{"", "SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}[tingkat]
}

// empatDesimal is n/d rounded half up to four decimals, computed on whole
// numbers so that every machine writes the same digits.
func empatDesimal(n, d int) float64 {
	return float64((2*10000*n+d)/(2*d)) / 10000
}

func bulat(x float64) int { return int(math.Round(x)) }
