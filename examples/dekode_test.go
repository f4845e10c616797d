package examples_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"lumbung/transform"
	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// Every release of the sample decodes whole: the counts balance, and nothing
// goes to quarantine.
func TestSampleDecodes(t *testing.T) {
	files := berkas(t, nyata(t))
	tables, err := contract.BuiltinTables()
	if err != nil {
		t.Fatal(err)
	}
	register := daftar(t)
	for _, c := range []struct {
		kontrak, awalan string
		periode         int
		in, skipped     int64
		warned          int64
	}{
		{"idm-rekonstruksi", "rilis/idm-2019.xlsx", 2019, 193, 0, 0},
		{"idm-rekonstruksi", "rilis/idm-2020.xlsx", 2020, 193, 0, 0},
		{"idm-2023", "rilis/idm-2023.xlsx", 2023, 193, 0, 0},
		{"idm-2024", "rilis/idm-2024.xlsx", 2024, 193, 0, 0},
		// The six answers of 2024 repeat one internet score as the other.
		{"rumusan", "rumusan/desa/", 2021, 33, 0, 6},
		{"rumusan-indikator", "rumusan/desa/", 2021, 33 * 55, 33 * 5, 0},
		// One score of each village was restored.
		{"indikator", "indikator/", 2024, 190 * 50, 0, 190},
		{"wilayah", "wilayah/kemendagri.csv", 2026, 259, 0, 0},
		{"wilayah", "wilayah/kemendagri-2019.csv", 2019, 11, 0, 0},
		{"perubahan-kode", "wilayah/perubahan-kode.csv", 2022, 11, 0, 0},
		{"padanan", "wilayah/padanan.csv", 2021, 247, 0, 0},
		{"blt", "kegiatan/blt.csv", 2024, 193 * 6, 0, 0},
		{"bumdes", "kegiatan/bumdes.csv", 2024, 193 * 6, 0, 0},
		{"stunting", "kegiatan/stunting.csv", 2024, 193 * 6, 0, 0},
		{"pendamping", "kegiatan/pendamping.csv", 2024, 193 * 6 * 3, 0, 0},
		// 2023 was published with more disbursed than the ceiling.
		{"dana-desa", "kegiatan/dana-desa.csv", 2024, 2, 0, 1},
		{"klaim", "klaim/", 2025, 14*6 + 1, 0, 0},
	} {
		t.Run(c.kontrak+" "+c.awalan, func(t *testing.T) {
			k, err := contract.Load("kukar/contracts/"+c.kontrak+".yaml", tables)
			if err != nil {
				t.Fatal(err)
			}
			sink := &temuan{}
			got, err := transform.Decode(context.Background(), transform.Job{
				Contract: k, Release: c.awalan, Period: c.periode, Parts: bagian(t, files, c.awalan),
				Register: register, Alloc: memory.DefaultAllocator, Sink: sink,
			})
			if err != nil {
				t.Fatal(err)
			}
			want := transform.Counts{In: c.in, Loaded: c.in - c.skipped, Skipped: c.skipped}
			if got.Counts != want || got.Warned != c.warned {
				t.Errorf("rows %+v, %d flagged; want %+v, %d; findings %v\n%s", got.Counts, got.Warned, want, c.warned, got.Findings, sink.text.String())
			}
		})
	}
}

// temuan keeps what the findings say, for the message of a failing test.
type temuan struct{ text strings.Builder }

func (s *temuan) Rows(arrow.Record) error { return nil }

func (s *temuan) Findings(r arrow.Record) error {
	for i := range r.NumRows() {
		for _, col := range r.Columns() {
			s.text.WriteString(col.ValueStr(int(i)) + " | ")
		}
		s.text.WriteByte('\n')
	}
	return nil
}

type isi struct{ *bytes.Reader }

func (isi) Close() error { return nil }

// bagian are the parts of a release: the generated files below a prefix, else the file on disk.
func bagian(t *testing.T, files map[string][]byte, awalan string) []transform.Part {
	t.Helper()
	if awalan == "klaim/" {
		files = map[string][]byte{"klaim/klaim.yaml": baca(t, "klaim/klaim.yaml")}
	}
	var out []transform.Part
	for name, b := range files {
		if !strings.HasPrefix(name, awalan) {
			continue
		}
		sum := sha256.Sum256(b)
		out = append(out, transform.Part{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b)),
			Open: func() (transform.Body, error) { return isi{bytes.NewReader(b)}, nil }})
	}
	return out
}

// daftar is the register that the sample's code lists and changes give.
func daftar(t *testing.T) *wilayah.Register {
	t.Helper()
	kode := func(s string) int64 {
		n, err := wilayah.ParseCode(s, wilayah.Kemendagri)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var areas []wilayah.Area
	for _, f := range []string{"wilayah/kemendagri.csv", "wilayah/kemendagri-2019.csv"} {
		for _, r := range tabel(t, baca(t, f), ',') {
			areas = append(areas, wilayah.Area{Code: kode(r["kode"]), Name: r["nama"]})
		}
	}
	var changes []wilayah.Change
	for _, r := range tabel(t, baca(t, "wilayah/perubahan-kode.csv"), ',') {
		changes = append(changes, wilayah.Change{Old: kode(r["kode_lama"]), New: kode(r["kode_baru"]), FirstYear: 2022})
	}
	return wilayah.NewRegister(areas, changes, nil)
}
