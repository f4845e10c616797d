package kalimat

import "fmt"

// Moved says how many villages a change of status has: "25 desa di Tabang dari Berkembang (2023) ke Maju (2024)".
func (l Lang) Moved(n int64, area, from string, fromYear int, to string, toYear int) string {
	return fmt.Sprintf(l.T("%s di %s dari %s (%d) ke %s (%d)", "%s in %s from %s (%d) to %s (%d)"), l.Villages(n), area, Status(from), fromYear, Status(to), toYear)
}

// Apart says of how many of these villages the change is the sum of indicators.
func (l Lang) Apart(apart, of int64) string {
	switch {
	case apart == 0:
		return l.T("perubahan skornya tidak dapat diuraikan menurut indikator", "the change of score cannot be taken apart by indicator")
	case apart == of:
		return l.T("perubahan skornya sama persis dengan jumlah perubahan indikator", "the change of score is exactly the sum of the changes of the indicators")
	}
	return fmt.Sprintf(l.T("perubahan skor %s di antaranya dapat diuraikan menurut indikator", "the change of score of %s among them can be taken apart by indicator"), l.Villages(apart))
}

// NotApart says why villages are not among them; years are those whose 50 scores are not there.
func (l Lang) NotApart(n int64, years []int) string {
	if len(years) == 0 {
		return fmt.Sprintf(l.T("%s tidak diuraikan: skor indikatornya tidak berjumlah sama dengan indeksnya", "%s not taken apart: the indicator scores do not add up to the index"), l.Villages(n))
	}
	return fmt.Sprintf(l.T("%s tidak diuraikan: 50 skor indikator %s tidak ada", "%s not taken apart: the 50 indicator scores of %s are not there"), l.Villages(n), ListYears(years))
}
