package contract

import (
	"sort"
	"strings"

	"lumbung/transform/value"
)

// Nearest lists up to n candidates that are spelled most like name, nearest
// first; candidates that share less than half of their letters, and none of
// their words, are left out.
func Nearest(name string, candidates []string, n int) []string {
	type scored struct {
		text string
		d    int
	}
	var near []scored
	a := value.Heading(name)
	for _, c := range candidates {
		b := value.Heading(c)
		d := distance([]rune(a), []rune(b))
		if a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a)) {
			d = min(d, 1) // "KPM" and "JML KPM"
		}
		if d*2 <= max(len([]rune(a)), len([]rune(b))) {
			near = append(near, scored{c, d})
		}
	}
	sort.SliceStable(near, func(i, j int) bool { return near[i].d < near[j].d })
	if len(near) > n {
		near = near[:n]
	}
	out := make([]string, len(near))
	for i, s := range near {
		out[i] = s.text
	}
	return out
}

// distance is the Levenshtein distance.
func distance(a, b []rune) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	cur := make([]int, len(b)+1)
	for i, ra := range a {
		cur[0] = i + 1
		for j, rb := range b {
			cost := 1
			if ra == rb {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
		}
		prev, cur = cur, prev
	}
	return prev[len(b)]
}
