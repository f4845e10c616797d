package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"lumbung/transform/row"
)

// flat reads a document of the shape [[...],...] with encoding/json: the cells
// of the first three elements, in the way of cells.
func flat(doc []byte) ([]string, bool) {
	dec := stdjson.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var records [][]any
	if err := dec.Decode(&records); err != nil {
		return nil, false
	}
	var out []string
	for _, record := range records {
		var line []string
		for i := range 3 {
			var v any
			if i < len(record) {
				v = record[i]
			}
			switch v := v.(type) {
			case nil:
				line = append(line, "-")
			case string:
				line = append(line, `"`+v+`"`)
			case stdjson.Number:
				line = append(line, v.String())
			case bool:
				line = append(line, strconv.FormatBool(v))
			default:
				return nil, false
			}
		}
		out = append(out, strings.Join(line, " "))
	}
	return out, true
}

// What we accept, encoding/json accepts; and then the cells agree, however the input is cut into reads.
func FuzzJSON(f *testing.F) {
	for _, doc := range []string{
		`[["2003","",0.6176,3]]`, `[[1e400,9007199254740993,null],[true,false]]`, `[["\ud83d\ude00\n\"\\"]]`, `[]`, `[[]]`, `{"a":1,"a":2}`,
		`[[{"x":[1,{"y":null}]}]]`, `[[1]][[2]]`, `[[01]]`, "[[\"\xff\"]]", `[["\ud800"]]`, `[[1,]]`, "\xef\xbb\xbf[[1]]", `[[[[[[[[[[`, `[["` + strings.Repeat("x", 200) + `"]]`,
	} {
		f.Add([]byte(doc))
	}
	cfg := Config{Rows: "[*]", Columns: []string{"@[0]", "@[1]", "@[2]"}}
	f.Fuzz(func(t *testing.T, doc []byte) {
		soundness := whole(string(doc))
		if text := bytes.TrimPrefix(bytes.TrimPrefix(doc, []byte("\ufeff")), []byte("\ufeff")); soundness == nil && !stdjson.Valid(text) {
			t.Fatalf("accepted, and encoding/json refuses it: %q", doc)
		}
		rows, _, err := all(bytes.NewReader(doc), cfg)
		slow, _, slowErr := all(iotest.OneByteReader(bytes.NewReader(doc)), cfg)
		if (err == nil) != (slowErr == nil) || strings.Join(rows, "\n") != strings.Join(slow, "\n") {
			t.Fatalf("%q: %v, %v; byte by byte %v, %v", doc, rows, err, slow, slowErr)
		}
		if err != nil {
			var typed *Error
			if !errors.As(err, &typed) || typed.Reason == "" || typed.Line < 1 || typed.Offset < 0 {
				t.Fatalf("%q: %#v", doc, err)
			}
			return
		}
		if soundness != nil {
			t.Fatalf("%q: accepted with columns, refused without: %v", doc, soundness)
		}
		if want, ok := flat(bytes.TrimPrefix(bytes.TrimPrefix(doc, []byte("\ufeff")), []byte("\ufeff"))); ok && strings.Join(want, "\n") != strings.Join(rows, "\n") {
			t.Fatalf("%q: %v, encoding/json says %v", doc, rows, want)
		}
	})
}

// Paths written at random must be refused or give rows, never panic, and their refs must be pointers.
func FuzzPaths(f *testing.F) {
	f.Add("kec[*].ds[*]", "@[0]", "kec[*].k", `{"kec":[{"k":1,"ds":[[1],[2]]}]}`, false)
	f.Add("*", "@key", "@", `{"a":1,"b":2}`, false)
	f.Add("", "@.a", "b.c[2]", `{"a":1,"b":{"c":[1,2,3]}}`, true)
	f.Add("a.*[*]", "a.x", "@.a", `{"a":{"b":[{"a":1}],"c":[]},"x":1}`, false)
	f.Fuzz(func(t *testing.T, rows, first, second, doc string, lines bool) {
		cfg := Config{Rows: rows, Columns: []string{first, second}, Lines: lines}
		if !lines {
			cfg.SkipPart = []Skip{{Name: "s", Path: "x", Equals: "1"}}
		}
		_, r, err := all(strings.NewReader(doc), cfg)
		if r == nil || err != nil {
			return
		}
		for number := range r.count + 2 {
			for col := range 2 {
				ref := r.Ref(number, col)
				if !strings.HasPrefix(ref, "/") && !strings.HasPrefix(ref, "line ") && !strings.HasPrefix(ref, "record ") && ref != "" {
					t.Fatalf("ref %q", ref)
				}
			}
		}
	})
}

// YAML that is taken must have become sound JSON.
func FuzzYAML(f *testing.F) {
	for _, doc := range []string{
		"a: 1\nb: [x, {c: \"d\"}]", "- - 1\n  - 2", "a: |\n  x\n  y", "a: &x 1\nb: *x", "? a\n: b", "a: 0123", "'a': \"\\x41\"", "[[[[", "a:\n\t- 1", "--- x\n...", "%YAML 1.2\n---\na: 1",
		"a: >-\n  x\n\n  y", "{a: 1, b}", "a: 2024-01-01", "a: ~",
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if got, err := yamlToJSON([]byte(doc), 64); err == nil && !stdjson.Valid(got) {
			t.Fatalf("%q became %q", doc, got)
		}
	})
}

// randomValue writes a value of every kind.
func randomValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(9); {
	case n == 0:
		return nil
	case n == 1:
		return r.IntN(2) == 0
	case n <= 3:
		return stdjson.Number(strconv.FormatFloat(r.NormFloat64()*1e6, 'G', -1, 64))
	case n <= 6 || depth == 0:
		runes := make([]rune, r.IntN(12))
		for i := range runes {
			runes[i] = []rune{'a', 'é', '≤', '😀', '"', '\\', '\n', '/', ' ', 0x7F, 0x2028}[r.IntN(11)]
		}
		return string(runes)
	case n == 7:
		list := make([]any, r.IntN(5))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(6) {
		object["k"+strconv.Itoa(r.IntN(20))] = randomValue(r, depth-1)
	}
	return object
}

// Random documents: rows, values before, inside and behind them, noise everywhere.
func TestRandomDocumentsAgainstEncodingJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 3000 {
		type record struct {
			V   any `json:"v"`
			Z   any `json:"z"`
			Key any `json:"k"`
		}
		var groups []map[string]any
		var want []string
		root, single := "root", func() any {
			if v := randomValue(random, 0); v != nil {
				return v
			}
			return true
		}
		for range random.IntN(4) {
			group := map[string]any{"m": single(), "noise": randomValue(random, 3), "a noise": randomValue(random, 3)}
			var records []record
			for range random.IntN(4) {
				records = append(records, record{V: single(), Z: randomValue(random, 3)})
				want = append(want, root+"|"+show(group["m"])+"|"+show(records[len(records)-1].V))
			}
			if records == nil {
				records = []record{}
			}
			group["list"] = records
			groups = append(groups, group)
		}
		if groups == nil {
			groups = []map[string]any{}
		}
		doc, err := stdjson.MarshalIndent(map[string]any{"g": groups, "z": root, "h": randomValue(random, 4)}, "", strings.Repeat(" ", random.IntN(3)))
		if err != nil {
			t.Fatal(err)
		}
		in := io.Reader(bytes.NewReader(doc))
		if round%2 == 1 { // every byte moves the buffer under the record
			in = iotest.OneByteReader(in)
		}
		r, err := Open(in, Config{Rows: "g[*].list[*]", Columns: []string{"z", "g[*].m", "@.v"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			got, err := r.Read()
			if err != nil {
				t.Fatalf("%v in\n%s", err, doc)
			}
			text := string(got.Cell(0).Text) + "|" + string(got.Cell(1).Text) + "|" + string(got.Cell(2).Text)
			if text != line || got.Cell(0).Kind != row.Text || !utf8.ValidString(text) {
				t.Fatalf("row %q, want %q in\n%s", text, line, doc)
			}
		}
		if _, err := r.Read(); err != io.EOF {
			t.Fatalf("%v at the end of\n%s", err, doc)
		}
	}
}

func show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case stdjson.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
