package json

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// whole reads any document: no columns, so nothing but its soundness is looked at.
func whole(doc string) error {
	_, _, err := all(strings.NewReader(doc), Config{})
	return err
}

func TestDamageRefused(t *testing.T) {
	tests := map[string]string{
		``:                              "no document",
		"  \n ":                         "no document",
		`{"a":1`:                        "ends in the middle",
		`{"a"`:                          "ends in the middle",
		`{"a`:                           "ends in the middle",
		`{"a":"x`:                       "ends in the middle",
		`{"a":"x\`:                      "ends in the middle",
		`[1,`:                           "ends in the middle",
		`[tru`:                          "ends in the middle",
		`{"a":1,"a":2}`:                 `member "a" twice`,
		`{"a":1,"\u0061":2}`:            `member "a" twice`,
		`{"x":{"a":1,"b":2,"a":3}}`:     `/x: the object has the member "a" twice`,
		`[{"a":1,"b":2},{"a":1,"a":2}]`: "/1: ",
		`{"a":1}{"a":2}`:                "something follows",
		`{"a":1} x`:                     "something follows",
		`[1][2]`:                        "something follows",
		`1 2`:                           "something follows",
		`{"a":1,}`:                      "comma stands before",
		`[1,]`:                          "comma stands before",
		`[1 2]`:                         "found '2'",
		`[,1]`:                          "found ','",
		`{a:1}`:                         "found 'a' where a member's name",
		`{"a" 1}`:                       "found '1' where ':'",
		`{1:2}`:                         "member's name",
		`]`:                             "found ']'",
		`'a'`:                           "found '''",
		`NaN`:                           "found 'N'",
		`[Infinity]`:                    "found 'I'",
		`nul`:                           "ends in the middle",
		`nulx`:                          "found 'n'",
		`[truex]`:                       "found 'x'",
		`01`:                            "not written as JSON numbers",
		`[-]`:                           "not written as JSON numbers",
		`[1.]`:                          "not written as JSON numbers",
		`[.5]`:                          "found '.'",
		`[+1]`:                          "found '+'",
		`[1e]`:                          "not written as JSON numbers",
		`[1e+]`:                         "not written as JSON numbers",
		`[0x10]`:                        "found 'x'",
		`[1_000]`:                       "found '_'",
		"[\"a\nb\"]":                    "control character",
		"[\"a\x00b\"]":                  "control character",
		"[\"\\u0000\"]":                 "NUL",
		"[\"\xff\"]":                    "not valid UTF-8",
		"[\"\xed\xa0\x80\"]":            "not valid UTF-8",
		"[\"\xc0\xaf\"]":                "not valid UTF-8",
		`["\ud800"]`:                    "surrogate",
		`["\udc00\ud800"]`:              "surrogate",
		`["\ud800\u0041"]`:              "surrogate",
		`["\u12"]`:                      "four hexadecimal",
		`["\u12G4"]`:                    "four hexadecimal",
		`["\x41"]`:                      `unknown escape \x`,
		"[1]\x00":                       "something follows",
		"\xff\xfe[\x001\x00]\x00":       "convert the file to UTF-8",
		"\u00a0[1]":                     "convert the file",
		"[1\u00a0]":                     "found byte 0xc2",
	}
	for doc, want := range tests {
		wantRefused(t, whole(doc), want)
		_, _, err := all(iotest.OneByteReader(strings.NewReader(doc)), Config{})
		wantRefused(t, err, want)
	}
}

func TestSoundAccepted(t *testing.T) {
	for _, doc := range []string{
		`{}`, ` [ ] `, `"x"`, `0`, `-0`, `1e400`, `-1.5E-10`, `9007199254740993`, "\r\n\t[1]\r\n",
		`["\ud83d\ude00","\"\\\/\b\f\n\r\t","é≤😀"]`, `[[[[[[]]]]]]`, `{"":{"":1}}`,
	} {
		// A column of the document itself would refuse containers, so none is asked for.
		if err := whole(doc); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestDepth(t *testing.T) {
	doc := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	if err := whole(doc(64)); err != nil {
		t.Errorf("64 levels: %v", err)
	}
	wantRefused(t, whole(doc(65)), "nested deeper")
	wantRefused(t, whole(doc(5_000_000)), "nested deeper")
	wantRefused(t, whole(strings.Repeat(`{"a":`, 100_000)), "nested deeper")
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	rows, _, err := all(strings.NewReader(`[9007199254740993,1e400,0.10,-0,123456789012345678901234567890]`), Config{Rows: "[*]", Columns: []string{"@"}})
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, rows, "9007199254740993", "1e400", "0.10", "-0", "123456789012345678901234567890")
}

func TestLimits(t *testing.T) {
	long := `["` + strings.Repeat("x", 3<<20) + `"]`
	wantRefused(t, whole(long), "string is longer than the limit")
	wantRefused(t, whole(`[`+strings.Repeat("1", 3<<20)+`]`), "number is longer than the limit")
	rows, _, err := all(strings.NewReader(long), Config{Rows: "[*]", Columns: []string{"@"}, Limits: Limits{Token: 4 << 20}})
	if err != nil || len(rows) != 1 || len(rows[0]) != 3<<20+2 {
		t.Errorf("a string within the limit: %v", err)
	}
	held := `{"r":[` + strings.Repeat(`"xxxxxxxx",`, 1000) + `""],"k":1}`
	cfg := Config{Rows: "r[*]", Columns: []string{"@", "k"}, Limits: Limits{Held: 10_000}}
	_, _, err = all(strings.NewReader(held), cfg)
	wantRefused(t, err, "too many to hold")
	cfg.Limits.Held = 1 << 20
	if rows, _, err := all(strings.NewReader(held), cfg); err != nil || len(rows) != 1001 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	var names strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&names, `"name %d":1,`, i)
	}
	_, _, err = all(strings.NewReader("{"+names.String()+`"z":1}`), Config{Limits: Limits{Held: 10_000}})
	wantRefused(t, err, "more names than fit")
}

// Many names, in objects that agree, diverge, shrink and grow.
func TestDuplicateAmongMany(t *testing.T) {
	object := func(n, twice int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf(`"k%d":%d`, i, i))
		}
		if twice >= 0 {
			out = append(out, fmt.Sprintf(`"k%d":0`, twice))
		}
		return "{" + strings.Join(out, ",") + "}"
	}
	for _, n := range []int{1, 5, 12, 13, 31, 32, 33, 200, 5000} {
		sound := "[" + object(n, -1) + "," + object(n, -1) + `,{"z":1},` + object(n+1, -1) + "," + object(n, -1) + "]"
		if err := whole(sound); err != nil {
			t.Errorf("%d names: %v", n, err)
		}
		for _, twice := range []int{0, n / 2, n - 1} {
			wantRefused(t, whole(object(n, twice)), "twice")
			wantRefused(t, whole("["+object(n, -1)+","+object(n, twice)+"]"), "twice")
			wantRefused(t, whole(`[`+object(n, -1)+`,{"k1":1,"q":2},`+object(n, twice)+"]"), "twice")
		}
	}
}

func TestCutAnywhere(t *testing.T) {
	const doc = `{"k":"64","kec":[{"ds":[["01","A\u00e9",-1.5e2,null,true]]}]}`
	cfg := Config{Rows: "kec[*].ds[*]", Columns: []string{"@[0]", "k"}}
	for n := range len(doc) {
		if _, _, err := all(strings.NewReader(doc[:n]), cfg); err == nil {
			t.Errorf("cut after %d bytes and still accepted: %s", n, doc[:n])
		}
	}
	if _, _, err := all(strings.NewReader(doc), cfg); err != nil {
		t.Error(err)
	}
}

func TestInputFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, doc := range []string{``, `[1,`, `["a`, `[1]`, `[1] `} {
		in := io.MultiReader(strings.NewReader(doc), iotest.ErrReader(broken))
		_, r, err := all(in, Config{Rows: "[*]", Columns: []string{"@"}})
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v, want the input's error", doc, err)
		}
		if _, again := r.Read(); !errors.Is(again, broken) {
			t.Errorf("%q: the second Read says %v", doc, again)
		}
	}
}

func TestErrorPlace(t *testing.T) {
	_, _, err := all(strings.NewReader("{\n \"kec\": [\n  {\"ds\": [[1], [2, x]]}]}"), Config{Rows: "kec[*].ds[*]", Columns: []string{"@[0]"}})
	wantRefused(t, err, "line 3, byte 31, at /kec/0/ds/1/1: found 'x' where a value belongs")
}

func TestClose(t *testing.T) {
	r, err := Open(strings.NewReader(`[1]`), Config{Rows: "[*]", Columns: []string{"@"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Read(); err == nil {
		t.Error("Read after Close gave a row")
	}
	if r.Sheet() != "" {
		t.Error("a document has a sheet")
	}
}
