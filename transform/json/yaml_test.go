package json

import (
	"strings"
	"testing"
)

func TestYAML(t *testing.T) {
	const doc = `# klaim
klaim:
  - id: a1
    nilai: 0.10
    besar: 9007199254740993
    kode: "0123"
    ya: true
    kosong:
    teks: |
      dua
      baris
  - {id: 'b"2', nilai: -5, teks: "tab\there", 2024: x}
sumber: "BPS – é"
`
	r, err := OpenYAML(strings.NewReader(doc), Config{Rows: "klaim[*]",
		Columns: []string{"@.id", "@.nilai", "@.besar", "@.kode", "@.ya", "@.kosong", "@.teks", "@.2024", "sumber"}})
	if err != nil {
		t.Fatal(err)
	}
	rows, r, err := drain(r)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, rows,
		"\"a1\" 0.10 9007199254740993 \"0123\" true - \"dua\nbaris\n\" - \"BPS – é\"",
		"\"b\"2\" -5 - - - - \"tab\there\" \"x\" \"BPS – é\"")
	if got := r.Ref(2, 1); got != "/klaim/1/nilai" {
		t.Errorf("Ref = %q", got)
	}
}

func TestYAMLQuotedKeys(t *testing.T) {
	got, err := yamlToJSON([]byte("'a': 'x'\n\"b\": [\"c\",'d']\n'2024': ~\n"), 64)
	if want := `{"a":"x","b":["c","d"],"2024":null}`; err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func TestYAMLRefused(t *testing.T) {
	for doc, want := range map[string]string{
		"a: &x 1\nb: *x":                  "anchors",
		"a: &x {b: 1}\nc:\n  <<: *x":      "anchors",
		"a: !!binary aGFsbG8=":            "tags",
		"a: 0123":                         "put it in quotes",
		"a: 0x1F":                         "put it in quotes",
		"a: 1_000":                        "put it in quotes",
		"a: .inf":                         "put it in quotes",
		"a: .nan":                         "put it in quotes",
		"a: 1\n---\na: 2":                 "2 documents",
		"a: 1\na: 2":                      "a",
		"":                                "documents",
		"a: [1, 2":                        "",
		"a: \"x":                          "",
		strings.Repeat(`"`, 1<<20):        "after a closing quote",
		"a: 'b' c":                        "after a closing quote",
		"a: \xff":                         "UTF-8",
		"a: \x00":                         "UTF-8",
		strings.Repeat("[", 1000):         "deeper than 64",
		strings.Repeat("- ", 2000) + "x":  "column",
		strings.Repeat("a", 3000) + ": 1": "column",
	} {
		r, err := OpenYAML(strings.NewReader(doc), Config{})
		if err == nil {
			_, _, err = drain(r)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v; want %q", doc, err, want)
		}
	}
	if _, err := OpenYAML(strings.NewReader(strings.Repeat("x", 100)), Config{Limits: Limits{YAML: 99}}); err == nil || !strings.Contains(err.Error(), "larger than 99 bytes") {
		t.Errorf("limit: %v", err)
	}
	if _, err := OpenYAML(strings.NewReader("a: 1"), Config{Lines: true}); err == nil {
		t.Error("lines of YAML were taken")
	}
}
