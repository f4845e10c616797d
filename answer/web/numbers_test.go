package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
	"lumbung/internal/closing"
)

func reader(t *testing.T) *answer.Reader {
	t.Helper()
	r, err := answer.Open(t.Context(), project.dataDir, "")
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, r)
	return r
}

var numberLink = regexp.MustCompile(`<a class="angka[^"]*" href="/asal/mart_tren_status/([0-9.]+)/(\d{4})/([a-z-]+)" data-panel>([^<]*)</a>`)

// Every number of every area's trend is the mart's, answer.Trend's, and that of counting the facts.
func TestServedNumbersAreTheMarts(t *testing.T) {
	r := reader(t)
	h := dashboard(t, project.dataDir, nil).Handler()
	areas, _, err := r.DB.Query(t.Context(), 0, "SELECT DISTINCT kode_wilayah, tingkat FROM mart_tren_status ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, a := range areas.Rows {
		code := a[0].(string)
		area, err := r.FindArea(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		trend, err := r.Trend(t.Context(), area, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		served := map[string]string{}
		body := pageAt(t, h, "/"+code)
		for _, m := range numberLink.FindAllStringSubmatch(body, -1) {
			if m[1] == code {
				served[m[2]+" "+m[3]] = m[4]
			}
		}
		for _, y := range trend.Years {
			year := strconv.Itoa(y)
			for _, s := range trend.Status {
				compared++
				want := kalimat.ID.Int(s.Counts[year])
				if got := served[year+" "+slug(s.Status)]; got != want {
					t.Errorf("%s %s %s: served %q, trend says %s", code, year, s.Status, got, want)
				}
				plain, _, err := r.DB.Query(t.Context(), 1, `SELECT count(*) FROM fct_indeks f JOIN dim_wilayah w ON w.kode = f.kode_desa AND f.tahun BETWEEN w.cari_dari AND w.cari_sampai
					JOIN dim_status s ON s.urutan = f.status WHERE f.tahun = ? AND s.status = ? AND (? = '0' OR w.kode_wilayah LIKE ? || '.%')`, y, s.Status, code, code)
				if err != nil {
					t.Fatal(err)
				}
				if n := plain.Rows[0][0].(int64); n != s.Counts[year] {
					t.Errorf("%s %s %s: trend says %d, the facts %d", code, year, s.Status, s.Counts[year], n)
				}
			}
			if got := served[year+" jumlah"]; got != kalimat.ID.Int(trend.Villages[year]) {
				t.Errorf("%s %s: total %q, trend says %d", code, year, got, trend.Villages[year])
			}
		}
	}
	if compared < 300 {
		t.Errorf("only %d numbers compared", compared)
	}
}

func TestTheNumbersThatTheProductExistsFor(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	body := text(pageAt(t, h, "/64.02"))
	for _, want := range []string{"Desa tertinggal turun dari 53 (2019) menjadi 21 (2020), dan tidak ada lagi pada 2023", "53 → 21", "3 → 0", "4 → 87", "12 kurang dari 0,03 menuju Maju",
		"Hampir separuh desa kini Mandiri; yang tertinggal habis paling lambat 2023", "2021 dan 2022: hanya 15 dan 6 dari 193 desa tersedia, jadi tidak digambar.",
		"Maju, 33 dan 47, dari selisih terhadap 193", "23 desa Berkembang tersisa di 8 dari 18 kecamatan, terbanyak di Tabang (5)", "rekonstruksi"} {
		if !strings.Contains(body, want) {
			t.Errorf("the start page lacks %q", want)
		}
	}
	if !strings.Contains(text(pageAt(t, h, "/en/64.02")), "Tertinggal villages fell from 53 (2019) to 21 (2020), and none in 2023") {
		t.Error("the English start page lacks its headline")
	}
}

// The badge stands wherever rows of 2019 or 2020 do.
func TestReconstructedRowsCarryTheBadge(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for _, path := range []string{"/asal/mart_tren_status/64.02/2019/tertinggal", "/asal/mart_tren_status/64.02/2020/jumlah", "/asal/mart_tren_status/64.02.08/2019/tertinggal",
		"/asal/mart_tren_status/64.02/2020/tertinggal/perubahan", "/asal/mart_transisi/64.02/2019/2020/tertinggal/berkembang", "/asal/mart_transisi/64.02/2020/2023/berkembang/maju",
		"/asal/mart_profil_desa/64.02.08.2009/2019", "/64.02.08.2009", "/64.02.08", "/64.02/perpindahan", "/64.02/perpindahan?dari=2019&ke=2020", "/64.02/perpindahan?pita=1",
		"/asal/mart_program/64.02.08/2019", "/cocokkan", "/mutu", "/pembaruan"} {
		if !strings.Contains(pageAt(t, h, path), `class="lencana">rekonstruksi`) {
			t.Errorf("%s has no badge", path)
		}
		if en := pageAt(t, h, "/en"+path); !strings.Contains(en, `class="lencana">reconstruction`) {
			t.Errorf("/en%s has no badge", path)
		}
	}
	if strings.Contains(pageAt(t, h, "/asal/mart_tren_status/64.02/2024/berkembang"), "lencana\"") {
		t.Error("official rows carry a badge")
	}
}

// 53 leads to 53 rows, and each to its cell with the text that stands there.
func TestFiftyThreeToRowsToCells(t *testing.T) {
	src := sources(t)
	h := dashboard(t, project.dataDir, func(o *Options) { o.Sources = src }).Handler()
	start := pageAt(t, h, "/64.02")
	if !strings.Contains(start, `href="/asal/mart_tren_status/64.02/2019/tertinggal" data-panel>53</a>`) {
		t.Fatal("53 leads nowhere")
	}
	rows := pageAt(t, h, "/asal/mart_tren_status/64.02/2019/tertinggal?hal=1")
	codes := regexp.MustCompile(`<tr id="b([0-9.]+)"`).FindAllStringSubmatch(rows, -1)
	if len(codes) != 53 {
		t.Fatalf("%d rows", len(codes))
	}
	for _, c := range codes {
		body := text(pageAt(t, h, "/asal/mart_profil_desa/"+c[1]+"/2019"))
		for _, want := range []string{"idm-2019.xlsx", "TERTINGGAL", strings.ReplaceAll(c[1], ".", "")} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page of the row lacks %q", c[1], want)
			}
		}
	}
	opened := text(pageAt(t, h, "/asal/mart_tren_status/64.02/2024/berkembang?buka=64.02.08.2009"))
	if !strings.Contains(opened, "L80") || !strings.Contains(opened, "0.6754") {
		t.Error("the opened row does not show cell L80 with 0.6754")
	}
}

func TestDownloadsHoldTheSameNumbers(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	body := pageAt(t, h, "/unduh/64.02/tren.csv")
	rows, err := csv.NewReader(bytes.NewReader([]byte(strings.TrimPrefix(body, "\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows[1:] {
		got[r[2]+" "+r[4]] = fmt.Sprintf("%s %s %s %s", r[5], r[6], r[8], r[9])
	}
	for key, want := range map[string]string{"2019 TERTINGGAL": "53  rekonstruksi terbitan", "2020 TERTINGGAL": "21 -32 rekonstruksi terbitan",
		"2020 MAJU": "47 14 rekonstruksi dari selisih", "2023 MAJU": "69  resmi resmi", "2024 MANDIRI": "87 11 resmi resmi"} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if n := strings.Count(pageAt(t, h, "/unduh/64.02/baris.csv?tahun=2019&status=tertinggal"), "idm-2019@1"); n != 53 {
		t.Errorf("%d rows in the file behind 53", n)
	}
	if !strings.HasPrefix(pageAt(t, h, "/unduh/64.02/rekap.xlsx"), "PK") || !strings.HasPrefix(pageAt(t, h, "/unduh/mart/mart_tren_status/2019.parquet"), "PAR1") {
		t.Error("the workbook or the Parquet file is not what its name says")
	}
	if svg := pageAt(t, h, "/unduh/64.02/tren.svg"); !strings.Contains(svg, ">53</text>") || !strings.Contains(svg, "</svg>") {
		t.Error("the chart file lacks 53")
	}
}

// The sheet for the ministry's minutes has its columns, one row a village, codes as text.
func TestTheWorkbookHasTheSheetForTheMinutes(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	f, err := excelize.OpenReader(strings.NewReader(pageAt(t, h, "/unduh/64.02/rekap.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Lampiran Berita Acara")
	if err != nil || len(rows) != 194 {
		t.Fatalf("%d rows, want a heading and 193 villages: %v", len(rows), err)
	}
	if got, want := strings.Join(rows[0], "|"), "KODE PROV|NAMA PROVINSI|KODE KAB|NAMA KABUPATEN|KODE KEC|NAMA KECAMATAN|KODE DESA|NAMA DESA|IKS 2024|IKE 2024|IKL 2024|NILAI IDM 2024|STATUS IDM 2024|SIFAT"; got != want {
		t.Errorf("headings %s, want %s", got, want)
	}
	found := false
	for _, r := range rows {
		found = found || strings.Join(r, "|") == "64|Kalimantan Timur|6402|Kabupaten Kutai Kartanegara|640208|Kota Bangun|6402082009|Pela|0.7429|0.6833|0.6|0.6754|BERKEMBANG|resmi"
	}
	if !found {
		t.Errorf("Pela is not there as expected; the first village is %v", rows[1])
	}
}

func TestSearch(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for path, to := range map[string]string{"/cari?q=pela": "/64.02.08.2009", "/cari?q=6402082009": "/64.02.08.2009", "/en/cari?q=64.02": "/en/64.02", "/6402": "/64.02", "/": "/64.02", "/en": "/en/64.02"} {
		if res, _ := get(t, h, path); res.StatusCode != 302 || res.Header.Get("Location") != to {
			t.Errorf("%s goes to %q (%s), want %s", path, res.Header.Get("Location"), res.Status, to)
		}
	}
	if body := text(pageAt(t, h, "/cari?q=sumber+sari")); !strings.Contains(body, "3 wilayah cocok") {
		t.Error("Sumber Sari is not found three times")
	}
	if body := text(pageAt(t, h, "/cari?q=pella")); !strings.Contains(body, "mungkin maksud Anda") || !strings.Contains(body, "Pela") {
		t.Error("pella does not suggest Pela")
	}
	res, _, err := reader(t).DB.Query(t.Context(), 1, "SELECT kode_bps, kode_wilayah FROM dim_wilayah WHERE tingkat = 'desa' AND kode_bps IS NOT NULL AND kode_bps NOT IN (SELECT kode FROM dim_wilayah) ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	if body := text(pageAt(t, h, fmt.Sprintf("/cari?q=%v", res.Rows[0][0]))); !strings.Contains(body, fmt.Sprintf("%v adalah kode BPS; maksud Anda %v?", res.Rows[0][0], res.Rows[0][1])) {
		t.Errorf("a BPS code is not told: %.200s", body)
	}
}

// The page of a change says which indicators moved its villages, and of which villages that is not known.
func TestTheChangeIsTakenApart(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/asal/mart_transisi/64.02/2023/2024/berkembang/maju", []string{"perpindahan 1 dari 25 desa: +0,0895 IDM per desa", "Kualitas Lingkungan IKL 1 0 +420 +0,0667",
			"Semua indikator +564 +0,0895", "24 desa tidak diuraikan: 50 skor indikator 2023 tidak ada.", "rata-rata 25 desa: IKS +0,0083, IKE +0,0182, IKL +0,0444"}},
		{"/en/asal/mart_transisi/64.02/2019/2020/tertinggal/berkembang", []string{"The change of score cannot be taken apart by indicator.",
			"35 villages not taken apart: the 50 indicator scores of 2019–20 are not there.", "a reconstruction"}},
	} {
		got := html.UnescapeString(text(pageAt(t, h, c.path)))
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s does not say %q", c.path, w)
			}
		}
	}
	if got := pageAt(t, h, "/asal/mart_transisi/64.02/2023/2024/maju/maju"); strings.Contains(got, `id="uraian"`) {
		t.Error("villages that stayed are taken apart")
	}
}

// The difference 53 -> 21 opens each pair of statuses behind it, and the pairs add up to it.
func TestADifferenceOpensItsPairs(t *testing.T) {
	h := dashboard(t, project.dataDir, nil).Handler()
	for _, c := range []struct {
		path string
		want []string
		sum  int
	}{
		{"/asal/mart_tren_status/64.02/2020/tertinggal/perubahan", []string{`/asal/mart_transisi/64.02/2019/2020/tertinggal/berkembang">−35</a> Tertinggal → Berkembang`}, -32},
		{"/en/asal/mart_tren_status/64.02/2024/maju/perubahan", []string{`/en/asal/mart_transisi/64.02/2023/2024/berkembang/maju">+25</a> Berkembang → Maju`}, 14},
	} {
		got := html.UnescapeString(pageAt(t, h, c.path))
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s does not say %q", c.path, w)
			}
		}
		sum := 0
		for _, m := range regexp.MustCompile(`/asal/mart_transisi/[^"]+">([−+])(\d+)</a>`).FindAllStringSubmatch(got, -1) {
			n, err := strconv.Atoi(strings.ReplaceAll(m[1], "−", "-") + m[2])
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
		if sum != c.sum {
			t.Errorf("%s: the pairs add up to %d, want %d", c.path, sum, c.sum)
		}
	}
}

// A score that we restored carries the mark wherever it stands, with its reason; so does a value that is last year's.
func TestRestoredAndCarriedValuesAreMarked(t *testing.T) {
	s := dashboard(t, project.dataDir, nil)
	h := s.Handler()
	for path, want := range map[string]string{
		"/64.02.08.2009":                               "† Akses Internet Warga (Permukiman) dipulihkan: sumbernya mengulang nilai lain, nilai di sini dihitung balik dari IKS terbitan.",
		"/64.02.08.2009/indikator":                     "5† Terdapat Akses internet warga di Desa † dipulihkan",
		"/asal/fct_indikator/64.02.08.2009/2024/31":    "† dipulihkan: sumbernya",
		"/en/asal/fct_indikator/64.02.08.2009/2024/31": "† restored: the source repeats another score",
	} {
		if got := html.UnescapeString(text(pageAt(t, h, path))); !strings.Contains(got, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if strings.Contains(pageAt(t, h, "/asal/fct_indikator/64.02.08.2009/2024/30"), "†") {
		t.Error("a score as the source has it is marked as restored")
	}
	p := s.barePage(httptest.NewRequest("GET", "/64.02.08", nil), "mulai")
	carried := answer.VillageRow{Name: "Pela", Code: "64.02.08.2009", CodeNow: "64.02.08.2009", Status: "MAJU", Carried: true}
	p.Body = &startBody{Villages: []answer.VillageRow{carried}}
	body, err := s.render(p)
	if err != nil || !strings.Contains(text(string(body)), "Pela nilai tahun lalu") {
		t.Errorf("a list of villages does not mark carried values: %v", err)
	}
}
