package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

func (q *asking) programme() string { return q.slots["program"].Word }

// programmeYear is the asked or latest year with records of the programme;
// indexed wants one that has an index too. 0: there is none, and the answer says so.
func (q *asking) programmeYear(indexed bool) (int, error) {
	r, err := q.look("program_tahun", params{"kode": q.area.Code, "program": q.programme()})
	if err != nil {
		return 0, err
	}
	var have []int
	for i := range r.list {
		if !indexed || r.bool(i, "berindeks") {
			have = append(have, r.year(i))
		}
	}
	for i := len(have) - 1; i >= 0; i-- {
		if q.asked() == 0 || have[i] == q.asked() {
			return have[i], nil
		}
	}
	text := fmt.Sprintf(q.l.T("belum ada data %s untuk %s", "no data yet on %s for %s"), q.programmeName(), q.name(q.area))
	if q.asked() != 0 {
		text += fmt.Sprintf(q.l.T(" pada %d", " in %d"), q.asked())
	}
	if len(have) > 0 {
		text += q.l.T("; tahun yang ada: ", "; years with data: ") + kalimat.ListYears(have)
	}
	q.say(text)
	return 0, nil
}

func (q *asking) programmeName() string {
	return map[string]string{"blt": "BLT", "bumdes": "BUMDes", "stunting": "stunting", "pendamping": q.l.T("pendamping", "facilitators")}[q.programme()]
}

// sayRecords is say for a sentence from district records: synthetic ones are marked.
func (q *asking) sayRecords(sentence string) {
	if q.synthetic() {
		sentence = q.l.T("menurut data sintetis, ", "by synthetic data, ") + sentence
	}
	q.say(sentence)
}

func (q *asking) citeProgramme(year int) error {
	return q.citeTable(q.programme(), "contoh_"+q.programme(), params{"kode": q.area.Code, "tahun": fmt.Sprint(year)})
}

// programme: the records of one area and year.
func programme(q *asking) error {
	year, err := q.programmeYear(false)
	if err != nil || year == 0 {
		return err
	}
	r, err := q.run("program_jumlah", params{"kode": q.area.Code, "tahun": year, "program": q.programme()})
	if err != nil {
		return err
	}
	if err := q.citeProgramme(year); err != nil {
		return err
	}
	area, n, villages := q.name(q.area), r.int(0, "jumlah"), r.int(0, "desa_tercatat")
	switch q.programme() {
	case "blt":
		q.sayRecords(fmt.Sprintf(q.l.T("%s keluarga di %s menerima BLT pada %d, %s (%s tercatat)", "%s families in %s received cash transfers in %d, %s (%s with a record)"),
			q.l.Int(n), area, year, q.l.Rupiah(r.text(0, "realisasi_rupiah")), q.l.Villages(villages)))
	case "bumdes":
		q.sayRecords(fmt.Sprintf(q.l.T("%s dari %s di %s punya BUMDes aktif pada %d", "%s of %s in %s had an active BUMDes in %d"), q.l.Int(n), q.l.Villages(villages), area, year))
	case "stunting":
		measured := r.int(0, "balita_diukur")
		share := ""
		if measured >= 20 {
			share = " (" + q.l.Tenths(n, measured) + "%)"
		}
		q.sayRecords(fmt.Sprintf(q.l.T("%s dari %s balita yang diukur di %s stunting%s pada %d", "%s of %s measured toddlers in %s were stunted%s in %d"), q.l.Int(n), q.l.Int(measured), area, share, year))
	default:
		q.sayRecords(fmt.Sprintf(q.l.T("di %s pada %d ada %s", "in %s in %d there were %s"), area, year, q.l.Facilitators(n, villages)))
	}
	return nil
}

// programmeByStatus: the records beside the status of the villages.
func programmeByStatus(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	year, err := q.programmeYear(true)
	if err != nil || year == 0 {
		return err
	}
	r, err := q.run("program_status", params{"kode": q.area.Code, "tahun": year, "program": q.programme()})
	if err != nil {
		return err
	}
	if err := q.citeProgramme(year); err != nil {
		return err
	}
	var parts []string
	for i := range r.list {
		parts = append(parts, kalimat.Status(r.text(i, "status"))+" "+q.coverage(r, i))
	}
	what := map[string]string{"blt": q.l.T("keluarga penerima BLT", "families with cash transfers"), "bumdes": q.l.T("BUMDes aktif", "active BUMDes"),
		"stunting": q.l.T("balita stunting", "stunted toddlers"), "pendamping": q.l.T("desa dengan pendamping", "villages with a facilitator")}[q.programme()]
	q.sayRecords(fmt.Sprintf(q.l.T("%s menurut status desa di %s pada %d: %s", "%s by status of the village in %s in %d: %s"), what, q.name(q.area), year, strings.Join(parts, "; ")))
	return q.cite(evidence{years: []int{year}})
}

// coverage is one status: the count and what it is a part of.
func (q *asking) coverage(r rows, i int) string {
	n := r.int(i, "jumlah")
	switch q.programme() {
	case "blt":
		return fmt.Sprintf(q.l.T("%s keluarga di %s", "%s families in %s"), q.l.Int(n), q.l.Villages(r.int(i, "desa_tercatat")))
	case "stunting":
		measured := r.int(i, "balita_diukur")
		share := ""
		if measured >= 20 {
			share = " (" + q.l.Tenths(n, measured) + "%)"
		}
		return fmt.Sprintf(q.l.T("%s dari %s%s", "%s of %s%s"), q.l.Int(n), q.l.Int(measured), share)
	}
	return fmt.Sprintf(q.l.T("%s dari %s", "%s of %s"), q.l.Int(n), q.l.Villages(r.int(i, "desa")))
}

// programmeWithout: villages that a programme does not reach.
func programmeWithout(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	year, err := q.programmeYear(true)
	if err != nil || year == 0 {
		return err
	}
	r, err := q.run("program_tanpa", params{"kode": q.area.Code, "tahun": year, "program": q.programme(), "status": q.status()})
	if err != nil {
		return err
	}
	if err := q.citeProgramme(year); err != nil {
		return err
	}
	without := map[string]string{"blt": q.l.T("tanpa keluarga penerima BLT", "without a family that received cash transfers"), "bumdes": q.l.T("tanpa BUMDes aktif", "without an active BUMDes"),
		"stunting": q.l.T("tanpa balita stunting di antara yang diukur", "without a stunted toddler among those measured"), "pendamping": q.l.T("tanpa pendamping", "without a facilitator")}[q.programme()]
	q.sayRecords(fmt.Sprintf(q.l.T("%[1]s di %[2]s %[3]s pada %[4]d", "%[1]s in %[2]s %[3]s in %[4]d"), q.villagesOf(int64(r.len()), q.status()), q.name(q.area), without, year) + q.named(r, "nama_desa"))
	return q.cite(evidence{years: []int{year}, status: q.status()})
}

// villagesOf is "23 desa Berkembang" or "23 Berkembang villages"; none is said in words.
func (q *asking) villagesOf(n int64, status string) string {
	number, noun := q.l.Int(n), q.l.T("desa", "villages")
	if n == 0 {
		number = q.l.T("tidak ada", "no")
	}
	if n < 2 {
		noun = q.l.T("desa", "village")
	}
	if status == "" {
		return number + " " + noun
	}
	return number + " " + q.l.T(noun+" "+kalimat.Status(status), kalimat.Status(status)+" "+noun)
}
