package transform

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"lumbung/internal/campaign"
	"lumbung/transform/contract"
)

// outcome is what must become of a broken release.
type outcome int

const (
	refused   outcome = iota // whole
	exact                    // records loaded, quarantined and skipped as the attempt says
	reference                // refused, or read as an independent reader reads it: the change may have made another sound file
)

// record is one record of a sound release: the texts of the file and what they mean.
type record struct {
	text map[string]string
	want map[string]string
	bad  bool // has to go to quarantine
}

var columns = []string{"kode_desa", "nama_desa", "tahun", "keluarga_penerima", "anggaran", "realisasi", "tanggal_salur"}

// attempt is a release on its way to being broken.
type attempt struct {
	rng     *rand.Rand
	records []*record
	extra   int64 // records beside these that have to go to quarantine
	skipped int64
}

// kind is one way to break a release.
type kind struct {
	name    string
	outcome outcome
	write   func(a *attempt) string
}

// format is how releases are written and broken.
type format struct {
	contract *contract.Contract
	kinds    []kind
	// reference reads a file independently; nil when it cannot be read at all.
	reference func(content string) (records []map[string]string, ok bool)
}

var villageNames = []string{"Perian", "Muara Leka", `RA"AS`, "Ma'mur Jaya", "Lambang Sari I; II, III", "Kota Bangun\nSeberang", "Teluk né", "≤ 5 km", "Soka|an"}

func newAttempt(rng *rand.Rand) *attempt {
	a := &attempt{rng: rng}
	for i := range 3 + rng.IntN(20) {
		name := villageNames[rng.IntN(len(villageNames))]
		code := fmt.Sprint(6402012001 + i)
		families, budget := rng.IntN(1000), 1000+rng.IntN(1_000_000_000)
		day := fmt.Sprintf("%02d", 1+rng.IntN(28))
		a.records = append(a.records, &record{
			text: map[string]string{"kode_desa": code, "nama_desa": name, "tahun": "2024", "keluarga_penerima": fmt.Sprint(families),
				"anggaran": groups(budget), "realisasi": groups(budget / 2), "tanggal_salur": day + "/12/2024"},
			want: map[string]string{"kode_desa": code, "nama_desa": strings.Join(strings.Fields(name), " "), "tahun": "2024", "keluarga_penerima": fmt.Sprint(families),
				"anggaran": fmt.Sprint(budget), "realisasi": fmt.Sprint(budget / 2), "tanggal_salur": "2024-12-" + day},
		})
	}
	return a
}

// groups writes 1234567 as 1.234.567.
func groups(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// any picks a record.
func (a *attempt) any() *record { return a.records[a.rng.IntN(len(a.records))] }

// oddTexts are texts of one column and the value they stand for; "-" must go to quarantine.
var oddTexts = map[string]map[string]string{
	"kode_desa": {"": "-", "640201200": "-", "64.02.01": "-", "64.0.2012001": "-", "06.02.01.2001": "-", "6402O12001": "-", "６４０２０１２００１": "-", "64020120011": "-", "6,40E+09": "-"},
	"tahun":     {"": "-", "20": "-", "20z4": "-", "1824": "-", "2024,5": "-", "#REF!": "-"},
	"keluarga_penerima": {"": "-", "n/a": "-", "NaN": "-", "Inf": "-", "-inf": "-", "0x1p-2": "-", "1_000": "-", "1e400": "-", "１２": "-", "12%": "-", "1.2.3": "-", "-5": "-",
		"9223372036854775808": "-", "12,5": "-", "--5": "-", "#N/A": "-", "12 orang": "-", "1.23": "-", "1.000.000": "-", "1 234": "1234", "1\u00a0234": "1234", " 12\t": "12", "+7": "7", "007": "7", "1.234": "1234"},
	"anggaran":      {"1.234,5": "1234.5", "1,234.5": "-", "Rp 1.500,-": "1500", "(5)": "-5", "1.234,567": "-", "-": "-", "12345678901234567890": "-", "9.007.199.254.740.993": "9007199254740993"},
	"realisasi":     {"": "", "-": "", "nihil": "-", "1..5": "-", "5-": "-"},
	"tanggal_salur": {"31/02/2024": "-", "2024-12-31": "-", "12/31/2024": "-", "1/2/2024": "2024-02-01", "": "", "45657": "-"},
}

// cellKinds puts every odd text into the release that write writes.
func cellKinds(write func(a *attempt) string) []kind {
	var out []kind
	for _, column := range slices.Sorted(maps.Keys(oddTexts)) {
		for _, text := range slices.Sorted(maps.Keys(oddTexts[column])) {
			want := oddTexts[column][text]
			out = append(out, kind{fmt.Sprintf("%s %q", column, text), exact, func(a *attempt) string {
				r := a.any()
				r.text[column], r.want[column], r.bad = text, want, want == "-"
				return write(a)
			}})
		}
	}
	return out
}

// randomKinds change bytes of what write writes, without knowing what they mean.
func randomKinds(write func(a *attempt) string) []kind {
	edit := func(name string, change func(rng *rand.Rand, s string, i int) string) kind {
		return kind{name, reference, func(a *attempt) string {
			s := write(a)
			for range 1 + a.rng.IntN(3) {
				if s != "" {
					s = change(a.rng, s, a.rng.IntN(len(s)))
				}
			}
			return s
		}}
	}
	const odd = "\"\";;,{}[]:\\\r\n\x00\xff\xc3 0-.\t'"
	return []kind{
		edit("a bit", func(rng *rand.Rand, s string, i int) string {
			return s[:i] + string([]byte{s[i] ^ 1<<rng.IntN(8)}) + s[i+1:]
		}),
		edit("bytes lost", func(rng *rand.Rand, s string, i int) string { return s[:i] + s[min(i+1+rng.IntN(9), len(s)):] }),
		edit("a byte more", func(rng *rand.Rand, s string, i int) string {
			j := rng.IntN(len(odd))
			return s[:i] + odd[j:j+1] + s[i:]
		}),
		edit("a piece twice", func(rng *rand.Rand, s string, i int) string { j := min(i+rng.IntN(200), len(s)); return s[:j] + s[i:] }),
		edit("a piece moved", func(rng *rand.Rand, s string, i int) string {
			j := min(i+rng.IntN(100), len(s))
			rest := s[:i] + s[j:]
			k := rng.IntN(len(rest) + 1)
			return rest[:k] + s[i:j] + rest[k:]
		}),
		edit("cut", func(_ *rand.Rand, s string, i int) string { return s[:i] }),
	}
}

// Every way to break a CSV or JSON release ends in a refusal, or with each of
// its records loaded with its own values, in quarantine, or skipped by name.
func TestMalformedReleases(t *testing.T) {
	formats := map[string]format{"csv": csvFormat(t), "json": jsonFormat(t), "ndjson": linesFormat(t)}
	total := 0
	for _, f := range formats {
		total += len(f.kinds)
	}
	each := max(1, campaign.Rounds(t, "LUMBUNG_MALFORMED", 2000)/total)
	var tried, whole, read int
	for name, f := range formats {
		for k, kind := range f.kinds {
			t.Run(name+" "+kind.name, func(t *testing.T) {
				for i := range each {
					tried++
					a := newAttempt(rand.New(rand.NewPCG(uint64(k), uint64(i))))
					content := kind.write(a)
					got, res, err := decodeWith(t, f.contract, nil, part("p", []byte(content)))
					var refusal *RefusedError
					if err != nil {
						whole++
						if !errors.As(err, &refusal) || kind.outcome == exact {
							t.Fatalf("release %d: %v\n%s", i, err, content)
						}
						continue
					}
					read++
					if err := judge(f, kind, a, content, got, res); err != nil {
						t.Fatalf("release %d: %v\n%+v\n%s", i, err, res.Counts, content)
					}
				}
			})
		}
	}
	t.Logf("%d kinds, %d releases: %d refused, %d read with every record accounted for", total, tried, whole, read)
}

// judge holds what was read against what the attempt, or the reference, says.
func judge(f format, k kind, a *attempt, content string, got *collected, res Result) error {
	quarantined := map[string]bool{}
	for _, x := range got.findings {
		if x["tingkat"] == "error" {
			quarantined[x["baris"]] = true
		}
	}
	if int64(len(got.rows)) != res.Counts.Loaded || k.outcome != reference && int64(len(quarantined)) != res.Counts.Quarantined {
		return fmt.Errorf("%d rows and findings in %d rows", len(got.rows), len(quarantined))
	}
	switch k.outcome {
	case refused:
		return errors.New("read, and has to be refused")
	case reference:
		records, ok := f.reference(content)
		if !ok || int64(len(records)) != res.Counts.In-res.Counts.Skipped {
			return fmt.Errorf("the reference reads %d records, %v", len(records), ok)
		}
		return sameRecords(got.rows, records)
	}
	want := []map[string]string{}
	bad := a.extra
	for _, r := range a.records {
		if r.bad {
			bad++
			continue
		}
		want = append(want, r.want)
	}
	if res.Counts != (Counts{In: int64(len(want)) + bad + a.skipped, Loaded: int64(len(want)), Quarantined: bad, Skipped: a.skipped}) {
		return fmt.Errorf("%d records are sound, %d broken, %d to be skipped; findings %v", len(want), bad, a.skipped, got.findings)
	}
	for i, row := range got.rows {
		for _, c := range columns {
			if row[c] != want[i][c] {
				return fmt.Errorf("%s of record %d is %q, want %q", c, i+1, row[c], want[i][c])
			}
		}
	}
	return nil
}

// sameRecords finds every loaded row among the reference's records, in order.
func sameRecords(rows, records []map[string]string) error {
	at := 0
	for _, row := range rows {
		for at < len(records) && !means(row, records[at]) {
			at++
		}
		if at == len(records) {
			return fmt.Errorf("row %v is none of the reference's records %v", row, records)
		}
		at++
	}
	return nil
}

// means says whether a row holds what the texts of a record say, read in the plainest way.
func means(row, texts map[string]string) bool {
	for _, c := range columns {
		text := strings.Join(strings.FieldsFunc(texts[c], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		switch c {
		case "nama_desa":
		case "tanggal_salur":
			var d, m, y int
			if _, err := fmt.Sscanf(text, "%d/%d/%d", &d, &m, &y); err == nil {
				text = fmt.Sprintf("%04d-%02d-%02d", y, m, d)
			}
		case "kode_desa":
			text = strings.ReplaceAll(text, ".", "")
		default:
			if text == "-" {
				text = ""
			}
			plain := strings.NewReplacer(".", "", ",", ".", " ", "", "Rp", "").Replace(text)
			n, ok := new(big.Rat).SetString(plain)
			m, loaded := new(big.Rat).SetString(row[c])
			if ok && loaded && n.Cmp(m) == 0 {
				continue
			}
		}
		if row[c] != text {
			return false
		}
	}
	return true
}
