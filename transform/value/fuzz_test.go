package value

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var plainGrammar = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

// canonical rewrites a text without Rp, brackets and per cent into what math/big reads.
func canonical(text string, n Numbers) (string, bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return blank([]byte(string(r))) > 0 })
	switch n {
	case ID, EN:
		group, decimal := n.separators()
		shape := regexp.MustCompile(`^[+-]?([0-9]+|[1-9][0-9]{0,2}(\` + string(group) + `[0-9]{3})+)(\` + string(decimal) + `[0-9]+)?$`)
		if !shape.MatchString(text) {
			return "", false
		}
		text = strings.ReplaceAll(text, string(group), "")
		return strings.ReplaceAll(text, string(decimal), "."), true
	}
	return text, plainGrammar.MatchString(text)
}

// oracle is the same conversion with math/big: slow and obvious.
func oracle(text string, round bool, precision, scale int) (int64, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	coef := new(big.Int)
	if r.IsInt() {
		coef.Set(r.Num())
	} else if !round {
		return 0, false
	} else {
		sign := int64(r.Sign())
		r.Abs(r).Add(r, big.NewRat(1, 2))
		coef.Quo(r.Num(), r.Denom()).Mul(coef, big.NewInt(sign))
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
	if new(big.Int).Abs(coef).Cmp(limit) >= 0 {
		return 0, false
	}
	return coef.Int64(), true
}

func FuzzDecimal(f *testing.F) {
	for _, text := range []string{
		"0.6176", "1.234,5", "1,234.5", "1 234", "1\u00a0234", "-", "n/a", "NaN", "Inf", "0x1p-2", "1_000", "1e400", "１２３", "(5)", "5%",
		"3.60435201E9", "-0.5", "0.49999", "Rp 1.500,-", "999999999999999999", "1e-999", "00000.10", "12345678901234567890.5", "9.995",
	} {
		f.Add(text, uint8(1), true, uint8(10), uint8(4))
		f.Add(text, uint8(2), false, uint8(18), uint8(0))
		f.Add(text, uint8(3), true, uint8(18), uint8(18))
	}
	f.Fuzz(func(t *testing.T, text string, n uint8, round bool, precision, scale uint8) {
		numbers := Numbers(n % 4)
		p := 1 + int(precision)%18
		s := int(scale) % (p + 1)
		got, err := Decimal([]byte(text), numbers, Opt{Round: round, Percent: round}, p, s)
		plain, ok := canonical(text, numbers)
		if !ok || len(plain) > maxNumber {
			if err == nil && !strings.ContainsAny(text, "RrPp()% ,-+") && utf8.ValidString(text) && blankless(text) {
				t.Fatalf("Decimal(%q, %v) = %d, but the grammar does not have it", text, numbers, got)
			}
			return
		}
		want, fits := oracle(plain, round, p, s)
		if (err == nil) != fits && numbers != Undeclared || err == nil && (!fits || got != want) {
			t.Fatalf("Decimal(%q, %v, round %v, %d, %d) = %d, %v; math/big says %d, %v", text, numbers, round, p, s, got, err, want, fits)
		}
	})
}

func blankless(text string) bool {
	for i := range text {
		if blank([]byte(text[i:])) > 0 {
			return false
		}
	}
	return true
}

func FuzzDate(f *testing.F) {
	f.Add("17/08/1945")
	f.Add("1 Januari 2024")
	f.Add("60")
	f.Add("2024-02-30")
	var all []Format
	for _, text := range []string{"dd/mm/yyyy", "yyyy-mm-dd", "d mmmm yyyy", "serial", "yyyymmdd"} {
		format, err := ParseFormat(text)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, format)
	}
	f.Fuzz(func(t *testing.T, text string) {
		days, err := Date([]byte(text), all)
		if err == nil && (days < -141428 || days > 2932896) {
			t.Fatalf("Date(%q) = %d days, outside 1583..9999", text, days)
		}
	})
}

func FuzzName(f *testing.F) {
	f.Add("KOTA BANGUN\nSEBERANG")
	f.Add("Cafe\u0301 \u200b")
	f.Add("\u200d\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		name := Name(text)
		if again := Name(name); again != name && utf8.ValidString(text) {
			t.Fatalf("Name(%q) = %q, and of that %q", text, name, again)
		}
		if strings.ContainsAny(name, "\n\r\t\u00a0\u200b") || strings.Contains(name, "  ") {
			t.Fatalf("Name(%q) = %q", text, name)
		}
		if Fold(name) != Fold(text) && utf8.ValidString(text) {
			t.Fatalf("Fold(%q) = %q, of its name %q", text, Fold(text), Fold(name))
		}
		Heading(text)
	})
}
