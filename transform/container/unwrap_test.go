package container

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func gzipOf(t testing.TB, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unwrap reads the content to its end.
func unwrap(file []byte, limits Limits) (string, error) {
	in, err := Unwrap(bytes.NewReader(file), int64(len(file)), "desa.gz", limits)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(in)
	return string(text), errors.Join(err, in.Close())
}

func TestUnwrap(t *testing.T) {
	long := strings.Repeat("kode,nama\n", 50_000)
	workbook := string(zipOf(t, zip.Deflate, "[Content_Types].xml", "<x/>", "xl/workbook.xml", "<x/>"))
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"bare", []byte(long), long},
		{"empty", nil, ""},
		{"workbook", []byte(workbook), workbook},
		{"gzip", gzipOf(t, long), long},
		{"short gzip", gzipOf(t, "a"), "a"},
		{"empty gzip", gzipOf(t, ""), ""},
		{"gzip of two members", append(gzipOf(t, "a,b\n"), gzipOf(t, "1,2\n")...), "a,b\n1,2\n"},
		{"zip", zipOf(t, zip.Deflate, "data/desa.csv", long), long},
		{"stored zip", zipOf(t, zip.Store, "desa.csv", "a,b\n"), "a,b\n"},
		{"zip with a folder", zipOf(t, zip.Store, "data/", "", "data/desa.csv", "a,b\n"), "a,b\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := unwrap(tt.file, DefaultLimits())
			if err != nil || got != tt.want {
				t.Errorf("%d bytes, %v; want %d bytes", len(got), err, len(tt.want))
			}
		})
	}
}

func TestBareSeeks(t *testing.T) {
	in, err := Unwrap(strings.NewReader("a,b\n"), 4, "desa.csv", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := in.(io.ReadSeeker); !ok {
		t.Error("bare content does not seek, so finding its encoding has to hold it in memory")
	}
}

func TestDamageRefused(t *testing.T) {
	text := strings.Repeat("6402012001,LOA RAYA\n", 1000)
	packed, zipped := gzipOf(t, text), zipOf(t, zip.Deflate, "desa.csv", text)
	flip := func(file []byte, at int) []byte {
		out := bytes.Clone(file)
		out[at] ^= 0x55
		return out
	}
	tests := map[string][]byte{
		"gzip cut":            packed[:len(packed)-20],
		"gzip cut in trailer": packed[:len(packed)-3],
		"gzip checksum":       flip(packed, len(packed)-6),
		"gzip length":         flip(packed, len(packed)-2),
		"gzip data":           flip(packed, len(packed)/2),
		"gzip header":         packed[:5],
		"gzip then junk":      append(bytes.Clone(packed), "junk"...),
		"short gzip cut":      gzipOf(t, "a,b\n")[:20],
		"short gzip checksum": flip(gzipOf(t, "a,b\n"), len(gzipOf(t, "a,b\n"))-6),
		"zip cut":             zipped[:len(zipped)-10],
		"zip data":            flip(zipped, 60),
		"zip without entry":   zipOf(t, zip.Store),
		"zip of folders":      zipOf(t, zip.Store, "a/", ""),
	}
	for name, file := range tests {
		if got, err := unwrap(file, DefaultLimits()); err == nil {
			t.Errorf("%s: accepted, %d bytes", name, len(got))
		} else if !strings.HasPrefix(err.Error(), "desa.gz: ") {
			t.Errorf("%s: the error does not name the part: %v", name, err)
		}
	}
	for n := range len(packed) {
		if _, err := unwrap(packed[:n], DefaultLimits()); err == nil && n > 2 {
			t.Errorf("gzip cut after %d bytes was accepted", n)
		}
	}
}

func TestArchivesRefused(t *testing.T) {
	inner := gzipOf(t, "a,b\n")
	encrypted := zipOf(t, zip.Store, "desa.csv", "a,b\n")
	encrypted[6] |= 1                                              // local header
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1 // central directory
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"gzip in gzip", gzipOf(t, string(inner)), "another packed file (gzip)"},
		{"gzip in zip", zipOf(t, zip.Store, "desa.csv.gz", string(inner)), "another packed file (gzip)"},
		{"zip in gzip", gzipOf(t, string(zipOf(t, zip.Store, "a", "b"))), "another packed file (zip)"},
		{"workbook in zip", zipOf(t, zip.Store, "a.xlsx", string(zipOf(t, zip.Store, "[Content_Types].xml", "b"))), "another packed file (xlsx)"},
		{"several entries", zipOf(t, zip.Store, "11.csv", "a", "12.csv", "b"), `"11.csv" and "12.csv"`},
		{"encrypted", encrypted, "encrypted"},
	}
	for _, tt := range tests {
		if _, err := unwrap(tt.file, DefaultLimits()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
		}
	}
}

func TestBombs(t *testing.T) {
	zeros := strings.Repeat("0", 32<<20)
	bomb := gzipOf(t, zeros)
	if got, err := unwrap(bomb, DefaultLimits()); err == nil || !strings.Contains(err.Error(), "200 times") || len(got) > 9<<20 {
		t.Errorf("ratio: %d bytes, %v", len(got), err)
	}
	if got, err := unwrap(bomb, Limits{Ratio: 2000, Bytes: 5 << 20}); err == nil || !strings.Contains(err.Error(), "more than 5242880 bytes") || len(got) > 5<<20 {
		t.Errorf("bytes: %d bytes, %v", len(got), err)
	}
	if got, err := unwrap(bomb, Limits{Ratio: 2000}); err != nil || len(got) != len(zeros) {
		t.Errorf("within the limits: %d bytes, %v", len(got), err)
	}
	zipped := zipOf(t, zip.Deflate, "a.csv", zeros)
	if _, err := unwrap(zipped, DefaultLimits()); err == nil || !strings.Contains(err.Error(), "200 times") {
		t.Errorf("zip, ratio: %v", err)
	}
	if _, err := unwrap(zipped, Limits{Bytes: 5 << 20}); err == nil || !strings.Contains(err.Error(), "the limit is 5242880") {
		t.Errorf("zip, bytes: %v", err)
	}
	small := gzipOf(t, strings.Repeat("0", 500_000))
	if _, err := unwrap(small, DefaultLimits()); err != nil {
		t.Errorf("a small file of equal rows: %v", err)
	}
}

func TestInputFails(t *testing.T) {
	broken := errors.New("disk on fire")
	in := failing{broken}
	if _, err := Unwrap(in, 100, "desa.gz", Limits{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// However the reader is asked, the bytes and the verdict are the same.
func FuzzUnwrap(f *testing.F) {
	f.Add(gzipOf(f, "a,b\n1,2\n"))
	f.Add(zipOf(f, zip.Deflate, "a.csv", "a,b\n"))
	f.Add([]byte("a,b\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		limits := Limits{Bytes: 1 << 20}
		got, err := unwrap(file, limits)
		if len(got) > 1<<20+len(file) {
			t.Fatalf("%d bytes came out", len(got))
		}
		in, openErr := Unwrap(bytes.NewReader(file), int64(len(file)), "x", limits)
		if openErr != nil {
			if err == nil {
				t.Fatalf("refused the second time: %v", openErr)
			}
			return
		}
		slow, slowErr := io.ReadAll(iotest.OneByteReader(in))
		if (err == nil) != (slowErr == nil) || err == nil && string(slow) != got {
			t.Fatalf("%d bytes, %v; byte by byte %d bytes, %v", len(got), err, len(slow), slowErr)
		}
	})
}
