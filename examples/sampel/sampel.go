// Package sampel builds the files of the Kutai Kartanegara sample from public material, the same bytes every time.
package sampel

import (
	"fmt"
	"os"
	"path/filepath"
)

const kodeKab = "6402" // Kutai Kartanegara, Kemendagri scheme

// Berkas builds every generated file of the sample: path below the project -> content.
func Berkas(s *Sumber) (map[string][]byte, error) {
	out := map[string][]byte{}
	if err := rilis(s, out); err != nil {
		return nil, err
	}
	wilayah(s, out)
	if err := kegiatan(s, out); err != nil {
		return nil, err
	}
	for name, b := range s.Rumusan {
		out["rumusan/desa/"+name] = b
	}
	out["indikator/idm-2024-indikator.json"] = s.Indikator
	return out, nil
}

func rilis(s *Sumber, out map[string][]byte) error {
	y2019, y2020, err := Rekonstruksi(s)
	if err != nil {
		return fmt.Errorf("reconstruction: %w", err)
	}
	for name, make := range map[string]func() ([]byte, error){
		"rilis/idm-2019.xlsx": func() ([]byte, error) { return bukuRekonstruksi(2019, y2019) },
		"rilis/idm-2020.xlsx": func() ([]byte, error) { return bukuRekonstruksi(2020, y2020) },
		"rilis/idm-2023.xlsx": func() ([]byte, error) { return buku2023(s.IDM2023) },
		"rilis/idm-2024.xlsx": func() ([]byte, error) { return buku2024(s.IDM2024) },
	} {
		if out[name], err = make(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Tulis writes the files below dir.
func Tulis(dir string, files map[string][]byte) error {
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("sample: %w", err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			return fmt.Errorf("sample: %w", err)
		}
	}
	return nil
}
