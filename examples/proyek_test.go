package examples_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"lumbung/examples/kukar"
	"lumbung/pipeline/config"
	"lumbung/transform/contract"
)

func TestContractsAreValid(t *testing.T) {
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("kukar/contracts/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != 15 {
		t.Errorf("%d contracts, want 15", len(paths))
	}
	for _, p := range paths {
		if _, err := contract.Load(p, tables); err != nil {
			t.Error(err)
		}
	}
}

type konfigurasi struct {
	Sources []struct {
		Releases []struct {
			Path, Nature string
			Contracts    []string
		}
	}
}

func bacaKonfigurasi(t *testing.T, name string) konfigurasi {
	t.Helper()
	var k konfigurasi
	if err := yaml.Unmarshal(baca(t, name), &k); err != nil {
		t.Fatal(err)
	}
	if len(k.Sources) == 0 {
		t.Fatalf("%s: no sources", name)
	}
	return k
}

// What the program carries is complete in itself.
func TestEmbeddedProject(t *testing.T) {
	for _, s := range bacaKonfigurasi(t, "lumbung.yaml").Sources {
		for _, r := range s.Releases {
			path := strings.NewReplacer("{kode}", "6402082004", "{tahun}", "2024").Replace(r.Path)
			for _, p := range append([]string{path}, kontrak(r.Contracts)...) {
				if _, err := fs.Stat(kukar.Files, p); err != nil {
					t.Errorf("lumbung.yaml names a file that is not embedded: %v", err)
				}
			}
		}
	}
	err := fs.WalkDir(kukar.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(kukar.Files, path)
		if err == nil && !bytes.Equal(b, baca(t, path)) {
			t.Errorf("%s: embedded bytes differ from the file", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func kontrak(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "contracts/" + n + ".yaml"
	}
	return out
}

// The whole sample names only files that are there or that the generator builds.
func TestWholeProject(t *testing.T) {
	files := berkas(t, nyata(t))
	for _, s := range bacaKonfigurasi(t, "lumbung.yaml").Sources {
		for _, r := range s.Releases {
			for _, p := range append([]string{r.Path}, kontrak(r.Contracts)...) {
				p = strings.NewReplacer("{kode}", "6402082004", "{tahun}", "2024").Replace(p)
				_, err := os.Stat(filepath.Join("kukar", p))
				if _, built := files[p]; err != nil && !built {
					t.Errorf("lumbung.yaml names %s: %v", p, err)
				}
			}
		}
	}
}

func TestClaims(t *testing.T) {
	var doc struct {
		Klaim []struct {
			ID    string
			Angka []struct {
				Tahun, Jumlah          int
				Status, Jenis, Catatan string
			}
		}
	}
	if err := yaml.Unmarshal(baca(t, "klaim/klaim.yaml"), &doc); err != nil {
		t.Fatal(err)
	}
	jumlah, total, catatan := map[string]int{}, map[string]int{}, map[string]string{}
	angka := map[string]int{}
	for _, k := range doc.Klaim {
		for _, a := range k.Angka {
			key := fmt.Sprint(k.ID, " ", a.Tahun)
			angka[key+" "+a.Status] = a.Jumlah
			if a.Status == "TOTAL" {
				total[key], catatan[key] = a.Jumlah, a.Catatan
				continue
			}
			jumlah[key] += a.Jumlah
			if (a.Jenis == "dari selisih") != (k.ID == "kukar-2021-10-28" && a.Status == "MAJU") {
				t.Errorf("%s %s is %s", key, a.Status, a.Jenis)
			}
		}
	}
	for key, n := range jumlah {
		if key == "antara-81990 2020" {
			if n != 842 || total[key] != 841 || !strings.Contains(catatan[key], "842") {
				t.Errorf("%s: sum %d, total %d, note %q; want 842, 841 and a note", key, n, total[key], catatan[key])
			}
		} else if n != total[key] {
			t.Errorf("%s: the figures add up to %d, printed %d", key, n, total[key])
		}
	}
	for key, want := range map[string]int{"kukar-2021-10-28 2019 TERTINGGAL": 53, "kukar-2021-10-28 2020 TERTINGGAL": 21, "antara-216567 2024 MANDIRI": 87} {
		if angka[key] != want {
			t.Errorf("%s is %d, want %d", key, angka[key], want)
		}
	}
	if len(total) != 14 {
		t.Errorf("%d publication-years, want 14", len(total))
	}
}

// The configuration is accepted by the program as it stands.
func TestConfigurationsLoad(t *testing.T) {
	for _, name := range []string{"lumbung.yaml"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, kukar.Files); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "lumbung.yaml"), baca(t, name), 0o644); err != nil {
				t.Fatal(err)
			}
			c, err := config.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			if c.Area != "64.02" || c.Retention.Keep != 7 || len(c.Schedule) != 1 {
				t.Errorf("area %q, keep %d, %d schedules", c.Area, c.Retention.Keep, len(c.Schedule))
			}
		})
	}
}
