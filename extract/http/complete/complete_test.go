package complete

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lumbung/internal/realdata"
)

func run(c Check, body []byte) error {
	return c.Verify(body[:min(len(body), 4096)], bytes.NewReader(body), int64(len(body)))
}

func zipOf(t testing.TB, names []string, body func(name string) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write(body(name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func workbook(t testing.TB) []byte {
	return zipOf(t, []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"}, func(name string) []byte {
		random := rand.New(rand.NewPCG(7, uint64(len(name))))
		var text strings.Builder
		for range 60 {
			fmt.Fprintf(&text, "<v>%d</v>", random.Uint32())
		}
		return []byte(text.String())
	})
}

func gz(parts ...string) []byte {
	var out bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&out)
		_, _ = io.WriteString(w, part)
		_ = w.Close()
	}
	return out.Bytes()
}

// TestEveryCut cuts each format at every byte: nothing shorter than the whole passes.
func TestEveryCut(t *testing.T) {
	csv := []byte("kode;nama\n6402012001;\"A\"\"B\"\n6402012002;\"C\nD\"\n")
	for _, c := range []struct {
		check Check
		body  []byte
	}{
		{XLSX(Limits{}), workbook(t)}, {ZIP(Limits{}), workbook(t)},
		{JSON(JSONOptions{}), []byte(`{"a":[1,2,{"b":"]}"}],"c":null}`)}, {JSON(JSONOptions{}), []byte(`[[1.5e3],["\""]]`)},
		{Gzip(Limits{}), gz("some text that is long enough")},
		{CSV(CSVOptions{Delimiter: ';', MinRows: 3}), csv},
	} {
		if err := run(c.check, c.body); err != nil {
			t.Errorf("%s whole: %v", c.check.Name, err)
		}
		for n := range c.body {
			err := run(c.check, c.body[:n])
			if err == nil {
				t.Errorf("%s cut at %d of %d passes", c.check.Name, n, len(c.body))
			}
			if err != nil && !errors.Is(err, ErrCut) && !errors.Is(err, ErrNotDocument) {
				t.Errorf("%s cut at %d: %v has no known cause", c.check.Name, n, err)
			}
		}
	}
}

// TestEveryFlip flips every bit of a workbook and a gzip file. A flip may only pass where no
// content is: names, times and flags beside the compressed bytes.
func TestEveryFlip(t *testing.T) {
	body := workbook(t)
	passed := 0
	for i := range body {
		for bit := range 8 {
			bad := bytes.Clone(body)
			bad[i] ^= 1 << bit
			if run(XLSX(Limits{}), bad) != nil {
				continue
			}
			passed++
			if !sameContent(t, body, bad) {
				t.Errorf("byte %d bit %d: other content passes", i, bit)
			}
		}
	}
	t.Logf("%d of %d flips touch no content", passed, len(body)*8)
}

func sameContent(t *testing.T, a, b []byte) bool {
	t.Helper()
	read := func(body []byte) map[string]string {
		found := map[string]string{}
		archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			return found
		}
		for _, entry := range archive.File {
			if r, err := entry.Open(); err == nil {
				text, _ := io.ReadAll(r)
				found[fmt.Sprint(len(found))] = string(text) // by place: a flip in an optional entry's name changes no bytes
			}
		}
		return found
	}
	return fmt.Sprint(read(a)) == fmt.Sprint(read(b))
}

func TestForeignBytes(t *testing.T) {
	checks := []Check{XLSX(Limits{}), JSON(JSONOptions{Keys: []string{"rows"}}), JSONLines(), CSV(CSVOptions{Delimiter: ';', Headings: []string{"kode"}}), Gzip(Limits{})}
	for _, body := range []string{
		"<!DOCTYPE html><html></html>\n", "\xef\xbb\xbf\n <html>\n", "<?xml version='1.0'?><a/>\n", "%PDF-1.4\n", "\xd0\xcf\x11\xe0\n", " \n\n", "null\n", "\"rows\"\n",
		"Sedang pemeliharaan\n", "PK\x05\x06" + strings.Repeat("\x00", 18), "\x00\x00\x00\n",
	} {
		for _, check := range checks {
			if err := run(check, []byte(body)); !errors.Is(err, ErrNotDocument) && !errors.Is(err, ErrCut) {
				t.Errorf("%s takes %q: %v", check.Name, body, err)
			}
		}
	}
}

func TestZipTricks(t *testing.T) {
	good := workbook(t)
	one := func(text []byte) []byte { return zipOf(t, []string{"a"}, func(string) []byte { return text }) }
	for _, c := range []struct {
		name  string
		body  []byte
		cause error
	}{
		{"bytes after the end", append(bytes.Clone(good), "tail"...), ErrCut},
		{"bytes before the start", append([]byte("junk"), good...), ErrNotDocument},
		{"twice", append(bytes.Clone(good), good...), ErrCut},
		{"no workbook", one([]byte("x")), ErrNotDocument},
		{"two entries of one name", zipOf(t, []string{"[Content_Types].xml", "xl/workbook.xml", "a", "a"}, func(string) []byte { return []byte("x") }), ErrCut},
		{"comment that lies", func() []byte {
			body := bytes.Clone(good)
			binary.LittleEndian.PutUint16(body[len(body)-2:], 9)
			return body
		}(), ErrCut},
	} {
		if err := run(XLSX(Limits{}), c.body); !errors.Is(err, c.cause) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, c := range []struct {
		name   string
		body   []byte
		limits Limits
	}{
		{"bomb by ratio", one(make([]byte, 20<<20)), Limits{}},
		{"too much in all", one(bytes.Repeat([]byte("abcdefgh"), 1000)), Limits{Inflated: 7999}},
		{"too many entries", good, Limits{Entries: 2}},
	} {
		if err := run(ZIP(c.limits), c.body); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestGzip(t *testing.T) {
	if err := run(Gzip(Limits{}), gz("a", "b")); err != nil {
		t.Errorf("two members: %v", err)
	}
	if err := run(Gzip(Limits{}), append(gz("a"), "tail"...)); !errors.Is(err, ErrCut) {
		t.Errorf("tail: %v", err)
	}
	if err := run(Gzip(Limits{}), gz(strings.Repeat("0", 10<<20))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("bomb: %v", err)
	}
}

func TestJSON(t *testing.T) {
	for body, cause := range map[string]error{
		`{"rows":[]}`: nil, "\xef\xbb\xbf{\"rows\":{\"x\":1}} \n": nil, `{"a":{"x":[1]},"rows":1}`: nil,
		`{"a":"rows"}`: ErrNotDocument, `{"a":{"rows":1}}`: ErrNotDocument, `["rows"]`: ErrNotDocument, `{"a":["rows",{"rows":2}]}`: ErrNotDocument,
		`{"rows":[]}{"rows":[]}`: ErrCut, `{"rows":[]}<html>`: ErrCut, `{"rows":[1 2]}`: ErrCut, `{"rows":[1,]}`: ErrCut, `{"rows" 1}`: ErrCut, `{"rows":01}`: ErrCut,
		`{"rows":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`: ErrTooLarge,
	} {
		if err := run(JSON(JSONOptions{Keys: []string{"rows"}}), []byte(body)); !errors.Is(err, cause) || (cause == nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", body, err, cause)
		}
	}
	lines := JSONLines()
	if err := run(lines, []byte("{\"a\":1}\n\n[2]\n")); err != nil || lines.EndsItself {
		t.Errorf("lines: %v", err)
	}
	if err := run(lines, []byte("{\"a\":1}\n{\"a\":")); !errors.Is(err, ErrCut) {
		t.Errorf("cut lines: %v", err)
	}
	if err := run(lines, []byte("{\"a\":1}\n{\"a\"\n")); !errors.Is(err, ErrCut) {
		t.Errorf("broken line: %v", err)
	}
}

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		name    string
		options CSVOptions
		body    string
		cause   error
	}{
		{"plain", CSVOptions{}, "a\n1\n", nil},
		{"no final line feed", CSVOptions{}, "a\n1", ErrCut},
		{"no final line feed, declared", CSVOptions{NoFinalNewline: true}, "a\n1", nil},
		{"open quote", CSVOptions{NoFinalNewline: true}, "a\n\"1\n", ErrCut},
		{"too few rows", CSVOptions{MinRows: 3}, "a\n1\n", ErrCut},
		{"too many rows", CSVOptions{MaxRows: 2}, "a\n1\n2\n", ErrCut},
		{"a record over two lines counts once", CSVOptions{MinRows: 2, MaxRows: 2}, "a\n\"1\n2\"\n", nil},
		{"another delimiter", CSVOptions{Delimiter: ';'}, "a,b\n1,2\n", ErrNotDocument},
		{"NUL", CSVOptions{}, "a\n\x00\n", ErrNotDocument},
		{"UTF-16", CSVOptions{UTF16: true}, "\xff\xfea\x00\n\x00", nil},
		{"UTF-16 cut in a character", CSVOptions{UTF16: true}, "\xff\xfea\x00\n", ErrNotDocument},
	} {
		if err := run(CSV(c.options), []byte(c.body)); !errors.Is(err, c.cause) || (c.cause == nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.cause)
		}
	}
	for _, o := range []CSVOptions{{}, {MinRows: 3}, {TrustRows: true}, {MinRows: 3, TrustRows: true, NoFinalNewline: true}} {
		if CSV(o).EndsItself {
			t.Errorf("%+v claims to find every cut", o)
		}
	}
}

// TestRealFiles accepts what the ministry and the portals really publish.
func TestRealFiles(t *testing.T) {
	root := realdata.Dir(t)
	for name, check := range map[string]Check{
		"idm-2024-rekap-provinsi/rekap-indeks-desa-membangun-tahun-2024.xlsx": XLSX(Limits{}),
		"idm-2024-nasional-ringkas/prov/64.json":                              JSON(JSONOptions{}),
		"idm-api-rumusan/desa/1101022001/2024.json":                           JSON(JSONOptions{Keys: []string{"mapData"}}),
	} {
		body, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := run(check, body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzChecks(f *testing.F) {
	f.Add(workbook(f))
	f.Add([]byte(`{"rows":[]}`))
	f.Add([]byte("a;b\n1;2\n"))
	f.Add(gz("abc"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, check := range []Check{XLSX(Limits{}), ZIP(Limits{}), JSON(JSONOptions{}), JSONLines(), CSV(CSVOptions{}), Gzip(Limits{})} {
			err := run(check, body)
			if err != nil && !errors.Is(err, ErrCut) && !errors.Is(err, ErrNotDocument) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s: %v has no known cause", check.Name, err)
			}
		}
	})
}
