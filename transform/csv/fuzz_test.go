package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// Records that encoding/csv writes come back; whatever it reads and we read is the same.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\"a\"\"b\",\n", "a\r\nb\rc\n", "\"x\ny\",z", "a,\"", "\xef\xbb\xbfa", "x\xe9", "\xff\xfea\x00", "a;b\n1;2", "\n\n", "\"\"\"\"", "a\"b", "\"a\"b", "a\x00"} {
		for _, mode := range []uint8{0, 1, 2, 3} {
			f.Add([]byte(text), mode)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, mode uint8) {
		encoding := []string{"utf-8", "utf-16", "windows-1252", "detect"}[mode%4]
		cfg := Config{Encoding: encoding, Limits: Limits{Field: 1000, Record: 4000}}
		if mode&4 == 0 {
			cfg.Delimiter = ','
		}
		rows, _, err := all(bytes.NewReader(text), cfg)
		slow, _, slowErr := all(iotest.OneByteReader(bytes.NewReader(text)), cfg)
		if (err == nil) != (slowErr == nil) || strings.Join(rows, "\n") != strings.Join(slow, "\n") && err == nil {
			t.Fatalf("%q as %s: %q, %v; byte by byte %q, %v", text, encoding, rows, err, slow, slowErr)
		}
		if err != nil || encoding != "utf-8" || cfg.Delimiter == 0 || bytes.ContainsRune(text, '\r') || bytes.HasPrefix(text, []byte("\ufeff")) {
			return
		}
		std := stdcsv.NewReader(bytes.NewReader(text))
		std.FieldsPerRecord = -1
		want, err := std.ReadAll()
		if errors.Is(err, stdcsv.ErrBareQuote) {
			return // we keep such quotes as text
		}
		if err != nil {
			t.Fatalf("%q: accepted, encoding/csv says %v", text, err)
		}
		compare(t, text, cfg, want)
	})
}

// compare reads again and holds the records, blank lines left out, against those wanted.
func compare(t *testing.T, text []byte, cfg Config, want [][]string) {
	t.Helper()
	r, err := Open(bytes.NewReader(text), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for {
		got, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Cells) == 0 {
			continue
		}
		if len(want) == 0 || len(want[0]) != len(got.Cells) {
			t.Fatalf("%q: line %d has %d fields", text, got.Number, len(got.Cells))
		}
		for i, c := range got.Cells {
			if string(c.Text) != want[0][i] {
				t.Fatalf("%q: %s = %q, want %q", text, r.Ref(got.Number, i), c.Text, want[0][i])
			}
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Fatalf("%q: records %q are missing", text, want)
	}
}

func TestRandomRecordsAgainstEncodingCSV(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	alphabet := []rune("abc,;\"\n é≤😀\t|")
	for range 3000 {
		delimiter := []byte{',', ';', '\t', '|'}[random.IntN(4)]
		records := make([][]string, 1+random.IntN(8))
		for i := range records {
			records[i] = make([]string, 1+random.IntN(6))
			for j := range records[i] {
				field := make([]rune, random.IntN(9))
				for k := range field {
					field[k] = alphabet[random.IntN(len(alphabet))]
				}
				records[i][j] = string(field)
			}
			if len(records[i]) == 1 && records[i][0] == "" {
				records[i][0] = "x" // a lone empty field is a blank line, which encoding/csv leaves out
			}
		}
		var text bytes.Buffer
		w := stdcsv.NewWriter(&text)
		w.Comma = rune(delimiter)
		if err := w.WriteAll(records); err != nil {
			t.Fatal(err)
		}
		compare(t, text.Bytes(), Config{Delimiter: delimiter}, records)
	}
}
