package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

// count: how many villages of a status in one year.
func count(q *asking) error {
	return q.countAs(func(k known, n int64) string {
		return q.l.Count(q.name(q.area), q.status(), k.year, k.methodology, n, false)
	})
}

// share: which part of the villages has a status in one year. Of few villages it is a count.
func share(q *asking) error {
	return q.countAs(func(k known, n int64) string {
		part, after := q.l.Percent(n, k.villages), " ("+q.l.Villages(n)+")"
		if part == "" {
			part, after = q.l.Int(n)+q.l.T(" dari ", " of ")+q.l.Int(k.villages), ""
			q.note(q.l.T("bagian dalam persen tidak disebut untuk kurang dari 20 desa", "shares of fewer than 20 villages are not given in percent"))
		}
		return fmt.Sprintf(q.l.T("%s desa di %s berstatus %s pada %s %d", "%s villages in %s were %s in %s %d"),
			part, q.name(q.area), kalimat.Status(q.status()), kalimat.Index(k.methodology), k.year) + after
	})
}

// countAs looks up the villages of a status in one year and says their number in the words of some.
func (q *asking) countAs(some func(k known, n int64) string) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("seri", params{"kode": q.area.Code, "dari": k.year, "ke": k.year, "status": q.status()})
	if err != nil {
		return err
	}
	text := q.none(k)
	if n := r.int(0, "jumlah"); n > 0 {
		text = some(k, n)
	}
	if q.unpublished(q.status(), k.year) {
		text = q.l.ByReconstruction(text)
	}
	q.say(text)
	return q.cite(evidence{years: []int{k.year}, status: q.status()})
}

// none says that no village has the status that is asked for.
func (q *asking) none(k known) string {
	return fmt.Sprintf(q.l.T("tidak ada desa %s di %s pada %s %d", "no %s village in %s in %s %d"), kalimat.Status(q.status()), q.name(q.area), kalimat.Index(k.methodology), k.year)
}

// summary: all statuses of one year.
func summary(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	r, err := q.run("seri", params{"kode": q.area.Code, "dari": k.year, "ke": k.year, "status": ""})
	if err != nil {
		return err
	}
	var some, none []string
	alone := false
	for i := r.len() - 1; i >= 0; i-- {
		status := r.text(i, "status")
		alone = alone || q.unpublished(status, k.year)
		if n := r.int(i, "jumlah"); n > 0 {
			some = append(some, q.l.Int(n)+" "+kalimat.Status(status))
		} else {
			none = append(none, kalimat.Status(status))
		}
	}
	text := fmt.Sprintf(q.l.T("dari %s di %s pada %s %d, ", "of %s in %s in %s %d, "), q.l.Villages(k.villages), q.name(q.area), kalimat.Index(k.methodology), k.year) + q.l.Join(some)
	if len(none) > 0 {
		text += q.l.T("; tidak ada yang ", "; none ") + q.either(none)
	}
	if alone {
		text = q.l.ByReconstruction(text)
	}
	q.say(text)
	return q.cite(evidence{years: []int{k.year}})
}

// either lists alternatives: "a, b atau c".
func (q *asking) either(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + q.l.T(" atau ", " or ") + names[last]
}

// total: how many villages are recorded.
func total(q *asking) error {
	k, ok, err := q.one()
	if err != nil || !ok {
		return err
	}
	if _, err := q.run("total", params{"kode": q.area.Code, "tahun": k.year}); err != nil {
		return err
	}
	q.say(q.l.Count(q.name(q.area), "", k.year, k.methodology, k.villages, false))
	return q.cite(evidence{years: []int{k.year}})
}

// years: which years have figures.
func years(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	if _, err := q.run("tahun", params{"kode": q.area.Code}); err != nil {
		return err
	}
	if len(q.known) == 0 {
		return q.nothing(0)
	}
	list := make([]int, len(q.known))
	for i, k := range q.known {
		list[i] = k.year
	}
	q.say(fmt.Sprintf(q.l.T("untuk %s ada data %s", "for %s there are data for %s"), q.name(q.area), kalimat.ListYears(list)))
	return q.cite(evidence{years: list})
}

// thresholds: between which scores a status lies.
func thresholds(q *asking) error {
	r, err := q.run("batas", nil)
	if err != nil {
		return err
	}
	names := []string{"SANGAT TERTINGGAL", "TERTINGGAL", "BERKEMBANG", "MAJU", "MANDIRI"}
	var parts []string
	for i, name := range names {
		if q.status() != "" && q.status() != name {
			continue
		}
		low, high := "", ""
		if i > 0 {
			low = q.l.T(" di atas ", " above ") + q.l.Score(r.text(0, fmt.Sprintf("batas_%d", i)))
		}
		if i < 4 {
			high = q.l.T(" sampai ", " up to ") + q.l.Score(r.text(0, fmt.Sprintf("batas_%d", i+1)))
		}
		parts = append(parts, kalimat.Status(name)+low+high)
	}
	q.say(q.l.T("menurut skor IDM: ", "by IDM score: ") + strings.Join(parts, "; "))
	q.note(q.l.T("Indeks Desa (sejak 2025) memakai skala 0–100; batasnya belum dipastikan dari sumber utama", "Indeks Desa (since 2025) has a scale of 0–100; its thresholds are not confirmed by a primary source"))
	return nil
}
