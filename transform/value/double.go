package value

import (
	"math"
	"strconv"
)

// Double takes the text of a spreadsheet's number cell, which is a float64
// written with up to 17 digits, and gives the shortest decimal that is the
// same float64: 0.70720000000000005 becomes 0.7072. The result reads as Plain.
// It is the argument itself when that is short enough to be exact already.
// The error is an *Error.
func Double(text []byte) ([]byte, error) {
	significant, exponent, ok := doubleGrammar(text)
	if !ok {
		return nil, refuse(text, "is not the number of a spreadsheet cell", "")
	}
	// Up to 15 digits every decimal survives float64, unless it is near the ends of the range.
	if significant <= 15 && exponent > -280 && exponent < 280 {
		return text, nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(f, 0) || f == 0 && significant > 0 {
		return nil, refuse(text, "is outside the range of a spreadsheet number", "")
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(make([]byte, 0, 24), f, 'E', -1, 64), nil
	}
	return strconv.AppendFloat(make([]byte, 0, 24), f, 'f', -1, 64), nil
}

// doubleGrammar checks -digits[.digits][E[+-]digits] and counts significant digits.
func doubleGrammar(text []byte) (significant, exp int, ok bool) {
	b := text
	if len(b) > maxNumber {
		return 0, 0, false
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	var num number
	i := num.take(b, 0)
	if i == 0 {
		return 0, 0, false
	}
	if i < len(b) && b[i] == '.' {
		end := num.take(b, i+1)
		if end == i+1 {
			return 0, 0, false
		}
		i = end
	}
	if i < len(b) {
		if b[i]|0x20 != 'e' {
			return 0, 0, false
		}
		if exp, ok = exponent(b[i+1:]); !ok {
			return 0, 0, false
		}
	}
	digits := num.digits[:num.n]
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
	}
	for len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return len(digits), exp, true
}
