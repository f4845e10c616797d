package answer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// CountChange is the counts of one year of an area that differ between two
// snapshots, or, for a year that is new, from those of the year before it.
type CountChange struct {
	Area    Area
	Year    int
	Against int    // the year compared with: Year itself for a corrected year, an earlier one for a new year, 0 for none
	Nature  string // of Year: resmi, rekonstruksi, campuran
	Gone    bool   // the year is in the older snapshot only
	Status  []StatusChange
}

// StatusChange is one status whose count differs.
type StatusChange struct {
	Status   string
	From, To int64
}

// String is the change as one line: "Kutai Kartanegara 2020 (rekonstruksi), against 2019: TERTINGGAL 53 → 21".
func (c CountChange) String() string {
	text := fmt.Sprintf("%s %d", c.Area.Name, c.Year)
	if c.Gone {
		return text + ": no figures any more"
	}
	if c.Nature != "" && c.Nature != "resmi" {
		text += " (" + c.Nature + ")"
	}
	var counts []string
	for _, s := range c.Status {
		if c.Against == 0 {
			counts = append(counts, fmt.Sprintf("%s %d", s.Status, s.To))
		} else {
			counts = append(counts, fmt.Sprintf("%s %d → %d", s.Status, s.From, s.To))
		}
	}
	switch c.Against {
	case 0:
		text += ", new, nothing to compare with"
	case c.Year:
		text += ", corrected"
	default:
		text += fmt.Sprintf(", new, against %d", c.Against)
		if len(counts) == 0 {
			counts = []string{"no change"}
		}
	}
	return text + ": " + strings.Join(counts, ", ")
}

// CountChanges compares the villages per status of an area, newest year first.
// before may be nil: then every year is new. Years of different methodologies
// are not compared.
func CountChanges(ctx context.Context, before, after *Reader, area Area) ([]CountChange, error) {
	now, err := trendOrNone(ctx, after, area)
	if err != nil {
		return nil, err
	}
	was := &Trend{}
	if before != nil {
		if was, err = trendOrNone(ctx, before, area); err != nil {
			return nil, err
		}
	}
	var out []CountChange
	for i, year := range now.Years {
		c := CountChange{Area: area, Year: year, Nature: now.Nature[strconv.Itoa(year)]}
		switch {
		case slices.Contains(was.Years, year):
			c.Against = year
			c.Status = statusChanges(was, year, now, year)
			if len(c.Status) == 0 {
				continue
			}
		case i > 0 && now.Methodology[strconv.Itoa(year)] == now.Methodology[strconv.Itoa(now.Years[i-1])]:
			c.Against = now.Years[i-1]
			c.Status = statusChanges(now, c.Against, now, year)
		default:
			c.Status = statusChanges(&Trend{}, 0, now, year)
		}
		out = append(out, c)
	}
	for _, year := range was.Years {
		if !slices.Contains(now.Years, year) {
			out = append(out, CountChange{Area: area, Year: year, Gone: true})
		}
	}
	slices.SortFunc(out, func(a, b CountChange) int { return b.Year - a.Year })
	return out, nil
}

// trendOrNone is the trend of all years, empty where there are none.
func trendOrNone(ctx context.Context, r *Reader, area Area) (*Trend, error) {
	t, err := r.Trend(ctx, area, 0, 0)
	var none *NoDataError
	if errors.As(err, &none) {
		return &Trend{}, nil
	}
	return t, err
}

// statusChanges are the statuses whose counts differ between a year of one trend and a year of another.
func statusChanges(a *Trend, yearA int, b *Trend, yearB int) []StatusChange {
	counts := func(t *Trend, year int) map[string]int64 {
		out := map[string]int64{}
		for _, row := range t.Status {
			out[row.Status] = row.Counts[strconv.Itoa(year)]
		}
		return out
	}
	from, to := counts(a, yearA), counts(b, yearB)
	var out []StatusChange
	for _, row := range b.Status {
		if from[row.Status] != to[row.Status] {
			out = append(out, StatusChange{row.Status, from[row.Status], to[row.Status]})
		}
	}
	return out
}
