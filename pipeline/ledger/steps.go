package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// RecordSteps writes ended steps of a run in one transaction.
func (l *Ledger) RecordSteps(ctx context.Context, run string, steps []Step) error {
	if len(steps) == 0 {
		return nil
	}
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, s := range steps {
			if _, err := tx.ExecContext(ctx, `INSERT INTO steps (run, name, source, started, finished, state, rows, bytes, duration_ms, error)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, run, s.Name, s.Source, stamp(s.Started), stamp(s.Finished), s.State,
				s.Rows, s.Bytes, s.Duration.Milliseconds(), nullText(s.Error)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("run %s: steps: %w", run, err)
	}
	return nil
}

// ForgetSteps removes the steps of all runs but the youngest few and the named ones. The runs stay.
func (l *Ledger) ForgetSteps(ctx context.Context, youngest int, also map[string]bool) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		kept, err := query(ctx, tx, scanText, "SELECT id FROM runs ORDER BY rowid DESC LIMIT ?", youngest)
		if err != nil {
			return err
		}
		have, err := query(ctx, tx, scanText, "SELECT DISTINCT run FROM steps")
		if err != nil {
			return err
		}
		for _, run := range have {
			if also[run] || slices.Contains(kept, run) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM steps WHERE run = ?", run); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("steps of old runs: %w", err)
	}
	return nil
}

func scanText(scan func(...any) error) (text string, err error) { err = scan(&text); return text, err }

// RecordObjects notes that sources gave these objects, in one transaction.
func (l *Ledger) RecordObjects(ctx context.Context, objects []Object) error {
	now := stamp(l.now())
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, o := range objects {
			if err := recordObject(ctx, tx, o, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("objects: %w", err)
	}
	return nil
}

func recordObject(ctx context.Context, tx *sql.Tx, o Object, now string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO objects (sha256, source, url, bytes, etag, last_modified, first_seen, last_seen, fetched_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (source, url, sha256) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
			last_seen = excluded.last_seen, fetched_at = excluded.fetched_at, unmodified = 0`,
		o.SHA256, o.Source, o.URL, o.Bytes, o.ETag, o.LastModified, now, now, now)
	if err != nil {
		return fmt.Errorf("%s: %w", o.SHA256, err)
	}
	return nil
}
