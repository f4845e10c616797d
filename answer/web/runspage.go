package web

import (
	"context"
	"fmt"

	"lumbung/answer"
)

// runsBody is the page of the runs and of how old the data is.
type runsBody struct {
	Runs     []Run
	Known    bool
	Releases []release
}

type release struct {
	ID, Title, Nature, SHA256 string
	Stale                     bool
}

// runs is the page of the run history.
func (s *Server) runs(ctx context.Context, q *request) (*page, error) {
	p := s.newPage(q, "pembaruan", answer.Area{})
	b := &runsBody{Runs: q.History, Known: s.opt.Runs != nil && q.RunsErr == nil}
	res, _, err := q.DB.Query(ctx, 0, "SELECT rilis_id, coalesce(judul, ''), sifat, sha256, basi FROM dim_rilis ORDER BY sumber, periode, rilis_id")
	if err != nil {
		return nil, fmt.Errorf("releases: %w", err)
	}
	for _, v := range res.Rows {
		b.Releases = append(b.Releases, release{v[0].(string), v[1].(string), v[2].(string), v[3].(string), v[4].(bool)})
	}
	p.Head = fmt.Sprintf(p.T("Data terakhir berubah %s", "Data last changed %s"), p.Date(p.Created))
	if len(b.Runs) > 0 {
		last := b.Runs[0]
		what := p.Outcome(last.Outcome)
		if last.Outcome == "unchanged" {
			what = p.T("tidak ada yang baru", "nothing new")
		}
		p.Head += fmt.Sprintf(p.T("; pembaruan %s: %s", "; run of %s: %s"), p.Date(last.Started), what)
	}
	p.Deck = fmt.Sprintf(p.T("Potret %s, dibuat oleh pembaruan %s.", "Snapshot %s, made by run %s."), p.Snapshot, q.Snap.Manifest.Run)
	p.Title, p.Body = p.T("Pembaruan", "Runs"), b
	p.Crumbs = []link{{Href: p.Href("/" + s.opt.Area), Text: p.T("Ringkasan", "Overview")}, {Text: p.T("Pembaruan", "Runs")}}
	return p, nil
}
