package value

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Name gives the text of a name as it is stored: in normal form C, every run of
// white space (line breaks, tabs, no-break spaces) and control characters one
// blank, characters without width removed, no blanks at the ends.
func Name(text string) string {
	if tidy(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	gap := false
	for _, r := range text {
		switch {
		case widthless(r):
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = true
		default:
			if gap && out.Len() > 0 {
				out.WriteByte(' ')
			}
			gap = false
			out.WriteRune(r)
		}
	}
	// Last, because a letter and its accent may have met only now.
	return norm.NFC.String(out.String())
}

// Fold gives a key for comparing names: Name in capitals, letters and digits
// only. MUARA KAMAN, "Muara-Kaman" and MUARAKAMAN are alike.
func Fold(text string) string {
	if folded(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range Name(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			out.WriteRune(unicode.ToUpper(r))
		}
	}
	return norm.NFC.String(out.String())
}

// Heading gives a key for comparing column headings: Name in capitals with
// underscores as blanks. KODE_DESA, "Kode Desa" and "kode\ndesa" are alike.
func Heading(text string) string {
	return strings.ToUpper(Name(strings.ReplaceAll(text, "_", " ")))
}

// tidy holds for the usual name, which needs no work: ASCII with single blanks.
func tidy(text string) bool {
	before := byte(' ')
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < ' ' || c >= 0x7F || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || text == ""
}

func folded(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf || !(c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}

// widthless are characters that nobody sees: zero-width blanks and joiners,
// the byte order mark, the soft hyphen, direction marks.
func widthless(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0x00AD || r >= 0x202A && r <= 0x202E
}
