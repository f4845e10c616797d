package infer

import (
	"regexp"

	"lumbung/transform/contract"
	"lumbung/transform/value"
)

var (
	indonesian = regexp.MustCompile(`^(Rp ?)?-?(\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d+)( ?%)?$`)
	english    = regexp.MustCompile(`^(Rp ?)?-?(\d{1,3}(,\d{3})+(\.\d+)?|\d+\.(\d{1,2}|\d{4,}))( ?%)?$`)
	ambiguous  = regexp.MustCompile(`^\d{1,3}[.,]\d{3}$`)
)

// locale finds how text numbers are written, by the cells of number columns.
// Cells that the source itself calls numbers say nothing.
func (f *fit) locale() (name, comment string) {
	id, en, unsure := 0, 0, 0
	for _, c := range f.table.Columns {
		at, ok := f.columns[c.Name]
		if !ok || c.Type.Kind != contract.Decimal && c.Type.Kind != contract.Integer {
			continue
		}
		for _, r := range f.below {
			if at >= len(r.Cells) || r.Numbers[at] || r.Cells[at] == "" {
				continue
			}
			switch text := r.Cells[at]; {
			case ambiguous.MatchString(text):
				unsure++
			case indonesian.MatchString(text):
				id++
			case english.MatchString(text):
				en++
			}
		}
	}
	switch {
	case id > 0 && en > 0:
		return "id", " # both 1.234,5 and 1,234.5 occur: look at the cells, declare numbers per column"
	case id > 0:
		return "id", ""
	case en > 0:
		return "en", ""
	case unsure > 0:
		return "id", " # only numbers such as 1.234 occur, which could be 1234 or 1,234: make sure"
	}
	return "plain", ""
}

// tooFine says whether numbers of a column only fit when they are rounded.
func (f *fit) tooFine(c *contract.TableColumn, at int, numbers string) bool {
	declared, err := value.ParseNumbers(numbers)
	if err != nil || c.Type.Kind != contract.Decimal {
		return false
	}
	for _, r := range f.below {
		if at >= len(r.Cells) {
			continue
		}
		locale := declared
		if r.Numbers[at] {
			locale = value.Plain
		}
		fits := func(round bool) bool {
			_, err := value.Decimal([]byte(r.Cells[at]), locale, value.Opt{Round: round}, c.Type.Precision, c.Type.Scale)
			return err == nil
		}
		if fits(true) && !fits(false) {
			return true
		}
	}
	return false
}

// dateForms are tried in this order.
var dateForms = []string{"dd/mm/yyyy", "yyyy-mm-dd", "d mmmm yyyy"}

// dates lists the forms in which date columns are written; one that fits no cell is left out.
func (f *fit) dates() []string {
	hasDate := false
	var out []string
	for _, form := range dateForms {
		parsed, err := value.ParseFormat(form)
		if err != nil {
			continue
		}
		fits := false
		for _, c := range f.table.Columns {
			at, ok := f.columns[c.Name]
			if !ok || c.Type.Kind != contract.Date {
				continue
			}
			hasDate = true
			for _, r := range f.below {
				if at < len(r.Cells) && r.Cells[at] != "" {
					_, err := value.Date([]byte(r.Cells[at]), []value.Format{parsed})
					fits = fits || err == nil
				}
			}
		}
		if fits {
			out = append(out, form)
		}
	}
	if hasDate && len(out) == 0 {
		return dateForms[:1]
	}
	return out
}
