package answer

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lumbung/transform/value"
	"lumbung/transform/wilayah"
)

// Area is an area that a question is about.
type Area struct {
	Code  string `json:"kode"` // dotted
	Name  string `json:"nama"`
	Level string `json:"tingkat,omitempty"`
}

// AmbiguousError means that a name fits several areas.
type AmbiguousError struct {
	Name       string
	Candidates []Area
}

func (e *AmbiguousError) Error() string {
	list := make([]string, len(e.Candidates))
	for i, a := range e.Candidates {
		list[i] = fmt.Sprintf("%s %s (%s)", a.Code, a.Name, a.Level)
	}
	return fmt.Sprintf("%q fits several areas, give the code of one: %s", e.Name, strings.Join(list, ", "))
}

// UnknownAreaError means that no area has the name or code.
type UnknownAreaError struct {
	Name string
	Hint string
}

func (e *UnknownAreaError) Error() string {
	text := fmt.Sprintf("no area %q in this snapshot", e.Name)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// areaWords may stand before a name and mean its level.
var areaWords = map[string]string{"kabupaten": "kabupaten", "kab": "kabupaten", "kab.": "kabupaten", "kota": "kabupaten",
	"kecamatan": "kecamatan", "kec": "kecamatan", "kec.": "kecamatan", "provinsi": "provinsi", "prov": "provinsi", "prov.": "provinsi",
	"desa": "desa"}

// FindArea finds an area by its Kemendagri code, dotted or not, or by its name.
func (r *Reader) FindArea(ctx context.Context, text string) (Area, error) {
	text = strings.TrimSpace(text)
	if text != "" && strings.Trim(text, "0123456789.") == "" {
		return r.areaByCode(ctx, text)
	}
	if code, ok := r.ShortNames[value.Fold(text)]; ok {
		return r.areaByCode(ctx, code)
	}
	found, err := r.areasByName(ctx, text)
	if err != nil {
		return Area{}, err
	}
	switch len(found) {
	case 0:
		hint, err := r.Nearby(ctx, text)
		if err != nil {
			return Area{}, err
		}
		return Area{}, &UnknownAreaError{Name: text, Hint: hint}
	case 1:
		return found[0], nil
	}
	return Area{}, &AmbiguousError{text, found}
}

func (r *Reader) areaByCode(ctx context.Context, text string) (Area, error) {
	if text == "0" {
		return Area{"0", "Indonesia", "nasional"}, nil
	}
	code, err := wilayah.ParseCode(text, wilayah.Kemendagri)
	if err != nil {
		hint := err.Error()
		if n, perr := strconv.ParseInt(text, 10, 64); perr == nil && wilayah.BPS.Level(n) != "" {
			hint += r.bpsHint(ctx, n)
		}
		return Area{}, &UnknownAreaError{text, hint}
	}
	res, _, err := r.DB.Query(ctx, 1, `SELECT kode_wilayah, nama, tingkat FROM dim_wilayah WHERE kode = ? ORDER BY berlaku_dari DESC NULLS LAST`, code)
	if err != nil {
		return Area{}, err
	}
	if len(res.Rows) == 0 {
		return Area{}, &UnknownAreaError{text, strings.TrimPrefix(r.bpsHint(ctx, code), "; ")}
	}
	return areaOf(res.Rows[0]), nil
}

// bpsHint says which Kemendagri code an unknown code has when read as a BPS code.
func (r *Reader) bpsHint(ctx context.Context, code int64) string {
	res, _, err := r.DB.Query(ctx, 1, "SELECT kode_wilayah, nama FROM dim_wilayah WHERE kode_bps = ? ORDER BY kode", code)
	if err != nil || len(res.Rows) == 0 {
		return ""
	}
	return fmt.Sprintf("; %d is a BPS code, the Kemendagri code of %v is %v", code, res.Rows[0][1], res.Rows[0][0])
}

func areaOf(row []any) Area {
	name, _ := row[1].(string)
	return Area{fmt.Sprint(row[0]), name, fmt.Sprint(row[2])}
}

// areasByName lists areas of that name; the highest level wins, and a level
// word before the name ("kecamatan Samboja") chooses.
func (r *Reader) areasByName(ctx context.Context, text string) ([]Area, error) {
	level := ""
	name := text
	if first, rest, ok := strings.Cut(text, " "); ok {
		if l, isWord := areaWords[strings.ToLower(first)]; isWord {
			level, name = l, rest
		}
	}
	want := value.Fold(name)
	if want == "INDONESIA" || want == "NASIONAL" {
		return []Area{{"0", "Indonesia", "nasional"}}, nil
	}
	best := 99
	var out []Area
	seen := map[string]bool{}
	err := r.DB.Each(ctx, "SELECT kode_wilayah, nama, tingkat FROM dim_wilayah WHERE nama IS NOT NULL ORDER BY kode, berlaku_dari", nil, nil, func(row []any) error {
		a := areaOf(row)
		if !sameAreaName(a.Name, want) || level != "" && a.Level != level || seen[a.Code] {
			return nil
		}
		seen[a.Code] = true
		if n := levelRank(a.Level); n < best {
			best, out = n, out[:0]
		} else if n > best {
			return nil
		}
		out = append(out, a)
		return nil
	})
	return out, err
}

// sameAreaName compares folded names, with or without the word of the level.
func sameAreaName(name, want string) bool {
	have := value.Fold(name)
	if have == want {
		return true
	}
	for _, word := range []string{"KABUPATEN", "KAB", "KOTA"} {
		if strings.TrimPrefix(have, word) == want && have != want {
			return true
		}
	}
	return false
}

func levelRank(level string) int {
	for i, l := range []string{"nasional", "provinsi", "kabupaten", "kecamatan", "desa", "kelurahan"} {
		if l == level {
			return i
		}
	}
	return 9
}
