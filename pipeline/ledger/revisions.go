package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// revisionsSchema numbers the different contents that a source has had for a period.
const revisionsSchema = `
CREATE TABLE revisions (
  source     TEXT NOT NULL,
  period     INTEGER NOT NULL,
  revision   INTEGER NOT NULL,        -- 1, 2, 3 ... in the order in which they were first seen
  parts_hash TEXT NOT NULL,
  parts      TEXT NOT NULL,           -- JSON: name, sha256, bytes of each part
  first_seen TEXT NOT NULL,
  last_seen  TEXT NOT NULL,
  good       INTEGER NOT NULL DEFAULT 0, -- it was decoded and published
  PRIMARY KEY (source, period, revision),
  UNIQUE (source, period, parts_hash)
) STRICT;
`

// Part is one file of a revision.
type Part struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Revision is one content that a source had for a period.
type Revision struct {
	Source    string
	Period    int
	Number    int
	Hash      string
	Parts     []Part
	FirstSeen time.Time
	LastSeen  time.Time
	Good      bool // published at least once
}

// SeeRevision notes that a source shows these parts for a period. Known parts
// keep their number; new ones get the next. fresh says that they are new, and
// latest is the highest number that the period has: a lower Number means that
// older content has come back.
func (l *Ledger) SeeRevision(ctx context.Context, source string, period int, hash string, parts []Part) (r Revision, fresh bool, latest int, err error) {
	text, err := json.Marshal(parts)
	if err != nil {
		return Revision{}, false, 0, err
	}
	err = inTx(ctx, l.db, func(tx *sql.Tx) error {
		now := stamp(l.now())
		res, err := tx.ExecContext(ctx, "UPDATE revisions SET last_seen = ? WHERE source = ? AND period = ? AND parts_hash = ?", now, source, period, hash)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			fresh = true
			if _, err := tx.ExecContext(ctx, `INSERT INTO revisions (source, period, revision, parts_hash, parts, first_seen, last_seen)
				SELECT CAST(? AS TEXT), CAST(? AS BIGINT), coalesce(max(revision), 0) + 1, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT) FROM revisions WHERE source = ? AND period = ?`,
				source, period, hash, string(text), now, now, source, period); err != nil {
				return err
			}
		}
		if err := tx.QueryRowContext(ctx, "SELECT max(revision) FROM revisions WHERE source = ? AND period = ?", source, period).Scan(&latest); err != nil {
			return err
		}
		found, err := query(ctx, tx, scanRevision, revisionQuery+" WHERE source = ? AND period = ? AND parts_hash = ?", source, period, hash)
		if err != nil || len(found) != 1 {
			return errors.Join(err, fmt.Errorf("%d rows", len(found)))
		}
		r = found[0]
		return nil
	})
	if err != nil {
		return Revision{}, false, 0, fmt.Errorf("revision of %s %d: %w", source, period, err)
	}
	return r, fresh, latest, nil
}

// Reinstate gives known content the next number, because a person said that
// the older content which came back is right.
func (l *Ledger) Reinstate(ctx context.Context, source string, period int, hash string) error {
	res, err := l.db.ExecContext(ctx, `UPDATE revisions SET revision = 1 + (SELECT max(revision) FROM revisions WHERE source = ? AND period = ?)
		WHERE source = ? AND period = ? AND parts_hash = ?`, source, period, source, period, hash)
	if err := oneRow(res, err, "never seen"); err != nil {
		return fmt.Errorf("revision of %s %d: %w", source, period, err)
	}
	return nil
}

// RestoreRevisions enters revisions that a published snapshot names, where the
// ledger does not have them: after a crash, or when the ledger is new. They
// were first seen at FirstSeen.
func (l *Ledger) RestoreRevisions(ctx context.Context, revisions []Revision) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		now := stamp(l.now())
		for _, r := range revisions {
			text, err := json.Marshal(r.Parts)
			if err != nil {
				return err
			}
			res, err := tx.ExecContext(ctx, "UPDATE revisions SET good = 1 WHERE source = ? AND period = ? AND parts_hash = ?", r.Source, r.Period, r.Hash)
			if err = oneRow(res, err, "new"); errors.Is(err, ErrUnknown) {
				_, err = tx.ExecContext(ctx, `INSERT INTO revisions (source, period, revision, parts_hash, parts, first_seen, last_seen, good)
					VALUES (?, ?, ?, ?, ?, ?, ?, 1)
					ON CONFLICT (source, period, revision) DO UPDATE SET good = 1`,
					r.Source, r.Period, r.Number, r.Hash, string(text), stamp(r.FirstSeen), now)
			}
			if err != nil {
				return fmt.Errorf("%s-%d@%d: %w", r.Source, r.Period, r.Number, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("revisions: %w", err)
	}
	return nil
}

// GoodRevisions returns the newest good revision of each period of a source.
func (l *Ledger) GoodRevisions(ctx context.Context, source string) ([]Revision, error) {
	found, err := query(ctx, l.db, scanRevision, revisionQuery+` r WHERE source = ? AND good = 1 AND revision =
		(SELECT max(revision) FROM revisions g WHERE g.source = r.source AND g.period = r.period AND g.good = 1) ORDER BY period`, source)
	if err != nil {
		return nil, fmt.Errorf("good releases of %s: %w", source, err)
	}
	return found, nil
}

// Revisions returns all revisions of a source, or of all sources for "".
func (l *Ledger) Revisions(ctx context.Context, source string) ([]Revision, error) {
	found, err := query(ctx, l.db, scanRevision, revisionQuery+" WHERE ? IN ('', source) ORDER BY source, period, revision", source)
	if err != nil {
		return nil, fmt.Errorf("releases of %s: %w", source, err)
	}
	return found, nil
}

const revisionQuery = "SELECT source, period, revision, parts_hash, parts, first_seen, last_seen, good FROM revisions"

func scanRevision(scan func(...any) error) (r Revision, err error) {
	var parts, first, last string
	if err := scan(&r.Source, &r.Period, &r.Number, &r.Hash, &parts, &first, &last, &r.Good); err != nil {
		return Revision{}, err
	}
	return r, errors.Join(json.Unmarshal([]byte(parts), &r.Parts), parse(first, &r.FirstSeen), parse(last, &r.LastSeen))
}
