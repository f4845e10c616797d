package web

import (
	"fmt"
	"strconv"

	"lumbung/answer/web/kalimat"
	"lumbung/transform/indeks"
)

// number is the address of a number of the trend.
func number(area string, year int, status string) string {
	return fmt.Sprintf("/asal/mart_tren_status/%s/%d/%s", area, year, slug(status))
}

// keys are the four numbers on top.
func (b *startBody) keys(p *page, f *figures, low string, near int64) {
	first, last := f.years[0], f.last()
	cell := func(status string, year int) cellText {
		return cellText{Text: p.Int(f.count(status, year)), Href: p.Href(number(f.area.Code, year, status))}
	}
	t := f.sentence(p.Lang)
	second := f.years[t.Second()]
	pair := func(status string, y1, y2 int, note string) {
		from := cell(status, y1)
		b.Keys = append(b.Keys, keyFigure{status, fmt.Sprintf("%s, %d → %d", kalimat.Status(status), y1, y2), &from, cell(status, y2), note})
	}
	if first != last {
		focus := t.Focus()
		if focus != "MANDIRI" {
			pair(focus, first, second, changeNote(p, f.count(focus, second)-f.count(focus, first)))
		}
		if focus == "TERTINGGAL" {
			pair("SANGAT TERTINGGAL", first, second, zeroNote(p, f, second))
		}
		note := changeNote(p, f.count("MANDIRI", last)-f.count("MANDIRI", first))
		if pct := p.Lang.Percent(f.count("MANDIRI", last), f.total(last)); pct != "" {
			note += "; " + pct
		}
		pair("MANDIRI", first, last, note)
	}
	if low != "" {
		note := ""
		if near > 0 {
			note = fmt.Sprintf(p.T("%s kurang dari 0,03 menuju %s", "%s less than 0.03 from %s"), p.Int(near), kalimat.Status(above(low)))
		}
		b.Keys = append(b.Keys, keyFigure{low, fmt.Sprintf(p.T("Masih %s, %d", "Still %s, %d"), kalimat.Status(low), last), nil, cell(low, last), note})
	}
}

// above is the next status.
func above(status string) string {
	names := indeks.Names()
	for i, s := range names[:4] {
		if s == status {
			return names[i+1]
		}
	}
	return ""
}

func changeNote(p *page, change int64) string {
	switch {
	case change < 0:
		return p.T("turun ", "down ") + p.Lang.Villages(-change)
	case change > 0:
		return p.T("naik ", "up ") + p.Lang.Villages(change)
	}
	return p.T("tetap", "no change")
}

// zeroNote says what the lowest status did after its first pair of years.
func zeroNote(p *page, f *figures, after int) string {
	const lowestStatus = "SANGAT TERTINGGAL"
	var later []int
	for _, y := range f.years {
		if y > after && f.count(lowestStatus, y) == f.count(lowestStatus, after) {
			later = append(later, y)
		}
	}
	if len(later) == 0 {
		return changeNote(p, f.count(lowestStatus, after)-f.count(lowestStatus, f.years[0]))
	}
	return fmt.Sprintf(p.T("tetap %s pada %s", "still %s in %s"), p.Int(f.count(lowestStatus, after)), joinYears(p.Lang, later))
}

// table has the years, each change beside its pair of successive years, and a column for missing years.
func (b *startBody) table(p *page, f *figures) {
	var build []func(status string) cellText
	years := f.trend.Years
	for i, y := range years {
		if i > 0 && years[i-1] < y-1 {
			b.gapColumn(years[i-1]+1, y-1, &build)
		}
		badge := ""
		if f.totalNature(y) == rebuilt {
			badge = p.Nature(rebuilt)
		}
		b.Years = append(b.Years, yearHead{strconv.Itoa(y), strconv.Itoa(y), "tahun", badge})
		build = append(build, func(status string) cellText {
			n, at := f.total(y), "jumlah"
			if status != "" {
				n, at = f.count(status, y), status
			}
			return cellText{Text: p.Int(n), Href: p.Href(number(f.area.Code, y, at)), Mute: n == 0}
		})
		if i > 0 && years[i-1] == y-1 && f.trend.Methodology[strconv.Itoa(y)] == f.trend.Methodology[strconv.Itoa(y-1)] {
			b.Years = append(b.Years, yearHead{fmt.Sprintf("%s %d→%02d", p.T("ubah", "change"), y-1, y%100), p.T("ubah", "+/−"), "ubah", ""})
			build = append(build, func(status string) cellText {
				if status == "" {
					return cellText{Text: p.Signed(f.total(y) - f.total(y-1))}
				}
				d := f.count(status, y) - f.count(status, y-1)
				return cellText{Text: p.Signed(d), Href: p.Href(number(f.area.Code, y, status) + "/perubahan"), Mute: d == 0}
			})
		}
	}
	row := func(status string) statusRow {
		r := statusRow{Status: status}
		for _, cell := range build {
			r.Cells = append(r.Cells, cell(status))
		}
		return r
	}
	for _, s := range indeks.Names() {
		b.Rows = append(b.Rows, row(s))
	}
	b.Sum = row("")
}

func (b *startBody) gapColumn(from, to int, build *[]func(string) cellText) {
	var years []int
	for y := from; y <= to; y++ {
		years = append(years, y)
	}
	b.Years = append(b.Years, yearHead{kalimat.ListYears(years), "", "kosong", ""})
	*build = append(*build, func(string) cellText { return cellText{Text: "–"} })
}
