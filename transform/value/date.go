package value

import "time"

// Date reads a date that fits one of the formats and gives the days since
// 1970-01-01. A text that fits two formats with different results is refused,
// and so are days that no calendar has. The error is an *Error.
func Date(text []byte, formats []Format) (days int32, err error) {
	t := trimBlanks(text)
	found := false
	var first *Error
	for _, f := range formats {
		got, fits, fault := f.read(t)
		switch {
		case fault != nil:
			if first == nil {
				first = fault
			}
		case fits && found && got != days:
			return 0, refuse(text, "is one day as "+formats[0].name+" and another as "+f.name, "declare one date format")
		case fits:
			days, found = got, true
		}
	}
	switch {
	case found:
		return days, nil
	case first != nil:
		return 0, first
	}
	return 0, refuse(text, "is not a date", "declared: "+names(formats))
}

func names(formats []Format) string {
	s := "no date format"
	for i, f := range formats {
		if i == 0 {
			s = f.name
		} else {
			s += ", " + f.name
		}
	}
	return s
}

// read matches the whole text. fits is false when the text has another shape;
// err is set when it has the shape but is no day.
func (f Format) read(text []byte) (days int32, fits bool, err *Error) {
	if len(f.fields) == 1 {
		if _, _, ok := doubleGrammar(text); !ok {
			return 0, false, nil
		}
		days, err := serial(text, false)
		return days, err == nil, err
	}
	var year, month, day int
	rest := text
	for i, item := range f.fields {
		ok := false
		switch item.kind {
		case 'd':
			day, rest, ok = digits(rest, 1+f.tight(i), 2)
		case 'm':
			month, rest, ok = digits(rest, 1+f.tight(i), 2)
		case 'y':
			year, rest, ok = digits(rest, 4, 4)
		case 'n':
			month, rest, ok = monthName(rest)
		case 'l':
			rest, ok = f.literal(rest, item.literal)
		}
		if !ok {
			return 0, false, nil
		}
	}
	if len(rest) > 0 {
		return 0, false, nil
	}
	days, ok := civil(year, month, day)
	if !ok {
		return 0, false, refuse(text, "is a day that the calendar does not have", "")
	}
	return days, true, nil
}

// tight is 1 when another number stands beside this one without a separator, so
// that both digits are needed.
func (f Format) tight(i int) int {
	if f.numeric(i-1) || f.numeric(i+1) {
		return 1
	}
	return 0
}

func (f Format) numeric(i int) bool {
	return i >= 0 && i < len(f.fields) && (f.fields[i].kind == 'd' || f.fields[i].kind == 'm' || f.fields[i].kind == 'y')
}

func (f Format) literal(b []byte, want byte) (rest []byte, ok bool) {
	if want != ' ' {
		if len(b) > 0 && b[0] == want {
			return b[1:], true
		}
		return b, false
	}
	for n := blank(b); n > 0; n = blank(b) {
		b, ok = b[n:], true
	}
	return b, ok
}

// digits reads between least and most digits.
func digits(b []byte, least, most int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < most && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i >= least
}

// civil refuses days before 1583: the first whole year of the calendar in use.
func civil(year, month, day int) (int32, bool) {
	if year < 1583 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return 0, false
	}
	return int32(t.Unix() / 86400), true
}
