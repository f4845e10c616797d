package value

import "strings"

// monthName reads a month's name at the start of b: Indonesian or English, long
// or a usual abbreviation, with or without a dot after it.
func monthName(b []byte) (month int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && (b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z') {
		i++
	}
	month = monthNumber(strings.ToLower(string(b[:i])))
	rest = b[i:]
	if month > 0 && len(rest) > 0 && rest[0] == '.' {
		rest = rest[1:]
	}
	return month, rest, month > 0
}

func monthNumber(name string) int {
	switch name {
	case "januari", "january", "jan":
		return 1
	case "februari", "february", "pebruari", "feb", "peb":
		return 2
	case "maret", "march", "mar", "mrt":
		return 3
	case "april", "apr":
		return 4
	case "mei", "may":
		return 5
	case "juni", "june", "jun":
		return 6
	case "juli", "july", "jul":
		return 7
	case "agustus", "august", "agu", "agt", "ags", "agst", "agus", "aug":
		return 8
	case "september", "sept", "sep":
		return 9
	case "oktober", "october", "okt", "oct":
		return 10
	case "november", "nopember", "nov", "nop":
		return 11
	case "desember", "december", "des", "dec":
		return 12
	}
	return 0
}
