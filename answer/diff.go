package answer

import (
	"context"
	"fmt"
	"sort"
)

// Diff is what changed from one snapshot to another.
type Diff struct {
	From     string        `json:"dari"`
	To       string        `json:"ke"`
	Releases []ReleaseDiff `json:"rilis"`
	Villages []VillageDiff `json:"desa"`
	Marts    []MartDiff    `json:"mart"`
}

// ReleaseDiff is a release that came, went, or has other bytes.
type ReleaseDiff struct {
	Source string `json:"sumber"`
	Period string `json:"periode"`
	From   string `json:"dari,omitempty"` // release id; "" when it came
	To     string `json:"ke,omitempty"`   // "" when it went
}

// VillageDiff is one village and year of which values changed.
type VillageDiff struct {
	Code   string      `json:"kode"`
	Name   string      `json:"nama"`
	Year   int         `json:"tahun"`
	Values []ValueDiff `json:"nilai"`
}

// ValueDiff is one changed value; "" is none.
type ValueDiff struct {
	Column string `json:"kolom"`
	From   string `json:"dari"`
	To     string `json:"ke"`
}

// MartDiff is what became of a mart.
type MartDiff struct {
	Mart string `json:"mart"`
	From int64  `json:"baris_dari"`
	To   int64  `json:"baris_ke"`
	Same bool   `json:"sama"` // byte for byte
}

// diffColumns are the values of a village that are compared.
var diffColumns = []string{"nama_desa", "status", "skor", "iks", "ike", "ikl", "keterangan", "tanda", "blt_keluarga", "blt_realisasi",
	"bumdes_aktif", "balita_diukur", "balita_stunting", "pendamping"}

// Compare says what changed from the snapshot a to b.
func Compare(ctx context.Context, a, b *Reader) (*Diff, error) {
	d := &Diff{From: a.Snap.ID(), To: b.Snap.ID(), Releases: releaseDiffs(a, b), Villages: []VillageDiff{}, Marts: martDiffs(a, b)}
	before, err := a.villageValues(ctx)
	if err != nil {
		return nil, err
	}
	after, err := b.villageValues(ctx)
	if err != nil {
		return nil, err
	}
	keys := map[villageYear]bool{}
	for k := range before {
		keys[k] = true
	}
	for k := range after {
		keys[k] = true
	}
	for k := range keys {
		if v := villageDiff(k, before[k], after[k]); len(v.Values) > 0 {
			d.Villages = append(d.Villages, v)
		}
	}
	sort.Slice(d.Villages, func(i, j int) bool {
		x, y := d.Villages[i], d.Villages[j]
		return x.Code < y.Code || x.Code == y.Code && x.Year < y.Year
	})
	return d, nil
}

type villageYear struct {
	code string
	year int
}

func (r *Reader) villageValues(ctx context.Context) (map[villageYear][]string, error) {
	query := "SELECT kode_wilayah, tahun"
	for _, c := range diffColumns {
		query += ", CAST(" + c + " AS VARCHAR)"
	}
	out := map[villageYear][]string{}
	err := r.DB.Each(ctx, query+" FROM mart_profil_desa", nil, nil, func(v []any) error {
		values := make([]string, len(diffColumns))
		for i := range values {
			values[i] = Text(v[2+i])
		}
		out[villageYear{Text(v[0]), int(Int(v[1]))}] = values
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("villages of %s: %w", r.Snap.ID(), err)
	}
	return out, nil
}

func villageDiff(k villageYear, before, after []string) VillageDiff {
	d := VillageDiff{Code: k.code, Year: k.year}
	at := func(values []string, i int) string {
		if values == nil {
			return ""
		}
		return values[i]
	}
	if d.Name = at(after, 0); d.Name == "" {
		d.Name = at(before, 0)
	}
	for i, c := range diffColumns {
		if from, to := at(before, i), at(after, i); from != to {
			d.Values = append(d.Values, ValueDiff{c, from, to})
		}
	}
	return d
}

func releaseDiffs(a, b *Reader) []ReleaseDiff {
	type release struct{ source, period string }
	from, to := map[release]string{}, map[release]string{}
	for _, in := range a.Snap.Manifest.Inputs {
		from[release{in.Sumber, in.Periode}] = in.Rilis
	}
	for _, in := range b.Snap.Manifest.Inputs {
		to[release{in.Sumber, in.Periode}] = in.Rilis
	}
	out := []ReleaseDiff{}
	for r, id := range from {
		if to[r] != id {
			out = append(out, ReleaseDiff{r.source, r.period, id, to[r]})
		}
	}
	for r, id := range to {
		if _, ok := from[r]; !ok {
			out = append(out, ReleaseDiff{r.source, r.period, "", id})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].From+out[i].To < out[j].From+out[j].To })
	return out
}

// martDiffs compares the marts' files by their hashes.
func martDiffs(a, b *Reader) []MartDiff {
	type files struct {
		rows int64
		sum  string
	}
	collect := func(r *Reader) map[string]files {
		out := map[string]files{}
		for _, f := range r.Snap.Files("marts") {
			name := martOf(f.Name)
			m := out[name]
			m.rows += f.Rows
			m.sum += f.Name + f.SHA256
			out[name] = m
		}
		return out
	}
	from, to := collect(a), collect(b)
	out := []MartDiff{}
	for name, m := range to {
		out = append(out, MartDiff{name, from[name].rows, m.rows, from[name].sum == m.sum})
	}
	for name, m := range from {
		if _, ok := to[name]; !ok {
			out = append(out, MartDiff{name, m.rows, 0, false})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Mart < out[j].Mart })
	return out
}

// martOf is the mart of a file such as marts/mart_tren_status/2020.parquet.
func martOf(file string) string {
	name := file[len("marts/"):]
	for i := range name {
		if name[i] == '/' {
			return name[:i]
		}
	}
	return name
}
