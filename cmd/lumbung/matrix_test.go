package main

import "testing"

func TestBarsAreInEighths(t *testing.T) {
	cases := []struct {
		n, most int64
		ascii   bool
		want    string
	}{
		{113, 113, false, "████████████████████████████████████████"},
		{53, 113, false, "██████████████████▊"},
		{21, 113, false, "███████▍"},
		{0, 113, false, ""},
		{53, 113, true, "###################"},
	}
	for _, c := range cases {
		if got := bar(c.n, c.most, c.ascii); got != c.want {
			t.Errorf("bar(%d, %d) = %q, want %q", c.n, c.most, got, c.want)
		}
	}
}
