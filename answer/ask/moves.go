package ask

import (
	"fmt"

	"lumbung/answer/web/kalimat"
)

// moves: which villages moved between two years.
func moves(q *asking) error {
	from, to, ok, err := q.two(true)
	if err != nil || !ok {
		return err
	}
	way := q.slots["arah"].Word
	p := params{"kode": q.area.Code, "dari": from.year, "ke": to.year, "arah": way, "status": "", "status_ke": ""}
	if _, err := q.run("pindah", p); err != nil {
		return err
	}
	p["arah"] = "pindah"
	all, err := q.look("pindah", p)
	if err != nil {
		return err
	}
	var up, down int64
	for i := range all.list {
		if all.text(i, "arah") == "naik" {
			up++
		} else {
			down++
		}
	}
	rebuilt := q.rebuilt(from.year, to.year)
	text := q.l.Moves(up, down, from.year, to.year, rebuilt)
	if way == "turun" && down == 0 && up > 0 {
		text = fmt.Sprintf(q.l.T("tidak ada desa yang turun status dari %d ke %d, %s naik", "no village moved down from %d to %d, %s moved up"), from.year, to.year, q.l.Villages(up))
		if rebuilt {
			text = q.l.ByReconstruction(text)
		}
	}
	q.say(q.name(q.area) + ": " + lower(text))
	q.unmatched(from, to)
	return q.cite(evidence{years: []int{from.year, to.year}})
}

// unmatched notes that the two years do not count the same villages.
func (q *asking) unmatched(from, to known) {
	if from.villages != to.villages {
		q.note(fmt.Sprintf(q.l.T("%d mencatat %s, %d mencatat %s; hanya desa yang ada pada kedua tahun dibandingkan", "%d records %s, %d records %s; only villages of both years are compared"),
			from.year, q.l.Villages(from.villages), to.year, q.l.Villages(to.villages)))
	}
}

// lower undoes the capital that begins a sentence, for use after a colon.
func lower(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]|0x20) + s[1:]
}

// movesBetween: which villages went from one status to another.
func movesBetween(q *asking) error {
	from, to, ok, err := q.two(true)
	if err != nil || !ok {
		return err
	}
	query := "pindah"
	if q.status() == q.statusTo() {
		query = "tetap"
	}
	r, err := q.run(query, params{"kode": q.area.Code, "dari": from.year, "ke": to.year, "arah": "pindah", "status": q.status(), "status_ke": q.statusTo()})
	if err != nil {
		return err
	}
	text := q.l.Moved(int64(r.len()), q.name(q.area), q.status(), from.year, q.statusTo(), to.year, false)
	if query == "tetap" {
		text = fmt.Sprintf(q.l.T("%s di %s tetap %s pada %d dan %d", "%s in %s stayed %s in %d and %d"), q.l.Villages(int64(r.len())), q.name(q.area), kalimat.Status(q.status()), from.year, to.year)
	}
	q.sayRows(text+q.named(r, "nama_desa"), from.year, to.year)
	q.unmatched(from, to)
	return q.cite(evidence{years: []int{from.year, to.year}})
}

// mostNamed is how many villages a sentence names.
const mostNamed = 5

// named lists the first villages of a result: ": A, B dan 3 lainnya"; "" without any.
func (q *asking) named(r rows, col string) string {
	var names []string
	for i := range r.list {
		if i == mostNamed {
			names = append(names, fmt.Sprintf(q.l.T("%d lainnya", "%d more"), r.len()-mostNamed))
			break
		}
		names = append(names, r.text(i, col))
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + q.l.Join(names)
}

// list: the names of the villages of a status.
func list(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("daftar", params{"kode": q.area.Code, "tahun": k.year, "status": q.status()})
	if err != nil {
		return err
	}
	n := int64(r.len())
	text := lower(q.l.Count(q.name(q.area), q.status(), k.year, k.methodology, n, false))
	if n == 0 {
		text = q.none(k)
	}
	q.sayRows(text+q.named(r, "nama_desa"), k.year)
	return q.cite(evidence{years: []int{k.year}, status: q.status()})
}
