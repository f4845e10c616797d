package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// layout has a fixed width, so that text order is time order.
const layout = "2006-01-02T15:04:05.000Z"

// now is the clock's time as the ledger keeps it: UTC, milliseconds.
func (l *Ledger) now() time.Time { return l.clock().UTC().Truncate(time.Millisecond) }

func stamp(t time.Time) string { return t.UTC().Format(layout) }

// nullTime is NULL for the zero time.
func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// nullText is NULL for "".
func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// parse reads a time of the ledger; "" leaves the zero time.
func parse(text string, into *time.Time) (err error) {
	if text != "" {
		*into, err = time.Parse(layout, text)
	}
	return err
}

// oneRow makes "no row changed" an error.
func oneRow(res sql.Result, err error, none string) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = errors.Join(ErrUnknown, errors.New(none))
	}
	return err
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query collects the rows of a statement.
func query[T any](ctx context.Context, db querier, scan func(func(...any) error) (T, error), statement string, args ...any) (list []T, err error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// texts collects one text column.
func texts(ctx context.Context, db querier, statement string, args ...any) ([]string, error) {
	return query(ctx, db, func(scan func(...any) error) (text string, err error) {
		err = scan(&text)
		return text, err
	}, statement, args...)
}
