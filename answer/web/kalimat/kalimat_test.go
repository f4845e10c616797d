package kalimat

import (
	"strings"
	"testing"
	"time"
)

func series(status string, reconstructed bool, points ...Point) *Series {
	return &Series{Area: "Kutai Kartanegara", Status: status, Points: points, Reconstructed: reconstructed}
}

func TestChangeSentences(t *testing.T) {
	p := func(y int, n int64) Point { return Point{y, n} }
	tests := []struct {
		name   string
		s      *Series
		a, b   Point
		id, en string
	}{
		{"fall", series("TERTINGGAL", false, p(2019, 53), p(2020, 21)), p(2019, 53), p(2020, 21),
			"Desa Tertinggal di Kutai Kartanegara turun dari 53 (2019) menjadi 21 (2020)", "Tertinggal villages in Kutai Kartanegara fell from 53 (2019) to 21 (2020)"},
		{"rise", series("MANDIRI", false, p(2023, 76), p(2024, 87)), p(2023, 76), p(2024, 87),
			"Desa Mandiri di Kutai Kartanegara naik dari 76 (2023) menjadi 87 (2024)", "Mandiri villages in Kutai Kartanegara rose from 76 (2023) to 87 (2024)"},
		{"none changed", series("MAJU", false, p(2023, 5), p(2024, 5)), p(2023, 5), p(2024, 5),
			"Desa Maju di Kutai Kartanegara tetap 5 (2023 dan 2024)", "Maju villages in Kutai Kartanegara stayed at 5 (2023 and 2024)"},
		{"to zero", series("SANGAT TERTINGGAL", false, p(2019, 3), p(2020, 0)), p(2019, 3), p(2020, 0),
			"3 desa Sangat Tertinggal di Kutai Kartanegara pada 2019, tidak ada lagi pada 2020", "3 Sangat Tertinggal villages in Kutai Kartanegara in 2019, none in 2020"},
		{"to zero, one village", series("TERTINGGAL", false, p(2019, 1), p(2020, 0)), p(2019, 1), p(2020, 0),
			"1 desa Tertinggal di Kutai Kartanegara pada 2019, tidak ada lagi pada 2020", "1 Tertinggal village in Kutai Kartanegara in 2019, none in 2020"},
		{"to zero over a gap", series("TERTINGGAL", false, p(2020, 21), p(2023, 0)), p(2020, 21), p(2023, 0),
			"21 desa Tertinggal di Kutai Kartanegara pada 2020, tidak ada lagi, paling lambat 2023", "21 Tertinggal villages in Kutai Kartanegara in 2020, none, by 2023 at the latest"},
		{"to zero over a gap, known before", series("TERTINGGAL", false, p(2020, 21), p(2023, 0), p(2024, 0)), p(2020, 21), p(2024, 0),
			"21 desa Tertinggal di Kutai Kartanegara pada 2020, tidak ada lagi, paling lambat 2023", "21 Tertinggal villages in Kutai Kartanegara in 2020, none, by 2023 at the latest"},
		{"to zero, known before", series("TERTINGGAL", false, p(2020, 21), p(2021, 0), p(2022, 0)), p(2020, 21), p(2022, 0),
			"21 desa Tertinggal di Kutai Kartanegara pada 2020, tidak ada lagi sejak 2021", "21 Tertinggal villages in Kutai Kartanegara in 2020, none since 2021"},
		{"to zero, not for good", series("TERTINGGAL", false, p(2020, 21), p(2021, 0), p(2022, 2), p(2024, 0)), p(2020, 21), p(2024, 0),
			"21 desa Tertinggal di Kutai Kartanegara pada 2020, tidak ada lagi, paling lambat 2024", "21 Tertinggal villages in Kutai Kartanegara in 2020, none, by 2024 at the latest"},
		{"from zero", series("MANDIRI", false, p(2019, 0), p(2020, 2)), p(2019, 0), p(2020, 2),
			"2 desa Mandiri di Kutai Kartanegara pada 2020; pada 2019 tidak ada", "2 Mandiri villages in Kutai Kartanegara in 2020, none in 2019"},
		{"zero in every year", series("TERTINGGAL", false, p(2023, 0), p(2024, 0)), p(2023, 0), p(2024, 0),
			"Tidak ada desa Tertinggal di Kutai Kartanegara sejak 2023", "No Tertinggal village in Kutai Kartanegara since 2023"},
		{"zero over a gap", series("TERTINGGAL", false, p(2020, 0), p(2023, 0)), p(2020, 0), p(2023, 0),
			"Tidak ada desa Tertinggal di Kutai Kartanegara pada 2020 dan 2023", "No Tertinggal village in Kutai Kartanegara in 2020 and 2023"},
		{"reconstruction", series("TERTINGGAL", true, p(2019, 13), p(2020, 4)), p(2019, 13), p(2020, 4),
			"Menurut rekonstruksi, desa Tertinggal di Kutai Kartanegara turun dari 13 (2019) menjadi 4 (2020)",
			"By reconstruction, Tertinggal villages in Kutai Kartanegara fell from 13 (2019) to 4 (2020)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same(t, ID.Change(tt.s, tt.a, tt.b), tt.id)
			same(t, EN.Change(tt.s, tt.a, tt.b), tt.en)
		})
	}
}

// kukar is the trend that the product exists for.
func kukar() *Trend {
	return &Trend{Area: "Kutai Kartanegara", Years: []int{2019, 2020, 2023, 2024}, Methodology: "IDM",
		Counts: map[string][]int64{"SANGAT TERTINGGAL": {3, 0, 0, 0}, "TERTINGGAL": {53, 21, 0, 0}, "BERKEMBANG": {100, 113, 48, 23}, "MAJU": {33, 47, 69, 83}, "MANDIRI": {4, 12, 76, 87}},
		Totals: []int64{193, 193, 193, 193}, Reconstructed: make([]bool, 4)}
}

func TestTrendHeadlines(t *testing.T) {
	k := kukar()
	same(t, ID.Headline(k), "Desa tertinggal turun dari 53 (2019) menjadi 21 (2020), dan tidak ada lagi pada 2023")
	same(t, EN.Headline(k), "Tertinggal villages fell from 53 (2019) to 21 (2020), and none in 2023")
	same(t, ID.Deck(k), "Status 193 desa Kutai Kartanegara menurut Indeks Desa Membangun (IDM), 2019–2024. Pada 2024, 87 desa berstatus Mandiri dan 23 desa masih Berkembang.")
	same(t, ID.ChartTitle(k), "Hampir separuh desa kini Mandiri; yang tertinggal habis paling lambat 2023")
	same(t, EN.ChartTitle(k), "Nearly half of the villages are now Mandiri; none lag by 2023 at the latest")

	rebuilt := kukar()
	rebuilt.Reconstructed[0] = true
	same(t, ID.Headline(rebuilt), "Menurut rekonstruksi, desa tertinggal turun dari 53 (2019) menjadi 21 (2020), dan tidak ada lagi pada 2023")

	long := kukar()
	long.Years = []int{2015, 2016, 2019, 2020, 2023, 2024}
	long.Totals, long.Reconstructed = []int64{193, 193, 193, 193, 193, 193}, make([]bool, 6)
	for s, n := range map[string][]int64{"SANGAT TERTINGGAL": {9, 8}, "TERTINGGAL": {80, 70}, "BERKEMBANG": {80, 90}, "MAJU": {24, 25}, "MANDIRI": {0, 0}} {
		long.Counts[s] = append(n, long.Counts[s]...)
	}
	same(t, ID.Headline(long), "80 desa tertinggal pada 2015, tidak ada lagi, paling lambat 2023")
	long.Counts["TERTINGGAL"][5] = 4
	same(t, ID.Headline(long), "Desa tertinggal turun dari 80 (2015) menjadi 4 (2024)")
	same(t, EN.Headline(long), "Tertinggal villages fell from 80 (2015) to 4 (2024)")

	one := &Trend{Area: "X", Years: []int{2024}, Methodology: "IDM", Totals: []int64{9}, Reconstructed: []bool{false},
		Counts: map[string][]int64{"SANGAT TERTINGGAL": {0}, "TERTINGGAL": {1}, "BERKEMBANG": {3}, "MAJU": {5}, "MANDIRI": {0}}}
	same(t, EN.Headline(one), "1 Tertinggal village in 2024, out of 9")
	same(t, ID.ChartTitle(one), "5 dari 9 desa kini Maju; 1 desa masih di bawah Berkembang")
}

func TestHeadlineHasAtMostSixteenWords(t *testing.T) {
	for _, l := range []Lang{ID, EN} {
		if words := strings.Fields(l.Headline(kukar())); len(words) > 16 {
			t.Errorf("%s: %d words: %s", l, len(words), strings.Join(words, " "))
		}
	}
}

func TestMovesSentences(t *testing.T) {
	tests := []struct {
		up, down int64
		rebuilt  bool
		id, en   string
	}{
		{36, 0, false, "36 desa naik status dari 2023 ke 2024, tidak ada yang turun", "36 villages moved up from 2023 to 2024, none moved down"},
		{1, 2, false, "1 desa naik status dari 2023 ke 2024, 2 turun", "1 village moved up from 2023 to 2024, 2 down"},
		{0, 3, false, "3 desa turun status dari 2023 ke 2024, tidak ada yang naik", "3 villages moved down from 2023 to 2024, none moved up"},
		{0, 0, false, "Tidak ada desa yang berpindah status dari 2023 ke 2024", "No village moved from 2023 to 2024"},
		{68, 0, true, "Menurut rekonstruksi, 68 desa naik status dari 2023 ke 2024, tidak ada yang turun", "By reconstruction, 68 villages moved up from 2023 to 2024, none moved down"},
	}
	for _, tt := range tests {
		same(t, ID.Moves(tt.up, tt.down, 2023, 2024, tt.rebuilt), tt.id)
		same(t, EN.Moves(tt.up, tt.down, 2023, 2024, tt.rebuilt), tt.en)
	}
}

func TestMostNamesTies(t *testing.T) {
	list := func(counts ...int64) (out []Named) {
		for i, n := range counts {
			out = append(out, Named{string(rune('A' + i)), n})
		}
		return out
	}
	same(t, ID.Most(list(5, 4, 2)), "terbanyak di A (5)")
	same(t, ID.Most(list(4, 4, 2)), "terbanyak di A dan B (4)")
	same(t, ID.Most(list(2, 2, 2)), "terbanyak di A, B dan C (2)")
	same(t, ID.Most(list(2, 2, 2, 2, 2)), "terbanyak di A, B, C dan 2 lainnya (2)")
	same(t, EN.Most(list(2, 2, 2, 2)), "most in A, B, C and 1 other (2)")
	same(t, EN.Most(list(2, 2, 2, 2, 2)), "most in A, B, C and 2 others (2)")
	same(t, ID.Most(list(0, 0)), "")
	same(t, ID.Remaining("BERKEMBANG", list(5, 0, 2), 3), "7 desa Berkembang tersisa di 2 dari 3 kecamatan, terbanyak di A (5)")
}

func TestBreakGapAndPartialAreSaid(t *testing.T) {
	same(t, ID.Break("IDM", 2024, "INDEKS DESA", 2025), "IDM 2024 dan Indeks Desa 2025 tidak dibandingkan")
	same(t, EN.Break("IDM", 2024, "INDEKS DESA", 2025), "IDM 2024 and Indeks Desa 2025 are not compared")
	same(t, ID.Partial(15, 193), "15 dari 193 desa tersedia")
	same(t, EN.NoData("Tabang", 2021), "No data yet for 2021 in Tabang")
	same(t, ListYears([]int{2021, 2022, 2025}), "2021–22, 2025")
	same(t, ID.AtLeast(137, 172, 193, 193, "BERKEMBANG"), "sedikitnya 35 desa naik ke Berkembang atau lebih")
	same(t, ID.AtLeast(137, 172, 193, 194, "BERKEMBANG"), "")
	same(t, ID.AtLeast(172, 137, 193, 193, "BERKEMBANG"), "")
}

func TestVillageHeadlines(t *testing.T) {
	pela := Place{Name: "Pela", Status: "BERKEMBANG", Next: "MAJU", Score: "0.67540000", Steps: 1, StepName: "Tanggap Bencana", Details: true}
	same(t, ID.Village(pela), "Desa Pela masih Berkembang (0,6754); satu fasilitas tanggap bencana cukup untuk menjadi Maju")
	same(t, EN.Village(pela), "Pela is still Berkembang (0.6754); one disaster-preparedness facility would make it Maju")
	pela.Steps = 3
	same(t, ID.Village(pela), "Desa Pela masih Berkembang (0,6754); perlu 3 langkah untuk menjadi Maju")
	pela.Details, pela.District = false, "Kota Bangun"
	same(t, ID.Village(pela), "Desa Pela (Kecamatan Kota Bangun) masih Berkembang (0,6754); rincian indikator belum diverifikasi kementerian")
	same(t, ID.Village(Place{Name: "X", Status: "MANDIRI", Score: "0.9"}), "Desa X sudah Mandiri (0,9000)")
}

func TestNumbers(t *testing.T) {
	same(t, ID.Int(-1234567), "−1.234.567")
	same(t, EN.Int(1234567), "1,234,567")
	same(t, ID.Signed(13), "+13")
	same(t, ID.Signed(0), "0")
	same(t, ID.Percent(87, 193), "45,1% dari 193")
	same(t, ID.Percent(8, 19), "")
	same(t, ID.Score("0.70730159"), "0,7073")
	same(t, ID.Score("0.99995000"), "1,0000")
	same(t, ID.SignedScore("-0.06290000"), "−0,0629")
	same(t, ID.SignedScore("0.00000000"), "tetap")
	same(t, ID.Score("n/a"), "n/a")
	same(t, Grid(420), "0.06666667")
	same(t, ID.Rupiah("186900000000.00"), "Rp186,9 miliar")
	same(t, EN.Rupiah("273000000.00"), "Rp273.0 million")
	at := time.Date(2026, 11, 23, 2, 10, 0, 0, time.FixedZone("", 8*3600))
	same(t, ID.Date(at)+" "+ID.Clock(at), "23 November 2026 02.10 WITA")
	same(t, EN.ShortDate(at)+" "+EN.Clock(at), "23 Nov 2026 02:10 WITA")
	same(t, Upper("naik"), "Naik")
	same(t, ID.Facilitators(91, 193), "91 pendamping untuk 193 desa, rata-rata 2,1 desa per pendamping")
	same(t, EN.Checked(1, 1, 0), "1 published figure checked: 1 agrees, 0 do not")
	same(t, EN.Checked(30, 29, 1), "30 published figures checked: 29 agree, 1 does not")
	same(t, ID.Checked(30, 29, 1), "30 angka terbitan diperiksa: 29 cocok, 1 tidak")
	same(t, ID.Balance(10, 8, 1, 1), "Semua 10 baris tercatat: 8 dimuat, 1 dikarantina, 1 dilewati dengan alasan")
	same(t, ID.Balance(10, 8, 1, 0), "10 baris dibaca, tetapi jumlah yang tercatat 9")
}

// No sentence claims a cause.
func TestNoCauseIsClaimed(t *testing.T) {
	for _, l := range []Lang{ID, EN} {
		for _, text := range []string{l.Headline(kukar()), l.Deck(kukar()), l.ChartTitle(kukar()), l.Moves(1, 1, 2023, 2024, false), l.Facilitators(91, 193)} {
			for _, word := range []string{"karena", "berkat", "because", "thanks"} {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%q claims a cause", text)
				}
			}
		}
	}
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
