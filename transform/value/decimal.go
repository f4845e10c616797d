package value

import (
	"math"
	"strconv"
)

// Opt widens what Decimal takes.
type Opt struct {
	// Round rounds surplus decimals half up, away from zero, on the exact decimal text.
	Round bool
	// Percent allows a trailing %. The value stays in per cent.
	Percent bool
	// Fraction says that the text is a fraction of one, and the value wanted in per cent.
	Fraction bool
}

// maxPrecision is the most digits that every int64 coefficient holds.
const maxPrecision = 18

// Decimal reads a number exactly and gives its coefficient: the value times
// 10^scale. precision is the most digits that the coefficient may have (1..18),
// scale how many of them are decimals (0..precision). The error is an *Error.
func Decimal(text []byte, n Numbers, opt Opt, precision, scale int) (coef int64, err error) {
	if precision < 1 || precision > maxPrecision || scale < 0 || scale > precision {
		return 0, refuse(text, "cannot be held as decimal("+strconv.Itoa(precision)+","+strconv.Itoa(scale)+")",
			"use a precision of 1 to 18 and a scale within it")
	}
	var num number
	if err := num.scan(text, n, opt); err != nil {
		return 0, err
	}
	if opt.Fraction {
		num.point += 2
	}
	u, fault := num.scaled(scale, precision, opt.Round)
	switch fault {
	case tooFine:
		return 0, refuse(text, "has more than "+strconv.Itoa(scale)+" decimals", "declare round: true to round it")
	case tooLarge:
		return 0, refuse(text, "has more than "+strconv.Itoa(precision-scale)+" digits before the decimal point", "")
	}
	return num.signed(u), nil
}

// Integer reads a whole number of up to 18 digits; 12.0 and 3.60435201E9 are
// whole numbers, 12.5 is not. The error is an *Error.
func Integer(text []byte, n Numbers) (int64, error) { return Whole(text, n, Opt{}) }

// Whole is Integer with options; it never rounds.
func Whole(text []byte, n Numbers, opt Opt) (int64, error) {
	var num number
	if err := num.scan(text, n, opt); err != nil {
		return 0, err
	}
	if opt.Fraction {
		num.point += 2
	}
	u, fault := num.scaled(0, maxPrecision, false)
	switch fault {
	case tooFine:
		return 0, refuse(text, "is not a whole number", "")
	case tooLarge:
		return 0, refuse(text, "has more than 18 digits", "")
	}
	return num.signed(u), nil
}

// Year reads a year of four digits between 1900 and 2100.
func Year(text []byte) (int16, error) {
	y, err := Integer(text, Plain)
	if err != nil {
		return 0, refuse(text, "is not a year", "")
	}
	if y < 1900 || y > 2100 {
		return 0, refuse(text, "is not a year between 1900 and 2100", "")
	}
	return int16(y), nil
}

type fault uint8

const (
	sound fault = iota
	tooFine
	tooLarge
)

// scaled gives the number times 10^scale as long as it has at most width digits.
func (num *number) scaled(scale, width int, round bool) (uint64, fault) {
	digits := num.digits[:num.n]
	kept := num.point + scale
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
		kept--
	}
	if len(digits) == 0 {
		return 0, sound
	}
	if kept > width {
		return 0, tooLarge
	}
	var u uint64
	for i := range max(kept, 0) {
		u *= 10
		if i < len(digits) {
			u += uint64(digits[i] - '0')
		}
	}
	if kept < len(digits) && nonZero(digits[max(kept, 0):]) {
		if !round {
			return 0, tooFine
		}
		// Below the first dropped place (kept < 0) less than half is lost.
		if kept >= 0 && digits[kept] >= '5' {
			u++
		}
	}
	if u >= pow10(width) {
		return 0, tooLarge
	}
	return u, sound
}

func (num *number) signed(u uint64) int64 {
	v := int64(min(u, math.MaxInt64))
	if num.negative {
		return -v
	}
	return v
}

func nonZero(digits []byte) bool {
	for _, d := range digits {
		if d != '0' {
			return true
		}
	}
	return false
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
