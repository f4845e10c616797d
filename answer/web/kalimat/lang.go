// Package kalimat makes the sentences and numbers of the dashboard, in Indonesian and in English, from counts alone.
package kalimat

import (
	"strconv"
	"strings"
	"time"
)

// Lang is the language of a page.
type Lang string

// The two languages. Status names stay Indonesian in both.
const (
	ID Lang = "id"
	EN Lang = "en"
)

// T chooses between the two wordings of a text.
func (l Lang) T(id, en string) string {
	if l == EN {
		return en
	}
	return id
}

// Int groups thousands: 1.234 or 1,234; the minus is U+2212.
func (l Lang) Int(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(l.T(".", ","))
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Signed is Int with a plus before positive numbers.
func (l Lang) Signed(n int64) string {
	if n > 0 {
		return "+" + l.Int(n)
	}
	return l.Int(n)
}

// Decimal rounds a decimal text such as "0.67540000" half up (away from zero)
// to places and writes it with the language's comma. Other text comes back as it is.
func (l Lang) Decimal(text string, places int) string {
	whole, frac, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	for len(frac) <= places {
		frac += "0"
	}
	n, err := strconv.ParseInt(whole+frac[:places], 10, 64)
	if err != nil {
		return text
	}
	if frac[places] >= '5' {
		n++
	}
	neg := strings.HasPrefix(text, "-") && n != 0
	digits := strconv.FormatInt(n, 10)
	for len(digits) <= places {
		digits = "0" + digits
	}
	cut := len(digits) - places
	whole64, _ := strconv.ParseInt(digits[:cut], 10, 64)
	out := l.Int(whole64)
	if places > 0 {
		out += l.T(",", ".") + digits[cut:]
	}
	if neg {
		return "−" + out
	}
	return out
}

// Score writes an index value with four places.
func (l Lang) Score(text string) string { return l.Decimal(text, 4) }

// SignedScore is Score with a plus; no change is said in words.
func (l Lang) SignedScore(text string) string {
	s := l.Score(text)
	switch {
	case strings.Trim(s, "0,.") == "":
		return l.T("tetap", "same")
	case strings.HasPrefix(s, "−"):
		return s
	}
	return "+" + s
}

// Grid is an IDM value, or a gain of it, given in units of 1/6300, as a decimal text of 8 places.
func Grid(units int64) string { return GridMean(units, 1) }

// GridMean is Grid of a sum, divided by how many villages it is of.
func GridMean(units, villages int64) string {
	sign := ""
	if units < 0 {
		sign, units = "-", -units
	}
	whole := 6300 * villages
	n := (units*100_000_000*2 + whole) / (2 * whole)
	return sign + strconv.FormatInt(n/100_000_000, 10) + "." + pad(n%100_000_000, 8)
}

func pad(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

// minBase is the smallest number of which percentages and fractions are said.
const minBase = 20

// Percent is "45,1% dari 193", or "" below a base of 20.
func (l Lang) Percent(part, base int64) string {
	if base < minBase {
		return ""
	}
	return l.Tenths(part, base) + l.T("% dari ", "% of ") + l.Int(base)
}

// Tenths is the share in per cent with one place, without sign or base.
func (l Lang) Tenths(part, base int64) string {
	n := (part*2000 + base) / (2 * base)
	return l.Decimal(strconv.FormatInt(n/10, 10)+"."+strconv.FormatInt(n%10, 10), 1)
}

// Rupiah shortens an amount: "186900000000.00" is Rp186,9 miliar.
func (l Lang) Rupiah(text string) string {
	whole, _, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return "–"
	}
	for _, u := range []struct {
		size   int64
		id, en string
	}{{1e12, "triliun", "trillion"}, {1e9, "miliar", "billion"}, {1e6, "juta", "million"}} {
		if n >= u.size {
			tenths := (n*2/(u.size/10) + 1) / 2
			return "Rp" + l.Decimal(strconv.FormatInt(tenths/10, 10)+"."+strconv.FormatInt(tenths%10, 10), 1) + " " + l.T(u.id, u.en)
		}
	}
	return "Rp" + l.Int(n)
}

// Date is "24 November 2026" in both languages, month names apart.
func (l Lang) Date(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + l.month(t.Month()) + " " + strconv.Itoa(t.Year())
}

// ShortDate is Date with the month cut to three letters.
func (l Lang) ShortDate(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + l.month(t.Month())[:3] + " " + strconv.Itoa(t.Year())
}

// Clock is "02.10 WITA" or "02:10 WITA".
func (l Lang) Clock(t time.Time) string {
	zone, offset := t.Zone()
	if named, ok := map[int]string{7 * 3600: "WIB", 8 * 3600: "WITA", 9 * 3600: "WIT"}[offset]; ok {
		zone = named
	}
	return t.Format(l.T("15.04", "15:04")) + " " + zone
}

func (l Lang) month(m time.Month) string {
	if l == EN {
		return m.String()
	}
	return [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}[m-1]
}

// Status is the name of a status as pages write it: "SANGAT TERTINGGAL" is Sangat Tertinggal.
func Status(upper string) string {
	words := strings.Fields(strings.ToLower(upper))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// Gloss is our English wording of a status, "" in Indonesian.
func (l Lang) Gloss(status string) string {
	if l != EN {
		return ""
	}
	return map[string]string{"SANGAT TERTINGGAL": "very underdeveloped", "TERTINGGAL": "underdeveloped", "BERKEMBANG": "developing",
		"MAJU": "advanced", "MANDIRI": "self-reliant"}[status]
}

// Villages is "23 desa", "1 village", "23 villages".
func (l Lang) Villages(n int64) string {
	if l == EN && n == 1 {
		return "1 village"
	}
	return l.Int(n) + " " + l.T("desa", "villages")
}

// Join lists names: "a, b dan c".
func (l Lang) Join(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + l.T(" dan ", " and ") + names[len(names)-1]
}

// Upper begins a sentence.
func Upper(s string) string {
	for i := range s {
		if i > 0 {
			return strings.ToUpper(s[:i]) + s[i:]
		}
	}
	return strings.ToUpper(s)
}
