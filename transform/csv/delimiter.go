package csv

import (
	"bytes"
	"fmt"
	"strings"
)

// sample is how many records the delimiter is found from.
const sample = 50

// findDelimiter takes the candidate by which all records at the start of the
// file have the same number of fields, more than one; failing that, the only
// one in the first record.
func findDelimiter(head []byte, whole bool) (byte, error) {
	var regular, first []byte
	for _, candidate := range []byte{',', ';', '\t', '|'} {
		counts := countFields(head, candidate, whole)
		if len(counts) == 0 || counts[0] < 2 {
			continue
		}
		first = append(first, candidate)
		same := true
		for _, n := range counts {
			same = same && n == counts[0]
		}
		if same {
			regular = append(regular, candidate)
		}
	}
	switch {
	case len(regular) == 1:
		return regular[0], nil
	case len(regular) > 1:
		return 0, fmt.Errorf("delimiter: the fields could be separated by %s; declare delimiter", named(regular))
	case len(first) == 1:
		return first[0], nil
	case len(first) > 1:
		return 0, fmt.Errorf("delimiter: neither %s separates the records into the same number of fields; declare delimiter", named(first))
	}
	return ',', nil // one column: any delimiter reads it
}

func named(delimiters []byte) string {
	var out []string
	for _, d := range delimiters {
		out = append(out, map[byte]string{',': "a comma", ';': "a semicolon", '\t': "a tab", '|': "a bar"}[d])
	}
	return strings.Join(out, " or ")
}

// countFields counts the fields of whole records, quotes heeded, blank lines left out.
func countFields(head []byte, delimiter byte, whole bool) []int {
	var counts []int
	n, empty, quoted, start := 1, true, false, true
	finish := func() {
		if !empty {
			counts = append(counts, n)
		}
		n, empty = 1, true
	}
	for _, c := range head {
		begins := start
		start = false
		switch {
		case c == '"' && (begins || quoted):
			// A doubled quote closes and opens again.
			quoted, empty, start = !quoted, false, quoted
		case quoted:
		case c == '\n' || c == '\r':
			finish()
			start = true
			if len(counts) == sample {
				return counts
			}
		case c == delimiter:
			n, empty, start = n+1, false, true
		default:
			empty = false
		}
	}
	if whole || len(counts) == 0 && bytes.IndexByte(head, '\n') < 0 {
		finish()
	}
	return counts
}
