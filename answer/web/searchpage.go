package web

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer"
)

// searchBody is the page of a search.
type searchBody struct {
	Query  string
	Near   bool
	Groups []hitGroup
	BPS    *answer.Area
	Count  int
}

// hitGroup are the hits of one kecamatan, or of no kecamatan.
type hitGroup struct {
	District string
	Hits     []answer.Hit
}

const (
	maxHits  = 60
	maxQuery = 100 // characters
)

func (s *Server) search(ctx context.Context, q *request) (*page, error) {
	text := strings.TrimSpace(q.http.URL.Query().Get("q"))
	if runes := []rune(text); len(runes) > maxQuery {
		text = string(runes[:maxQuery])
	}
	p := s.newPage(q, "cari", answer.Area{})
	b := &searchBody{Query: text}
	p.Title, p.Body = p.T("Cari", "Search"), b
	p.Crumbs = []link{{Href: p.Href("/" + s.opt.Area), Text: p.T("Ringkasan", "Overview")}, {Text: p.T("Cari", "Search")}}
	if text == "" {
		p.Head = p.T("Cari desa, kecamatan, atau kode", "Search for a village, a district or a code")
		return p, nil
	}
	hits, near, err := q.Search(ctx, text, maxHits)
	if err != nil {
		return nil, err
	}
	if len(hits) == 1 && !near {
		p.redirect = "/" + hits[0].Code
		return p, nil
	}
	if meaning, ok, err := q.BPSMeaning(ctx, text); err != nil {
		return nil, err
	} else if ok && len(hits) == 0 {
		b.BPS = &meaning
	}
	b.Near, b.Count = near, len(hits)
	for _, h := range hits {
		if n := len(b.Groups); n == 0 || b.Groups[n-1].District != h.District {
			b.Groups = append(b.Groups, hitGroup{District: h.District})
		}
		g := &b.Groups[len(b.Groups)-1]
		g.Hits = append(g.Hits, h)
	}
	switch {
	case b.BPS != nil:
		p.Head = fmt.Sprintf(p.T("%s adalah kode BPS; maksud Anda %s?", "%s is a BPS code; did you mean %s?"), text, b.BPS.Code)
	case near && len(hits) > 0:
		p.Head = fmt.Sprintf(p.T("Tidak ada “%s”; mungkin maksud Anda", "Nothing is called “%s”; perhaps you mean"), text)
	case len(hits) == 0:
		p.Head = fmt.Sprintf(p.T("Tidak ada wilayah “%s”", "No area “%s”"), text)
	default:
		p.Head = fmt.Sprintf(p.T("%d wilayah cocok dengan “%s”", "%d areas fit “%s”"), len(hits), text)
	}
	return p, nil
}
