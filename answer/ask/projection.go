package ask

import (
	"fmt"
)

// projection: when all villages are Mandiri if as many become it each year as between the last two years.
func projection(q *asking) error {
	list, err := q.years()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return q.nothing(0)
	}
	to := list[len(list)-1]
	first := to
	if len(list) > 1 && list[len(list)-2].methodology == to.methodology {
		first = list[len(list)-2]
	}
	r, err := q.run("seri", params{"kode": q.area.Code, "dari": first.year, "ke": to.year, "status": "MANDIRI"})
	if err != nil {
		return err
	}
	p := points(r)
	before, now := p[0].Count, p[len(p)-1].Count
	left, gain, span := to.villages-now, now-before, int64(to.year-first.year)
	area := q.name(q.area)
	switch {
	case left == 0:
		q.say(fmt.Sprintf(q.l.T("semua %s di %s sudah Mandiri pada %d", "all %s in %s are Mandiri in %d"), q.l.Villages(to.villages), area, to.year))
	case span == 0:
		q.say(fmt.Sprintf(q.l.T("hanya ada data %d untuk %s; laju tidak dapat dihitung", "there are only data for %d in %s; no pace can be counted"), to.year, area))
	case gain <= 0:
		q.say(fmt.Sprintf(q.l.T("desa Mandiri di %s tidak bertambah dari %d ke %d (%s menjadi %s); dengan laju itu tidak ada tahun yang dapat disebut", "Mandiri villages in %s did not increase from %d to %d (%s to %s); at that pace there is no year to name"),
			area, first.year, to.year, q.l.Int(before), q.l.Int(now)))
	default:
		years := (left*span + gain - 1) / gain
		q.say(fmt.Sprintf(q.l.T("bila laju %d–%d tetap (%s dalam %d tahun), semua %s di %s Mandiri pada %d; kini %s", "if the pace of %d–%d holds (%s in %d %[9]s), all %[5]s in %[6]s are Mandiri in %[7]d; now %[8]s are"),
			q.pace(first.year, to.year, gain, span, to.villages, area, int64(to.year)+years, now)...))
		q.assumptions(first, to)
	}
	return q.cite(evidence{years: []int{first.year, to.year}, status: "MANDIRI"})
}

func (q *asking) pace(from, to int, gain, span, villages int64, area string, year, now int64) []any {
	list := []any{from, to, q.l.Signed(gain), span, q.l.Villages(villages), area, year, q.l.Int(now)}
	if q.l == "en" {
		noun := "years"
		if span == 1 {
			noun = "year"
		}
		list = append(list, noun)
	}
	return list
}

// assumptions notes what a projection takes for granted.
func (q *asking) assumptions(first, to known) {
	q.note(fmt.Sprintf(q.l.T("andaian: tiap tahun sama banyak desa menjadi Mandiri seperti dari %d ke %d, tidak ada yang turun, jumlah desa tetap", "assumed: each year as many villages become Mandiri as from %d to %d, none falls, the number of villages stays"), first.year, to.year))
	if to.methodology == "IDM" {
		q.note(q.l.T("sejak 2025 Indeks Desa menggantikan IDM, jadi proyeksi ini tidak dapat diperiksa dengan rilis berikutnya", "since 2025 the Indeks Desa replaces IDM, so later releases cannot test this projection"))
	}
}
