package web

import (
	"context"
	"fmt"
	"strings"

	"lumbung/answer"
)

// matrix fills the table of both years, and names its fullest cell off the diagonal.
func (b *movesBody) matrix(p *page, code string, m *answer.Matrix) {
	var sums [6]int64
	best, bestAt := int64(0), [2]int{}
	for from := 5; from >= 1; from-- {
		for to := 1; to <= 5; to++ {
			if from != to && m.Counts[from][to] > best {
				best, bestAt = m.Counts[from][to], [2]int{from, to}
			}
		}
	}
	for from := 5; from >= 1; from-- {
		row := matrixRow{Status: p.StatusOf(from)}
		var sum int64
		for to := 1; to <= 5; to++ {
			n := m.Counts[from][to]
			sum, sums[to] = sum+n, sums[to]+n
			cell := matrixCell{cellText: cellText{Text: p.Int(n), Mute: n == 0}, Same: from == to, Up: to > from, Chosen: best > 0 && bestAt == [2]int{from, to}}
			if n > 0 {
				cell.Href = p.Href(fmt.Sprintf("/asal/mart_transisi/%s/%d/%d/%s/%s", code, m.From, m.To, slug(p.StatusOf(from)), slug(p.StatusOf(to))))
			}
			row.Cells = append(row.Cells, cell)
		}
		row.Sum = cellText{Text: p.Int(sum)}
		if sum > 0 {
			row.Sum.Href = p.Href(number(code, m.From, p.StatusOf(from)))
		}
		b.Matrix = append(b.Matrix, row)
	}
	var total int64
	for to := 1; to <= 5; to++ {
		c := cellText{Text: p.Int(sums[to])}
		if sums[to] > 0 {
			c.Href = p.Href(number(code, m.To, p.StatusOf(to)))
		}
		b.Sums, total = append(b.Sums, c), total+sums[to]
	}
	b.Sums = append(b.Sums, cellText{Text: p.Int(total), Href: p.Href(number(code, m.To, "jumlah"))})
	b.ListTitle = strings.Join([]string{p.Status(p.StatusOf(bestAt[0])), p.Status(p.StatusOf(bestAt[1]))}, "|")
}

// list shows the villages of the fullest cell off the diagonal.
func (b *movesBody) list(ctx context.Context, q *request, p *page, code string, m *answer.Matrix) error {
	from, to, _ := strings.Cut(b.ListTitle, "|")
	if from == "" {
		b.ListTitle = ""
		return nil
	}
	filter := answer.MoverFilter{Area: code, From: m.From, To: m.To, StatusFrom: strings.ToUpper(from), StatusTo: strings.ToUpper(to), Limit: listedMovers}
	list, total, err := q.Movers(ctx, filter)
	if err != nil {
		return err
	}
	b.ListTitle = fmt.Sprintf("%s → %s: %s", from, to, p.Lang.Villages(total))
	cell := p.Href(fmt.Sprintf("/asal/mart_transisi/%s/%d/%d/%s/%s", code, m.From, m.To, slug(from), slug(to)))
	b.Why = cell + "#uraian"
	if rest := total - int64(len(list)); rest > 0 {
		b.ListMore = &link{Href: cell, Text: p.count(rest, "desa lagi", "more village", "more villages")}
	}
	b.List = list
	return nil
}
