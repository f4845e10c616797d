// Package indeks holds the arithmetic of the Indeks Desa Membangun (IDM).
//
// IDM = (IKS + IKE + IKL) / 3 with IKS = s/175, IKE = e/60, IKL = l/15, where
// s, e, l are the sums of 35, 12 and 3 indicator scores of 0..5. Without
// division: IDM = (12s + 35e + 140l) / 6300. Thresholds: Permendesa 2/2016,
// as confirmed by SKOR_MINIMAL of the ministry's API.
package indeks

// Scale is the denominator in which scores are passed: 1.0 is 100,000,000.
const Scale = 100_000_000

// Status is a village status, worst first. Zero means none.
type Status int8

const (
	SangatTertinggal Status = iota + 1
	Tertinggal
	Berkembang
	Maju
	Mandiri
)

var statusNames = [...]string{"", "SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}

// Names are the five statuses in order, worst first.
func Names() []string { return append([]string(nil), statusNames[1:]...) }

func (s Status) String() string {
	if s < 1 || int(s) >= len(statusNames) {
		return ""
	}
	return statusNames[s]
}

// ParseStatus reads a status in capitals; zero when it is none of the five.
func ParseStatus(name string) Status {
	for i, n := range statusNames {
		if i > 0 && n == name {
			return Status(i)
		}
	}
	return 0
}

// Upper borders: of the grid value 12s + 35e + 140l, and of the score.
var (
	gridBorders  = [...]int64{3091, 3773, 4455, 5137}
	scoreBorders = [...]int64{49_070_000, 59_890_000, 70_720_000, 81_550_000}
)

// gridTolerance is how far a published part may lie from its grid point:
// half of the fourth decimal, and a little for the ministry's own rounding.
const gridTolerance = 6000 // 0.00006

// Grid finds the sums of scores behind three published parts. onGrid is false
// when one of them is no multiple of 1/175, 1/60, 1/15 within 0.00006.
func Grid(iks, ike, ikl int64) (s, e, l int64, onGrid bool) {
	s, okS := nearest(iks, 175)
	e, okE := nearest(ike, 60)
	l, okL := nearest(ikl, 15)
	return s, e, l, okS && okE && okL
}

func nearest(part, divisor int64) (int64, bool) {
	n := (2*part*divisor + Scale) / (2 * Scale)
	diff := part*divisor - n*Scale // (part - n/divisor) x divisor
	if diff < 0 {
		diff = -diff
	}
	return n, diff < gridTolerance*divisor
}

// Compute gives the status that published parts and score stand for. On the
// grid the exact sums decide; off it the published score does.
func Compute(iks, ike, ikl, skor int64) (status Status, onGrid bool) {
	s, e, l, onGrid := Grid(iks, ike, ikl)
	if onGrid {
		return rank(12*s+35*e+140*l, gridBorders[:]), true
	}
	return rank(skor, scoreBorders[:]), false
}

func rank(v int64, borders []int64) Status {
	for i, b := range borders {
		if v <= b {
			return Status(i + 1)
		}
	}
	return Mandiri
}

// FormulaHolds says whether 3 x skor = iks + ike + ikl, within the rounding
// of all four to four decimals.
func FormulaHolds(iks, ike, ikl, skor int64) bool {
	const tolerance = 6 * 5000 // six halves of the fourth decimal
	d := 3*skor - iks - ike - ikl
	return d <= tolerance && d >= -tolerance
}
