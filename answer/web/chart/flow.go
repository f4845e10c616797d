package chart

import "fmt"

// The moves: the first node and the last stand at the edges, in a plot
// of 330 px below 58 px.
const (
	flowTop  = 58
	flowPlot = 330
	flowEnd  = 10
)

// Node widths, in per cent: of the whole chart, and of a single pair of years on a narrow screen.
const (
	WideNode   Pct = 3.2
	LargeNode  Pct = 5.2 // counts of five digits
	NarrowNode Pct = 10
)

// Node is one year of the moves.
type Node struct {
	Year     int
	X, W     Pct
	Middle   Pct
	Segments []Segment
}

// Interval is what is drawn between two nodes.
type Interval struct {
	From, To int
	X1, X2   Pct // between the nodes
	Middle   Pct
	Ribbons  []Ribbon // village by village
	Borders  []Border // net movement over the borders, where only totals are known
}

// Ribbon is a group of villages with the same two statuses.
type Ribbon struct {
	From, To int // statuses
	Count    int64
	Path     string // in a box of 1000 x 398
	Y        Px     // middle, for the text
	Thin     bool   // too thin for a text
}

// Border is the net movement over the lower border of a status.
type Border struct {
	Status int
	Count  int64
	Line   Line
	Y      Px // of the text, on the line's middle
}

// Flow is the whole chart.
type Flow struct {
	Height    Px
	Top       Px
	Nodes     []Node
	Intervals []Interval
	Left      []Label
	Right     []Label
}

// Step is the input between two successive years: a matrix of [from][to]
// counts, or nil where only totals are known.
type Step struct{ Matrix *[6][6]int64 }

// Moves places the years' stacks and what is known of the moves between them.
// len(steps) is len(years)-1; every year needs counts. width is that of a node.
func Moves(years []Year, steps []Step, width Pct) Flow {
	nodeWidth := float64(width)
	f := Flow{Height: flowTop + flowPlot + flowEnd, Top: flowTop}
	var most int64
	for _, y := range years {
		most = max(most, total(y.Counts))
	}
	for i, y := range years {
		middle := 50.0
		if len(years) > 1 {
			middle = nodeWidth/2 + (100-nodeWidth)*float64(i)/float64(len(years)-1)
		}
		f.Nodes = append(f.Nodes, Node{y.Year, Pct(middle - nodeWidth/2), width, Pct(middle), pile(y.Counts, most)})
	}
	for i, s := range steps {
		a, b := f.Nodes[i], f.Nodes[i+1]
		in := Interval{From: a.Year, To: b.Year, X1: a.X + a.W, X2: b.X, Middle: (a.X + a.W + b.X) / 2}
		if s.Matrix != nil {
			in.Ribbons = ribbons(s.Matrix, most, float64(in.X1), float64(in.X2))
		} else {
			in.Borders = borders(years[i].Counts, years[i+1].Counts, most, in)
		}
		f.Intervals = append(f.Intervals, in)
	}
	f.Left, f.Right = beside(f.Nodes[0]), beside(f.Nodes[len(f.Nodes)-1])
	return f
}

func flowY(above, most int64) float64 { return flowTop + flowPlot*float64(above)/float64(max(most, 1)) }

// pile places the segments from the top down, best first.
func pile(counts *[6]int64, most int64) []Segment {
	var out []Segment
	above := int64(0)
	for status := 5; status >= 1; status-- {
		n := counts[status]
		if n == 0 {
			continue
		}
		y1 := flowY(above, most)
		above += n
		y2 := flowY(above, most)
		out = append(out, Segment{Status: status, Count: n, Y: px(y1), H: px(y2) - px(y1), Text: px((y1+y2)/2 + 5), Outside: y2-y1 < minLabel})
	}
	return out
}

// ribbons stacks the moves at both ends in the order of the statuses, so that they cross as little as can be.
func ribbons(m *[6][6]int64, most int64, x1, x2 float64) []Ribbon {
	var left, right [6][6]float64 // upper edge of each move
	var above int64
	for a := 5; a >= 1; a-- {
		for b := 5; b >= 1; b-- {
			left[a][b] = flowY(above, most)
			above += m[a][b]
		}
		above += m[a][0]
	}
	above = 0
	for b := 5; b >= 1; b-- {
		for a := 5; a >= 1; a-- {
			right[a][b] = flowY(above, most)
			above += m[a][b]
		}
		above += m[0][b]
	}
	l, r := x1*10, x2*10
	mid := (l + r) / 2
	var out []Ribbon
	for a := 5; a >= 1; a-- {
		for b := 5; b >= 1; b-- {
			n := m[a][b]
			if n == 0 {
				continue
			}
			h := flowPlot * float64(n) / float64(max(most, 1))
			y1, y2 := left[a][b], right[a][b]
			out = append(out, Ribbon{From: a, To: b, Count: n, Y: px((y1+y2+h)/2 + 5), Thin: h < 12,
				Path: fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1fV%.1fC%.1f %.1f %.1f %.1f %.1f %.1fZ",
					l, y1, mid, y1, mid, y2, r, y2, y2+h, mid, y2+h, mid, y1+h, l, y1+h)})
		}
	}
	return out
}

// borders compares how many villages stand at each status or above. With
// unequal totals nothing is certain, and none is drawn.
func borders(a, b *[6]int64, most int64, in Interval) []Border {
	if total(a) != total(b) {
		return nil
	}
	var out []Border
	for status := 5; status >= 2; status-- {
		na, nb := atLeast(a, status), atLeast(b, status)
		if na == total(a) && nb == total(b) {
			continue
		}
		y1, y2 := flowY(na, most), flowY(nb, most)
		out = append(out, Border{status, nb - na, Line{in.X1, in.X2, px(y1), px(y2)}, px((y1+y2)/2 + 4)})
	}
	return out
}

func atLeast(counts *[6]int64, status int) (n int64) {
	for s := status; s <= 5; s++ {
		n += counts[s]
	}
	return n
}

func beside(n Node) []Label {
	var out []Label
	for _, s := range n.Segments {
		mid := s.Y + s.H/2
		out = append(out, Label{s.Status, mid + 5, mid, s.Count})
	}
	spread(out, labelDistance, flowTop+flowPlot+6)
	return out
}
