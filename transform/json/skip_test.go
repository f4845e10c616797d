package json

import (
	"strings"
	"testing"
)

func TestSkipPart(t *testing.T) {
	cfg := Config{
		Rows: "mapData.ROW[*]", Columns: []string{"@.v", "mapData.IDENTITAS[0].id"},
		SkipPart: []Skip{{Name: "jawaban-galat", Path: "error", Equals: "true"}, {Name: "kosong", Path: "mapData.n", Equals: "0.00"}},
	}
	tests := []struct {
		name, doc, skipped string
		want               []string
	}{
		{"an answer", `{"error":false,"mapData":{"ROW":[{"v":1},{"v":2}],"IDENTITAS":[{"id":"64"}]}}`, "", []string{`1 "64"`, `2 "64"`}},
		{"the word first", `{"error":true,"message":"ID Desa tidak ditemukan"}`, "jawaban-galat", nil},
		{"the word last", `{"mapData":null,"message":"x","error":true}`, "jawaban-galat", nil},
		{"rows before the word", `{"mapData":{"ROW":[{"v":1}],"IDENTITAS":[]},"error":true}`, "jawaban-galat", nil},
		{"shape unlike the paths", `{"mapData":{"ROW":"","IDENTITAS":"?"},"error":true}`, "jawaban-galat", nil},
		{"no word at all", `{"mapData":{"ROW":[{"v":1}]}}`, "", []string{"1 -"}},
		{"text of another rule", `{"error":false,"mapData":{"ROW":[{"v":1}],"n":"0.00"}}`, "kosong", nil},
		{"null is no text", `{"error":null,"mapData":{"ROW":[{"v":1}]}}`, "", []string{"1 -"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, r, err := all(strings.NewReader(tt.doc), cfg)
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, rows, tt.want...)
			if name, ok := r.Skipped(); name != tt.skipped || ok != (tt.skipped != "") {
				t.Errorf("skipped %q, %v; want %q", name, ok, tt.skipped)
			}
		})
	}
	for doc, want := range map[string]string{
		`{"error":false,"mapData":null}`:                     "is not an object",
		`{"error":false}`:                                    "there is no mapData",
		`{"error":true,"x":1,"x":2}`:                         "twice",
		`{"error":true`:                                      "ends in the middle",
		`{"error":true} 1`:                                   "something follows",
		`{"error":false,"mapData":{"ROW":[{"v":[]}]}}`:       "names a single value",
		`{"error":false,"mapData":{"ROW":[{"v":1},"kata"]}}`: "is a text",
	} {
		_, _, err := all(strings.NewReader(doc), cfg)
		wantRefused(t, err, want)
	}
}

func TestSkipWholeDocumentRecord(t *testing.T) {
	cfg := Config{Columns: []string{"@.a"}, SkipPart: []Skip{{Name: "galat", Path: "error", Equals: "true"}}}
	rows, r, err := all(strings.NewReader(`{"a":1,"error":true}`), cfg)
	if name, _ := r.Skipped(); err != nil || len(rows) != 0 || name != "galat" {
		t.Errorf("%v, %q, %v", rows, name, err)
	}
	rows, _, err = all(strings.NewReader(`{"a":1,"error":false}`), cfg)
	if err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestLines(t *testing.T) {
	cfg := Config{Lines: true, Columns: []string{"@.a", "@.b[0]"}}
	rows, r, err := all(strings.NewReader("{\"a\":1}\n\n{\"a\":2,\"b\":[3]}\r\n{}"), cfg)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, rows, "1 -", "2 3", "- -")
	for number, want := range map[int]string{1: "line 1 /b/0", 2: "line 3 /b/0", 3: "line 4 /b/0", 4: "record 4"} {
		if got := r.Ref(number, 1); got != want {
			t.Errorf("Ref(%d) = %q, want %q", number, got, want)
		}
	}
	nested := Config{Lines: true, Rows: "r[*]", Columns: []string{"@", "k"}}
	rows, r, err = all(strings.NewReader("{\"r\":[1,2],\"k\":\"a\"}\n{\"r\":[],\"k\":\"b\"}\n{\"k\":\"c\",\"r\":[3]}\n"), nested)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, rows, `1 "a"`, `2 "a"`, `3 "c"`)
	if got := r.Ref(3, 0) + ", " + r.Ref(3, 1) + ", " + r.Ref(2, 0); got != "line 3 /r/0, line 3 /k, line 1 /r/1" {
		t.Errorf("refs %s", got)
	}
	for doc, want := range map[string]string{
		"":                     "no document",
		"{} {}":                "second document stands on the same line",
		"{}{}":                 "second document stands on the same line",
		"{\n}":                 "more than one line",
		"{}\n[":                "ends in the middle",
		"{\"a\":1}\n{\"a\":1,": "ends in the middle",
	} {
		_, _, err := all(strings.NewReader(doc), Config{Lines: true})
		wantRefused(t, err, want)
	}
}

// Ref has to know rows that wait for a value, and rows handed out long ago.
func TestRefKnowsEarlierRows(t *testing.T) {
	doc := `{"a":[{"r":[1,2]},{"r":[]},{"r":[3]}],"k":1}`
	_, r, err := all(strings.NewReader(doc), Config{Rows: "a[*].r[*]", Columns: []string{"@", "k"}})
	if err != nil {
		t.Fatal(err)
	}
	for number, want := range map[int]string{1: "/a/0/r/0", 2: "/a/0/r/1", 3: "/a/2/r/0", 0: "record 0", 4: "record 4"} {
		if got := r.Ref(number, 0); got != want {
			t.Errorf("Ref(%d) = %q, want %q", number, got, want)
		}
	}
	if got := r.Ref(1, 7); got != "record 1" {
		t.Errorf("Ref of a column that does not exist = %q", got)
	}
}
