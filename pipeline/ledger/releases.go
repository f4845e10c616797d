package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Object is one fetch of one release part: these bytes came from this place.
type Object struct {
	SHA256       string
	Source       string
	URL          string // or the name of a file
	Bytes        int64
	ETag         string
	LastModified string // the header's text
	FirstSeen    time.Time
	LastSeen     time.Time
	FetchedAt    time.Time // when the bytes last came over the wire
	Unmodified   int       // answers "not modified" since then
}

// RecordObject notes that bytes came from a place now. The times and the
// counter of o are not looked at.
func (l *Ledger) RecordObject(ctx context.Context, o Object) error {
	return l.RecordObjects(ctx, []Object{o})
}

// RecordUnmodified notes that a place answered that its object has not changed.
func (l *Ledger) RecordUnmodified(ctx context.Context, source, url, sha string) error {
	res, err := l.db.ExecContext(ctx, `UPDATE objects SET last_seen = ?, unmodified = unmodified + 1 WHERE source = ? AND url = ? AND sha256 = ?`,
		stamp(l.now()), source, url, sha)
	if err := oneRow(res, err, "never fetched"); err != nil {
		return fmt.Errorf("object %s: %w", sha, err)
	}
	return nil
}

const objectColumns = "sha256, source, url, bytes, etag, last_modified, first_seen, last_seen, fetched_at, unmodified"

// LastObject returns what a place gave last; ErrUnknown when it never gave
// anything. Its ETag and LastModified are what to ask with.
func (l *Ledger) LastObject(ctx context.Context, source, url string) (Object, error) {
	found, err := query(ctx, l.db, scanObject, "SELECT "+objectColumns+` FROM objects WHERE source = ? AND url = ?
		ORDER BY last_seen DESC, rowid DESC LIMIT 1`, source, url)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Object{}, fmt.Errorf("%s: %s: %w", source, url, err)
	}
	return found[0], nil
}

// Objects returns every place that gave these bytes, oldest first.
func (l *Ledger) Objects(ctx context.Context, sha string) ([]Object, error) {
	found, err := query(ctx, l.db, scanObject, "SELECT "+objectColumns+" FROM objects WHERE sha256 = ? ORDER BY first_seen, rowid", sha)
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", sha, err)
	}
	return found, nil
}

func scanObject(scan func(...any) error) (o Object, err error) {
	var first, last, fetched string
	err = scan(&o.SHA256, &o.Source, &o.URL, &o.Bytes, &o.ETag, &o.LastModified, &first, &last, &fetched, &o.Unmodified)
	if err != nil {
		return Object{}, err
	}
	return o, errors.Join(parse(first, &o.FirstSeen), parse(last, &o.LastSeen), parse(fetched, &o.FetchedAt))
}

// ReleaseState is what became of a release.
type ReleaseState string

// The states of a release.
const (
	ReleaseOK        ReleaseState = "ok"
	ReleaseRefused   ReleaseState = "refused"
	ReleaseStale     ReleaseState = "stale"     // an older copy is used because the source failed
	ReleaseWithdrawn ReleaseState = "withdrawn" // the source no longer lists it
)

// Release is one state of one release as read through one contract.
type Release struct {
	Source    string
	Period    string
	Revision  string
	Contract  string
	PartsHash string // over names and hashes of the parts
	State     ReleaseState
	Error     string
	StageKey  string
	Run       string // the last run that saw it
	FirstSeen time.Time
	LastSeen  time.Time
	LastGood  time.Time // last time that it was ok; zero for never
}

// RecordRelease notes what became of a release now. The times of r are not
// looked at. Other parts under the same revision are another row, so the one
// that was good before is not forgotten.
func (l *Ledger) RecordRelease(ctx context.Context, r Release) error {
	now := stamp(l.now())
	var good any
	if r.State == ReleaseOK {
		good = now
	}
	_, err := l.db.ExecContext(ctx, `INSERT INTO releases
		(source, period, revision, contract, parts_hash, state, error, stage_key, run, first_seen, last_seen, last_good)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (source, period, revision, contract, parts_hash) DO UPDATE SET state = excluded.state, error = excluded.error,
			stage_key = excluded.stage_key, run = excluded.run, last_seen = excluded.last_seen,
			last_good = coalesce(excluded.last_good, releases.last_good)`,
		r.Source, r.Period, r.Revision, r.Contract, r.PartsHash, r.State, nullText(r.Error), r.StageKey, r.Run, now, now, good)
	if err != nil {
		return fmt.Errorf("release %s %s %s: %w", r.Source, r.Period, r.Revision, err)
	}
	return nil
}

const releaseColumns = "source, period, revision, contract, parts_hash, state, error, stage_key, run, first_seen, last_seen, last_good"

// Releases returns what is known of a source, or of all for "", by source and
// period, oldest first.
func (l *Ledger) Releases(ctx context.Context, source string) ([]Release, error) {
	found, err := query(ctx, l.db, scanRelease, "SELECT "+releaseColumns+` FROM releases WHERE ? IN ('', source)
		ORDER BY source, period, contract, first_seen, rowid`, source)
	if err != nil {
		return nil, fmt.Errorf("releases of %s: %w", source, err)
	}
	return found, nil
}

// LastGood returns for each contract the state of a source's period that was
// ok last: what to use when the source fails now. Empty when it never was.
func (l *Ledger) LastGood(ctx context.Context, source, period string) ([]Release, error) {
	found, err := query(ctx, l.db, scanRelease, "SELECT "+releaseColumns+` FROM (
		SELECT *, row_number() OVER (PARTITION BY contract ORDER BY last_good DESC, rowid DESC) AS place
		FROM releases WHERE source = ? AND period = ? AND last_good IS NOT NULL) AS placed
		WHERE place = 1 ORDER BY contract`, source, period)
	if err != nil {
		return nil, fmt.Errorf("last good release of %s %s: %w", source, period, err)
	}
	return found, nil
}

func scanRelease(scan func(...any) error) (r Release, err error) {
	var failure, good sql.NullString
	var first, last string
	err = scan(&r.Source, &r.Period, &r.Revision, &r.Contract, &r.PartsHash, &r.State, &failure, &r.StageKey, &r.Run, &first, &last, &good)
	if err != nil {
		return Release{}, err
	}
	r.Error = failure.String
	return r, errors.Join(parse(first, &r.FirstSeen), parse(last, &r.LastSeen), parse(good.String, &r.LastGood))
}
