package strict

import (
	"strings"
	"testing"
)

type doc struct {
	Name  string   `yaml:"name"`
	Items []string `yaml:"items"`
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\nnama: b\n":  `f.yaml:2:1: unknown field "nama"`,
		"name: [a]\n":         "f.yaml:1:",
		"name: a\nname: b\n":  "f.yaml:2:1:",
		"name: \"a\nitems: [": "f.yaml:",
	} {
		var d doc
		if _, err := Unmarshal("f.yaml", []byte(text), &d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestErrorfFindsTheValueOrWhatIsAboveIt(t *testing.T) {
	var d doc
	y, err := Unmarshal("f.yaml", []byte("name: a\nitems:\n  - x\n  - y\n"), &d)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"$.name": "f.yaml:1:7: no", "$.items[1]": "f.yaml:4:5: no", "$.items[9]": "f.yaml:3:3: no", "$.gone": "f.yaml: no",
	} {
		if got := y.Errorf(path, "no").Error(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
