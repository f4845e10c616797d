package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"lumbung/internal/realdata"
)

// Every record of every real CSV must be what encoding/csv reads.
func TestRealFilesAgainstEncodingCSV(t *testing.T) {
	names := realdata.Files(t, "*/*.csv")
	if len(names) < 15 {
		t.Errorf("only %d files", len(names))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		std := stdcsv.NewReader(bytes.NewReader(text))
		std.FieldsPerRecord = -1
		std.LazyQuotes = true // for RA"AS in kecamatan.csv
		want, err := std.ReadAll()
		if err != nil {
			t.Errorf("%s: encoding/csv: %v", name, err)
			continue
		}
		if bytes.Contains(text, []byte("\r")) {
			for _, record := range want {
				for _, field := range record {
					if strings.Contains(field, "\n") {
						t.Fatalf("%s: encoding/csv rewrites line breaks in fields, so it is no oracle", name)
					}
				}
			}
		}
		compare(t, text, Config{Encoding: "detect"}, want)
	}
}

func TestVillageCodes(t *testing.T) {
	f, err := os.Open(realdata.Dir(t, "kode-wilayah-kemendagri", "villages.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, r, err := all(f, Config{Encoding: "detect"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 83763 || rows[0] != "1: code|district_code|name" || rows[1] != "2: 11.01.01.2001|11.01.01|Keude Bakongan" {
		t.Errorf("%d rows, the first are %q", len(rows), rows[:2])
	}
	for _, row := range rows {
		if strings.Contains(row, "!: ") {
			t.Errorf("ragged row %s", row)
		}
	}
	if delimiter, encoding := r.Detected(); delimiter != ',' || encoding != "utf-8" || r.Unended() {
		t.Errorf("%q, %s, %v", delimiter, encoding, r.Unended())
	}
}

func villages(b *testing.B) []byte {
	text, err := os.ReadFile(realdata.Dir(b, "kode-wilayah-kemendagri", "villages.csv"))
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func BenchmarkVillages(b *testing.B) {
	text := villages(b)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			r, err := Open(bytes.NewReader(text), Config{Delimiter: ','})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for ; ; n++ {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			if n != 83763 {
				b.Fatalf("%d rows", n)
			}
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			r := stdcsv.NewReader(bytes.NewReader(text))
			r.ReuseRecord = true
			n := 0
			for ; ; n++ {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			if n != 83763 {
				b.Fatalf("%d rows", n)
			}
		}
	})
}
