package wilayah

import (
	"slices"
	"strings"
	"testing"
)

func TestParseCode(t *testing.T) {
	good := []struct {
		text   string
		scheme Scheme
		code   int64
		level  string
	}{
		{"64", Kemendagri, 64, "provinsi"},
		{"64.02", Kemendagri, 6402, "kabupaten"},
		{"640201", Kemendagri, 640201, "kecamatan"},
		{"64.02.01.2001", Kemendagri, 6402012001, "desa"},
		{"6402012001", Kemendagri, 6402012001, "desa"},
		{"6403010", BPS, 6403010, "kecamatan"},
		{"6403010001", BPS, 6403010001, "desa"},
	}
	for _, c := range good {
		code, err := ParseCode(c.text, c.scheme)
		if err != nil || code != c.code || c.scheme.Level(code) != c.level {
			t.Errorf("%s (%s): %d %s, %v", c.text, c.scheme, code, c.scheme.Level(code), err)
		}
	}
	bad := []struct {
		text   string
		scheme Scheme
		reason string
	}{
		{"", Kemendagri, "2 to 10 digits"},
		{"640201200", Kemendagri, "9 digits"},
		{"6403010", Kemendagri, "7 digits"},
		{"640201", BPS, "6 digits"},
		{"64.03", BPS, "no dots"},
		{"6.402", Kemendagri, "wrong places"},
		{"06.02", Kemendagri, "no area code begins with 0"},
		{"64.02.01.2001.", Kemendagri, "wrong places"},
		{"64O2", Kemendagri, "only digits"},
		{"64020120011", Kemendagri, "2 to 10 digits"},
		{"-6402", Kemendagri, "only digits"},
	}
	for _, c := range bad {
		if code, err := ParseCode(c.text, c.scheme); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%q (%s): %d, error %v; want %q", c.text, c.scheme, code, err, c.reason)
		}
	}
}

func TestDottedAndParent(t *testing.T) {
	for code, want := range map[int64]string{64: "64", 6402: "64.02", 640201: "64.02.01", 6402012001: "64.02.01.2001", 6403010: "6403010"} {
		if got := Dotted(code); got != want {
			t.Errorf("Dotted(%d) = %s", code, got)
		}
	}
	if Parent(6402012001) != 640201 || Parent(640201) != 6402 || Parent(6402) != 64 || Parent(64) != 0 {
		t.Error("parents")
	}
	if VillageKind(6402012001) != "desa" || VillageKind(6402131007) != "kelurahan" || VillageKind(1101013001) != "desa adat" || VillageKind(6402014001) != "" {
		t.Error("village kinds")
	}
}

func TestRegisterFollowsCodeHistory(t *testing.T) {
	r := NewRegister([]Area{{6402082002, "Benua Baru"}, {6402192003, "Benua Baru"}, {6402012001, "Ma'mur \"Jaya\""}},
		[]Change{{6402082002, 6402192003, 2022}}, []Match{{BPS: 6403010001, Kemendagri: 6402012001}})
	known := []struct {
		code int64
		year int
		want bool
	}{{6402082002, 2019, true}, {6402082002, 2021, true}, {6402082002, 2022, false}, {6402192003, 2021, false}, {6402192003, 2022, true},
		{6402012001, 1999, true}, {6402012002, 2020, false}}
	for _, k := range known {
		if got := r.Known(k.code, k.year); got != k.want {
			t.Errorf("Known(%d, %d) = %v", k.code, k.year, got)
		}
	}
	if !r.SameName(6402012001, "MAMUR JAYA") || r.SameName(6402012001, "MAKMUR JAYA") || !r.SameName(9999999999, "apa pun") {
		t.Error("names are compared without case, blanks and punctuation")
	}
	var none *Register
	if !none.Empty() || !NewRegister(nil, nil, nil).Empty() || r.Empty() {
		t.Error("Empty")
	}
}

// A BPS code is translated when the crosswalk has one area for it, never by choice among several.
func TestCrosswalk(t *testing.T) {
	r := NewRegister([]Area{{6402012001, "Perian"}, {6402012002, "Muara Leka"}, {6402072001, "Sumber Sari"}}, nil,
		[]Match{{6403010001, 6402012001, ""}, {6403010002, 6402012002, ""}, {6403010002, 6402072001, ""}, {6403010001, 6402012001, ""}, {6403, 6402, "17/03"}})
	if code, ok := r.Translate(BPSCrosswalk, "6403010001"); !ok || code != 6402012001 {
		t.Errorf("one area, listed twice: %d, %v", code, ok)
	}
	if code, ok := r.Translate(DJPKCrosswalk, "17/03"); !ok || code != 6402 {
		t.Errorf("a DJPK code: %d, %v", code, ok)
	}
	var none *Register
	for _, c := range []struct {
		r      *Register
		scheme string
		code   string
		reason string
	}{
		{r, DJPKCrosswalk, "17/04", "DJPK code 17/04 is not in the crosswalk"},
		{none, DJPKCrosswalk, "17/03", "there is no crosswalk"},
		{r, BPSCrosswalk, "6403010002", "stands for several areas in the crosswalk: 64.02.01.2002, 64.02.07.2001"},
		{r, BPSCrosswalk, "6403010009", "is not in the crosswalk"},
		{r, BPSCrosswalk, "6402012001", "is the Kemendagri code of Perian"},
		{NewRegister(nil, nil, nil), BPSCrosswalk, "6403010001", "there is no crosswalk"},
		{none, BPSCrosswalk, "6403010001", "there is no crosswalk"},
	} {
		code, ok := c.r.Translate(c.scheme, c.code)
		reason, remedy := c.r.WhyNot(c.scheme, c.code)
		if ok || !strings.Contains(reason, c.reason) || remedy == "" {
			t.Errorf("%s: %d, %v; %s; %s; want %q", c.code, code, ok, reason, remedy, c.reason)
		}
	}
}

func TestVillages(t *testing.T) {
	r := NewRegister([]Area{
		{64, "Kalimantan Timur"}, {6402, "Kutai Kartanegara"}, {640201, "Muara Muntai"},
		{6402012002, "B"}, {6402012001, "A"}, {6402013001, "Adat"}, {6402011001, "Kelurahan"}, {6403012001, "C"}, {6402022009, "Lama"}, {6402032009, "Baru"},
	}, []Change{{Old: 6402022009, New: 6402032009, FirstYear: 2022}}, nil)
	for _, c := range []struct {
		year   int
		within []int64
		want   []int64
	}{
		{2024, nil, []int64{6402012001, 6402012002, 6402013001, 6402032009, 6403012001}},
		{2021, []int64{6402}, []int64{6402012001, 6402012002, 6402013001, 6402022009}},
		{2024, []int64{640201}, []int64{6402012001, 6402012002, 6402013001}},
		{2024, []int64{6402012002}, []int64{6402012002}},
		{2024, []int64{11}, nil},
	} {
		if got := r.Villages(c.year, c.within); !slices.Equal(got, c.want) {
			t.Errorf("%d in %v: %v, want %v", c.year, c.within, got, c.want)
		}
	}
}
