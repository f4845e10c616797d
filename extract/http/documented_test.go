package http

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The table of errors in the operator's guide has every class.
func TestClassesAreDocumented(t *testing.T) {
	guide, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	classes := regexp.MustCompile(`Class = "([a-z-]+)"`).FindAllSubmatch(source, -1)
	if len(classes) == 0 {
		t.Error("no class is found in errors.go")
	}
	for _, c := range classes {
		if !strings.Contains(string(guide), "`"+string(c[1])+"`") {
			t.Errorf("docs/operations.md says nothing about %q", c[1])
		}
	}
}
