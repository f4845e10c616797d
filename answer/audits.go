package answer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/sql"
)

// AuditRows are the rows that an audit found in the snapshot, in the order of all columns.
func (r *Reader) AuditRows(ctx context.Context, name string) (*duck.Result, bool, error) {
	models, err := sql.Models()
	if err != nil {
		return nil, false, err
	}
	i := slices.IndexFunc(models, func(m sql.Model) bool { return m.Layer == sql.Audits && m.Name == name })
	if i < 0 || !slices.ContainsFunc(r.Snap.Manifest.Audits, func(a snapshot.Audit) bool { return a.Name == name }) {
		return nil, false, fmt.Errorf("no audit %q in this snapshot; `lumbung audit` lists them", name)
	}
	columns := models[i].Header.Columns
	order := make([]string, len(columns))
	for n := range order {
		order[n] = strconv.Itoa(n+1) + " NULLS LAST"
	}
	res, truncated, err := r.DB.Query(ctx, 0, "SELECT * FROM "+duck.Ident(name)+" ORDER BY "+strings.Join(order, ", "))
	if err != nil {
		return nil, false, err
	}
	for n, c := range res.Columns {
		if n < len(columns) && columns[n].Name == c.Name {
			res.Columns[n].Type = r.documented(c.Type, columns[n].Type)
		}
	}
	return res, truncated, nil
}
