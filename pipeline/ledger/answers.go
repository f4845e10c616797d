package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Answer is what is known about one village and year of an API with one answer each.
type Answer struct {
	Kode     string
	Tahun    int
	State    string // answered, missing, failed
	Asked    time.Time
	AskAgain time.Time // zero is never
	Message  string
	SHA256   string // of the answer
	Times    int    // questions asked
}

// Bundle is a number of answers of one year that came together.
type Bundle struct {
	Tahun  int
	Number int // a later bundle's answers stand for the same village's earlier ones
	SHA256 string
	Bytes  int64
}

// Answers returns what is known about a source's villages, by code and year.
func (l *Ledger) Answers(ctx context.Context, source string) ([]Answer, error) {
	found, err := query(ctx, l.db, scanAnswer, `SELECT kode, tahun, state, asked, ask_again, message, sha256, times
		FROM answers WHERE source = ? ORDER BY kode, tahun`, source)
	if err != nil {
		return nil, fmt.Errorf("answers of %s: %w", source, err)
	}
	return found, nil
}

// Bundles returns a source's bundles of a year in order.
func (l *Ledger) Bundles(ctx context.Context, source string, tahun int) ([]Bundle, error) {
	found, err := query(ctx, l.db, func(scan func(...any) error) (b Bundle, err error) {
		return b, scan(&b.Tahun, &b.Number, &b.SHA256, &b.Bytes)
	}, "SELECT tahun, number, sha256, bytes FROM bundles WHERE source = ? AND tahun = ? ORDER BY number", source, tahun)
	if err != nil {
		return nil, fmt.Errorf("bundles of %s %d: %w", source, tahun, err)
	}
	return found, nil
}

// RecordAnswers notes answers and refusals, with the landed bundle that holds
// the answers, in one transaction. A bundle without bytes holds none.
func (l *Ledger) RecordAnswers(ctx context.Context, source string, b Bundle, answers []Answer) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if b.Bytes > 0 {
			if err := recordBundle(ctx, tx, source, b, stamp(l.now())); err != nil {
				return err
			}
		}
		for _, a := range answers {
			if _, err := tx.ExecContext(ctx, `INSERT INTO answers (source, kode, tahun, state, asked, ask_again, message, sha256, times)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (source, kode, tahun) DO UPDATE SET state = excluded.state, asked = excluded.asked, ask_again = excluded.ask_again,
					message = excluded.message, sha256 = excluded.sha256, times = excluded.times`, source, a.Kode, a.Tahun, a.State, stamp(a.Asked), nullTime(a.AskAgain),
				nullText(a.Message), nullText(a.SHA256), a.Times); err != nil {
				return fmt.Errorf("%s %d: %w", a.Kode, a.Tahun, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("answers of %s: %w", source, err)
	}
	return nil
}

// recordBundle gives a bundle the next number of its year.
func recordBundle(ctx context.Context, tx *sql.Tx, source string, b Bundle, now string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO bundles (source, tahun, number, sha256, bytes, landed)
		SELECT CAST(? AS TEXT), CAST(? AS BIGINT), coalesce(max(number), 0) + 1, CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT) FROM bundles WHERE source = ? AND tahun = ?`,
		source, b.Tahun, b.SHA256, b.Bytes, now, source, b.Tahun)
	if err != nil {
		return fmt.Errorf("bundle %s: %w", b.SHA256, err)
	}
	return nil
}

func scanAnswer(scan func(...any) error) (a Answer, err error) {
	var again, message, sha sql.NullString
	var asked string
	if err := scan(&a.Kode, &a.Tahun, &a.State, &asked, &again, &message, &sha, &a.Times); err != nil {
		return Answer{}, err
	}
	a.Message, a.SHA256 = message.String, sha.String
	return a, errors.Join(parse(asked, &a.Asked), parse(again.String, &a.AskAgain))
}
