package chart

// The squares of a kecamatan: 10 px each, 12 px apart, 7 in a row.
const (
	squareSize  = 10
	squarePitch = 12
	squaresRow  = 7
)

// Square is one village.
type Square struct {
	X, Y   Px
	Status int
}

// Squares are the villages of a kecamatan, in the order given.
type Squares struct {
	Width, Height Px
	List          []Square
}

// VillageSquares places one square for each status, perRow in a row (0: 7).
func VillageSquares(ranks []int, perRow int) Squares {
	if perRow <= 0 {
		perRow = squaresRow
	}
	s := Squares{}
	for i, status := range ranks {
		q := Square{Px(i%perRow*squarePitch) + 0.5, Px(i/perRow*squarePitch) + 0.5, status}
		s.List = append(s.List, q)
		s.Width, s.Height = max(s.Width, q.X+squareSize+0.5), max(s.Height, q.Y+squareSize+0.5)
	}
	return s
}
