package value

import "fmt"

// Format is one way of writing a date, made by ParseFormat.
type Format struct {
	name   string
	fields []field
}

// field is one element of a format: d, m, y, n (month name), s (serial), or a literal.
type field struct {
	kind    byte
	literal byte
}

// ParseFormat reads the format of a contract: d or dd, m or mm, mmm or mmmm (a
// month name, Indonesian or English, long or short), yyyy, with / - . or blanks
// between them, or the word serial (a spreadsheet's day number).
func ParseFormat(text string) (Format, error) {
	if text == "serial" {
		return Format{name: text, fields: []field{{kind: 's'}}}, nil
	}
	f := Format{name: text}
	for i := 0; i < len(text); {
		end := i + 1
		for end < len(text) && text[end] == text[i] {
			end++
		}
		item, err := formatField(text[i:end])
		if err != nil {
			return Format{}, fmt.Errorf("date format %q: %w", text, err)
		}
		f.fields = append(f.fields, item)
		i = end
	}
	if !f.complete() {
		return Format{}, fmt.Errorf("date format %q: needs a day, a month and a year once each, such as dd/mm/yyyy", text)
	}
	return f, nil
}

func formatField(run string) (field, error) {
	switch run {
	case "d", "dd":
		return field{kind: 'd'}, nil
	case "m", "mm":
		return field{kind: 'm'}, nil
	case "mmm", "mmmm":
		return field{kind: 'n'}, nil
	case "yyyy":
		return field{kind: 'y'}, nil
	case "yy":
		return field{}, fmt.Errorf("a year of two digits does not say the century; only yyyy is read")
	case "/", "-", ".", " ", ",":
		return field{kind: 'l', literal: run[0]}, nil
	}
	return field{}, fmt.Errorf("%q is not known; use d, dd, m, mm, mmm, mmmm, yyyy with / - . or blanks, or serial", run)
}

func (f Format) complete() bool {
	var d, m, y int
	for _, item := range f.fields {
		switch item.kind {
		case 'd':
			d++
		case 'm', 'n':
			m++
		case 'y':
			y++
		}
	}
	return d == 1 && m == 1 && y == 1
}

// String is the text that the format was made from.
func (f Format) String() string { return f.name }
