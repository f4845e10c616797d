package dictionary

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedDictionaryIsUpToDate(t *testing.T) {
	var want bytes.Buffer
	if err := Markdown(&want); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../../docs/data-dictionary.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Error("docs/data-dictionary.md is not what `lumbung docs` writes; run `make docs`")
	}
}
