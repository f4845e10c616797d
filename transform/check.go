package transform

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/indeks"
	"lumbung/transform/row"
	"lumbung/transform/wilayah"
)

// checks applies the rules on one column.
func (d *decoder) checks(r *row.Row, at, i int, v val) {
	col := &d.c.Columns[i]
	for j := range col.Checks {
		ch := &col.Checks[j]
		if reason := d.breaks(col, ch, v); reason != "" {
			d.broken = d.broken || ch.Severity == contract.SeverityError
			d.note(r, at, i, ch.Rule, ch.Severity, reason, "correct the cell, or the rule in the contract")
		}
	}
}

// breaks says how a value breaks a check, or "".
func (d *decoder) breaks(col *contract.Column, ch *contract.Check, v val) string {
	if !v.set {
		if ch.Rule == "required" {
			return "the cell is empty and " + col.Column + " is wanted"
		}
		return ""
	}
	switch ch.Rule {
	case "range":
		if ch.Min != nil && v.i < ch.MinCoef {
			return fmt.Sprintf("%s is below %s", d.spell(col.Index, v), string(*ch.Min))
		}
		if ch.Max != nil && v.i > ch.MaxCoef {
			return fmt.Sprintf("%s is above %s", d.spell(col.Index, v), string(*ch.Max))
		}
	case "one_of":
		if text := d.spell(col.Index, v); !slices.Contains(ch.Values, text) {
			return fmt.Sprintf("%q is not one of %s", text, strings.Join(ch.Values, ", "))
		}
	case "pattern":
		if text := d.spell(col.Index, v); !ch.RE.MatchString(text) {
			return fmt.Sprintf("%q does not fit the pattern %s", text, ch.Pattern)
		}
	}
	return ""
}

// unchecked says why a rule cannot be asked in this job, or "".
func (d *decoder) unchecked(r *contract.Rule) string {
	if (r.Check == contract.AreaKnown || r.Check == contract.AreaName) && d.job.Register.Empty() {
		return "there is no code list; add a source that fills the table wilayah"
	}
	return ""
}

// rules applies the rules on the whole record.
func (d *decoder) rules(r *row.Row) {
	for i := range d.c.Rules {
		rule := &d.c.Rules[i]
		if d.unchecked(rule) != "" {
			continue
		}
		reason, remedy := d.breaksRule(rule)
		if reason == "" {
			continue
		}
		column, at := d.ruleColumn(rule, r)
		d.broken = d.broken || rule.Severity == contract.SeverityError
		d.note(r, at, column, rule.Name, rule.Severity, reason, remedy)
	}
}

// ruleColumn is the contract column, and its reader column, to which a finding of the rule points.
func (d *decoder) ruleColumn(rule *contract.Rule, r *row.Row) (column, at int) {
	if len(rule.Cols) == 0 {
		return -1, -1
	}
	want := rule.Cols[len(rule.Cols)-1]
	if rule.Check == contract.CodeParts || rule.Check == contract.AreaKnown {
		want = rule.Cols[0]
	}
	return d.placeOf(want, r)
}

func (d *decoder) breaksRule(rule *contract.Rule) (reason, remedy string) {
	for _, c := range rule.Cols {
		if !d.vals[c].set {
			return "", "" // an empty value is the business of required
		}
	}
	switch rule.Check {
	case contract.AreaKnown:
		code, year := d.vals[rule.Cols[0]].i, d.recordYear()
		if !d.job.Register.Known(code, year) {
			return d.job.Register.WhyUnknown(code, year)
		}
	case contract.AreaName:
		code, name := d.vals[rule.Cols[0]].i, d.vals[rule.Cols[1]].s
		if !d.job.Register.SameName(code, name) {
			return fmt.Sprintf("%s is called %q here and %q in the code list", wilayah.Dotted(code), name, d.job.Register.Name(code)),
				"check that the code belongs to this village; a mere spelling may stay"
		}
	case contract.CodeParts:
		return d.codeParts(rule)
	case contract.IDMFormula:
		return d.formula(rule)
	case contract.IDMStatus:
		return d.status(rule)
	case contract.ExprCheck:
		if !rule.Compiled.Holds(d.get) {
			return fmt.Sprintf("%s does not hold", rule.Compiled.Text), "correct the cells in the source"
		}
	}
	return "", ""
}

// recordYear is the year a record is about: its tahun, else the release's period.
func (d *decoder) recordYear() int {
	if i, ok := d.c.Table.Column("tahun"); ok && d.vals[i].set {
		return int(d.vals[i].i)
	}
	return d.job.Period
}

func (d *decoder) codeParts(rule *contract.Rule) (string, string) {
	for k := 0; k+1 < len(rule.Cols); k++ {
		long, short := d.vals[rule.Cols[k]].i, d.vals[rule.Cols[k+1]].i
		if wilayah.Digits(short) >= wilayah.Digits(long) || ancestor(long, wilayah.Digits(short)) != short {
			return fmt.Sprintf("code %s does not lie in %s", wilayah.Dotted(long), wilayah.Dotted(short)),
				"one of the two codes is wrong; look at the rows around"
		}
	}
	return "", ""
}

func ancestor(code int64, digits int) int64 {
	for wilayah.Digits(code) > digits {
		code /= 10
	}
	return code
}

// coef gives a column as hundred-millionths, the scale of package indeks.
func (d *decoder) coef(col int) int64 {
	v, scale := d.vals[col].i, d.c.Table.Columns[col].Type.Scale
	for ; scale < 8; scale++ {
		v *= 10
	}
	for ; scale > 8; scale-- {
		v /= 10
	}
	return v
}

func (d *decoder) formula(rule *contract.Rule) (string, string) {
	c := rule.Cols
	if indeks.FormulaHolds(d.coef(c[0]), d.coef(c[1]), d.coef(c[2]), d.coef(c[3])) {
		return "", ""
	}
	return fmt.Sprintf("skor %s is not (%s + %s + %s) / 3", d.spell(c[3], d.vals[c[3]]),
			d.spell(c[0], d.vals[c[0]]), d.spell(c[1], d.vals[c[1]]), d.spell(c[2], d.vals[c[2]])),
		"one of the four numbers is wrong, or columns are shifted"
}

func (d *decoder) status(rule *contract.Rule) (string, string) {
	c := rule.Cols
	status, onGrid := indeks.Compute(d.coef(c[0]), d.coef(c[1]), d.coef(c[2]), d.coef(c[3]))
	published := d.vals[c[4]].s
	if status.String() != published {
		return fmt.Sprintf("status %s against score %s, which is %s", published, d.spell(c[3], d.vals[c[3]]), status),
			"the published status is kept; ask the publisher which of the two is right"
	}
	if !onGrid {
		return "the three parts are no sums of 35, 12 and 3 indicator scores; the published score decides the status",
			"ask the publisher how the village was scored"
	}
	return "", ""
}

// number gives a column to an expression.
func (d *decoder) number(col int) (float64, bool) {
	v := d.vals[col]
	return float64(v.i) / math.Pow10(d.c.Table.Columns[col].Type.Scale), v.set
}
