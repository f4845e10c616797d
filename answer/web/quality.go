package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"lumbung/answer"
)

// qualityBody is the page of what every release gave.
type qualityBody struct {
	In, Loaded, Quarantined, Skipped int64
	Intakes                          []answer.Intake
	Findings                         []findingRow
}

// findingRow is a rule that was hit, with the address of its page.
type findingRow struct {
	answer.Finding
	ID    string
	Cells []answer.RejectedCell // on the rule's own page, at most maxRows
	First bool                  // there may be more cells
}

// findingID names a finding in an address.
func findingID(f answer.Finding) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Release, f.Contract, f.Rule, f.Severity}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

func (s *Server) quality(ctx context.Context, q *request) (*page, error) {
	intakes, findings, err := q.Quality(ctx)
	if err != nil {
		return nil, err
	}
	p := s.newPage(q, "mutu", answer.Area{})
	b := &qualityBody{Intakes: intakes}
	for _, i := range intakes {
		b.In, b.Loaded, b.Quarantined, b.Skipped = b.In+i.In, b.Loaded+i.Loaded, b.Quarantined+i.Quarantined, b.Skipped+i.Skipped
	}
	warnings := int64(0)
	for _, f := range findings {
		b.Findings = append(b.Findings, findingRow{Finding: f, ID: findingID(f)})
		if f.Severity == "warning" {
			warnings += f.Rows
		}
	}
	p.Head = p.Lang.Balance(b.In, b.Loaded, b.Quarantined, b.Skipped)
	p.Deck = fmt.Sprintf(p.T("%d rilis dan kontrak dalam potret ini. %s baris dimuat dengan tanda.", "%d releases and contracts in this snapshot. %s rows loaded with a flag."), len(intakes), p.Int(warnings))
	p.Title, p.Body = p.T("Mutu data", "Data quality"), b
	p.Crumbs = []link{{Href: p.Href("/" + s.opt.Area), Text: p.T("Ringkasan", "Overview")}, {Text: p.T("Mutu data", "Data quality")}}
	return p, nil
}

// Severity names what became of the rows.
func (p *page) Severity(severity string) string {
	if severity == "error" {
		return p.T("dikarantina", "quarantined")
	}
	return p.T("dimuat dengan tanda", "loaded, flagged")
}

func (s *Server) finding(ctx context.Context, q *request) (*page, error) {
	_, findings, err := q.Quality(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range findings {
		if findingID(f) != q.http.PathValue("id") {
			continue
		}
		p := s.newPage(q, "karantina", answer.Area{})
		p.Head = fmt.Sprintf(p.T("Aturan %s: %s %s", "Rule %s: %s %s"), f.Rule, p.count(f.Rows, "baris", "row", "rows"), p.Severity(f.Severity))
		cells, err := q.RejectedCells(ctx, answer.CellFilter{Release: f.Release, Contract: f.Contract, Rule: f.Rule, Level: f.Severity, Limit: maxRows})
		if err != nil {
			return nil, err
		}
		p.Title, p.Body = p.Head, findingRow{f, q.http.PathValue("id"), cells, len(cells) == maxRows}
		p.Crumbs = []link{{Href: p.Href("/mutu"), Text: p.T("Mutu data", "Data quality")}, {Text: f.Rule}}
		return p, nil
	}
	return nil, errBadAddress
}
