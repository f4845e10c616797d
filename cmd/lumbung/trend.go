package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/answer"
)

// trendFlags are the ways in which a trend may be asked for.
type trendFlags struct {
	area, format, lang, by string
	from, to               int
	transitions, ascii     bool
	villages, why          bool
}

func (a *app) trendCmd() *cobra.Command {
	var f trendFlags
	c := &cobra.Command{
		Use:   "trend [--villages STATUS:YEAR...]",
		Short: "Villages per status and year in an area, with the change",
		Long: `Count the villages of an area per status and year. The area is a Kemendagri code, dotted
or not, or a name; without --area it is the one that lumbung.yaml names.

With --engine trino the answer comes from what Trino has published, all of it from the one snapshot that it names.`,
		Example: `  lumbung trend --area 64.02 --from 2019 --to 2020
  lumbung trend --area "Kutai Kartanegara" --by kecamatan --from 2024
  lumbung trend --area 64.02 --transitions --from 2023 --to 2024
  lumbung trend --villages TERTINGGAL:2019 BERKEMBANG:2020
  lumbung trend --villages BERKEMBANG:2023 MAJU:2024 --why
  lumbung trend --area 64.02 --format markdown --lang en`,
		RunE: func(c *cobra.Command, given []string) error {
			want, err := f.check(a.json, given)
			if err != nil {
				return err
			}
			r, cfg, err := a.read(c.Context())
			if err != nil {
				return err
			}
			if f.area == "" {
				f.area = cfg.Area
			}
			return errors.Join(a.trend(c.Context(), r, f, want), r.Close())
		},
	}
	c.Flags().StringVar(&f.area, "area", "", "`code or name` of the area")
	c.Flags().IntVar(&f.from, "from", 0, "first `year`")
	c.Flags().IntVar(&f.to, "to", 0, "last `year`")
	c.Flags().StringVar(&f.by, "by", "", "kecamatan: the last year's counts of each area below")
	c.Flags().BoolVar(&f.transitions, "transitions", false, "the moves between statuses, with the villages that moved")
	c.Flags().BoolVar(&f.villages, "villages", false, "the villages that had every given STATUS:YEAR")
	c.Flags().BoolVar(&f.why, "why", false, "with two standings of --villages: which indicators moved these villages from one to the other")
	c.Flags().StringVar(&f.format, "format", "table", "table, json, csv or markdown")
	c.Flags().StringVar(&f.lang, "lang", "id", "id or en")
	a.engineFlag(c)
	c.Flags().BoolVar(&f.ascii, "ascii", false, "bars of # instead of blocks")
	return c
}

// check looks at the flags; what it returns are the standings of --villages.
func (f *trendFlags) check(json bool, given []string) ([]answer.Standing, error) {
	if json {
		f.format = "json"
	}
	if err := f.valid(); err != nil {
		return nil, err
	}
	if f.villages {
		want, err := standings(given)
		if err == nil && f.why && (len(want) != 2 || want[0].Year >= want[1].Year) {
			err = usage("--why wants two standings, the earlier first, for example BERKEMBANG:2023 MAJU:2024")
		}
		return want, err
	}
	if len(given) > 0 {
		return nil, usage("unknown argument %q; the area is --area, standings need --villages", given[0])
	}
	return nil, nil
}

func (f *trendFlags) valid() error {
	switch {
	case f.villages && (f.transitions || f.by != "" || f.from != 0 || f.to != 0):
		return usage("--villages goes with --area, --format and --lang only; its years stand beside the statuses")
	case f.why && !f.villages:
		return usage("--why goes with --villages, for example --villages BERKEMBANG:2023 MAJU:2024 --why")
	case f.to != 0 && f.from > f.to:
		return usage("--from %d is after --to %d", f.from, f.to)
	case f.transitions && f.format == "csv":
		return usage("--transitions is more than one table; --format json has all of it, `lumbung query --format csv \"FROM mart_perpindahan_desa\"` its rows")
	case f.by != "" && f.by != "kecamatan":
		return usage("--by %q: kecamatan is what there is", f.by)
	case f.lang != "id" && f.lang != "en":
		return usage("--lang %q is not one of id, en", f.lang)
	case f.format != "table" && f.format != "json" && f.format != "csv" && f.format != "markdown":
		return usage("--format %q is not one of table, json, csv, markdown", f.format)
	}
	return nil
}

func (a *app) trend(ctx context.Context, r *answer.Reader, f trendFlags, want []answer.Standing) error {
	if f.area == "" {
		return usage("no area: give --area CODE, or name one as area: in lumbung.yaml")
	}
	area, err := r.FindArea(ctx, f.area)
	if err != nil {
		return err
	}
	if f.why {
		return a.gains(ctx, r, area, want[0], want[1], f)
	}
	if f.villages {
		return a.villages(ctx, r, area, want, f)
	}
	if f.transitions {
		return a.transitions(ctx, r, area, f)
	}
	t, err := r.Trend(ctx, area, f.from, f.to)
	if err != nil {
		return err
	}
	if f.by != "" {
		return a.byDistrict(ctx, r, t, f)
	}
	switch f.format {
	case "json":
		return a.printJSON(t)
	case "csv":
		return a.trendCSV(t)
	}
	a.printTrend(t, f)
	return nil
}

// words are the few fixed texts of a trend in both languages.
var words = map[string]map[string]string{
	"id": {"title": "Desa menurut status, %s (%s)", "total": "JUMLAH", "change": "ubah", "none": "tanpa data", "count": "desa", "source": "sumber", "snapshot": "potret",
		"stale": "salinan lama: sumber gagal", "break": "%s %d dan %s %d tidak dibandingkan", "synthetic": "data sintetis",
		"reconstruction": "baris per desa adalah rekonstruksi; jumlahnya sama dengan angka terbitan",
		"moves":          "Perpindahan status, %s (%s), %d ke %d", "up": "%d naik, %d turun, %d tetap"},
	"en": {"title": "Villages by status, %s (%s)", "total": "TOTAL", "change": "change", "none": "no data", "count": "villages", "source": "source", "snapshot": "snapshot",
		"stale": "old copy: the source failed", "break": "%s %d and %s %d are not compared", "synthetic": "synthetic data",
		"reconstruction": "village rows are a reconstruction that counts as published",
		"moves":          "Moves between statuses, %s (%s), %d to %d", "up": "%d moved up, %d down, %d stayed"},
}

// trendTable is the counts as a table, with the change where years may be compared.
func trendTable(t *answer.Trend, w map[string]string) *table {
	tab := &table{head: []string{"Status"}, right: map[int]bool{}}
	for i, y := range t.Years {
		tab.head = append(tab.head, strconv.Itoa(y))
		tab.right[i+1] = true
	}
	first, last := t.Years[0], t.Years[len(t.Years)-1]
	change := len(t.Years) > 1 && len(t.Breaks) == 0
	if change {
		tab.head = append(tab.head, fmt.Sprintf("%s %d→%d", w["change"], first, last))
		tab.right[len(t.Years)+1] = true
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
	total := []string{w["total"]}
	for _, y := range t.Years {
		total = append(total, thousands(t.Villages[strconv.Itoa(y)]))
	}
	if change {
		total = append(total, signed(t.Villages[strconv.Itoa(last)]-t.Villages[strconv.Itoa(first)]))
	}
	tab.add(total...)
	return tab
}

// printTrend prints the table, what its figures are, and where they come from.
func (a *app) printTrend(t *answer.Trend, f trendFlags) {
	w := words[f.lang]
	fmt.Fprintf(a.out, w["title"]+"\n\n", t.Area.Name, t.Area.Code)
	tab := trendTable(t, w)
	if f.format == "markdown" {
		tab.markdown(a.out)
	} else {
		tab.print(a.out)
		if a.onTerminal() {
			a.bars(t, f.ascii)
		}
	}
	fmt.Fprintln(a.out)
	a.printNotes(t, w)
}

func (a *app) printNotes(t *answer.Trend, w map[string]string) {
	for _, y := range t.Years {
		switch n := t.Nature[strconv.Itoa(y)]; n {
		case "resmi", "":
		case "rekonstruksi":
			fmt.Fprintf(a.out, "%d: %s\n", y, w["reconstruction"])
		case "sintetis":
			fmt.Fprintf(a.out, "%d: %s\n", y, w["synthetic"])
		default:
			fmt.Fprintf(a.out, "%d: %s\n", y, n)
		}
	}
	if len(t.Missing) > 0 {
		fmt.Fprintf(a.out, "%s: %s\n", w["none"], strings.Trim(strings.ReplaceAll(fmt.Sprint(t.Missing), " ", ", "), "[]"))
	}
	for _, b := range t.Breaks {
		fmt.Fprintf(a.out, w["break"]+"\n", b.From, b.After, b.To, b.Before)
	}
	for _, s := range t.Sources {
		stale := ""
		if s.Stale {
			stale = ", " + w["stale"]
		}
		fmt.Fprintf(a.out, "%s: %s  %s  sha256 %.12s%s\n", w["source"], s.Release, s.Title, s.SHA256, stale)
	}
	fmt.Fprintf(a.out, "%s: %s\n", w["snapshot"], t.Snapshot)
}

// trendCSV prints one line a status and year.
func (a *app) trendCSV(t *answer.Trend) error {
	w := csv.NewWriter(a.out)
	if err := w.Write([]string{"kode_wilayah", "nama_wilayah", "tahun", "status", "jumlah", "metodologi", "sifat"}); err != nil {
		return err
	}
	for _, y := range t.Years {
		key := strconv.Itoa(y)
		for _, s := range t.Status {
			if err := w.Write([]string{t.Area.Code, t.Area.Name, key, s.Status, strconv.FormatInt(s.Counts[key], 10), t.Methodology[key], t.Nature[key]}); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// byDistrict prints the areas below in the last year of the trend, worst mean first.
func (a *app) byDistrict(ctx context.Context, r *answer.Reader, t *answer.Trend, f trendFlags) error {
	last, prev := t.Years[len(t.Years)-1], 0
	if len(t.Years) > 1 {
		prev = t.Years[len(t.Years)-2]
	}
	list, err := r.Children(ctx, t.Area, last, prev)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return a.printJSON(map[string]any{"area": t.Area, "tahun": last, "wilayah": list, "potret": t.Snapshot})
	}
	tab := &table{head: []string{"kode", "wilayah", "tahun", "skor"}, right: map[int]bool{3: true}}
	for i := 1; i <= 5; i++ {
		tab.head = append(tab.head, t.Status[i-1].Status)
		tab.right[3+i] = true
	}
	for _, c := range list {
		if c.Villages == 0 {
			continue
		}
		row := []string{c.Code, c.Name, strconv.Itoa(last), c.Mean}
		for i := 1; i <= 5; i++ {
			row = append(row, thousands(c.Counts[i]))
		}
		tab.add(row...)
	}
	if f.format == "csv" {
		return tab.as(a.out, "csv")
	}
	fmt.Fprintf(a.out, words[f.lang]["title"]+"\n\n", t.Area.Name, t.Area.Code)
	if err := tab.as(a.out, f.format); err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	a.printNotes(t, words[f.lang])
	return nil
}

// transitions prints the matrices of moves and the villages that moved.
func (a *app) transitions(ctx context.Context, r *answer.Reader, area answer.Area, f trendFlags) error {
	all, err := r.Matrices(ctx, area)
	if err != nil {
		return err
	}
	var chosen []answer.Matrix
	for _, m := range all {
		if (f.from == 0 || m.From >= f.from) && (f.to == 0 || m.To <= f.to) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no two years with data for %s (%s) in that range", area.Name, area.Code)
	}
	if f.format == "json" {
		return a.printJSON(map[string]any{"area": area, "perpindahan": chosen, "potret": r.Snap.ID()})
	}
	for _, m := range chosen {
		if err := a.matrix(ctx, r, &m, f); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.out, "%s: %s\n", words[f.lang]["snapshot"], r.Snap.ID())
	return nil
}
