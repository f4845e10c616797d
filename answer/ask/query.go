package ask

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"lumbung/answer"
	"lumbung/load/duck"
)

//go:embed sql/*.sql
var queries embed.FS

// params are the values of a query's :names; text or whole numbers.
type params = answer.Params

// named is a query of the sql folder, or the one that package answer has of the same name.
func named(name string) (string, error) {
	if name == "uraian" {
		return answer.GainsSQL, nil
	}
	b, err := queries.ReadFile("sql/" + name + ".sql")
	return string(b), err
}

// rows are a query's result, read by column name.
type rows struct {
	columns []string
	at      map[string]int
	list    [][]any
}

func (r rows) len() int { return len(r.list) }

func (r rows) text(i int, col string) string { return answer.Text(r.list[i][r.at[col]]) }

// int is a whole number, 0 for none.
func (r rows) int(i int, col string) int64 {
	return answer.Int(r.list[i][r.at[col]])
}

func (r rows) year(i int) int { return int(r.int(i, "tahun")) }

func (r rows) bool(i int, col string) bool {
	b, _ := r.list[i][r.at[col]].(bool)
	return b
}

// sum adds a column up.
func (r rows) sum(col string) (n int64) {
	for i := range r.list {
		n += r.int(i, col)
	}
	return n
}

// look runs a query beside the answer's own.
func (q *asking) look(name string, p params) (rows, error) {
	text, err := named(name)
	if err != nil {
		return rows{}, err
	}
	query, args, err := answer.Bind(text, p)
	if err != nil {
		return rows{}, fmt.Errorf("query %s: %w", name, err)
	}
	res, _, err := q.r.DB.Query(q.ctx, 0, query, args...)
	if err != nil {
		return rows{}, fmt.Errorf("query %s: %w", name, err)
	}
	out := rows{at: map[string]int{}, list: res.Rows}
	for i, c := range res.Columns {
		out.columns = append(out.columns, c.Name)
		out.at[c.Name] = i
	}
	return out, nil
}

// run runs the answer's query: its result is the answer's table.
func (q *asking) run(name string, p params) (rows, error) {
	r, err := q.look(name, p)
	if err != nil {
		return r, err
	}
	text, err := named(name)
	if err != nil {
		return r, err
	}
	q.out.SQL = answer.Typed(text, p)
	q.out.Table.Columns = r.columns
	for _, row := range r.list {
		cells := make([]any, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case duck.Decimal:
				cells[i] = json.Number(v)
			case time.Time:
				cells[i] = v.Format(time.DateOnly)
			default:
				cells[i] = v
			}
		}
		q.out.Table.Rows = append(q.out.Table.Rows, cells)
	}
	return r, nil
}
