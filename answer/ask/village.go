package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

// path reads the years of a village into the answer's table.
func (q *asking) path(from, to int) (r rows, name string, err error) {
	if to == 0 {
		to = 9999
	}
	if name, err = q.villageName(); err != nil {
		return r, name, err
	}
	q.area = q.village
	r, err = q.run("riwayat", params{"id": q.id, "dari": from, "ke": to})
	if err != nil {
		return r, name, err
	}
	for i := range r.list {
		q.known = append(q.known, known{year: r.year(i), methodology: "IDM", villages: 1, nature: r.text(i, "sifat")})
	}
	return r, name, nil
}

// history: the statuses and scores of a village over the years.
func history(q *asking) error {
	return q.tell(func(_ rows, name, path string) string { return name + ": " + path })
}

// became: the first year in which a village had a status.
func became(q *asking) error {
	return q.tell(func(r rows, name, path string) string {
		status := kalimat.Status(q.status())
		for i := range r.list {
			switch {
			case r.text(i, "status") != q.status():
				continue
			case i == 0:
				return fmt.Sprintf(q.l.T("%s sudah %s pada tahun pertama yang ada datanya, %d; seluruhnya: %s", "%s was %s already in the first year with data, %d; all years: %s"), name, status, r.year(i), path)
			}
			return fmt.Sprintf(q.l.T("%s pertama kali %s pada %d (%s); datanya yang terakhir sebelum itu, %d: %s; seluruhnya: %s", "%s was %s for the first time in %d (%s); in the last year with data before, %d, it was %s; all years: %s"),
				name, status, r.year(i), q.l.Score(r.text(i, "skor")), r.year(i-1), kalimat.Status(r.text(i-1, "status")), path)
		}
		return fmt.Sprintf(q.l.T("%s belum pernah %s pada tahun yang ada datanya: %s", "%s was %s in none of the years with data: %s"), name, status, path)
	})
}

// tell looks up all years of a village and says them in the words of some, which gets them as text too.
func (q *asking) tell(some func(r rows, name, path string) string) error {
	r, name, err := q.path(q.asked(), q.askedTo())
	if err != nil {
		return err
	}
	if r.len() == 0 {
		q.say(q.l.NoData(name, q.asked()))
		return nil
	}
	var parts []string
	var years []int
	codes := map[string]bool{}
	for i := range r.list {
		mark := ""
		if r.text(i, "sifat") == "rekonstruksi" {
			mark = q.l.T(", rekonstruksi", ", reconstruction")
		}
		parts = append(parts, fmt.Sprintf("%s %s (%d%s)", kalimat.Status(r.text(i, "status")), q.l.Score(r.text(i, "skor")), r.year(i), mark))
		years = append(years, r.year(i))
		codes[r.text(i, "kode_wilayah")] = true
	}
	q.say(some(r, name, strings.Join(parts, ", ")))
	q.codes(r, codes)
	if err := q.singles(r); err != nil {
		return err
	}
	return q.cite(evidence{years: years, id: q.id})
}

// codes notes that a village had another code.
func (q *asking) codes(r rows, codes map[string]bool) {
	if len(codes) > 1 {
		q.note(fmt.Sprintf(q.l.T("kode berubah: %s (%d), kini %s", "code changed: %s (%d), now %s"), r.text(0, "kode_wilayah"), r.year(0), r.text(r.len()-1, "kode_wilayah")))
	}
}

// singles cites and notes the years that only a single answer of the ministry tells about.
func (q *asking) singles(r rows) error {
	var years []int
	for i := range r.list {
		if r.text(i, "asal") == "rilis" {
			continue
		}
		years = append(years, r.year(i))
		used, err := q.look("rilis_rumusan", params{"id": q.id, "tahun": r.year(i)})
		if err != nil {
			return err
		}
		q.addSources(citations(used))
	}
	if len(years) > 0 {
		q.note(kalimat.ListYears(years) + q.l.T(": dari jawaban tunggal kementerian, bukan dari rilis", ": from a single answer of the ministry, not from a release"))
	}
	return nil
}

// villageStatus: status and score of a village in one year.
func villageStatus(q *asking) error {
	r, name, err := q.path(q.asked(), q.asked())
	if err != nil {
		return err
	}
	if r.len() == 0 {
		q.say(q.l.NoData(name, q.asked()))
		return nil
	}
	last := r.len() - 1
	year := r.year(last)
	q.sayRows(fmt.Sprintf(q.l.T("%s berstatus %s (%s) pada IDM %d", "%s was %s (%s) in IDM %d"), name, kalimat.Status(r.text(last, "status")), q.l.Score(r.text(last, "skor")), year), year)
	if r.text(last, "asal") != "rilis" {
		if err := q.singles(r); err != nil {
			return err
		}
	}
	return q.cite(evidence{years: []int{year}, id: q.id})
}
