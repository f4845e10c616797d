package value

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// diagnose finds the reason why a body does not fit the grammar of n.
func diagnose(text, body []byte, n Numbers) *Error {
	if !looksNumeric(body) {
		return refuse(text, "is not a number", `if it stands for no value, list it under nulls`)
	}
	for _, r := range string(body) {
		if r >= utf8.RuneSelf && unicode.IsDigit(r) {
			return refuse(text, "has digits other than 0-9", "write it with the digits 0-9")
		}
	}
	switch {
	case bytes.IndexByte(body, '_') >= 0:
		return refuse(text, "groups digits with underscores", "write it without them")
	case n == Undeclared && ambiguousComma(body):
		return ambiguity(text, body)
	case fits(body, ID) && n != ID:
		return refuse(text, "is written the Indonesian way", "declare numbers: id")
	case fits(body, EN) && n != EN:
		return refuse(text, "is written the English way", "declare numbers: en")
	case fits(body, Plain):
		return refuse(text, "has a decimal point where numbers: "+n.String()+" groups by threes", "declare numbers: plain")
	}
	return refuse(text, "is not a number", "digits must stand in groups of exactly three, with one decimal separator")
}

// looksNumeric holds when the text has a digit and no letters but an exponent's.
func looksNumeric(b []byte) bool {
	digit := false
	for _, r := range string(b) {
		digit = digit || unicode.IsDigit(r)
		if unicode.IsLetter(r) && r != 'e' && r != 'E' {
			return false
		}
	}
	return digit
}

func fits(body []byte, n Numbers) bool {
	var num number
	if n == Plain {
		return num.plain(body)
	}
	group, decimal := n.separators()
	return num.grouped(body, group, decimal)
}

// ambiguousComma holds for 1,234: thousands in English, decimals in Indonesian.
func ambiguousComma(body []byte) bool {
	comma := bytes.IndexByte(body, ',')
	return comma >= 1 && comma <= 3 && body[0] != '0' && len(body) == comma+4 && fits(body, ID)
}

func ambiguity(text, body []byte) *Error {
	mark := bytes.IndexAny(body, ".,")
	whole := string(body[:mark]) + string(body[mark+1:])
	if body[mark] == ',' {
		return refuse(text, "could be "+whole+" or "+string(body[:mark])+"."+string(body[mark+1:]), "declare numbers: en or numbers: id")
	}
	return refuse(text, "could be "+whole+" or "+string(body[:mark])+","+string(body[mark+1:]), "declare numbers: id or numbers: plain")
}
