package answer

import (
	"context"
	"errors"

	"lumbung/load/duck"
	"lumbung/sql"
)

// warehouse is the database of a snapshot on this machine.
type warehouse struct {
	*duck.DB
	snapshot string // its id
}

func (w *warehouse) Query(ctx context.Context, limit int, query string, args ...any) (*duck.Result, bool, error) {
	return duck.Collect(ctx, w, limit, query, args)
}

// Each says of a name that is not there when the snapshot is too old to have it.
func (w *warehouse) Each(ctx context.Context, query string, args []any, head func([]duck.Column) error, each func([]any) error) error {
	err := w.DB.Each(ctx, query, args, head, each)
	if !duck.IsMissing(err) {
		return err
	}
	return errors.Join(w.lacks(ctx), err)
}

// lacks names what this program reads and the snapshot does not have.
func (w *warehouse) lacks(ctx context.Context) error {
	models, err := sql.Models()
	if err != nil {
		return err
	}
	has := map[[2]string]bool{}
	err = w.DB.Each(ctx, "SELECT table_name, column_name FROM information_schema.columns", nil, nil, func(row []any) error {
		has[[2]string{Text(row[0]), Text(row[1])}] = true
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range models {
		for _, c := range m.Header.Columns {
			if m.Layer != sql.Staging && !has[[2]string{m.Name, c.Name}] {
				return &sql.OutdatedError{Snapshot: w.snapshot, Relation: m.Name, Column: c.Name}
			}
		}
	}
	return nil
}
