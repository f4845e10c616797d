package chart

// The stacked columns: a plot of 300 px between 34 px above and 44 px below;
// one slot a year, 0.45 slots for a methodology break, a bar of 64 % of its slot.
const (
	columnsTop    = 34
	columnsPlot   = 300
	columnsBelow  = 44
	breakSlots    = 0.45
	barShare      = 0.64
	minLabel      = 17 // px; in lower segments the number stands outside
	labelDistance = 16
)

// Year is one slot of the columns.
type Year struct {
	Year          int
	Counts        *[6]int64 // by status 1..5; nil leaves the slot empty
	Why           []string  // lines in an empty slot
	Note          string    // under the year
	Reconstructed bool
}

// Columns are stacked columns, worst status at the bottom.
type Columns struct {
	Height Px
	Top    Px // of the plot
	Bottom Px // where the columns stand
	Bars   []Bar
	Joins  []Line // borders of adjacent years with data
	Break  Pct    // middle of the break, 0 without one
	Labels []Label
}

// Bar is one slot.
type Bar struct {
	Year
	X, W, Middle Pct
	Top          Px // of the plot, for empty slots
	H            Px
	Segments     []Segment // best status first
}

// Segment is one status in a bar.
type Segment struct {
	Status  int
	Count   int64
	Y, H    Px
	Text    Px // baseline of the number
	Outside bool
}

// StackedColumns places the years; breakAfter is the last year before a break, 0 for none.
// All columns have the scale of the largest total.
func StackedColumns(years []Year, breakAfter int) Columns {
	c := Columns{Height: columnsTop + columnsPlot + columnsBelow, Top: columnsTop, Bottom: columnsTop + columnsPlot}
	slots := float64(len(years))
	if breakAfter != 0 {
		slots += breakSlots
	}
	slot := 100 / slots
	var most int64
	for _, y := range years {
		most = max(most, total(y.Counts))
	}
	at := 0.0
	for _, y := range years {
		bar := Bar{Year: y, X: Pct(at + slot*(1-barShare)/2), W: Pct(slot * barShare), Middle: Pct(at + slot/2), Top: columnsTop, H: columnsPlot}
		if y.Counts != nil && most > 0 {
			bar.Segments = stack(y.Counts, most)
		}
		c.Bars = append(c.Bars, bar)
		at += slot
		if y.Year == breakAfter {
			c.Break = Pct(at + slot*breakSlots/2)
			at += slot * breakSlots
		}
	}
	c.join(breakAfter)
	c.label()
	return c
}

func total(counts *[6]int64) (n int64) {
	if counts == nil {
		return 0
	}
	for _, v := range counts[1:] {
		n += v
	}
	return n
}

// stack places the segments from the bottom up, worst first, and returns them best first.
func stack(counts *[6]int64, most int64) []Segment {
	var out []Segment
	bottom := float64(columnsTop + columnsPlot)
	below := int64(0)
	for status := 1; status <= 5; status++ {
		n := counts[status]
		if n == 0 {
			continue
		}
		low := bottom - columnsPlot*float64(below)/float64(most)
		below += n
		high := bottom - columnsPlot*float64(below)/float64(most)
		s := Segment{Status: status, Count: n, Y: px(high), H: px(low) - px(high), Outside: low-high < minLabel}
		s.Text = px((low+high)/2 + 5)
		out = append([]Segment{s}, out...)
	}
	return out
}

// join draws the borders between statuses from a column to the next year's.
func (c *Columns) join(breakAfter int) {
	for i := 1; i < len(c.Bars); i++ {
		a, b := c.Bars[i-1], c.Bars[i]
		if a.Segments == nil || b.Segments == nil || b.Year.Year != a.Year.Year+1 || a.Year.Year == breakAfter {
			continue
		}
		for status := 2; status <= 5; status++ {
			y1, y2 := border(a.Segments, status, c.Bottom), border(b.Segments, status, c.Bottom)
			if y1 == c.Bottom && y2 == c.Bottom || y1 == c.Top && y2 == c.Top {
				continue
			}
			c.Joins = append(c.Joins, Line{a.X + a.W, b.X, y1, y2})
		}
	}
}

// border is the lower edge of everything from a status up.
func border(segments []Segment, status int, bottom Px) Px {
	edge := Px(columnsTop)
	for _, s := range segments {
		if s.Status >= status {
			edge = s.Y + s.H
		}
	}
	if edge > bottom {
		return bottom
	}
	return edge
}

// label names the statuses beside the first column with data.
func (c *Columns) label() {
	for _, b := range c.Bars {
		if len(b.Segments) == 0 {
			continue
		}
		for _, s := range b.Segments {
			mid := s.Y + s.H/2
			c.Labels = append(c.Labels, Label{s.Status, mid + 5, mid, s.Count})
		}
		spread(c.Labels, labelDistance, c.Bottom+4)
		return
	}
}
