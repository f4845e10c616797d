package value

// maxNumber is the longest text that is read as a number. Spreadsheets write at
// most 24 characters, PHP at most 25; the rest is room for Rp, blanks and groups.
const maxNumber = 64

// number is a decimal number digit for digit: 0.d1d2d3... x 10^point.
type number struct {
	negative bool
	digits   [maxNumber]byte
	n        int // digits used
	point    int // place of the decimal point, counted from the first digit
	whole    int // digits written before the decimal separator
	exponent bool
}

// scan reads the whole grammar: sign, Rp, accounting brackets, per cent, groups.
func (num *number) scan(text []byte, n Numbers, opt Opt) *Error {
	body, err := num.strip(text, opt)
	if err != nil {
		return err
	}
	if len(body) == 0 || len(body) > maxNumber {
		return refuse(text, "is not a number", "")
	}
	if n == ID && len(body) > 2 && body[len(body)-2] == ',' && body[len(body)-1] == '-' {
		body = body[:len(body)-2] // Rp 1.500,- is the usual way to write no cents
	}
	ok := false
	switch n {
	case ID, EN:
		group, decimal := n.separators()
		ok = num.grouped(body, group, decimal)
	default:
		ok = num.plain(body)
	}
	if !ok {
		return diagnose(text, body, n)
	}
	if n == Undeclared && num.ambiguous() {
		return ambiguity(text, body)
	}
	return nil
}

// strip removes what may stand around the digits and notes the sign.
func (num *number) strip(text []byte, opt Opt) ([]byte, *Error) {
	t := trimBlanks(text)
	if len(t) > 0 && t[len(t)-1] == '%' {
		if !opt.Percent {
			return nil, refuse(text, "ends with %", "declare unit: persen")
		}
		t = trimBlanks(t[:len(t)-1])
	}
	signs := 0
	for range 3 { // sign, Rp and brackets come in any order
		switch {
		case len(t) == 0:
			return t, nil
		case t[0] == '-' || t[0] == '+':
			num.negative = t[0] == '-'
			signs++
			t = t[1:]
		case len(t) > 2 && t[0] == '(' && t[len(t)-1] == ')':
			num.negative = true
			signs++
			t = trimBlanks(t[1 : len(t)-1])
		case len(t) > 2 && t[0]|0x20 == 'r' && t[1]|0x20 == 'p':
			t = t[2:]
			if t[0] == '.' {
				t = t[1:]
			}
			t = trimBlanks(t)
		}
	}
	if signs > 1 {
		return nil, refuse(text, "has more than one sign", "")
	}
	return t, nil
}

// plain reads digits[.digits][E[+-]digits].
func (num *number) plain(b []byte) bool {
	i := num.take(b, 0)
	num.whole, num.point = i, i
	if i == 0 {
		return false
	}
	if i < len(b) && b[i] == '.' {
		end := num.take(b, i+1)
		if end == i+1 {
			return false
		}
		i = end
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		shift, ok := exponent(b[i+1:])
		num.point += shift
		num.exponent = true
		return ok
	}
	return i == len(b)
}

// exponent reads [+-]d, [+-]dd or [+-]ddd: no float64 needs more.
func exponent(b []byte) (shift int, ok bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 3 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		shift = shift*10 + int(c-'0')
	}
	if negative {
		shift = -shift
	}
	return shift, true
}

// grouped reads digits with or without groups of exactly three, then decimals.
func (num *number) grouped(b []byte, group, decimal byte) bool {
	i := num.take(b, 0)
	if i == 0 {
		return false
	}
	first := i
	separator := ""
	for i < len(b) && b[i] != decimal {
		mark := groupMark(b[i:], group)
		if mark == "" || separator != "" && mark != separator {
			return false
		}
		separator = mark
		i += len(mark)
		end := num.take(b, i)
		if end-i != 3 {
			return false
		}
		i = end
	}
	// A group before which only a zero or more than three digits stand is no group.
	if separator != "" && (first > 3 || b[0] == '0') {
		return false
	}
	num.whole, num.point = num.n, num.n
	if i < len(b) {
		end := num.take(b, i+1)
		return end > i+1 && end == len(b)
	}
	return true
}

// groupMark returns the group separator at the start of b: the locale's own or a blank.
func groupMark(b []byte, group byte) string {
	if b[0] == group {
		return string(group)
	}
	if n := blank(b); n > 0 {
		return string(b[:n])
	}
	return ""
}

// take appends the digits from b[i] on and returns the place after them.
func (num *number) take(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		num.digits[num.n] = b[i]
		num.n++
		i++
	}
	return i
}

// ambiguous holds for 1.234, 12.345 and 123.456: exactly one full group after
// a dot, so that a reader of Indonesian numbers sees thousands.
func (num *number) ambiguous() bool {
	return !num.exponent && num.whole <= 3 && num.digits[0] != '0' && num.n-num.whole == 3
}
