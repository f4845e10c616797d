package xlsx

import "strconv"

// look is what a cell style makes of a number.
type look struct{ date, percent bool }

// readStyles returns how each cell style (an entry of cellXfs) shows a number. A
// workbook without styles has the one default style.
func readStyles(a *archive, part string, lim Limits) ([]look, error) {
	if part == "" {
		return []look{{}}, nil
	}
	x, err := a.part(part, lim)
	if err != nil {
		return nil, err
	}
	s := styleReader{x: x, formats: map[string]look{}}
	for {
		tok, err := x.next()
		switch {
		case err != nil:
			return nil, err
		case tok.kind == tokEOF:
			return s.looks()
		case tok.kind == tokStart:
			if err := s.tag(tok); err != nil {
				return nil, err
			}
		case tok.kind == tokEnd && len(x.open) == 1:
			s.inXfs, s.inFmts = false, false
		}
	}
}

type styleReader struct {
	x       *lexer
	inXfs   bool
	inFmts  bool
	formats map[string]look // by custom numFmtId
	xfs     []string        // numFmtId of each cell style
}

func (s *styleReader) tag(tok token) error {
	local := string(tok.local)
	switch depth := len(s.x.open); {
	case depth == 1 && (tok.ns != nsMain || local != "styleSheet"):
		return s.x.fail(tok.at, "the root element is %q, not a style sheet of SpreadsheetML", clip(tok.local))
	case tok.ns != nsMain:
	case depth == 2:
		s.inXfs, s.inFmts = local == "cellXfs", local == "numFmts"
	case depth == 3 && s.inFmts && local == "numFmt":
		s.formats[s.x.text("numFmtId")] = formatLook(s.x.text("formatCode"))
	case depth == 3 && s.inXfs && local == "xf":
		s.xfs = append(s.xfs, s.x.text("numFmtId"))
	}
	return nil
}

// looks needs the whole part, since the formats may follow the styles.
func (s *styleReader) looks() ([]look, error) {
	if len(s.xfs) == 0 {
		return []look{{}}, nil
	}
	looks := make([]look, len(s.xfs))
	for i, id := range s.xfs {
		if custom, ok := s.formats[id]; ok {
			looks[i] = custom
			continue
		}
		if id == "" {
			continue // General
		}
		n, err := strconv.ParseUint(id, 10, 31)
		if err != nil {
			return nil, damaged(s.x.part, "", "cell style %d has the number format %q", i, id)
		}
		looks[i] = look{date: isDateID(n), percent: n == 9 || n == 10}
	}
	return looks, nil
}

// isDateID knows the built-in formats that show a date (ECMA-376 part 1, 18.8.30,
// with those of the East Asian and Thai languages); formats that show only a time
// of day, such as 18 to 21, do not count.
func isDateID(id uint64) bool {
	switch {
	case id >= 14 && id <= 17, id == 22:
		return true
	case id >= 27 && id <= 36:
		return id != 32 && id != 33
	case id >= 50 && id <= 58, id >= 71 && id <= 74, id == 77:
		return true
	}
	return false
}

// formatLook says whether a format code shows a date, which is a year, a day, or a
// month without a time, or a number per cent. Quoted and escaped text, colours, locales and elapsed times in
// brackets are no placeholders.
func formatLook(code string) look {
	var year, day, month, clock, percent bool
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i = skipTo(code, i+1, '"')
		case code[i] == '[':
			from := i + 1
			i = skipTo(code, from, ']')
			clock = clock || isElapsed(code[from:min(i, len(code))])
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case c == 'g' && hasPrefixFold(code[i:], "general"):
			i += len("general") - 1
		case c == 'e' && i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-'):
			i++ // an exponent
		case c == 'y', c == 'e':
			year = true
		case c == 'd':
			day = true
		case c == 'm':
			month = true
		case c == 'h', c == 's':
			clock = true
		case code[i] == '%':
			percent = true
		}
	}
	return look{date: year || day || month && !clock, percent: percent}
}

func skipTo(s string, i int, c byte) int {
	for i < len(s) && s[i] != c {
		i++
	}
	return i
}

// isElapsed knows [h], [mm], [ss] and the like.
func isElapsed(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c != 'h' && c != 'm' && c != 's' {
			return false
		}
	}
	return s != ""
}

func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		if s[i]|0x20 != prefix[i] {
			return false
		}
	}
	return true
}
