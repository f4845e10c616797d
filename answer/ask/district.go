package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

// leastVillages is the number of villages below which a kecamatan has no rank.
const leastVillages = 5

// districtsByScore: the kecamatan with the highest or lowest mean score.
func districtsByScore(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	way := q.slots["ujung"].Word
	r, err := q.run("kecamatan", params{"kode": q.area.Code, "tahun": k.year, "ujung": way})
	if err != nil {
		return err
	}
	var first int
	var small []string
	first = -1
	for i := range r.list {
		if r.int(i, "desa") < leastVillages {
			small = append(small, r.text(i, "kecamatan"))
		} else if first < 0 {
			first = i
		}
	}
	if len(small) > 0 {
		q.note(fmt.Sprintf(q.l.T("tanpa peringkat, kurang dari %d desa: %s", "not ranked, fewer than %d villages: %s"), leastVillages, q.l.Join(small)))
	}
	if first < 0 {
		q.say(fmt.Sprintf(q.l.T("tidak ada kecamatan di %s dengan %d desa atau lebih", "no district in %s has %d villages or more"), q.name(q.area), leastVillages))
		return nil
	}
	q.sayRows(fmt.Sprintf(q.l.T("rata-rata skor %s %d %s di %s: Kecamatan %s (%s, %s)", "%[3]s mean score of %[1]s %[2]d in %[4]s: %[5]s district (%[6]s, %[7]s)"),
		kalimat.Index(k.methodology), k.year, q.edge(way), q.name(q.area), r.text(first, "kecamatan"), q.l.Score(r.text(first, "rata_skor")), q.l.Villages(r.int(first, "desa"))), k.year)
	return q.cite(evidence{years: []int{k.year}})
}

func (q *asking) edge(way string) string {
	if way == "tinggi" {
		return q.l.T("tertinggi", "highest")
	}
	return q.l.T("terendah", "lowest")
}

// districtsByStatus: where the villages of a status are.
func districtsByStatus(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("kecamatan_status", params{"kode": q.area.Code, "tahun": k.year, "status": q.status()})
	if err != nil {
		return err
	}
	var named []kalimat.Named
	in := 0
	for i := range r.list {
		named = append(named, kalimat.Named{Name: r.text(i, "kecamatan"), Count: r.int(i, "jumlah")})
		if r.int(i, "jumlah") > 0 {
			in++
		}
	}
	n := r.sum("jumlah")
	if n == 0 {
		q.sayRows(q.none(k), k.year)
		return q.cite(evidence{years: []int{k.year}})
	}
	noun := q.l.T("desa", "villages")
	if n == 1 {
		noun = q.l.T("desa", "village")
	}
	text := fmt.Sprintf(q.l.T("%[1]s %[5]s %[2]s berada di %[3]d dari %[4]d kecamatan pada %[6]s %[7]d, ", "%[1]s %[2]s %[5]s are in %[3]d of %[4]d districts in %[6]s %[7]d, "),
		q.l.Int(n), kalimat.Status(q.status()), in, r.len(), noun, kalimat.Index(k.methodology), k.year)
	if n == 1 {
		text = strings.Replace(text, "village are in", "village is in", 1)
	}
	q.sayRows(text+q.l.Most(named), k.year)
	return q.cite(evidence{years: []int{k.year}, status: q.status()})
}

// mean: the mean score of an area.
func mean(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("rata", params{"kode": q.area.Code, "tahun": k.year})
	if err != nil {
		return err
	}
	q.sayRows(fmt.Sprintf(q.l.T("rata-rata skor %s %d dari %s di %s: %s", "mean score of %s %d of %s in %s: %s"),
		kalimat.Index(k.methodology), k.year, q.l.Villages(r.int(0, "desa")), q.name(q.area), q.l.Score(r.text(0, "rata_skor"))), k.year)
	return q.cite(evidence{years: []int{k.year}})
}

// villagesByScore: the villages with the highest or lowest scores.
func villagesByScore(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	way := q.slots["ujung"].Word
	r, err := q.run("desa_urut", params{"kode": q.area.Code, "tahun": k.year, "ujung": way})
	if err != nil {
		return err
	}
	var best []string
	for i := range r.list {
		if r.text(i, "skor") == r.text(0, "skor") {
			best = append(best, r.text(i, "nama_desa")+" ("+q.l.T("Kecamatan "+r.text(i, "nama_kecamatan"), r.text(i, "nama_kecamatan")+" district")+")")
		}
	}
	q.sayRows(fmt.Sprintf(q.l.T("skor %s %d %s di %s: %s, %s", "%[3]s %[1]s %[2]d score in %[4]s: %[5]s, %[6]s"),
		kalimat.Index(k.methodology), k.year, q.edge(way), q.name(q.area), q.l.Join(best), q.l.Score(r.text(0, "skor"))), k.year)
	return q.cite(evidence{years: []int{k.year}})
}

// compare: two areas side by side.
func compare(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("banding", params{"kode": q.area.Code, "kode_ke": q.other.Code, "tahun": k.year})
	if err != nil {
		return err
	}
	if r.len() < 2 {
		q.say(q.l.NoData(q.name(q.other), k.year))
		return nil
	}
	var parts []string
	for i, a := range []string{q.name(q.area), q.name(q.other)} {
		part := fmt.Sprintf(q.l.T("%s rata-rata %s (%s", "%s mean %s (%s"), a, q.l.Score(r.text(i, "rata_skor")), q.l.Villages(r.int(i, "desa")))
		for j := len(statusColumns) - 1; j >= 0; j-- {
			if n := r.int(i, statusColumns[j]); n > 0 {
				part += ", " + q.l.Int(n) + " " + kalimat.Status(strings.ReplaceAll(statusColumns[j], "_", " "))
			}
		}
		parts = append(parts, part+")")
	}
	q.sayRows(fmt.Sprintf("%s %d: %s", kalimat.Index(k.methodology), k.year, strings.Join(parts, "; ")), k.year)
	return q.cite(evidence{years: []int{k.year}})
}

var statusColumns = []string{"sangat_tertinggal", "tertinggal", "berkembang", "maju", "mandiri"}
