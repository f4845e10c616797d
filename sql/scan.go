package sql

import "strings"

// code returns the text with comments, string literals and quoted names blanked out. Line breaks stay, so positions
// keep their lines.
func code(text string) string {
	out := []byte(text)
	for i := 0; i < len(out); {
		end := i
		switch {
		case strings.HasPrefix(text[i:], "--"):
			end = until(text, i, "\n")
		case strings.HasPrefix(text[i:], "/*"):
			end = until(text, i+2, "*/") + 2
		case text[i] == '\'':
			end = until(text, i+1, "'") + 1
		case text[i] == '"':
			end = until(text, i+1, "\"") + 1
		default:
			i++
			continue
		}
		for ; i < end && i < len(out); i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// until is the position of mark at or after from, or the end of the text.
func until(text string, from int, mark string) int {
	if at := strings.Index(text[from:], mark); at >= 0 {
		return from + at
	}
	return len(text)
}

// identifiers lists the words of a text outside comments and literals, in order, with repeats.
func identifiers(text string) []string {
	return strings.FieldsFunc(code(text), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
