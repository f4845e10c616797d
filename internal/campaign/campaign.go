// Package campaign says how often a test repeats itself: a little in `make test`, a lot in a campaign of the Makefile.
package campaign

import (
	"os"
	"strconv"
	"testing"
)

// Rounds gives the number in an environment variable, or standard when it is not set.
func Rounds(t testing.TB, variable string, standard int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number of rounds", variable, text)
	}
	return n
}
