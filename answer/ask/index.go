package ask

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer"
	"lumbung/answer/ask/grammar"
	"lumbung/transform/value"
	"lumbung/transform/wilayah"
)

// index finds areas by folded name or by code.
type index struct {
	byName, byCode map[string][]grammar.Place
	identity       map[string]int64 // stable identity of a village by its code, as the warehouse writes it
}

// prefixes of a name that people leave out.
var prefixes = []string{"KABUPATEN", "KOTA"}

func (a *Asker) readIndex(ctx context.Context) (index, error) {
	x := index{map[string][]grammar.Place{}, map[string][]grammar.Place{}, map[string]int64{}}
	query, err := named("wilayah")
	if err != nil {
		return x, err
	}
	x.add(grammar.Place{Code: "0", Name: "Indonesia", Level: "nasional", Identity: "0"})
	x.byName["NASIONAL"] = x.byName["INDONESIA"]
	err = a.r.DB.Each(ctx, query, nil, nil, func(v []any) error {
		p := grammar.Place{Code: answer.Text(v[0]), Name: answer.Text(v[1]), Level: answer.Text(v[2]), Identity: answer.Text(v[0])}
		if now := answer.Text(v[3]); now != "" {
			p.Identity = now
		}
		if id, ok := v[4].(int64); ok {
			x.identity[p.Code] = id
		}
		if p.Code != "0" {
			x.add(p)
		}
		return nil
	})
	if err != nil {
		return x, fmt.Errorf("areas: %w", err)
	}
	for name, code := range a.r.ShortNames {
		x.byName[name] = append(x.byName[name], x.find(code)...)
	}
	return x, nil
}

func (x *index) add(p grammar.Place) {
	name := value.Fold(p.Name)
	keys := []string{name}
	if p.Level == "kabupaten" {
		for _, prefix := range prefixes {
			if short := strings.TrimPrefix(name, prefix); short != name {
				keys = append(keys, short)
			}
		}
	}
	for _, k := range keys {
		x.byName[k] = append(x.byName[k], p)
	}
	x.byCode[p.Code] = append(x.byCode[p.Code], p)
}

func (x *index) find(name string) []grammar.Place {
	if name == "" || strings.Trim(name, "0123456789.") != "" {
		return x.byName[name]
	}
	code, err := wilayah.ParseCode(name, wilayah.Kemendagri)
	if err != nil {
		return nil
	}
	return x.byCode[wilayah.Dotted(code)]
}

// places resolves the areas of a question; a name that several have is an error unless another slot decides.
func (q *asking) places() error {
	if v, ok := q.slots["wilayah"]; ok {
		a, err := one(v)
		if err != nil {
			return err
		}
		q.area = a
	} else if err := q.defaultArea(); err != nil {
		return err
	}
	if v, ok := q.slots["wilayah_ke"]; ok {
		a, err := one(v)
		if err != nil {
			return err
		}
		q.other = a
	}
	v, ok := q.slots["desa"]
	if !ok {
		return nil
	}
	if _, named := q.slots["wilayah"]; named {
		var inside []grammar.Place
		for _, p := range v.Places {
			if strings.HasPrefix(p.Code, q.area.Code+".") || strings.HasPrefix(p.Identity, q.area.Code+".") {
				inside = append(inside, p)
			}
		}
		if v.Places = inside; len(inside) == 0 {
			return &answer.UnknownAreaError{Name: v.Text, Hint: "it is not in " + q.area.Name}
		}
	}
	a, err := one(v)
	q.village = a
	q.id = q.index.identity[a.Code]
	return err
}

func (q *asking) defaultArea() error {
	if q.Asker.area == "" {
		q.area = answer.Area{Code: "0", Name: "Indonesia", Level: "nasional"}
		return nil
	}
	a, err := q.r.FindArea(q.ctx, q.Asker.area)
	q.area = a
	return err
}

// one is the single area of a slot. Former codes of a village count as the village; its present code is taken.
func one(v grammar.Value) (answer.Area, error) {
	var list []answer.Area
	seen := map[string]bool{}
	for _, p := range v.Places {
		if !seen[p.Identity] {
			seen[p.Identity] = true
			list = append(list, answer.Area{Code: p.Identity, Name: p.Name, Level: p.Level})
		}
	}
	if len(list) != 1 {
		return answer.Area{}, &answer.AmbiguousError{Name: v.Text, Candidates: list}
	}
	return list[0], nil
}
