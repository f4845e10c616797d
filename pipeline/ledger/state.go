package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// SourceState is how a source was when a run last looked.
type SourceState struct {
	Source  string
	State   string // ok, unchanged, stale, refused
	Error   string
	Run     string
	Checked time.Time
	LastOK  time.Time // last time that it was ok or unchanged; zero for never
}

// RecordSource notes how a source is now. The times of s are not looked at.
func (l *Ledger) RecordSource(ctx context.Context, s SourceState) error {
	return l.RecordSources(ctx, []SourceState{s})
}

// RecordSources notes how sources are now, in one transaction.
func (l *Ledger) RecordSources(ctx context.Context, states []SourceState) error {
	now := stamp(l.now())
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, s := range states {
			if err := recordSource(ctx, tx, s, now); err != nil {
				return fmt.Errorf("%s: %w", s.Source, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	return nil
}

func recordSource(ctx context.Context, tx *sql.Tx, s SourceState, now string) error {
	var good any
	if s.State == "ok" || s.State == "unchanged" {
		good = now
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO sources (source, state, error, run, checked, last_ok) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET state = excluded.state, error = excluded.error, run = excluded.run,
			checked = excluded.checked, last_ok = coalesce(excluded.last_ok, sources.last_ok)`,
		s.Source, s.State, nullText(s.Error), s.Run, now, good)
	return err
}

// SourceStates returns all sources by name.
func (l *Ledger) SourceStates(ctx context.Context) ([]SourceState, error) {
	found, err := query(ctx, l.db, scanSource, "SELECT source, state, error, run, checked, last_ok FROM sources ORDER BY source")
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	return found, nil
}

func scanSource(scan func(...any) error) (s SourceState, err error) {
	var failure, good sql.NullString
	var checked string
	if err := scan(&s.Source, &s.State, &failure, &s.Run, &checked, &good); err != nil {
		return SourceState{}, err
	}
	s.Error = failure.String
	return s, errors.Join(parse(checked, &s.Checked), parse(good.String, &s.LastOK))
}

// Snapshot is one published snapshot.
type Snapshot struct {
	ID        string
	Run       string
	Created   time.Time
	Content   string // hash over the marts
	Manifest  string // SHA-256 of the manifest
	Published time.Time
	Retired   time.Time // zero while it is there
}

// RecordSnapshot notes that a snapshot is published. Saying it again, after a
// restart, changes nothing.
func (l *Ledger) RecordSnapshot(ctx context.Context, s Snapshot) error {
	_, err := l.db.ExecContext(ctx, `INSERT INTO snapshots (id, run, created, content, manifest, published) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO NOTHING`, s.ID, s.Run, stamp(s.Created), s.Content, s.Manifest, stamp(l.now()))
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", s.ID, err)
	}
	return nil
}

// HasSnapshot says whether a snapshot is in the ledger.
func (l *Ledger) HasSnapshot(ctx context.Context, id string) (bool, error) {
	var n int
	if err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM snapshots WHERE id = ?", id).Scan(&n); err != nil {
		return false, fmt.Errorf("snapshot %s: %w", id, err)
	}
	return n > 0, nil
}

// RecordRetired notes that retention has deleted a snapshot.
func (l *Ledger) RecordRetired(ctx context.Context, id string) error {
	_, err := l.db.ExecContext(ctx, "UPDATE snapshots SET retired = ? WHERE id = ? AND retired IS NULL", stamp(l.now()), id)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", id, err)
	}
	return nil
}

// Snapshots returns the published snapshots, newest first.
func (l *Ledger) Snapshots(ctx context.Context) ([]Snapshot, error) {
	found, err := query(ctx, l.db, scanSnapshot, `SELECT id, run, created, content, manifest, published, retired
		FROM snapshots ORDER BY rowid DESC`)
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	return found, nil
}

func scanSnapshot(scan func(...any) error) (s Snapshot, err error) {
	var created, published string
	var retired sql.NullString
	if err := scan(&s.ID, &s.Run, &created, &s.Content, &s.Manifest, &published, &retired); err != nil {
		return Snapshot{}, err
	}
	return s, errors.Join(parse(created, &s.Created), parse(published, &s.Published), parse(retired.String, &s.Retired))
}
