package ask

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer"
	"lumbung/answer/ask/grammar"
	"lumbung/answer/web/kalimat"
)

// asking is one question on its way to an answer.
type asking struct {
	*Asker
	ctx     context.Context
	l       kalimat.Lang
	slots   map[string]grammar.Value
	area    answer.Area // that the question is about
	other   answer.Area // second area of a comparison
	village answer.Area // "" without
	id      int64       // stable identity of the village
	known   []known     // years of the area, once looked up
	claims  map[string][]answer.Claim
	out     *Answer
}

// known is a year of an area that has figures.
type known struct {
	year        int
	methodology string
	villages    int64
	nature      string
}

func (q *asking) status() string   { return q.slots["status"].Word }
func (q *asking) statusTo() string { return q.slots["status_ke"].Word }
func (q *asking) asked() int       { return q.slots["tahun"].Year }
func (q *asking) askedTo() int     { return q.slots["tahun_ke"].Year }

// name is an area with its level where that is not part of the name.
func (q *asking) name(a answer.Area) string {
	if a.Level == "kecamatan" {
		return q.l.T("Kecamatan "+a.Name, a.Name+" district")
	}
	return a.Name
}

// villageName is a village with its kecamatan.
func (q *asking) villageName() (string, error) {
	if len(q.village.Code) < 8 {
		return q.village.Name, nil
	}
	d, err := q.r.FindArea(q.ctx, q.village.Code[:8])
	if err != nil {
		return "", err
	}
	return q.l.T("Desa ", "") + q.village.Name + " (" + q.name(d) + ")", nil
}

// say sets the answer's sentence.
func (q *asking) say(sentence string) {
	q.out.Text = kalimat.Upper(strings.TrimSpace(sentence)) + q.loaded() + "."
}

// loaded says of a province or the country, of which a project often holds
// only a part, how many villages stand behind a figure.
func (q *asking) loaded() string {
	if len(q.known) == 0 || q.area.Level != "provinsi" && q.area.Level != "nasional" {
		return ""
	}
	n, total := q.known[len(q.known)-1].villages, int64(0)
	for _, c := range q.claims[q.area.Code] {
		if c.Status == "TOTAL" && c.Theirs > total {
			total = c.Theirs
		}
	}
	switch {
	case total > n:
		return fmt.Sprintf(q.l.T("; hanya %s dari %s desa yang dimuat", "; only %s of %s villages are loaded"), q.l.Int(n), q.l.Int(total))
	case total == 0:
		return fmt.Sprintf(q.l.T("; dihitung dari %s yang dimuat", "; counted from the %s that are loaded"), q.l.Villages(n))
	}
	return ""
}

// sayRows is say for a sentence that names or counts village rows: those of
// reconstructed years are marked.
func (q *asking) sayRows(sentence string, years ...int) {
	if q.rebuilt(years...) {
		sentence = q.l.ByReconstruction(sentence)
	}
	q.say(sentence)
}

// note adds a note once.
func (q *asking) note(text string) {
	for _, n := range q.out.Notes {
		if n == text {
			return
		}
	}
	q.out.Notes = append(q.out.Notes, text)
}

// years looks the area's years up.
func (q *asking) years() ([]known, error) {
	if q.known != nil {
		return q.known, nil
	}
	r, err := q.look("tahun", params{"kode": q.area.Code})
	if err != nil {
		return nil, err
	}
	if q.claims[q.area.Code], err = q.r.Claims(q.ctx, q.area.Code); err != nil {
		return nil, err
	}
	q.known = make([]known, r.len())
	for i := range r.list {
		q.known[i] = known{r.year(i), r.text(i, "metodologi"), r.int(i, "jumlah_desa"), r.text(i, "sifat")}
	}
	return q.known, nil
}

// rebuilt says that any of the years has reconstructed village rows.
func (q *asking) rebuilt(years ...int) bool {
	for _, k := range q.known {
		for _, y := range years {
			if k.year == y && (k.nature == "rekonstruksi" || k.nature == "campuran") {
				return true
			}
		}
	}
	return false
}

// published says that a published figure equals our count, so that the count
// does not rest on reconstruction alone.
func (q *asking) published(year int, status string) bool {
	for _, c := range q.claims[q.area.Code] {
		if c.Year == year && c.Status == status && c.Difference != nil && *c.Difference == 0 {
			return true
		}
	}
	return false
}

// unpublished says that a count of these years rests on reconstruction alone.
func (q *asking) unpublished(status string, years ...int) bool {
	for _, y := range years {
		if q.rebuilt(y) && !q.published(y, status) {
			return true
		}
	}
	return false
}

// one is the year that the question asks about, or the latest; ok is false
// when there are no figures, and the answer then says so.
func (q *asking) one() (k known, ok bool, err error) {
	list, err := q.years()
	if err != nil {
		return k, false, err
	}
	want := q.asked()
	for _, k := range list {
		if k.year == want || want == 0 && k.year == list[len(list)-1].year {
			return k, true, nil
		}
	}
	return k, false, q.nothing(want)
}

// two are the first and the last year with figures that the question asks
// about. recent makes the last two of them the default.
func (q *asking) two(recent bool) (from, to known, ok bool, err error) {
	list, err := q.years()
	if err != nil {
		return from, to, false, err
	}
	for _, y := range []int{q.asked(), q.askedTo()} {
		if y != 0 && !has(list, y) {
			return from, to, false, q.nothing(y)
		}
	}
	for i, k := range list {
		if k.year == q.asked() || q.asked() == 0 && i == 0 || q.asked() == 0 && recent && i <= len(list)-2 {
			from = k
		}
		if k.year == q.askedTo() || q.askedTo() == 0 {
			to = k
		}
	}
	if from.year >= to.year {
		q.say(fmt.Sprintf(q.l.T("tidak ada dua tahun berurutan untuk dibandingkan di %s; tahun yang ada: %s", "there are no two years in order to compare in %s; years with data: %s"),
			q.name(q.area), q.listYears(list)))
		return from, to, false, nil
	}
	if from.methodology != to.methodology {
		q.say(q.l.Break(from.methodology, from.year, to.methodology, to.year))
		return from, to, false, nil
	}
	return from, to, true, nil
}

func has(list []known, year int) bool {
	for _, k := range list {
		if k.year == year {
			return true
		}
	}
	return false
}

// nothing answers that a year has no figures, and what there is.
func (q *asking) nothing(year int) error {
	text := q.l.NoData(q.name(q.area), year)
	if list := q.listYears(q.known); list != "" {
		text += q.l.T("; tahun yang ada: ", "; years with data: ") + list
	}
	q.say(text)
	c, err := q.r.Coverage(q.ctx, q.area.Code)
	if n := c.Partial[year]; err == nil && n > 0 {
		q.note(fmt.Sprintf(q.l.T("%d: jawaban tunggal kementerian ada untuk %s", "%d: single answers of the ministry are there for %s"), year, q.l.Villages(n)))
	}
	return err
}

func (q *asking) listYears(list []known) string {
	out := make([]int, len(list))
	for i, k := range list {
		out[i] = k.year
	}
	return kalimat.ListYears(out)
}
