package sampel

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Sumber is the public material from which the sample is built, read once.
type Sumber struct {
	IDM2023   []Desa            // 193 villages, by code
	IDM2024   []Desa            // 193 villages, by code
	Wilayah   []Area            // province, kabupaten, kecamatan, desa and kelurahan of Kutai Kartanegara, present codes
	Perubahan []Perubahan       // villages whose code changed
	Padanan   []Padanan         // BPS to Kemendagri, as listed (partly old codes)
	Rumusan   map[string][]byte // "<kode>/<tahun>.json" -> the ministry's answer, unchanged
	Indikator []byte            // 50 scores per village, unchanged
}

// Desa is one village in one year of the index.
type Desa struct {
	Kode, Nama       string  // 10 digits; name as published, line breaks included
	KodeKec, NamaKec string  // 6 digits
	IKS, IKE, IKL    float64 // 0..1, four decimals
	IDM              float64 // 0..1, four decimals
	Status           string
	Asal             int // 0 regular, 1 "Update 2023", 2 "Server PDN"
}

// Nilai is the place of the village on the exact grid.
func (d Desa) Nilai() Nilai {
	return Nilai{S: bulat(d.IKS * perIKS), E: bulat(d.IKE * perIKE), L: bulat(d.IKL * perIKL)}
}

// Area is one row of the code list; codes are dotted.
type Area struct{ Kode, Induk, Nama string }

// Perubahan is one village whose code changed; codes have 10 digits.
type Perubahan struct{ KodeLama, KodeBaru, NamaLama, NamaBaru string }

// Padanan is one area in both schemes; the BPS code is undotted, the Kemendagri code dotted.
type Padanan struct{ KodeBPS, NamaBPS, Kode, Nama string }

// Baca reads the material below dir. A folder that is not there is an error that names it.
func Baca(dir string) (*Sumber, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("real data folder %s: not found; set LUMBUNG_REAL_DATA to the folder that holds idm-2023-kutai-kartanegara and its siblings", dir)
	}
	s := &Sumber{}
	steps := []func() error{
		func() (err error) {
			s.IDM2023, err = bacaIDM(filepath.Join(dir, "idm-2023-kutai-kartanegara", "64.json"))
			return err
		},
		func() (err error) {
			s.IDM2024, err = bacaIDM(filepath.Join(dir, "idm-2024-nasional-ringkas", "prov", "64.json"))
			return err
		},
		func() (err error) {
			s.Wilayah, err = bacaWilayah(filepath.Join(dir, "kode-wilayah-kemendagri"))
			return err
		},
		func() (err error) {
			s.Perubahan, err = bacaPerubahan(filepath.Join(dir, "perubahan-kode-kutai-kartanegara", "perubahan-kode.csv"))
			return err
		},
		func() (err error) {
			s.Padanan, err = bacaPadanan(filepath.Join(dir, "padanan-kode-bps-kemendagri"))
			return err
		},
		func() (err error) {
			s.Rumusan, err = bacaRumusan(filepath.Join(dir, "idm-api-rumusan", "desa"))
			return err
		},
		func() (err error) {
			s.Indikator, err = os.ReadFile(filepath.Join(dir, "idm-2024-indikator-kutai-kartanegara", "64.json"))
			return err
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("real data: %w", err)
		}
	}
	return s, nil
}

// bacaIDM reads the villages of the kabupaten from the compact layout, whose
// village arrays are [last four digits, name, IDM, IKS, IKE, IKL, status, source].
func bacaIDM(path string) ([]Desa, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Kec []struct {
			K  string              `json:"k"`
			Nm string              `json:"nm"`
			Kb string              `json:"kb"`
			Ds [][]json.RawMessage `json:"ds"`
		} `json:"kec"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []Desa
	for _, kec := range doc.Kec {
		if kec.Kb != kodeKab {
			continue
		}
		for i, v := range kec.Ds {
			d := Desa{KodeKec: kec.K, NamaKec: kec.Nm}
			var ekor string
			var status int
			if len(v) < 8 {
				return nil, fmt.Errorf("%s: kecamatan %s: village %d has %d fields, 8 are wanted", path, kec.K, i+1, len(v))
			}
			for j, p := range []any{&ekor, &d.Nama, &d.IDM, &d.IKS, &d.IKE, &d.IKL, &status, &d.Asal} {
				if err := json.Unmarshal(v[j], p); err != nil {
					return nil, fmt.Errorf("%s: kecamatan %s: village %d, field %d: %w", path, kec.K, i+1, j+1, err)
				}
			}
			if status < 1 || status > 5 {
				return nil, fmt.Errorf("%s: %s%s: status %d is not 1..5", path, kec.K, ekor, status)
			}
			d.Kode, d.Status = kec.K+ekor, namaStatus(6-status)
			out = append(out, d)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Kode < out[j].Kode })
	return out, nil
}

// bacaWilayah takes the kabupaten and what lies above and below it, top down.
func bacaWilayah(dir string) ([]Area, error) {
	var out []Area
	for _, f := range []struct{ nama, awalan string }{
		{"provinces.csv", "64"}, {"regencies.csv", "64.02"}, {"districts.csv", "64.02."}, {"villages.csv", "64.02."},
	} {
		rows, err := bacaCSV(filepath.Join(dir, f.nama))
		if err != nil {
			return nil, err
		}
		for _, r := range rows[1:] {
			if r[0] != f.awalan && !(strings.HasSuffix(f.awalan, ".") && strings.HasPrefix(r[0], f.awalan)) {
				continue
			}
			a := Area{Kode: r[0], Nama: r[len(r)-1]}
			if len(r) == 3 {
				a.Induk = r[1]
			}
			out = append(out, a)
		}
	}
	return out, nil
}

func bacaPerubahan(path string) ([]Perubahan, error) {
	rows, err := bacaCSV(path)
	if err != nil {
		return nil, err
	}
	var out []Perubahan
	for _, r := range rows[1:] {
		out = append(out, Perubahan{KodeLama: r[0], KodeBaru: r[1], NamaLama: r[2], NamaBaru: r[3]})
	}
	return out, nil
}

func bacaPadanan(dir string) ([]Padanan, error) {
	var out []Padanan
	for _, f := range []struct{ nama, awalan string }{
		{"provinsi.csv", "64"}, {"kabupaten.csv", "6403"}, {"kecamatan.csv", "6403"}, {"64.csv", "6403"},
	} {
		rows, err := bacaCSV(filepath.Join(dir, f.nama))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if strings.HasPrefix(r[0], f.awalan) {
				out = append(out, Padanan{KodeBPS: r[0], NamaBPS: r[1], Kode: r[2], Nama: r[3]})
			}
		}
	}
	return out, nil
}

// bacaRumusan takes the answers of the kabupaten as they are: their bytes are the evidence.
func bacaRumusan(dir string) (map[string][]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, kodeKab+"*", "*.json"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no answers for kabupaten %s", dir, kodeKab)
	}
	out := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		out[filepath.Base(filepath.Dir(p))+"/"+filepath.Base(p)] = b
	}
	return out, nil
}

func bacaCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true // some names hold a bare " for an apostrophe
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("%s: no rows", path)
	}
	return rows, nil
}
