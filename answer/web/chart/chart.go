// Package chart computes where the rectangles, lines and texts of the dashboard's charts stand.
//
// Across, everything is in per cent of the chart's width, so that charts
// reflow without script and text keeps its size; down, everything is in px.
// Colours and patterns are left to the templates and the style sheet.
package chart

import "strconv"

// Pct is a length or place across, in per cent of the chart's width.
type Pct float64

// String is the attribute's value: "12.50%".
func (p Pct) String() string { return strconv.FormatFloat(float64(p), 'f', 2, 64) + "%" }

// Plus and Minus shift a place by a length; Less is the length between two places.
func (p Pct) Plus(d Pct) Pct  { return p + d }
func (p Pct) Minus(d Pct) Pct { return p - d }
func (p Pct) Less(q Pct) Pct  { return p - q }

// Px is a length or place down, in px.
type Px float64

// String is the attribute's value: "12.5".
func (p Px) String() string { return strconv.FormatFloat(float64(p), 'f', -1, 64) }

func px(v float64) Px { return Px(float64(int64(v*10+0.5)) / 10) }

// Line is a straight line.
type Line struct {
	X1, X2 Pct
	Y1, Y2 Px
}

// Label is a text beside the stack.
type Label struct {
	Status int // 1..5
	Y      Px  // of the text
	At     Px  // of what it names
	Count  int64
}

// spread moves labels apart to at least gap px, keeping their order from the top and the limits.
func spread(labels []Label, gap, bottom Px) {
	for i := 1; i < len(labels); i++ {
		labels[i].Y = max(labels[i].Y, labels[i-1].Y+gap)
	}
	limit := bottom
	for i := len(labels) - 1; i >= 0; i-- {
		labels[i].Y = min(labels[i].Y, limit)
		limit = labels[i].Y - gap
	}
}
