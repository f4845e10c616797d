package ask

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lumbung/answer"
	"lumbung/load/duck"
)

//go:embed sql/*.sql
var queries embed.FS

// params are the values of a query's :names; text or whole numbers.
type params map[string]any

var parameter = regexp.MustCompile(`:([a-z_]+)`)

// bind gives a query of the sql folder with ? for its parameters, and their values in order.
func bind(name string, p params) (query string, args []any, err error) {
	b, err := queries.ReadFile("sql/" + name + ".sql")
	if err != nil {
		return "", nil, err
	}
	query = parameter.ReplaceAllStringFunc(string(b), func(m string) string {
		v, ok := p[m[1:]]
		if !ok {
			err = fmt.Errorf("query %s: parameter %s has no value", name, m)
		}
		args = append(args, v)
		return "?"
	})
	return query, args, err
}

// shown is a query as a person can run it: with its values.
func shown(name string, p params) string {
	b, err := queries.ReadFile("sql/" + name + ".sql")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(parameter.ReplaceAllStringFunc(string(b), func(m string) string {
		switch v := p[m[1:]].(type) {
		case string:
			return duck.Literal(v)
		case int:
			return strconv.Itoa(v)
		case int64:
			return strconv.FormatInt(v, 10)
		}
		return "NULL"
	}))
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
	query, args, err := bind(name, p)
	if err != nil {
		return rows{}, err
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
	q.out.SQL = shown(name, p)
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
