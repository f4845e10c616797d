package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// noticesSchema remembers what people have been told, so that they are told once.
const noticesSchema = `
CREATE TABLE notices (
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,              -- run, source idm, late idm, snapshot, release
  state   TEXT NOT NULL,              -- the kind of trouble; the id of a snapshot
  told    TEXT NOT NULL,
  PRIMARY KEY (channel, subject)
) STRICT;
`

// Notice is what a channel was told last about one subject.
type Notice struct {
	Channel, Subject string
	State            string
	Told             time.Time
}

// Notices returns what the channels were told last.
func (l *Ledger) Notices(ctx context.Context) ([]Notice, error) {
	found, err := query(ctx, l.db, func(scan func(...any) error) (n Notice, err error) {
		var told string
		if err := scan(&n.Channel, &n.Subject, &n.State, &told); err != nil {
			return Notice{}, err
		}
		return n, parse(told, &n.Told)
	}, "SELECT channel, subject, state, told FROM notices ORDER BY channel, subject")
	if err != nil {
		return nil, fmt.Errorf("notices: %w", err)
	}
	return found, nil
}

// RecordTold notes what a channel has been told now. A notice without a state
// is about something that is over, and is forgotten.
func (l *Ledger) RecordTold(ctx context.Context, notices []Notice) error {
	now := stamp(l.now())
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, n := range notices {
			var err error
			if n.State == "" {
				_, err = tx.ExecContext(ctx, "DELETE FROM notices WHERE channel = ? AND subject = ?", n.Channel, n.Subject)
			} else {
				_, err = tx.ExecContext(ctx, `INSERT INTO notices (channel, subject, state, told) VALUES (?, ?, ?, ?)
					ON CONFLICT (channel, subject) DO UPDATE SET state = excluded.state, told = excluded.told`,
					n.Channel, n.Subject, n.State, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("notices: %w", err)
	}
	return nil
}
