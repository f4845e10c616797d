package main

import (
	"context"
	"fmt"
	"strconv"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
)

// gains prints which indicators moved the villages of one status change.
func (a *app) gains(ctx context.Context, r *answer.Reader, area answer.Area, from, to answer.Standing, f trendFlags) error {
	partly, err := r.Decomposable(ctx, area, from.Year, to.Year)
	if err != nil {
		return err
	}
	g, err := r.Gains(ctx, area, from, to)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return a.printJSON(gainsJSON(g, r.Snap.ID()))
	}
	l := kalimat.Lang(f.lang)
	if f.format == "csv" {
		return gainsTable(l, g, func(n int64) string { return strconv.FormatInt(n, 10) }).as(a.out, "csv")
	}
	fmt.Fprintf(a.out, "%s\n\n", kalimat.Upper(l.Moved(int64(len(g.Villages)), area.Name, from.Status, from.Year, to.Status, to.Year, partly)))
	if len(g.Indicators) > 0 {
		if err := gainsTable(l, g, signed).as(a.out, f.format); err != nil {
			return err
		}
		fmt.Fprintln(a.out)
	}
	for _, line := range gainsNotes(l, g) {
		fmt.Fprintln(a.out, line)
	}
	fmt.Fprintf(a.out, "%s: %s\n", words[f.lang]["snapshot"], r.Snap.ID())
	return nil
}

// gainsTable has a row for each indicator that changed, and their sum; spell writes the points.
func gainsTable(l kalimat.Lang, g *answer.Gains, spell func(int64) string) *table {
	tab := &table{head: []string{l.T("indikator", "indicator"), l.T("dimensi", "dimension"), l.T("naik", "up"), l.T("turun", "down"), l.T("poin", "points"), l.T("IDM per desa", "IDM per village")},
		right: map[int]bool{2: true, 3: true, 4: true, 5: true}}
	apart := g.Apart()
	for _, i := range g.Indicators {
		tab.add(i.Name, i.Dimension, strconv.FormatInt(i.Up, 10), strconv.FormatInt(i.Down, 10), spell(i.Points), kalimat.GridMean(i.Points, apart))
	}
	if apart > 0 {
		tab.add(words[string(l)]["total"], "", "", "", spell(g.Points()), kalimat.GridMean(g.Points(), apart))
	}
	return tab
}

// gainsNotes say what was taken apart, what was not and why, and what the points are.
func gainsNotes(l kalimat.Lang, g *answer.Gains) []string {
	n := int64(len(g.Villages))
	if n == 0 {
		return nil
	}
	out := []string{kalimat.Upper(l.Apart(g.Apart(), n))}
	for _, gap := range g.Gaps() {
		out = append(out, l.NotApart(gap.Villages, gap.Years))
	}
	if text := l.Dimensions(g.Dimensions()); text != "" {
		out = append(out, text)
	}
	if rebuilt := g.Count(func(v answer.GainVillage) bool { return v.Reconstructed }); rebuilt > 0 {
		out = append(out, fmt.Sprintf(l.T("%s: barisnya rekonstruksi, indeksnya disusun dan bukan data yang terbit", "%s: rows are a reconstruction, with indices that were made and not published"), l.Villages(rebuilt)))
	}
	if single := g.Count(func(v answer.GainVillage) bool { return v.Answers }); single > 0 {
		out = append(out, l.SingleAnswers(single))
	}
	return append(out, fmt.Sprintf(l.T("1 poin = 1/%d IDM; jumlah poin tidak dibulatkan", "1 point = 1/%d of IDM; sums of points are not rounded"), answer.GridPoints))
}

func gainsJSON(g *answer.Gains, snapshot string) any {
	type village struct {
		Code     string `json:"kode"`
		Name     string `json:"nama"`
		District string `json:"kecamatan"`
		Points   int64  `json:"poin"`
		Apart    bool   `json:"terurai"`
	}
	list := make([]village, len(g.Villages))
	for i, v := range g.Villages {
		list[i] = village{v.Code, v.Name, v.District, v.Points, v.Apart}
	}
	indicators := g.Indicators
	if indicators == nil {
		indicators = []answer.IndicatorGain{}
	}
	dimensions := map[string]any{}
	if n, points := g.Dimensions(); n > 0 {
		dimensions = map[string]any{"desa": n, "IKS": points[0], "IKE": points[1], "IKL": points[2]}
	}
	return map[string]any{"area": g.Area, "dari": g.From, "ke": g.To, "jumlah": len(list), "terurai": g.Apart(), "tidak_terurai": g.Gaps(),
		"poin": g.Points(), "poin_per_idm": answer.GridPoints, "indikator": indicators, "dimensi": dimensions, "desa": list, "potret": snapshot}
}
