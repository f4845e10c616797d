package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Claim takes a scheduled instant of a pipeline for the caller. It reports
// false when anyone, in any process, has taken it before: an instant is run
// once, whatever the clocks and however many schedulers there are.
func (l *Ledger) Claim(ctx context.Context, pipeline string, instant time.Time) (bool, error) {
	return l.claim(ctx, pipeline, instant, "claimed", "")
}

// RecordMissed notes that an instant will not be run, and why. It reports
// false when the instant has been claimed or noted before.
func (l *Ledger) RecordMissed(ctx context.Context, pipeline string, instant time.Time, reason string) (bool, error) {
	return l.claim(ctx, pipeline, instant, "missed", reason)
}

// RecordSkipped notes that an instant fell into a run that was still going on.
func (l *Ledger) RecordSkipped(ctx context.Context, pipeline string, instant time.Time, reason string) (bool, error) {
	return l.claim(ctx, pipeline, instant, "skipped", reason)
}

func (l *Ledger) claim(ctx context.Context, pipeline string, instant time.Time, state, reason string) (bool, error) {
	res, err := l.db.ExecContext(ctx, `INSERT INTO claims (pipeline, instant, claimed, state, reason) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (pipeline, instant) DO NOTHING`, pipeline, stamp(instant), stamp(l.now()), state, nullText(reason))
	if err != nil {
		return false, fmt.Errorf("instant %s of %s: %w", stamp(instant), pipeline, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// LastClaim returns the latest instant that is claimed, missed or skipped;
// ErrUnknown when there is none yet.
func (l *Ledger) LastClaim(ctx context.Context, pipeline string) (time.Time, error) {
	var text sql.NullString
	var instant time.Time
	err := l.db.QueryRowContext(ctx, "SELECT max(instant) FROM claims WHERE pipeline = ?", pipeline).Scan(&text)
	if err == nil && !text.Valid {
		err = ErrUnknown
	}
	if err == nil {
		err = parse(text.String, &instant)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("last instant of %s: %w", pipeline, err)
	}
	return instant, nil
}

// MissedSince returns those of a schedule's instants that nobody has claimed
// or noted. The schedule says which instants there should have been.
func (l *Ledger) MissedSince(ctx context.Context, pipeline string, due []time.Time) ([]time.Time, error) {
	var missed []time.Time
	for _, instant := range due {
		var n int
		err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM claims WHERE pipeline = ? AND instant = ?", pipeline, stamp(instant)).Scan(&n)
		if err != nil {
			return nil, fmt.Errorf("instant %s of %s: %w", stamp(instant), pipeline, err)
		}
		if n == 0 {
			missed = append(missed, instant)
		}
	}
	return missed, nil
}

// Instant is one claimed, missed or skipped instant.
type Instant struct {
	Pipeline string
	Instant  time.Time
	Noted    time.Time
	State    string // claimed, missed, skipped
	Reason   string
}

// Instants returns the last instants of a pipeline, newest first.
func (l *Ledger) Instants(ctx context.Context, pipeline string, limit int) ([]Instant, error) {
	found, err := query(ctx, l.db, scanInstant, `SELECT pipeline, instant, claimed, state, reason FROM claims
		WHERE pipeline = ? ORDER BY instant DESC LIMIT ?`, pipeline, limit)
	if err != nil {
		return nil, fmt.Errorf("instants of %s: %w", pipeline, err)
	}
	return found, nil
}

func scanInstant(scan func(...any) error) (i Instant, err error) {
	var reason sql.NullString
	var instant, noted string
	if err := scan(&i.Pipeline, &instant, &noted, &i.State, &reason); err != nil {
		return Instant{}, err
	}
	i.Reason = reason.String
	return i, errors.Join(parse(instant, &i.Instant), parse(noted, &i.Noted))
}

// ErrFenced means that a newer run has taken a token: an older one that wakes
// up again, after its machine slept or its process was stopped, may not publish.
var ErrFenced = errors.New("a newer run has taken over: this one may not publish")

// Fence takes a new token, which ends the leave of all older ones. BeginRun
// does this for its run.
func (l *Ledger) Fence(ctx context.Context) (int64, error) {
	var token int64
	err := inTx(ctx, l.db, func(tx *sql.Tx) (err error) {
		token, err = next(ctx, tx, "fence")
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("fence: %w", err)
	}
	return token, nil
}

// CheckFence returns ErrFenced unless token is the newest one.
func (l *Ledger) CheckFence(ctx context.Context, token int64) error {
	return l.Guarded(ctx, token, func() error { return nil })
}

// Guarded runs do if token is the newest one, else returns ErrFenced. While do
// runs this process has the ledger's write lock, so nobody can take a newer
// token; do must not use the ledger.
func (l *Ledger) Guarded(ctx context.Context, token int64, do func() error) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'fence'").Scan(&newest); err != nil {
			return err
		}
		if newest != token {
			return fmt.Errorf("token %d, the newest is %d: %w", token, newest, ErrFenced)
		}
		return do()
	})
	if err != nil {
		return fmt.Errorf("fence: %w", err)
	}
	return nil
}

// RecordFailed notes on a claimed instant why its run did not succeed. A later
// note replaces an earlier one.
func (l *Ledger) RecordFailed(ctx context.Context, pipeline string, instant time.Time, reason string) error {
	res, err := l.db.ExecContext(ctx, "UPDATE claims SET reason = ? WHERE pipeline = ? AND instant = ? AND state = 'claimed'",
		nullText(reason), pipeline, stamp(instant))
	if err := oneRow(res, err, "not claimed"); err != nil {
		return fmt.Errorf("instant %s of %s: %w", stamp(instant), pipeline, err)
	}
	return nil
}
