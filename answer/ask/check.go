package ask

import (
	"fmt"
	"strings"
)

// reconciliation: published figures beside our count.
func reconciliation(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	r, err := q.run("cocok", params{"kode": q.area.Code, "tahun": q.asked()})
	if err != nil {
		return err
	}
	var agree, differ, open, weak int64
	var odd []string
	for i := range r.list {
		switch verdict := r.text(i, "penjelasan"); verdict {
		case "cocok":
			agree++
			if r.text(i, "sifat") != "resmi" {
				weak++
			}
		case "beda", "jumlah terbitan tidak sama":
			differ++
			odd = append(odd, fmt.Sprintf("%s %d: %s", r.text(i, "id_klaim"), r.year(i), r.text(i, "keterangan")))
		default:
			open++
		}
	}
	switch {
	case r.len() == 0:
		q.say(fmt.Sprintf(q.l.T("tidak ada angka terbitan untuk %s", "no published figures for %s"), q.name(q.area)) + q.inYear())
		return nil
	case agree+differ == 0:
		q.say(fmt.Sprintf(q.l.T("%s angka terbitan untuk %s%s belum dapat diperiksa", "%s published figures for %s%s cannot be checked yet"), q.l.Int(open), q.name(q.area), q.inYear()))
	default:
		q.say(q.name(q.area) + q.inYear() + ": " + q.l.Checked(agree+differ, agree, differ))
	}
	if weak > 0 {
		q.note(fmt.Sprintf(q.l.T("%s yang cocok hanya dengan baris rekonstruksi, yang disusun dari angka itu; itu tidak membuktikan apa pun", "%s agree with reconstructed rows only, which were made from those figures; that confirms nothing"), q.l.Int(weak)))
	}
	if open > 0 && agree+differ > 0 {
		q.note(fmt.Sprintf(q.l.T("%s lainnya belum dapat diperiksa", "%s more cannot be checked yet"), q.l.Int(open)))
	}
	if len(odd) > 0 {
		q.note(strings.Join(odd, "; "))
	}
	return q.citeTable("klaim", "contoh_klaim", params{"kode": q.area.Code, "tahun": q.asked()})
}

func (q *asking) inYear() string {
	if q.asked() == 0 {
		return ""
	}
	return fmt.Sprintf(q.l.T(" pada %d", " in %d"), q.asked())
}
