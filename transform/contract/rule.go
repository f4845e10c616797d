package contract

import (
	"fmt"
	"slices"
)

// The row checks that rules may name.
const (
	AreaKnown  = "area_known"
	AreaName   = "area_name"
	CodeParts  = "code_parts"
	IDMFormula = "idm_formula"
	IDMStatus  = "idm_status"
	ExprCheck  = "expr"
)

var indexColumns = []string{"iks", "ike", "ikl", "skor", "status"}

func (v *validator) rules() {
	names := map[string]bool{}
	for i := range v.c.Rules {
		r := &v.c.Rules[i]
		at := fmt.Sprintf("$.rules[%d]", i)
		if r.Name == "" || names[r.Name] {
			v.fail(at, "rules: every rule wants a name of its own")
		}
		names[r.Name] = true
		r.Severity = v.severity(at, r.Severity)
		switch r.Check {
		case AreaKnown:
			v.ruleColumns(at, r, r.Column)
		case AreaName:
			v.ruleColumns(at, r, r.Column, r.NameCol)
		case CodeParts:
			if len(r.Columns) < 2 {
				v.fail(at, "code_parts wants columns: [kode_desa, kode_kec, ...]")
			}
			v.ruleColumns(at, r, r.Columns...)
		case IDMFormula, IDMStatus:
			v.ruleColumns(at, r, indexColumns...)
		case ExprCheck:
			e, err := ParseExpr(r.Expr, v.c.Table)
			if err != nil {
				v.fail(at+".expr", "%v", err)
			}
			r.Compiled = e
			for _, name := range e.columns() {
				if !v.c.fills(name) {
					v.fail(at+".expr", "rule %s: the contract does not fill column %s", r.Name, name)
				}
			}
		default:
			v.fail(at+".check", "check %q is not one of area_known, area_name, code_parts, idm_formula, idm_status, expr", r.Check)
		}
	}
}

func (v *validator) ruleColumns(at string, r *Rule, names ...string) {
	for _, n := range names {
		i, ok := v.c.Table.Column(n)
		if !ok {
			v.fail(at, "rule %s: column %q does not exist in table %s", r.Name, n, v.c.Table.Name)
			continue
		}
		if !v.c.fills(n) {
			v.fail(at, "rule %s: the contract does not fill column %s", r.Name, n)
		}
		r.Cols = append(r.Cols, i)
	}
}

// NeedsRegister says whether a rule or a column asks the area register.
func (c *Contract) NeedsRegister() bool {
	return slices.ContainsFunc(c.Rules, func(r Rule) bool { return r.Check == AreaKnown || r.Check == AreaName }) ||
		slices.ContainsFunc(c.Columns, func(col Column) bool { return col.Crosswalk != "" || col.Lookup != nil })
}
