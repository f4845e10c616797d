// Command workbook writes yearly IDM workbooks, in the ministry's layout of 2024, and the 50 indicators of each village from
// the national JSON release: one file for each year asked for, every earlier year with scores some points lower for three
// villages in five, so that no two years are alike. One row in a thousand is wrong in a known way. A corrected year is
// written once more, as koreksi-YEAR.xlsx, with one social score less of one village. The result depends only on its arguments.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"github.com/xuri/excelize/v2"

	"lumbung/transform/indeks"
)

type village struct {
	prov, kab, kec, desa             int64
	provName, kabName, kecName, name string
	s, e, l                          int64 // sums of scores
	scored                           bool
	note                             string
}

func main() {
	real := flag.String("real", "../shared/data/real/idm-2024-nasional-ringkas", "folder of the national JSON release")
	out := flag.String("out", ".cache/bench", "folder for the workbooks")
	years := flag.Int("years", 1, "workbooks to write, the last for 2024")
	kab := flag.Int64("kab", 0, "only the villages of one kabupaten, such as 6402")
	times := flag.Int("times", 1, "copies of every village, up to 12, under codes that do not exist")
	wrong := flag.Int("wrong", 1000, "one row in so many is wrong in a known way, 0 for none; their counts are written to salah.json")
	correct := flag.Int("correct", 0, "year of which a corrected workbook is written too, 0 for none")
	indicators := flag.String("indicators", "", "folder for the 50 indicators of each village, one file a year; \"\" writes none")
	flag.Parse()
	if err := run(options{*real, *out, *indicators, *years, *times, *wrong, *correct, *kab}); err != nil {
		log.Fatal(err)
	}
}

// options are the flags.
type options struct {
	real, out, indicators string
	years, times, wrong   int
	correct               int
	kab                   int64
}

func run(o options) error {
	villages, err := read(o.real)
	if err != nil {
		return err
	}
	villages = copies(slices.DeleteFunc(villages, func(v village) bool { return o.kab != 0 && v.kab != o.kab }), o.times)
	allowed, err := allowed()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(2024, 1))
	counts := map[string]int{}
	for y := 2024; y > 2024-o.years; y-- {
		if err := write(filepath.Join(o.out, fmt.Sprintf("idm-%d.xlsx", y)), y, villages, o.wrong, counts); err != nil {
			return err
		}
		if y == o.correct {
			name := filepath.Join(o.out, fmt.Sprintf("koreksi-%d.xlsx", y))
			if err := write(name, y, corrected(villages, y, o.wrong), o.wrong, map[string]int{}); err != nil {
				return err
			}
		}
		if o.indicators != "" {
			if err := writeIndicators(filepath.Join(o.indicators, fmt.Sprintf("indikator-%d.json", y)), villages, allowed); err != nil {
				return err
			}
		}
		for i := range villages {
			step(&villages[i], rng)
		}
	}
	b, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.out, "salah.json"), b, 0o644)
}

// corrected takes a social score from the first village whose row is as it should be.
func corrected(villages []village, year, wrong int) []village {
	out := slices.Clone(villages)
	i := slices.IndexFunc(out, func(v village) bool { return v.scored && v.s > 0 && kindOf(&v, year, wrong) == "" })
	out[i].s--
	return out
}

// copies multiplies the villages; the copies differ in the seventh digit, then by 300 villages.
func copies(villages []village, times int) []village {
	var out []village
	for k := range min(times, 12) {
		for _, v := range villages {
			v.desa += int64(k%4)*2000 + int64(k/4)*300
			out = append(out, v)
		}
	}
	return out
}

// step goes one year back: about three villages in five had up to four points less in each part.
func step(v *village, rng *rand.Rand) {
	if rng.IntN(5) < 2 {
		return
	}
	v.s = max(0, v.s-rng.Int64N(5))
	v.e = max(0, v.e-rng.Int64N(5))
	v.l = max(0, v.l-rng.Int64N(2))
}

func read(dir string) ([]village, error) {
	names := map[string]string{}
	var meta struct {
		Prov []struct{ Kab []struct{ K, Nm string } }
	}
	if err := load(filepath.Join(dir, "meta.json"), &meta); err != nil {
		return nil, err
	}
	for _, p := range meta.Prov {
		for _, k := range p.Kab {
			names[k.K] = k.Nm
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "prov", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s: no province files there (%v); the national release is not part of the repository", dir, err)
	}
	sort.Strings(files)
	var out []village
	for _, f := range files {
		var p struct {
			K, Nm string
			Kec   []struct {
				K, Nm, Kb string
				Ds        [][]any
			}
		}
		if err := load(f, &p); err != nil {
			return nil, err
		}
		for _, kec := range p.Kec {
			for _, d := range kec.Ds {
				v := village{prov: number(p.K), provName: p.Nm, kab: number(kec.Kb), kabName: names[kec.Kb], kec: number(kec.K), kecName: kec.Nm,
					desa: number(kec.K + d[0].(string)), note: []string{"", "Update 2023", "Server PDN"}[int(d[7].(float64))]}
				v.name, _ = d[1].(string)
				if iks, ok := d[3].(float64); ok {
					v.s, v.e, v.l, _ = indeks.Grid(coef(iks), coef(d[4].(float64)), coef(d[5].(float64)))
					v.scored = true
				}
				out = append(out, v)
			}
		}
	}
	return out, nil
}

func coef(f float64) int64 { return int64(f*indeks.Scale + 0.5) }

func load(file string, into any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

func number(digits string) int64 {
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return n
}

// round4 is n/d with four decimals, half up, as the ministry prints it.
func round4(n, d int64) float64 { return float64((2*n*10000+d)/(2*d)) / 10000 }

func write(file string, year int, villages []village, wrong int, counts map[string]int) error {
	f := excelize.NewFile()
	sheet := fmt.Sprintf("IDM %d", year)
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	head := []any{"KODE_PROV", "NAMA_PROVINSI", "KODE_KAB", "NAMA_KABUPATEN", "KODE_KEC", "NAMA_KECAMATAN", "KODE_DESA", "NAMA_DESA"}
	for _, c := range []string{"IKS", "IKE", "IKL", "NILAI_IDM", "STATUS_IDM"} {
		head = append(head, fmt.Sprintf("%s_%d", c, year))
	}
	if err := w.SetRow("A1", append(head, "Keterangan")); err != nil {
		return err
	}
	for i, v := range villages {
		row := []any{v.prov, v.provName, v.kab, v.kabName, v.kec, v.kecName, v.desa, text(v.name)}
		if v.scored {
			value := 12*v.s + 35*v.e + 140*v.l
			status, _ := indeks.Compute(coef(round4(v.s, 175)), coef(round4(v.e, 60)), coef(round4(v.l, 15)), coef(round4(value, 6300)))
			row = append(row, round4(v.s, 175), round4(v.e, 60), round4(v.l, 15), round4(value, 6300), status.String())
		} else {
			row = append(row, "Penduduk Tidak Ada", nil, nil, nil, nil)
		}
		if kind := kindOf(&v, year, wrong); kind != "" {
			spoil(row, kind)
			counts[kind]++
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), append(row, text(v.note))); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.SaveAs(file); err != nil {
		return err
	}
	return f.Close()
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
