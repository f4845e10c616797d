package ask

import (
	"fmt"
	"strings"

	"lumbung/answer/web/kalimat"
)

// scored finds two years with indicator scores, the last two unless the
// question names others; ok is false when there are none, and the answer says so.
func (q *asking) scored(query string, p params, subject string) (from, to int, ok bool, err error) {
	r, err := q.look(query, p)
	if err != nil {
		return 0, 0, false, err
	}
	var have []int
	for i := range r.list {
		have = append(have, r.year(i))
	}
	if len(have) >= 2 {
		from, to = have[len(have)-2], have[len(have)-1]
	}
	if q.asked() != 0 {
		from = q.asked()
	}
	if q.askedTo() != 0 {
		to = q.askedTo()
	}
	found := 0
	for _, y := range have {
		if y == from || y == to {
			found++
		}
	}
	if found == 2 && from < to {
		return from, to, true, nil
	}
	text := fmt.Sprintf(q.l.T("rincian indikator %s tidak ada untuk kedua tahun", "indicator scores of %s are not there for both years"), subject)
	if len(have) > 0 {
		text += q.l.T("; tahun yang ada: ", "; years with data: ") + kalimat.ListYears(have)
	}
	q.say(text)
	return 0, 0, false, nil
}

// mostIndicators is how many indicators a sentence names.
const mostIndicators = 3

// breakdown: which indicators of a village changed between two years.
func breakdown(q *asking) error {
	name, err := q.villageName()
	if err != nil {
		return err
	}
	from, to, ok, err := q.scored("rincian_tahun", params{"id": q.id}, name)
	if err != nil || !ok {
		return err
	}
	way := q.movement()
	r, err := q.run("rincian", params{"id": q.id, "dari": from, "ke": to, "gerak": way})
	if err != nil {
		return err
	}
	q.area = q.village
	var parts []string
	for i := range r.list {
		if i == mostIndicators {
			parts = append(parts, fmt.Sprintf(q.l.T("%d lainnya", "%d more"), r.len()-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %d → %d (%s)", r.text(i, "indikator"), r.int(i, "skor_dari"), r.int(i, "skor_ke"), q.l.SignedScore(r.text(i, "perubahan_idm"))))
	}
	text := fmt.Sprintf(q.l.T("tidak ada indikator %s yang %s dari %d ke %d", "no indicator of %s %s from %d to %d"), name, q.moved(way), from, to)
	switch {
	case r.len() > 0 && way != "berubah":
		text = fmt.Sprintf(q.l.T("indikator %s yang %s dari %d ke %d, bersama %s: %s", "indicators of %s that %s from %d to %d, together %s: %s"),
			name, q.moved(way), from, to, q.l.SignedScore(kalimat.Grid(r.sum("kisi"))), strings.Join(parts, "; "))
	case r.len() > 0:
		text = fmt.Sprintf(q.l.T("perubahan skor %s dari %d ke %d menurut indikator: %s, terdiri dari %s", "change of the score of %s from %d to %d by indicators: %s, made up of %s"),
			name, from, to, q.l.SignedScore(kalimat.Grid(r.sum("kisi"))), strings.Join(parts, "; "))
	}
	q.say(text)
	if way == "berubah" {
		if err := q.against(r.sum("kisi"), from, to); err != nil {
			return err
		}
	}
	if err := q.citeIndicators(int(firstNumber(r)), fmt.Sprintf("%d %d", from, to)); err != nil {
		return err
	}
	return q.cite(evidence{years: []int{from, to}, id: q.id})
}

// movement is the direction that a question about indicators asks for: naik, turun or berubah.
func (q *asking) movement() string {
	if w := q.slots["gerak"].Word; w != "" {
		return w
	}
	return "berubah"
}

func (q *asking) moved(way string) string {
	return q.l.T(way, map[string]string{"naik": "rose", "turun": "fell", "berubah": "changed"}[way])
}

// against notes when the indicators do not make up the change of the published score.
func (q *asking) against(grid int64, from, to int) error {
	r, err := q.look("riwayat", params{"id": q.id, "dari": from, "ke": to})
	if err != nil {
		return err
	}
	var a, b string
	for i := range r.list {
		switch r.year(i) {
		case from:
			a = r.text(i, "skor")
		case to:
			b = r.text(i, "skor")
		}
	}
	if err := q.singles(r); err != nil {
		return err
	}
	diff := units(b) - units(a)
	ours := units(kalimat.Grid(grid))
	if a == "" || b == "" || within(diff-ours, 20_000) { // published scores have four places: 0.0001 each
		return nil
	}
	q.note(fmt.Sprintf(q.l.T("skor terbitan berubah %s (%s ke %s); selisihnya tidak dijelaskan oleh rincian indikator", "the published score changed by %s (%s to %s); the rest is not in the indicator scores"),
		q.l.SignedScore(decimal(diff)), q.l.Score(a), q.l.Score(b)))
	return nil
}

// units is a decimal text of up to 8 places in units of 0.00000001.
func units(text string) (n int64) {
	neg := strings.HasPrefix(text, "-")
	whole, frac, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	for len(frac) < 8 {
		frac += "0"
	}
	for _, d := range whole + frac[:8] {
		n = n*10 + int64(d-'0')
	}
	if neg {
		return -n
	}
	return n
}

func decimal(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%08d", sign, n/100_000_000, n%100_000_000)
}

func within(n, most int64) bool { return n >= -most && n <= most }

// breakdownOfArea: which indicators changed in most villages of an area.
func breakdownOfArea(q *asking) error {
	if _, err := q.years(); err != nil {
		return err
	}
	from, to, ok, err := q.scored("rincian_wilayah_tahun", params{"kode": q.area.Code}, q.name(q.area))
	if err != nil || !ok {
		return err
	}
	way := q.movement()
	r, err := q.run("rincian_wilayah", params{"kode": q.area.Code, "dari": from, "ke": to, "gerak": way})
	if err != nil {
		return err
	}
	var parts []string
	for i := range r.list {
		up, down := r.int(i, "naik"), r.int(i, "turun")
		if counted := map[string]int64{"naik": up, "turun": down, "berubah": up + down}[way]; i < mostIndicators && counted > 0 {
			parts = append(parts, fmt.Sprintf(q.l.T("%s (%d naik, %d turun)", "%s (%d up, %d down)"), r.text(i, "indikator"), up, down))
		}
	}
	if r.len() == 0 || len(parts) == 0 {
		q.say(fmt.Sprintf(q.l.T("tidak ada desa di %s yang rincian indikatornya ada pada %d dan %d dan berubah", "no village in %s has indicator scores for %d and %d that changed"), q.name(q.area), from, to))
		return nil
	}
	q.say(fmt.Sprintf(q.l.T("di %s di %s dengan rincian indikator %d dan %d, yang paling banyak %s: %s", "in %s in %s with indicator scores of %d and %d, these %s most: %s"),
		q.l.Villages(r.int(0, "desa")), q.name(q.area), from, to, q.moved(way), strings.Join(parts, "; ")))
	if len(q.known) > 0 {
		if n := q.known[len(q.known)-1].villages; n > r.int(0, "desa") {
			q.note(q.l.Partial(r.int(0, "desa"), n))
		}
	}
	return q.citeIndicators(int(firstNumber(r)), fmt.Sprintf("%d %d", from, to))
}
