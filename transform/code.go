package transform

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"lumbung/transform/contract"
	"lumbung/transform/row"
	"lumbung/transform/value"
	"lumbung/transform/wilayah"
)

// plainCode reads the usual form of a code, digits of the wanted number and
// nothing else, without making a string of it.
func plainCode(text []byte, col *contract.Column) (int64, bool) {
	if col.Crosswalk != "" || col.Def.Digits == 0 || len(text) != col.Def.Digits || text[0] == '0' {
		return 0, false
	}
	var code int64
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		code = code*10 + int64(c-'0')
	}
	return code, true
}

// code reads an area code, as text or as a spreadsheet number.
func (d *decoder) code(col *contract.Column, cell row.Cell, text []byte) (val, *misfit) {
	if code, ok := plainCode(text, col); ok {
		return val{set: true, i: code}, nil
	}
	s := strings.TrimSpace(string(text))
	if cell.Kind == row.Number || strings.ContainsAny(s, "eE") {
		n, err := value.Integer([]byte(s), value.Plain)
		if err != nil {
			return val{}, typeMisfit(cell, col.Def.Type, err)
		}
		s = strconv.FormatInt(n, 10)
	}
	if s == "0" && col.Def.Digits == 0 {
		return val{set: true}, nil // Indonesia as a whole
	}
	code, wrong := d.schemeCode(col, s)
	if wrong != nil {
		return val{}, wrong
	}
	if want := col.Def.Digits; want > 0 && wilayah.Digits(code) != want {
		return val{}, &misfit{"code", fmt.Sprintf("code %s has %d digits, %d are wanted", s, wilayah.Digits(code), want),
			"a digit may be lost, or the row may be of another level"}
	}
	return val{set: true, i: code}, nil
}

// djpkCode is a province, or a province and a kabupaten: 17, 17/03.
var djpkCode = regexp.MustCompile(`^\d\d(/\d\d)?$`)

// schemeCode reads a code in the scheme that the source writes, and gives the Kemendagri code of it.
func (d *decoder) schemeCode(col *contract.Column, s string) (int64, *misfit) {
	if col.Crosswalk == "" {
		code, err := wilayah.ParseCode(s, wilayah.Scheme(col.Def.Scheme))
		if err != nil {
			return 0, &misfit{"code", err.Error(), "a digit may be lost, or the code may be of another scheme"}
		}
		return code, nil
	}
	if col.Crosswalk == wilayah.DJPKCrosswalk {
		if !djpkCode.MatchString(s) {
			return 0, &misfit{"code", fmt.Sprintf("%q is no DJPK code such as 17/03", s), "a digit may be lost, or the code may be of another scheme"}
		}
	} else {
		code, err := wilayah.ParseCode(s, wilayah.BPS)
		if err != nil {
			return 0, &misfit{"code", err.Error(), "a digit may be lost, or the code may be of another scheme"}
		}
		s = strconv.FormatInt(code, 10)
	}
	code, ok := d.job.Register.Translate(col.Crosswalk, s)
	if !ok {
		reason, remedy := d.job.Register.WhyNot(col.Crosswalk, s)
		return 0, &misfit{"crosswalk", reason, remedy}
	}
	return code, nil
}
