package kalimat

import (
	"fmt"
	"strings"
)

// Moves says how many villages rose and fell between two years.
func (l Lang) Moves(up, down int64, from, to int, reconstructed bool) string {
	var text string
	switch {
	case up == 0 && down == 0:
		text = fmt.Sprintf(l.T("Tidak ada desa yang berpindah status dari %d ke %d", "No village moved from %d to %d"), from, to)
	case down == 0:
		text = fmt.Sprintf(l.T("%s naik status dari %d ke %d, tidak ada yang turun", "%s moved up from %d to %d, none moved down"), l.Villages(up), from, to)
	case up == 0:
		text = fmt.Sprintf(l.T("%s turun status dari %d ke %d, tidak ada yang naik", "%s moved down from %d to %d, none moved up"), l.Villages(down), from, to)
	default:
		text = fmt.Sprintf(l.T("%s naik status dari %d ke %d, %s turun", "%s moved up from %d to %d, %s down"), l.Villages(up), from, to, l.Int(down))
	}
	if reconstructed {
		return l.ByReconstruction(strings.Replace(text, "Tidak", "tidak", 1))
	}
	return text
}

// AtLeast says the net movement over a border where only totals are published;
// "" when there was none upwards or the totals differ.
func (l Lang) AtLeast(above, aboveNow, total, totalNow int64, status string) string {
	n := aboveNow - above
	if n <= 0 || total != totalNow {
		return ""
	}
	if status == "MANDIRI" {
		return fmt.Sprintf(l.T("sedikitnya %s naik ke Mandiri", "at least %s reached Mandiri"), l.Villages(n))
	}
	return fmt.Sprintf(l.T("sedikitnya %s naik ke %s atau lebih", "at least %s reached %s or above"), l.Villages(n), Status(status))
}

// Named is an area and a count.
type Named struct {
	Name  string
	Count int64
}

// Most says where most are: ties are named up to three, then counted.
func (l Lang) Most(list []Named) string {
	var top []string
	var best int64
	for _, n := range list {
		if n.Count > best {
			best = n.Count
		}
	}
	if best == 0 {
		return ""
	}
	for _, n := range list {
		if n.Count == best {
			top = append(top, n.Name)
		}
	}
	names := l.Join(top)
	if len(top) > 3 {
		rest := int64(len(top) - 3)
		names = strings.Join(top[:3], ", ") + l.T(" dan "+l.Int(rest)+" lainnya", " and "+l.Int(rest)+" others")
		if rest == 1 && l == EN {
			names = strings.TrimSuffix(names, "s")
		}
	}
	return fmt.Sprintf(l.T("terbanyak di %s (%s)", "most in %s (%s)"), names, l.Int(best))
}

// Remaining is the finding of the kecamatan page: where the lowest status that is left remains.
func (l Lang) Remaining(status string, list []Named, of int) string {
	var total int64
	in := 0
	for _, n := range list {
		total += n.Count
		if n.Count > 0 {
			in++
		}
	}
	if total == 0 {
		return fmt.Sprintf(l.T("Tidak ada desa %s", "No %s village"), Status(status))
	}
	remain := l.T("tersisa", "remain")
	if total == 1 && l == EN {
		remain = "remains"
	}
	text := fmt.Sprintf(l.T("%[1]s desa %[2]s %[3]s di %[4]d dari %[5]d kecamatan", "%[1]s %[2]s %[6]s %[3]s in %[4]d of %[5]d districts"),
		remainArgs(l, total, Status(status), remain, in, of)...)
	return text + ", " + l.Most(list)
}

func remainArgs(l Lang, n int64, status, remain string, in, of int) []any {
	list := []any{l.Int(n), status, remain, in, of}
	if l == EN {
		noun := "villages"
		if n == 1 {
			noun = "village"
		}
		list = append(list, noun)
	}
	return list
}

// Place is what a village's headline is made of.
type Place struct {
	Name, District string // District only where the name repeats
	Status, Next   string // Next "" for Mandiri
	Score          string // 8 places
	Steps          int64  // that suffice; 0: unknown
	StepName       string // of the one step that suffices
	Details        bool   // indicators are there and add up
	Reconstructed  bool
}

// Village is the headline of a village page.
func (l Lang) Village(p Place) string {
	name := p.Name
	if p.District != "" {
		name += l.T(" (Kecamatan ", " (district ") + p.District + ")"
	}
	status, score := Status(p.Status), l.Score(p.Score)
	if p.Next == "" {
		return fmt.Sprintf(l.T("Desa %s sudah %s (%s)", "%s is %s (%s)"), name, status, score)
	}
	text := fmt.Sprintf(l.T("Desa %s masih %s (%s)", "%s is still %s (%s)"), name, status, score)
	next := Status(p.Next)
	switch {
	case !p.Details:
		return text + l.T("; rincian indikator belum diverifikasi kementerian", "; its indicators are not yet verified by the ministry")
	case p.Steps == 1:
		return text + fmt.Sprintf(l.T("; %s cukup untuk menjadi %s", "; %s would make it %s"), l.step(p.StepName), next)
	case p.Steps > 1:
		return text + fmt.Sprintf(l.T("; perlu %s langkah untuk menjadi %s", "; it takes %s steps to become %s"), l.Int(p.Steps), next)
	}
	return text
}

// step names one step; the facility is what the ministry's rubric asks for.
func (l Lang) step(indicator string) string {
	if indicator == "Tanggap Bencana" {
		return l.T("satu fasilitas tanggap bencana", "one disaster-preparedness facility")
	}
	return fmt.Sprintf(l.T("satu langkah (%s)", "one step (%s)"), indicator)
}

// Balance is the finding of the quality page.
func (l Lang) Balance(in, loaded, quarantined, skipped int64) string {
	if in != loaded+quarantined+skipped {
		return fmt.Sprintf(l.T("%s baris dibaca, tetapi jumlah yang tercatat %s", "%s rows read, but %s accounted for"), l.Int(in), l.Int(loaded+quarantined+skipped))
	}
	return fmt.Sprintf(l.T("Semua %s baris tercatat: %s dimuat, %s dikarantina, %s dilewati dengan alasan",
		"All %s rows accounted for: %s loaded, %s quarantined, %s skipped with a reason"), l.Int(in), l.Int(loaded), l.Int(quarantined), l.Int(skipped))
}

// Checked is the finding of the reconciliation page.
func (l Lang) Checked(n, agree, differ int64) string {
	if l == EN {
		figures, agrees, does := "figures", "agree", "do"
		if n == 1 {
			figures = "figure"
		}
		if agree == 1 {
			agrees = "agrees"
		}
		if differ == 1 {
			does = "does"
		}
		return fmt.Sprintf("%s published %s checked: %s %s, %s %s not", l.Int(n), figures, l.Int(agree), agrees, l.Int(differ), does)
	}
	return fmt.Sprintf("%s angka terbitan diperiksa: %s cocok, %s tidak", l.Int(n), l.Int(agree), l.Int(differ))
}

// Facilitators is the finding of the programmes page.
func (l Lang) Facilitators(n, villages int64) string {
	mean := l.Decimal(fmt.Sprintf("%.6f", float64(villages)/float64(n)), 1)
	return fmt.Sprintf(l.T("%s pendamping untuk %s, rata-rata %s desa per pendamping", "%s facilitators for %s, %s villages each on average"), l.Int(n), l.Villages(villages), mean)
}
