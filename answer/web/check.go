package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"lumbung/answer"
	"lumbung/answer/web/kalimat"
)

// checkBody is the page of published figures.
type checkBody struct {
	Groups []claimGroup
	Sums   []answer.Claim // whose five figures do not make their total
	Open   int64          // not yet countable
	Weak   int64          // agree with reconstructed rows only
}

// claimGroup is one publication about one area and year.
type claimGroup struct {
	answer.Claim // the first one, for what all share
	Claims       []answer.Claim
}

// verdict is the mark of a claim.
func verdict(c answer.Claim) string {
	switch {
	case !c.Consistent && c.Status == "TOTAL":
		return "Σ"
	case c.Difference == nil:
		return "?"
	case *c.Difference == 0:
		return "="
	}
	return "≠"
}

// Verdict is the mark of a claim in words.
func (p *page) Verdict(c answer.Claim) string {
	return map[string]string{"=": p.T("= cocok", "= agrees"), "≠": p.T("≠ beda", "≠ differs"), "Σ": p.T("Σ salah jumlah", "Σ does not add up"),
		"?": p.T("? belum dapat dihitung", "? cannot be counted yet")}[verdict(c)]
}

// Reason says why a claim stands as it does.
func (p *page) Reason(c answer.Claim) string {
	switch {
	case verdict(c) == "Σ" && c.SumOfFive != nil:
		return fmt.Sprintf(p.T("lima angkanya berjumlah %s, laporannya menyebut %s", "its five figures make %s, the report says %s"), p.Int(*c.SumOfFive), p.Int(c.Theirs))
	case c.Verdict == "metodologi lain":
		return p.T("Indeks Desa, tidak dibandingkan dengan IDM", "Indeks Desa, not compared with IDM")
	case c.Difference == nil:
		return p.T("belum ada data per desa", "no village data yet")
	case c.Nature == rebuilt && *c.Difference == 0:
		return p.T("cocok dengan baris rekonstruksi, jadi tidak membuktikan apa-apa", "agrees with reconstructed rows, which confirms nothing")
	case c.Kind == remainder:
		return p.T("dari selisih terhadap jumlah terbitan", "remainder of the published total")
	}
	return ""
}

// farness orders areas: the home area, those below it, those above it, others.
func farness(code, home string) int {
	switch {
	case code == home:
		return 0
	case strings.HasPrefix(code, home+"."):
		return 1
	case strings.HasPrefix(home, code+"."):
		return 2
	case code == "0":
		return 3
	}
	return 4
}

func (s *Server) check(ctx context.Context, q *request) (*page, error) {
	claims, err := q.Claims(ctx, "")
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "cocokkan", answer.Area{})
	b := &checkBody{}
	slices.SortStableFunc(claims, func(a, c answer.Claim) int { // the project's own area first
		return cmp.Compare(farness(a.Code, s.opt.Area), farness(c.Code, s.opt.Area))
	})
	var agree, differ int64
	for _, c := range claims {
		switch verdict(c) {
		case "=":
			agree++
			if c.Nature == rebuilt {
				b.Weak++
			}
		case "≠":
			differ++
		case "Σ":
			differ++
			b.Sums = append(b.Sums, c)
		default:
			b.Open++
		}
		if n := len(b.Groups); n == 0 || b.Groups[n-1].ID != c.ID || b.Groups[n-1].Code != c.Code || b.Groups[n-1].Year != c.Year {
			b.Groups = append(b.Groups, claimGroup{Claim: c})
		}
		g := &b.Groups[len(b.Groups)-1]
		g.Claims = append(g.Claims, c)
	}
	p.Head = p.Lang.Checked(int64(len(claims)), agree, differ)
	p.Deck = fmt.Sprintf(p.T("%s belum dapat dihitung. %s dari yang cocok hanya cocok dengan baris rekonstruksi, yang disusun dari angka itu sendiri: itu tidak membuktikan apa-apa.",
		"%s cannot be counted yet. %s of those that agree do so only with reconstructed rows, which were made from those very figures: that confirms nothing."), p.Int(b.Open), p.Int(b.Weak))
	p.Title, p.Body = p.T("Cocokkan", "Check"), b
	p.Crumbs = []link{{Href: p.Href("/" + s.opt.Area), Text: p.T("Ringkasan", "Overview")}, {Text: p.T("Cocokkan", "Check")}}
	return p, nil
}

// claimBody is the page of one published figure.
type claimBody struct {
	answer.Claim
	Rows string // address of our rows
}

func (s *Server) claim(ctx context.Context, q *request) (*page, error) {
	code := q.http.PathValue("kode")
	claims, err := q.Claims(ctx, "")
	if err != nil {
		return nil, err
	}
	want := strings.ToUpper(strings.ReplaceAll(q.http.PathValue("status"), "-", " "))
	for _, c := range claims {
		if c.ID != q.http.PathValue("id") || c.Code != code || c.Status != want || fmt.Sprint(c.Year) != q.http.PathValue("tahun") {
			continue
		}
		p := s.newPage(q, "klaim", answer.Area{})
		b := claimBody{Claim: c}
		if c.Ours != nil {
			at := c.Status
			if at == "TOTAL" {
				at = "jumlah"
			}
			b.Rows = p.Href(number(c.Code, c.Year, at))
		}
		name := c.Area
		if name == "" {
			name = c.Code
		}
		p.Head = fmt.Sprintf(p.T("%s menyebut %s desa %s di %s pada %d", "%s says %s %s villages in %s in %d"), c.Publisher, p.Int(c.Theirs), kalimat.Status(c.Status), name, c.Year)
		p.Title, p.Body = p.Head, b
		p.Crumbs = []link{{Href: p.Href("/cocokkan"), Text: p.T("Cocokkan", "Check")}, {Text: p.T("Angka terbitan", "Published figure")}}
		return p, nil
	}
	return nil, errBadAddress
}
