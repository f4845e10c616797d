// Package wilayah knows area codes: their schemes, levels, spelling and history.
package wilayah

import (
	"fmt"
	"strconv"
	"strings"
)

// Scheme is a numbering of Indonesian areas. Codes of two schemes look alike
// and collide, so a code is nothing without its scheme.
type Scheme string

const (
	Kemendagri Scheme = "kemendagri"
	BPS        Scheme = "bps"
)

// digits by level, provinsi to desa.
var levelDigits = map[Scheme][4]int{
	Kemendagri: {2, 4, 6, 10},
	BPS:        {2, 4, 7, 10},
}

// Level names, by position of levelDigits.
var levelNames = [4]string{"provinsi", "kabupaten", "kecamatan", "desa"}

// Level is provinsi, kabupaten, kecamatan or desa, or "" when no level of the
// scheme has that many digits.
func (s Scheme) Level(code int64) string {
	n := Digits(code)
	for i, d := range levelDigits[s] {
		if d == n {
			return levelNames[i]
		}
	}
	return ""
}

// Digits counts the decimal digits of a code.
func Digits(code int64) int {
	n := 1
	for code >= 10 {
		code /= 10
		n++
	}
	return n
}

// ParseCode reads a code with or without dots. Dots must stand where the
// scheme has them. The text of a spreadsheet number (3.60435201E9) is for the
// caller to turn into digits first.
func ParseCode(text string, s Scheme) (int64, error) {
	digits := text
	if strings.Contains(text, ".") {
		if s != Kemendagri {
			return 0, fmt.Errorf("%q: codes of scheme %s have no dots", text, s)
		}
		digits = strings.ReplaceAll(text, ".", "")
	}
	code, err := parseDigits(digits)
	if err != nil {
		return 0, fmt.Errorf("%q is not an area code: %w", text, err)
	}
	if s.Level(code) == "" {
		return 0, fmt.Errorf("%q has %d digits; codes of scheme %s have %s", text, Digits(code), s, digitList(s))
	}
	if digits != text && Dotted(code) != text {
		return 0, fmt.Errorf("%q has its dots in the wrong places; %s is wanted", text, Dotted(code))
	}
	return code, nil
}

func parseDigits(s string) (int64, error) {
	if s == "" || len(s) > 10 {
		return 0, fmt.Errorf("2 to 10 digits are wanted")
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, fmt.Errorf("only digits and dots belong into it")
		}
	}
	if s[0] == '0' {
		return 0, fmt.Errorf("no area code begins with 0")
	}
	return strconv.ParseInt(s, 10, 64)
}

func digitList(s Scheme) string {
	d := levelDigits[s]
	return fmt.Sprintf("%d, %d, %d or %d", d[0], d[1], d[2], d[3])
}

// Dotted spells a Kemendagri code with its dots: 64.02.01.2001. Codes with
// another number of digits are spelled without.
func Dotted(code int64) string {
	s := strconv.FormatInt(code, 10)
	switch len(s) {
	case 4:
		return s[:2] + "." + s[2:]
	case 6:
		return s[:2] + "." + s[2:4] + "." + s[4:]
	case 10:
		return s[:2] + "." + s[2:4] + "." + s[4:6] + "." + s[6:]
	}
	return s
}

// Parent is the Kemendagri code one level up, 0 for a province.
func Parent(code int64) int64 {
	switch Digits(code) {
	case 10:
		return code / 10000
	case 6, 4:
		return code / 100
	}
	return 0
}

// VillageKind tells desa, kelurahan and desa adat by the seventh digit.
func VillageKind(code int64) string {
	switch code / 1000 % 10 {
	case 1:
		return "kelurahan"
	case 2:
		return "desa"
	case 3:
		return "desa adat"
	}
	return ""
}
