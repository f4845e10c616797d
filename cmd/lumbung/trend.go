package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/answer"
)

func (a *app) trendCmd() *cobra.Command {
	var area string
	var from, to int
	c := &cobra.Command{
		Use:   "trend",
		Short: "Villages per status and year in an area, with the change",
		Long: `Count the villages of an area per status and year. The area is a Kemendagri code, dotted
or not, or a name; without --area it is the one that lumbung.yaml names.`,
		Example: "  lumbung trend --area 64.02 --from 2019 --to 2020\n  lumbung trend --area \"Kutai Kartanegara\" --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if to != 0 && from > to {
				return usage("--from %d is after --to %d", from, to)
			}
			r, cfg, err := a.read(c.Context())
			if err != nil {
				return err
			}
			if area == "" {
				area = cfg.Area
			}
			t, err := trend(c, r, area, from, to)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(t)
			}
			a.printTrend(t)
			return nil
		},
	}
	c.Flags().StringVar(&area, "area", "", "`code or name` of the area")
	c.Flags().IntVar(&from, "from", 0, "first `year`")
	c.Flags().IntVar(&to, "to", 0, "last `year`")
	return c
}

func trend(c *cobra.Command, r *answer.Reader, area string, from, to int) (*answer.Trend, error) {
	if area == "" {
		return nil, usage("no area: give --area CODE, or name one as area: in lumbung.yaml")
	}
	found, err := r.FindArea(c.Context(), area)
	if err != nil {
		return nil, err
	}
	return r.Trend(c.Context(), found, from, to)
}

// printTrend prints the table, what its figures are, and where they come from.
func (a *app) printTrend(t *answer.Trend) {
	fmt.Fprintf(a.out, "Desa menurut status, %s (%s)\n\n", t.Area.Name, t.Area.Code)
	tab := table{head: []string{"Status"}, right: map[int]bool{}}
	for i, y := range t.Years {
		tab.head = append(tab.head, strconv.Itoa(y))
		tab.right[i+1] = true
	}
	first, last := t.Years[0], t.Years[len(t.Years)-1]
	change := len(t.Years) > 1 && len(t.Breaks) == 0
	if change {
		tab.head = append(tab.head, fmt.Sprintf("ubah %d→%d", first, last))
		tab.right[len(t.Years)+1] = true
	}
	total := []string{"JUMLAH"}
	for _, y := range t.Years {
		total = append(total, thousands(t.Villages[strconv.Itoa(y)]))
	}
	for _, s := range t.Status {
		row := []string{s.Status}
		for _, y := range t.Years {
			row = append(row, thousands(s.Counts[strconv.Itoa(y)]))
		}
		if change {
			row = append(row, signed(*s.Change))
		}
		tab.add(row...)
	}
	if change {
		total = append(total, signed(t.Villages[strconv.Itoa(last)]-t.Villages[strconv.Itoa(first)]))
	}
	tab.add(total...)
	tab.print(a.out)
	fmt.Fprintln(a.out)
	a.printNotes(t)
}

func (a *app) printNotes(t *answer.Trend) {
	for _, y := range t.Years {
		if n := t.Nature[strconv.Itoa(y)]; n != "resmi" && n != "" {
			fmt.Fprintf(a.out, "%d: %s\n", y, natureNote(n))
		}
	}
	if len(t.Missing) > 0 {
		fmt.Fprintf(a.out, "tanpa data: %s\n", strings.Trim(strings.ReplaceAll(fmt.Sprint(t.Missing), " ", ", "), "[]"))
	}
	for _, b := range t.Breaks {
		fmt.Fprintf(a.out, "%s %d dan %s %d tidak dibandingkan\n", b.From, b.After, b.To, b.Before)
	}
	for _, s := range t.Sources {
		stale := ""
		if s.Stale {
			stale = ", salinan lama: sumber gagal"
		}
		fmt.Fprintf(a.out, "sumber: %s  %s  sha256 %.12s%s\n", s.Release, s.Title, s.SHA256, stale)
	}
	fmt.Fprintf(a.out, "potret: %s\n", t.Snapshot)
}

func natureNote(nature string) string {
	switch nature {
	case "rekonstruksi":
		return "baris per desa adalah rekonstruksi; jumlahnya sama dengan angka terbitan"
	case "sintetis":
		return "data sintetis"
	}
	return nature
}
