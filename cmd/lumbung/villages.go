package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lumbung/answer"
	"lumbung/transform/indeks"
)

// standings reads STATUS:YEAR arguments, such as TERTINGGAL:2019.
func standings(given []string) ([]answer.Standing, error) {
	var out []answer.Standing
	for _, text := range given {
		name, year, _ := strings.Cut(text, ":")
		s := answer.Standing{Status: strings.ToUpper(strings.NewReplacer("-", " ", "_", " ").Replace(strings.TrimSpace(name)))}
		var err error
		if s.Year, err = strconv.Atoi(year); err != nil || s.Year < 1000 || s.Year > 9999 {
			return nil, usage("%q is no status with a year; for example TERTINGGAL:2019", text)
		}
		if indeks.ParseStatus(s.Status) == 0 {
			return nil, usage("%q: %q is not one of %s", text, name, strings.Join(indeks.Names(), ", "))
		}
		for _, other := range out {
			if other.Year == s.Year {
				return nil, usage("%q: a village has one status in %d", text, s.Year)
			}
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, usage("--villages wants one or more STATUS:YEAR, for example TERTINGGAL:2019 BERKEMBANG:2020")
	}
	return out, nil
}

// villages prints who had the standings, each with its status and score of every year.
func (a *app) villages(ctx context.Context, r *answer.Reader, area answer.Area, want []answer.Standing, f trendFlags) error {
	years := make([]int, len(want))
	first, last := want[0].Year, want[0].Year
	for i, s := range want {
		years[i] = s.Year
		first, last = min(first, s.Year), max(last, s.Year)
	}
	t, err := r.Trend(ctx, area, first, last)
	if err != nil {
		return err
	}
	for _, y := range years {
		if t.Methodology[strconv.Itoa(y)] == "" {
			return fmt.Errorf("%s (%s) has no data for %d; years with data: %s", area.Name, area.Code, y, strings.Trim(fmt.Sprint(t.Years), "[]"))
		}
	}
	list, err := r.VillagesWith(ctx, area, want)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return a.printJSON(villagesJSON(area, want, list, r.Snap.ID()))
	}
	tab := &table{head: []string{"kode", "desa", "kecamatan"}, right: map[int]bool{}}
	for i, s := range want {
		tab.head = append(tab.head, fmt.Sprintf("%s %d", s.Status, s.Year))
		tab.right[3+i] = true
	}
	for _, rows := range list {
		now := rows[len(rows)-1]
		cells := []string{now.Code, now.Name, now.District}
		for _, v := range rows {
			cells = append(cells, v.Score)
		}
		tab.add(cells...)
	}
	if err := tab.as(a.out, f.format); err != nil || f.format == "csv" {
		return err
	}
	fmt.Fprintf(a.out, "\n%s: %s\n", words[f.lang]["count"], thousands(int64(len(list))))
	a.printNotes(t, words[f.lang])
	return nil
}

func villagesJSON(area answer.Area, want []answer.Standing, list [][]answer.VillageRow, snapshot string) any {
	type row struct {
		Year    int       `json:"tahun"`
		Code    string    `json:"kode"`
		Status  string    `json:"status"`
		Score   rawNumber `json:"skor"`
		Release string    `json:"rilis"`
		SHA256  string    `json:"sha256"`
		Part    string    `json:"bagian"`
		Row     int64     `json:"baris"`
	}
	type village struct {
		Code     string `json:"kode"`
		Name     string `json:"nama"`
		District string `json:"kecamatan"`
		Rows     []row  `json:"baris"`
	}
	out := make([]village, len(list))
	for i, rows := range list {
		now := rows[len(rows)-1]
		out[i] = village{Code: now.Code, Name: now.Name, District: now.District}
		for _, v := range rows {
			out[i].Rows = append(out[i].Rows, row{v.Year, v.Code, v.Status, scoreJSON(v.Score), v.Release, v.SHA256, v.Part, v.Row})
		}
	}
	return map[string]any{"area": area, "syarat": want, "jumlah": len(list), "desa": out, "potret": snapshot}
}

// scoreJSON is a score as a number, null for none.
func scoreJSON(score string) rawNumber {
	if score == "" {
		return "null"
	}
	return rawNumber(score)
}
