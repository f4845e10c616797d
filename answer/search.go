package answer

import (
	"context"
	"fmt"
	"slices"
	"sort"
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

// Search finds areas by code, dotted or not, or by a name: exact names first,
// then names that begin with the text, then those that contain it, and when
// there are none the nearest spellings. near tells that only those were found.
func (r *Reader) Search(ctx context.Context, text string, limit int) (hits []Hit, near bool, err error) {
	want := value.Fold(text)
	digits := strings.ReplaceAll(strings.TrimSpace(text), ".", "")
	isCode := digits != "" && strings.Trim(digits, "0123456789") == ""
	var all []Hit
	seen := map[string]bool{}
	err = r.DB.Each(ctx, `SELECT w.kode_wilayah, w.nama, w.tingkat, k.nama, p.status, p.tahun, w.kode <> w.kode_terkini
		FROM dim_wilayah w
		LEFT JOIN (SELECT kode, max(nama) AS nama FROM dim_wilayah WHERE tingkat = 'kecamatan' GROUP BY kode) k ON k.kode = w.kode_kecamatan AND w.tingkat IN ('desa', 'kelurahan')
		LEFT JOIN (SELECT kode_desa, arg_max(status, tahun) AS status, max(tahun) AS tahun FROM mart_profil_desa GROUP BY kode_desa) p ON p.kode_desa = w.kode
		WHERE w.nama IS NOT NULL ORDER BY w.kode, w.cari_dari DESC`, nil, nil, func(v []any) error {
		h := Hit{Area: Area{asText(v[0]), asText(v[1]), asText(v[2])}, District: asText(v[3]), Status: asText(v[4]), Year: int(asInt(v[5]))}
		if seen[h.Code] {
			return nil
		}
		seen[h.Code] = true
		if !isCode && asBool(v[6]) {
			return nil // a former code of a village that is listed under its present one
		}
		if isCode {
			h.distance = matchCode(strings.ReplaceAll(h.Code, ".", ""), digits)
		} else {
			h.distance = matchName(value.Fold(h.Name), want)
		}
		all = append(all, h)
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("search: %w", err)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].distance < all[j].distance })
	for _, h := range all {
		if h.distance > noMatch || len(hits) >= limit {
			break
		}
		if h.distance == noMatch {
			continue
		}
		hits = append(hits, h)
	}
	if len(hits) > 0 && hits[0].distance == 0 { // an exact one does not need those that only contain it
		hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.distance > 0 })
	}
	if len(hits) > 0 || isCode || want == "" {
		return hits, false, nil
	}
	return nearest(all, want), true, nil
}

// noMatch is the distance of what does not fit.
const noMatch = 9

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

// nearest lists up to five names with the fewest letters to change.
func nearest(all []Hit, want string) []Hit {
	for i := range all {
		all[i].distance = letters(value.Fold(all[i].Name), want)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].distance < all[j].distance })
	var out []Hit
	for _, h := range all {
		if len(out) == 5 || h.distance > max(2, len(want)/3) {
			break
		}
		out = append(out, h)
	}
	return out
}

// letters is the Levenshtein distance of two folded names.
func letters(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, prev[j]+1, prev[j-1]+cost)
		}
		prev = row
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
