package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// networkSchema remembers what one night learns about sources behind a network for the next.
const networkSchema = `
CREATE TABLE listings (
  source  TEXT PRIMARY KEY,
  entries TEXT NOT NULL,              -- JSON: what the catalogue has listed, gone entries too
  seen    TEXT NOT NULL
) STRICT;

CREATE TABLE breakers (
  source     TEXT PRIMARY KEY,
  failures   INTEGER NOT NULL,        -- failed tries in a row
  open_until TEXT                     -- left alone until then
) STRICT;

CREATE TABLE partials (
  source TEXT NOT NULL,
  url    TEXT NOT NULL,               -- of the request, masked
  origin TEXT NOT NULL,               -- of the answer that began it, masked
  etag   TEXT NOT NULL,
  bytes  INTEGER NOT NULL,
  total  INTEGER NOT NULL,            -- -1 when the server did not say
  sha256 TEXT NOT NULL,               -- of the bytes held
  cut    TEXT NOT NULL,
  PRIMARY KEY (source, url)
) STRICT;

CREATE TABLE answers (
  source    TEXT NOT NULL,
  kode      TEXT NOT NULL,            -- village
  tahun     INTEGER NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('answered', 'missing', 'failed')),
  asked     TEXT NOT NULL,
  ask_again TEXT,                     -- when the next question is due; NULL is never
  message   TEXT,
  sha256    TEXT,                     -- of the answer
  times     INTEGER NOT NULL,
  PRIMARY KEY (source, kode, tahun)
) STRICT, WITHOUT ROWID;

CREATE TABLE bundles (
  source TEXT NOT NULL,
  tahun  INTEGER NOT NULL,
  number INTEGER NOT NULL,            -- 1, 2, 3 ...: a later bundle's answers stand for the same village's earlier ones
  sha256 TEXT NOT NULL,
  bytes  INTEGER NOT NULL,
  landed TEXT NOT NULL,
  PRIMARY KEY (source, tahun, number)
) STRICT;
`

// Entry is one file that a catalogue has listed.
type Entry struct {
	URL      string    `json:"url"`
	Period   string    `json:"period"`
	Name     string    `json:"name,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
}

// Listing returns what a catalogue has listed so far, nothing before the first time.
func (l *Ledger) Listing(ctx context.Context, source string) ([]Entry, error) {
	var text string
	var entries []Entry
	err := l.db.QueryRowContext(ctx, "SELECT entries FROM listings WHERE source = ?", source).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &entries)
	}
	if err != nil {
		return nil, fmt.Errorf("listing of %s: %w", source, err)
	}
	return entries, nil
}

// RecordListing notes what a catalogue lists.
func (l *Ledger) RecordListing(ctx context.Context, source string, entries []Entry) error {
	text, err := json.Marshal(entries)
	if err == nil {
		_, err = l.db.ExecContext(ctx, `INSERT INTO listings (source, entries, seen) VALUES (?, ?, ?)
			ON CONFLICT (source) DO UPDATE SET entries = excluded.entries, seen = excluded.seen`, source, string(text), stamp(l.now()))
	}
	if err != nil {
		return fmt.Errorf("listing of %s: %w", source, err)
	}
	return nil
}

// Breaker is a source that failed several times in a row.
type Breaker struct {
	Source    string
	Failures  int
	OpenUntil time.Time // zero while it is still asked
}

// Breakers returns the sources that failed lately, by name.
func (l *Ledger) Breakers(ctx context.Context) ([]Breaker, error) {
	found, err := query(ctx, l.db, func(scan func(...any) error) (b Breaker, err error) {
		var until sql.NullString
		if err := scan(&b.Source, &b.Failures, &until); err != nil {
			return Breaker{}, err
		}
		return b, parse(until.String, &b.OpenUntil)
	}, "SELECT source, failures, open_until FROM breakers ORDER BY source")
	if err != nil {
		return nil, fmt.Errorf("breakers: %w", err)
	}
	return found, nil
}

// RecordBreakers notes how one source fails; no state means that it answers again.
func (l *Ledger) RecordBreakers(ctx context.Context, source string, states []Breaker) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM breakers WHERE source = ?", source); err != nil {
			return err
		}
		for _, b := range states {
			if _, err := tx.ExecContext(ctx, "INSERT INTO breakers (source, failures, open_until) VALUES (?, ?, ?)",
				source, b.Failures, nullTime(b.OpenUntil)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("breaker of %s: %w", source, err)
	}
	return nil
}

// Partial is a download that was cut and can go on.
type Partial struct {
	Source, URL  string // of the request, masked
	Origin, ETag string
	Bytes, Total int64
	SHA256       string
}

// Partial returns the cut download of an address; ErrUnknown when there is none.
func (l *Ledger) Partial(ctx context.Context, source, url string) (Partial, error) {
	p := Partial{Source: source, URL: url}
	err := l.db.QueryRowContext(ctx, "SELECT origin, etag, bytes, total, sha256 FROM partials WHERE source = ? AND url = ?", source, url).
		Scan(&p.Origin, &p.ETag, &p.Bytes, &p.Total, &p.SHA256)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrUnknown
	}
	if err != nil {
		return Partial{}, fmt.Errorf("cut download of %s: %w", source, err)
	}
	return p, nil
}

// RecordPartial notes a cut download; one without bytes is forgotten.
func (l *Ledger) RecordPartial(ctx context.Context, p Partial) error {
	var err error
	if p.Bytes == 0 {
		_, err = l.db.ExecContext(ctx, "DELETE FROM partials WHERE source = ? AND url = ?", p.Source, p.URL)
	} else {
		_, err = l.db.ExecContext(ctx, `INSERT INTO partials (source, url, origin, etag, bytes, total, sha256, cut)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source, url) DO UPDATE SET origin = excluded.origin, etag = excluded.etag, bytes = excluded.bytes,
				total = excluded.total, sha256 = excluded.sha256, cut = excluded.cut`, p.Source, p.URL, p.Origin, p.ETag, p.Bytes, p.Total, p.SHA256, stamp(l.now()))
	}
	if err != nil {
		return fmt.Errorf("cut download of %s: %w", p.Source, err)
	}
	return nil
}
