package chart

import "math"

// Ruler is a band of the statuses with a village's scores above it. Places
// across are shares of the band from Low to High.
type Ruler struct {
	Low, High float64
	Bands     []Band
	Ticks     []Tick // the last one is the newest year
	Gap       *Line  // from the newest score to the next border, nil for none
}

// Band is one status of the ruler.
type Band struct {
	Status int
	X, W   Pct
	Middle Pct
	Upper  string // its upper border, "" for the last
	End    Pct
	Narrow bool // too narrow for its name
}

// Tick is the score of one year.
type Tick struct {
	Year  int
	Score string
	X     Pct
	Label bool // the first and the newest are named
}

// YearScore is a score of one year.
type YearScore struct {
	Year  int
	Text  string
	Value float64
}

// ScoreRuler places scores on a scale of 0..top with the given upper ends of the four lower
// statuses. It shows at least 0.55..0.9 of the scale and 2 % beyond any score. next is the
// border to reach, 0 for none.
func ScoreRuler(scores []YearScore, borders [4]float64, texts [4]string, top, next float64) Ruler {
	r := Ruler{Low: 0.55 * top, High: 0.9 * top}
	for _, s := range scores {
		r.Low, r.High = math.Min(r.Low, s.Value-0.02*top), math.Max(r.High, s.Value+0.02*top)
	}
	r.Low, r.High = math.Max(r.Low, 0), math.Min(r.High, top)
	at := r.Low
	for status := 1; status <= 5; status++ {
		end, text := r.High, ""
		if status < 5 && borders[status-1] < r.High {
			end, text = borders[status-1], texts[status-1]
		}
		if end <= at {
			continue
		}
		b := Band{Status: status, X: r.x(at), W: r.x(end) - r.x(at), Middle: (r.x(at) + r.x(end)) / 2, Upper: text, End: r.x(end)}
		b.Narrow = b.W < 8
		r.Bands = append(r.Bands, b)
		at = end
	}
	for i, s := range scores {
		r.Ticks = append(r.Ticks, Tick{s.Year, s.Text, r.x(s.Value), i == 0 || i == len(scores)-1})
	}
	if n := len(scores); n > 0 && next > scores[n-1].Value {
		r.Gap = &Line{X1: r.x(scores[n-1].Value), X2: r.x(next)}
	}
	if n := len(r.Ticks); n > 1 && r.Ticks[n-1].X-r.Ticks[0].X < 12 && r.Ticks[0].X-r.Ticks[n-1].X < 12 {
		r.Ticks[0].Label = false // it would stand on the newest year's label
	}
	return r
}

func (r *Ruler) x(v float64) Pct { return Pct(100 * (v - r.Low) / (r.High - r.Low)) }
