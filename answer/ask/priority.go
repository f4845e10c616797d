package ask

import (
	"fmt"

	"lumbung/answer/web/kalimat"
)

// steps: the cheapest indicator gains of one village to its next status.
func steps(q *asking) error {
	name, err := q.villageName()
	if err != nil {
		return err
	}
	r, err := q.run("prioritas_desa", params{"id": q.id})
	if err != nil {
		return err
	}
	prof, err := q.r.Profile(q.ctx, q.village)
	if err != nil {
		return err
	}
	last := prof.Latest()
	q.area = q.village
	q.known = []known{{last.Year, last.Methodology, 1, last.Nature}}
	if r.len() == 0 {
		q.say(q.l.NoData(name, last.Year))
		return nil
	}
	place := kalimat.Place{Name: prof.Area.Name, District: prof.District.Name, Status: last.Status, Next: prof.Next, Score: last.Score,
		Steps: prof.StepsNeed, Details: prof.StepsFit && prof.NoSteps == ""}
	if len(prof.Steps) > 0 {
		place.StepName = prof.Steps[0].Name
	}
	q.sayRows(q.l.Village(place), last.Year)
	if want := q.status(); want != "" && want != prof.Next && prof.Next != "" {
		q.note(fmt.Sprintf(q.l.T("langkah dihitung ke status berikutnya, %s", "steps are counted to the next status, %s"), kalimat.Status(prof.Next)))
	}
	q.note(q.l.T("langkah menurut bobot skor indikator; indikator tentang keadaan penduduk tidak disarankan", "steps follow the weights of the indicator scores; indicators that describe people are not advised"))
	if err := q.citeIndicators(int(firstNumber(r)), fmt.Sprint(last.Year)); err != nil {
		return err
	}
	return q.cite(evidence{years: []int{last.Year}, id: q.id})
}

func firstNumber(r rows) int64 {
	if r.len() == 0 {
		return 0
	}
	return r.int(0, "nomor")
}

// citeIndicators adds the releases of indicator scores and the cells of one indicator.
func (q *asking) citeIndicators(number int, years string) error {
	p := params{"kode": q.area.Code, "tahun": years, "nomor": number, "id": q.id}
	used, err := q.look("contoh_indikator", p)
	if err != nil {
		return err
	}
	for i := range used.list {
		for _, table := range []string{"indikator", "rumusan_indikator"} {
			r, err := q.look("rilis_tabel", params{"tabel": table, "rilis": used.text(i, "rilis_id")})
			if err != nil {
				return err
			}
			q.addSources(citations(r))
		}
	}
	return q.examples("contoh_indikator", p)
}

// nearest: villages that lack least to their next status.
func nearest(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	r, err := q.run("prioritas_wilayah", params{"kode": q.area.Code, "status": q.status(), "status_ke": q.statusTo()})
	if err != nil {
		return err
	}
	if r.len() == 0 {
		q.say(fmt.Sprintf(q.l.T("tidak ada desa seperti itu di %s", "no such village in %s"), q.name(q.area)))
		return nil
	}
	year := r.year(0)
	target := q.l.T("ke status berikutnya", "to the next status")
	if s := q.statusTo(); s != "" {
		target = q.l.T("ke "+kalimat.Status(s), "to "+kalimat.Status(s))
	}
	q.sayRows(fmt.Sprintf(q.l.T("desa yang paling dekat %s di %s (IDM %d): %s (Kecamatan %s), kurang %s dari %s", "the village closest %s in %s (IDM %d): %s (%s district), short by %s of %s"),
		target, q.name(q.area), year, r.text(0, "nama_desa"), r.text(0, "nama_kecamatan"), q.l.Score(r.text(0, "kurang")), kalimat.Status(r.text(0, "status_berikut"))), year)
	return q.cite(evidence{years: []int{year}, status: q.status()})
}

// firstSteps: the indicators that are most often the first step.
func firstSteps(q *asking) error {
	list, err := q.years()
	if err != nil {
		return err
	}
	r, err := q.run("prioritas_indikator", params{"kode": q.area.Code})
	if err != nil {
		return err
	}
	if r.len() == 0 || len(list) == 0 {
		q.say(q.l.NoData(q.name(q.area), 0))
		return nil
	}
	year := list[len(list)-1].year
	q.sayRows(fmt.Sprintf(q.l.T("langkah pertama yang paling sering di %s (IDM %d): %s, untuk %s dari %s yang punya daftar langkah", "the most frequent first step in %s (IDM %d): %s, for %s of %s with a list of steps"),
		q.name(q.area), year, r.text(0, "indikator"), q.l.Int(r.int(0, "desa")), q.l.Villages(r.sum("desa"))), year)
	if err := q.citeIndicators(int(firstNumber(r)), fmt.Sprint(year)); err != nil {
		return err
	}
	return q.cite(evidence{years: []int{year}})
}
