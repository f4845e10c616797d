package sampel

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
)

// Direkonstruksi is one village with its reconstructed scores. No figure of a
// single village is real: only the counts per status are.
type Direkonstruksi struct {
	Kode, Nama       string // code and name of that year
	KodeKec, NamaKec string
	Nilai            Nilai
}

// jumlahStatus is the published number of villages per status, from SANGAT
// TERTINGGAL to MANDIRI (MAJU is what the printed figures leave of 193).
func jumlahStatus(tahun int) []int {
	if tahun == 2019 {
		return []int{3, 53, 100, 33, 4}
	}
	return []int{0, 21, 113, 47, 12}
}

// Rekonstruksi derives 2019 and 2020 from 2023: villages are ranked by their
// score of 2023 (with a seeded disturbance), the published counts are cut from
// that ranking, and each village gets the grid point nearest in shape to its
// later scores inside its status. One ranking for both years makes sure that
// no village drops.
func Rekonstruksi(s *Sumber) (y2019, y2020 []Direkonstruksi, err error) {
	acak := rand.New(rand.NewPCG(2019, 2020))
	cap2021, err := nilai2021(s)
	if err != nil {
		return nil, nil, err
	}
	urut := peringkat(s, cap2021, acak)
	n2020, err := susun(jumlahStatus(2020), len(urut), func(rank, tingkat int, bagian float64) (Nilai, error) {
		d := s.IDM2023[urut[rank]]
		batas := d.Nilai().Jumlah()
		if n, ok := cap2021[s.kodeLama(d.Kode)]; ok {
			batas = min(batas, n)
		}
		return cari(d.Nilai(), tingkat, bagian, batas, acak)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("year 2020: %w", err)
	}
	n2019, err := susun(jumlahStatus(2019), len(urut), func(rank, tingkat int, bagian float64) (Nilai, error) {
		return cari(n2020[rank], tingkat, bagian, n2020[rank].Jumlah(), acak)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("year 2019: %w", err)
	}
	y2019, err = s.beriNama(urut, n2019)
	if err != nil {
		return nil, nil, err
	}
	y2020, err = s.beriNama(urut, n2020)
	return y2019, y2020, err
}

// nilai2021 gives 6300 times the IDM 2021 of the villages whose answer is at
// hand: what is reconstructed for 2020 must not exceed a real later score.
func nilai2021(s *Sumber) (map[string]int, error) {
	out := map[string]int{}
	for name, b := range s.Rumusan {
		kode, ok := strings.CutSuffix(name, "/2021.json")
		if !ok {
			continue
		}
		var a struct {
			MapData struct {
				Summaries struct {
					Skor float64 `json:"SKOR_SAAT_INI"`
				} `json:"SUMMARIES"`
			} `json:"mapData"`
		}
		if err := json.Unmarshal(b, &a); err != nil {
			return nil, fmt.Errorf("rumusan %s: %w", name, err)
		}
		out[kode] = bulat(a.MapData.Summaries.Skor * perIDM)
	}
	return out, nil
}

// peringkat lists the indices of IDM2023 from the lowest to the highest rank.
func peringkat(s *Sumber, cap2021 map[string]int, acak *rand.Rand) []int {
	// Two years of growth in the median of the villages with both scores.
	const tumbuh = 300
	kunci := make([]int, len(s.IDM2023))
	urut := make([]int, len(s.IDM2023))
	for i, d := range s.IDM2023 {
		kunci[i] = d.Nilai().Jumlah()
		if n, ok := cap2021[s.kodeLama(d.Kode)]; ok {
			kunci[i] = min(kunci[i], n+tumbuh)
		}
		kunci[i] += acak.IntN(121) - 60
		urut[i] = i
	}
	sort.SliceStable(urut, func(i, j int) bool { return kunci[urut[i]] < kunci[urut[j]] })
	return urut
}

// susun cuts the ranking into the statuses; bagian runs from 0 to 1 inside one.
func susun(jumlah []int, total int, satu func(rank, tingkat int, bagian float64) (Nilai, error)) ([]Nilai, error) {
	out := make([]Nilai, 0, total)
	for i, n := range jumlah {
		for k := range n {
			v, err := satu(len(out), i+1, (float64(k)+0.5)/float64(n))
			if err != nil {
				return nil, fmt.Errorf("rank %d: %w", len(out)+1, err)
			}
			out = append(out, v)
		}
	}
	if len(out) != total {
		return nil, fmt.Errorf("the published counts add up to %d, the villages to %d", len(out), total)
	}
	return out, nil
}

// cari finds the grid point of a status whose parts keep the proportions of the
// later year and lie at or below them.
func cari(nanti Nilai, tingkat int, bagian float64, batas int, acak *rand.Rand) (Nilai, error) {
	bawah, atas := batasAtas(tingkat-1)+1, min(batasAtas(tingkat), batas)
	if bawah > atas {
		return Nilai{}, fmt.Errorf("status %s needs at least %d, the later score is %d", namaStatus(tingkat), bawah, batas)
	}
	kuota := sasaran(tingkat, bagian)
	kuota = max(bawah, min(atas, kuota))
	f := float64(kuota) / float64(nanti.Jumlah())
	fe, fl := f*(1+0.16*(acak.Float64()-0.5)), f*(1+0.10*(acak.Float64()-0.5))
	best, cost := Nilai{}, math.Inf(1)
	for l := max(1, nanti.L-7); l <= nanti.L; l++ {
		for e := max(5, nanti.E/3); e <= nanti.E; e++ {
			n := Nilai{S: bulat(float64(kuota-35*e-140*l) / 12), E: e, L: l}
			if n.S < 40 || n.S > nanti.S || n.Jumlah() < bawah || n.Jumlah() > atas {
				continue
			}
			c := kuadrat(float64(n.S)/float64(nanti.S)-f) + kuadrat(float64(e)/float64(nanti.E)-fe) + kuadrat(float64(l)/float64(nanti.L)-fl)
			if c < cost {
				best, cost = n, c
			}
		}
	}
	if math.IsInf(cost, 1) {
		return Nilai{}, fmt.Errorf("no grid point of status %s at or below %+v", namaStatus(tingkat), nanti)
	}
	return best, nil
}

// sasaran is where in its status a village should lie. The open ends are cut
// short: real villages of this kabupaten were not spread over the whole of 0..1.
func sasaran(tingkat int, bagian float64) int {
	bawah := float64([...]int{0, 2880, 3150, 3774, 4456, 5138}[tingkat])
	atas := float64([...]int{0, 3091, 3773, 4455, 5137, 5560}[tingkat])
	return bulat(bawah + bagian*(atas-bawah))
}

func kuadrat(x float64) float64 { return x * x }

// beriNama puts codes and names of the time to the scores, by code.
func (s *Sumber) beriNama(urut []int, nilai []Nilai) ([]Direkonstruksi, error) {
	nama := map[string]string{}
	for _, a := range s.Wilayah {
		nama[polos(a.Kode)] = strings.ToUpper(a.Nama)
	}
	var out []Direkonstruksi
	for rank, i := range urut {
		baru := s.IDM2023[i].Kode
		kode := s.kodeLama(baru)
		d := Direkonstruksi{Kode: kode, Nama: nama[baru], KodeKec: kode[:6], NamaKec: nama[kode[:6]], Nilai: nilai[rank]}
		if d.Nama == "" || d.NamaKec == "" {
			return nil, fmt.Errorf("village %s: not in the code list", baru)
		}
		out = append(out, d)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Kode < out[j].Kode })
	return out, nil
}

// kodeLama is the code that a village had up to 2021.
func (s *Sumber) kodeLama(kode string) string {
	for _, p := range s.Perubahan {
		if p.KodeBaru == kode {
			return p.KodeLama
		}
	}
	return kode
}

func polos(kode string) string { return strings.ReplaceAll(kode, ".", "") }

// titik writes 6402012001 as 64.02.01.2001.
func titik(kode string) string {
	out := ""
	for i, panjang := 0, 2; i < len(kode); i += panjang {
		if i == 6 {
			panjang = 4
		}
		if i > 0 {
			out += "."
		}
		out += kode[i : i+panjang]
	}
	return out
}
