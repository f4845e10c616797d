package answer

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"lumbung/transform/value"
)

// Hit is an area that a search found.
type Hit struct {
	Area
	District string // kecamatan of a village
	Status   string // in the latest year, "" without
	Year     int
	distance int
}

// indexed is an area as a search looks at it.
type indexed struct {
	Hit
	folded string // name
	digits string // code without dots
	former bool   // code of a village that is listed under its present one
}

// index reads all areas, once for each reader.
func (r *Reader) index(ctx context.Context) ([]indexed, error) {
	r.searching.Lock()
	defer r.searching.Unlock()
	if r.areas != nil {
		return r.areas, nil
	}
	out := []indexed{}
	last := ""
	err := r.DB.Each(ctx, `SELECT w.kode_wilayah, w.nama, w.tingkat, CASE WHEN w.kode >= 1000000000 THEN w.nama_kecamatan END, s.status, p.terakhir, w.kode <> w.kode_terkini
		FROM dim_wilayah w
		LEFT JOIN (SELECT kode_desa, max(CAST(tahun AS INTEGER) * 10 + status) AS terakhir FROM fct_indeks GROUP BY kode_desa) p ON p.kode_desa = w.kode
		LEFT JOIN dim_status s ON s.urutan = p.terakhir % 10
		WHERE w.nama IS NOT NULL ORDER BY w.kode, w.cari_dari DESC`, nil, nil, func(v []any) error {
		h := Hit{Area: Area{Text(v[0]), Text(v[1]), Text(v[2])}, District: Text(v[3]), Status: Text(v[4]), Year: int(Int(v[5]) / 10)}
		if h.Code != last {
			out = append(out, indexed{h, value.Fold(h.Name), strings.ReplaceAll(h.Code, ".", ""), asBool(v[6])})
		}
		last = h.Code
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	r.areas = out
	return out, nil
}

// Search finds areas by code, dotted or not, or by a name: exact names first,
// then names that begin with the text, then those that contain it, and when
// there are none the nearest spellings. near tells that only those were found.
func (r *Reader) Search(ctx context.Context, text string, limit int) (hits []Hit, near bool, err error) {
	all, err := r.index(ctx)
	if err != nil {
		return nil, false, err
	}
	want := value.Fold(text)
	digits := strings.ReplaceAll(strings.TrimSpace(text), ".", "")
	isCode := digits != "" && strings.Trim(digits, "0123456789") == ""
	match := func(a *indexed) int { return matchName(a.folded, want) }
	if isCode {
		match = func(a *indexed) int { return matchCode(a.digits, digits) }
	}
	hits = closest(all, func(a *indexed) int {
		if a.former && !isCode {
			return noMatch
		}
		return match(a)
	})
	hits = hits[:min(len(hits), limit)]
	if len(hits) > 0 && hits[0].distance == 0 { // an exact one does not need those that only contain it
		hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.distance > 0 })
	}
	if len(hits) > 0 || isCode || want == "" {
		return hits, false, nil
	}
	near5 := closest(all, func(a *indexed) int {
		d := noMatch
		if n := letters(a.folded, want); !a.former && n <= max(2, len(want)/3) {
			d = n
		}
		return d
	})
	return near5[:min(len(near5), 5)], true, nil
}

// Nearby says what areas are called that a text may have meant, for an error.
func (r *Reader) Nearby(ctx context.Context, text string) (string, error) {
	hits, _, err := r.Search(ctx, text, 3)
	if err != nil {
		return "", err
	}
	if len(hits) == 0 {
		return "try its code, for example 64.02", nil
	}
	list := make([]string, len(hits))
	for i, h := range hits {
		list[i] = h.Name + " (" + h.Code + ")"
	}
	return "near it are: " + strings.Join(list, ", "), nil
}

// closest lists what is nearer than noMatch, nearest first, equals in the order of their codes.
func closest(all []indexed, distance func(*indexed) int) []Hit {
	var out []Hit
	for i := range all {
		if d := distance(&all[i]); d < noMatch {
			h := all[i].Hit
			h.distance = d
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b Hit) int { return cmp.Compare(a.distance, b.distance) })
	return out
}

// noMatch is the distance of what does not fit.
const noMatch = 1000

func matchCode(code, want string) int {
	switch {
	case code == want:
		return 0
	case strings.HasPrefix(code, want) && len(want) >= 4:
		return 2
	}
	return noMatch
}

func matchName(name, want string) int {
	switch {
	case want == "":
		return noMatch
	case sameAreaName(name, want):
		return 0
	case strings.HasPrefix(name, want):
		return 1
	case len(want) >= 3 && strings.Contains(name, want):
		return 2
	}
	return noMatch
}

// letters is the Levenshtein distance of two folded names.
func letters(a, b string) int {
	prev, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, prev[j+1]+1, prev[j]+cost)
		}
		prev, row = row, prev
	}
	return prev[len(b)]
}

// BPSMeaning says which area a code means when read as a BPS code; ok is false when none.
func (r *Reader) BPSMeaning(ctx context.Context, text string) (a Area, ok bool, err error) {
	digits := strings.ReplaceAll(strings.TrimSpace(text), ".", "")
	if digits == "" || len(digits) > 10 || strings.Trim(digits, "0123456789") != "" {
		return Area{}, false, nil
	}
	res, _, err := r.DB.Query(ctx, 1, "SELECT kode_wilayah, nama, tingkat FROM dim_wilayah WHERE kode_bps = CAST(? AS BIGINT) ORDER BY kode", digits)
	if err != nil || len(res.Rows) == 0 {
		return Area{}, false, err
	}
	return areaOf(res.Rows[0]), true, nil
}
