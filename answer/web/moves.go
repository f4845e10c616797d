package web

import (
	"context"
	"fmt"
	"slices"

	"lumbung/answer"
	"lumbung/answer/web/chart"
	"lumbung/answer/web/kalimat"
)

// movesBody is the page of moves between statuses.
type movesBody struct {
	ChartTitle, ChartLine string
	Flow                  chart.Flow
	Pick                  []link // all pairs of years
	Heads                 []intervalHead
	Small                 chart.Flow // the chosen pair of years alone, for the phone
	SmallHeads            []intervalHead
	Ribbons               bool // reconstructed years are drawn as hatched ribbons
	ShowRibbons           string
	Rebuilt               []int // years whose village rows are reconstructed
	Changed               int64 // villages whose code changed
	Pairs                 []link
	From, To              int
	Reconstructed         bool // the chosen pair rests on reconstructed rows
	Matrix                []matrixRow
	Sums                  []cellText
	Absent                string
	ListTitle             string
	List                  []answer.Mover
	ListMore              *link
	Why                   string // address of the indicators behind the listed moves
	Names                 []string
	Area                  string
}

// intervalHead says what the evidence between two years is.
type intervalHead struct {
	chart.Interval
	Title, Line string
	Hatched     bool
}

// matrixRow is one status of the earlier year.
type matrixRow struct {
	Status string
	Cells  []matrixCell
	Sum    cellText
}

// matrixCell counts a pair of statuses.
type matrixCell struct {
	cellText
	Same, Up bool
	Chosen   bool
}

const listedMovers = 9

func (s *Server) moves(ctx context.Context, q *request) (*page, error) {
	area, err := q.code(ctx)
	if err != nil {
		return nil, err
	}
	if area.Level == "desa" || area.Level == "kelurahan" {
		return nil, errNoPage
	}
	f, err := q.figures(ctx, area)
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "perpindahan", area)
	if p.Crumbs, err = s.crumbs(ctx, q, p, area); err != nil {
		return nil, err
	}
	p.Crumbs[len(p.Crumbs)-1].Href = p.Href("/" + area.Code)
	p.Crumbs = append(p.Crumbs, link{Text: p.T("Perpindahan status", "Moves between statuses")})
	all, err := q.Matrices(ctx, area)
	if err != nil {
		return nil, err
	}
	if f.trend == nil || len(all) == 0 {
		return s.emptyArea(p, area), nil
	}
	m, err := chosen(q, all)
	if err != nil {
		return nil, err
	}
	b := &movesBody{From: m.From, To: m.To, Names: reversed(statusNames()), Area: area.Code, Ribbons: q.http.URL.Query().Get("pita") == "1"}
	b.Reconstructed = f.rows(m.From) == rebuilt || f.rows(m.To) == rebuilt
	b.head(p, f, m)
	b.flow(p, q, f, all)
	b.matrix(p, area.Code, m)
	if err := b.list(ctx, q, p, area.Code, m); err != nil {
		return nil, err
	}
	if b.Changed, err = q.changedCodes(ctx, area.Code); err != nil {
		return nil, err
	}
	p.Title, p.Body, p.Sources = p.T("Perpindahan status, ", "Moves, ")+shortName(area), b, sourcesLine(p.Lang, f)
	return p, nil
}

// changedCodes counts the villages of an area that had another code before.
func (q *request) changedCodes(ctx context.Context, area string) (int64, error) {
	res, _, err := q.DB.Query(ctx, 1, `SELECT count(DISTINCT f.id_desa) FROM fct_indeks f JOIN dim_wilayah d ON d.kode = f.kode_desa AND f.tahun BETWEEN d.cari_dari AND d.cari_sampai
		WHERE f.id_desa <> f.kode_desa AND (? = '0' OR d.kode_wilayah LIKE ? || '.%')`, area, area)
	if err != nil {
		return 0, fmt.Errorf("changed codes of %s: %w", area, err)
	}
	n, _ := res.Rows[0][0].(int64)
	return n, nil
}

// chosen is the pair of years that the address names, else the newest.
func chosen(q *request, all []answer.Matrix) (*answer.Matrix, error) {
	from, to := q.http.URL.Query().Get("dari"), q.http.URL.Query().Get("ke")
	if from == "" && to == "" {
		return &all[len(all)-1], nil
	}
	for i := range all {
		if fmt.Sprint(all[i].From) == from && fmt.Sprint(all[i].To) == to {
			return &all[i], nil
		}
	}
	return nil, errBadAddress
}

func (b *movesBody) head(p *page, f *figures, m *answer.Matrix) {
	up, down := m.Up(), m.Down()
	p.Head = p.Lang.Moves(up, down, m.From, m.To, b.Reconstructed)
	var parts []string
	for from := 1; from <= 5; from++ {
		for to := 1; to <= 5; to++ {
			if n := m.Counts[from][to]; n > 0 && from != to {
				verb := p.T("naik", "up")
				if to < from {
					verb = p.T("turun", "down")
				}
				parts = append(parts, fmt.Sprintf(p.T("%s %s dari %s ke %s", "%s %s from %s to %s"), p.Lang.Villages(n), verb, p.Status(p.StatusOf(from)), p.Status(p.StatusOf(to))))
			}
		}
	}
	came, went := m.Absent()
	text := ""
	if len(parts) > 0 && len(parts) <= 4 {
		text = p.Lang.Join(parts) + "; "
	}
	text += fmt.Sprintf(p.T("%s tetap. Dihitung desa demi desa dari %s yang ada di kedua tahun.", "%s stay. Counted village by village from %s present in both years."),
		p.Lang.Villages(m.Same()), p.Lang.Villages(up+down+m.Same()))
	p.Deck = kalimat.Upper(text)
	if came+went > 0 {
		b.Absent = fmt.Sprintf(p.T("%s hanya ada pada %d dan %s hanya ada pada %d.", "%s only in %d and %s only in %d."), p.Lang.Villages(went), m.From, p.Lang.Villages(came), m.To)
	}
	b.ChartLine = fmt.Sprintf(p.T("Perpindahan status %s antartahun, %s. Tinggi batang = jumlah desa.", "Moves between %s statuses, %s. Height = number of villages."),
		kalimat.Index(f.main), areaName(p.Lang, f.area))
}

// flow draws ribbons where village rows are there, and only net movements where they are reconstructed.
func (b *movesBody) flow(p *page, q *request, f *figures, all []answer.Matrix) {
	var years []chart.Year
	var steps []chart.Step
	for i, y := range f.years {
		years = append(years, chart.Year{Year: y, Counts: f.counts(y)})
		if f.rows(y) == rebuilt {
			b.Rebuilt = append(b.Rebuilt, y)
		}
		if i == 0 {
			continue
		}
		var step chart.Step
		for j := range all {
			solid := f.rows(all[j].From) != rebuilt && f.rows(all[j].To) != rebuilt
			if all[j].From == f.years[i-1] && all[j].To == y && (solid || b.Ribbons) {
				step.Matrix = &all[j].Counts
			}
		}
		steps = append(steps, step)
	}
	for i := range steps {
		b.Pick = append(b.Pick, link{Text: fmt.Sprintf("%d→%d", f.years[i], f.years[i+1]), Href: b.pair(p, f.years[i], f.years[i+1]), Here: f.years[i] == b.From})
	}
	first, end := b.window(f.years)
	width := chart.WideNode
	if f.total(b.To) >= 10_000 {
		width = chart.LargeNode
	}
	b.Flow = chart.Moves(years[first:end], steps[first:end-1], width)
	for _, in := range b.Flow.Intervals {
		b.Heads = append(b.Heads, b.interval(p, f, in))
	}
	b.small(p, f, years, steps)
	other := "1"
	if b.Ribbons {
		other = ""
	}
	b.ShowRibbons = p.Href(withQuery(q, "pita", other))
	b.ChartTitle = b.title(p, f, f.years[first:end])
}

// mostNodes is how many years the wide chart has room for.
const mostNodes = 4

// window is the range of years that the wide chart shows: all, or those around the chosen pair.
func (b *movesBody) window(years []int) (first, end int) {
	at := max(slices.Index(years, b.From)-1, 0)
	first = max(min(at, len(years)-mostNodes), 0)
	return first, min(first+mostNodes, len(years))
}

// pair is the address of the page with another pair of years chosen.
func (b *movesBody) pair(p *page, from, to int) string {
	return p.Href(fmt.Sprintf("/%s/perpindahan?dari=%d&ke=%d", b.Area, from, to))
}

// small draws the chosen pair of years alone.
func (b *movesBody) small(p *page, f *figures, years []chart.Year, steps []chart.Step) {
	for i := range steps {
		if years[i].Year == b.From && years[i+1].Year == b.To {
			b.Small = chart.Moves(years[i:i+2], steps[i:i+1], chart.NarrowNode)
		}
	}
	for _, in := range b.Small.Intervals {
		b.SmallHeads = append(b.SmallHeads, b.interval(p, f, in))
	}
}

func (b *movesBody) interval(p *page, f *figures, in chart.Interval) intervalHead {
	h := intervalHead{Interval: in}
	rebuiltRows := f.rows(in.From) == rebuilt || f.rows(in.To) == rebuilt
	var gone []int
	for y := in.From + 1; y < in.To; y++ {
		gone = append(gone, y)
	}
	switch {
	case in.Ribbons != nil && rebuiltRows:
		h.Title, h.Line, h.Hatched = p.T("rekonstruksi", "reconstruction"), p.T("bukan data desa yang terbit", "no published village data"), true
	case in.Ribbons != nil:
		h.Title = p.T("desa demi desa", "village by village")
		h.Line = fmt.Sprintf(p.T("%s dari %s desa, kode dicocokkan", "%s of %s villages, codes matched"), p.Int(both(in)), p.Int(f.total(in.To)))
	case len(gone) > 0:
		h.Title = fmt.Sprintf(p.T("%s tahun, tanpa %s", "%s years, without %s"), spell(p.Lang, in.To-in.From), kalimat.ListYears(gone))
		h.Line = p.T("hanya selisih bersih yang pasti", "only net movement is certain")
	default:
		h.Title = p.T("jumlah terbitan", "published totals")
		if f.totalNature(in.From) == rebuilt || f.totalNature(in.To) == rebuilt {
			h.Title = p.T("jumlah rekonstruksi", "reconstructed totals")
		}
		h.Line = p.T("hanya selisih bersih yang pasti", "only net movement is certain")
	}
	return h
}

func both(in chart.Interval) (n int64) {
	for _, r := range in.Ribbons {
		n += r.Count
	}
	return n
}

// spell writes small numbers in words.
func spell(l kalimat.Lang, n int) string {
	id := []string{"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"}
	en := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < 0 || n >= len(id) {
		return l.Int(int64(n))
	}
	return l.T(id[n], en[n])
}

// title says the largest certain net movement of the first pair, when it is shown, or the span.
func (b *movesBody) title(p *page, f *figures, shown []int) string {
	if len(shown) > 1 && shown[0] == f.years[0] {
		y1, y2 := shown[0], shown[1]
		c1, c2 := f.counts(y1), f.counts(y2)
		below, n := c1[1]+c1[2], (c2[3]+c2[4]+c2[5])-(c1[3]+c1[4]+c1[5])
		if below > 0 && n > 0 && f.total(y1) == f.total(y2) {
			return fmt.Sprintf(p.T("Dari %s di bawah Berkembang (%d), sedikitnya %s sudah naik %s kemudian", "Of %s below Berkembang (%d), at least %s had risen %s later"),
				p.Lang.Villages(below), y1, p.Int(n), later(p.Lang, y2-y1))
		}
	}
	return fmt.Sprintf(p.T("Status desa dari %d ke %d", "Village status from %d to %d"), shown[0], shown[len(shown)-1])
}

func later(l kalimat.Lang, years int) string {
	if years == 1 {
		return l.T("setahun", "a year")
	}
	return spell(l, years) + l.T(" tahun", " years")
}
