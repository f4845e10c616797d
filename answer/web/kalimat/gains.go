package kalimat

import "fmt"

// Moved says how many villages of an area went from one status to another;
// partly says that not all villages are known in both years.
func (l Lang) Moved(n int64, area, from string, fromYear int, to string, toYear int, partly bool) string {
	if n == 0 {
		text := fmt.Sprintf(l.T("tidak ada desa di %s yang berpindah dari %s (%d) ke %s (%d)", "no village in %s moved from %s (%d) to %s (%d)"), area, Status(from), fromYear, Status(to), toYear)
		if partly {
			text += l.T(", sejauh diketahui dari jawaban tunggal kementerian", ", as far as single answers of the ministry tell")
		}
		return text
	}
	text := fmt.Sprintf(l.T("%s di %s berpindah dari %s (%d) ke %s (%d)", "%s in %s moved from %s (%d) to %s (%d)"), l.Villages(n), area, Status(from), fromYear, Status(to), toYear)
	if partly {
		return l.T("sedikitnya ", "at least ") + text
	}
	return text
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

// Dimensions says what the three indices gave on average, "" of no village.
func (l Lang) Dimensions(n int64, points []int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(l.T("menurut dimensi, rata-rata %s: IKS %s, IKE %s, IKL %s dari skor", "by dimension, mean of %s: IKS %s, IKE %s, IKL %s of the score"),
		l.Villages(n), l.SignedScore(GridMean(points[0], n)), l.SignedScore(GridMean(points[1], n)), l.SignedScore(GridMean(points[2], n)))
}

// SingleAnswers says that the ministry's single answers are all that is known of villages.
func (l Lang) SingleAnswers(n int64) string {
	return fmt.Sprintf(l.T("%s: status dari jawaban tunggal kementerian; desa lain pada tahun itu tidak diketahui", "%s: status by single answers of the ministry; other villages of that year are not known"), l.Villages(n))
}
