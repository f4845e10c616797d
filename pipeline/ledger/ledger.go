// Package ledger remembers runs, steps, objects, releases and snapshots in one
// SQLite file that anyone can read with sqlite3, or, for several machines, in
// the same tables on a PostgreSQL server.
//
// The file is in rollback-journal mode with synchronous=FULL: what a method
// has returned survives a power loss, and a copy of the one file is the whole
// ledger. A missing file is made complete under another name and renamed into
// place, so an empty or foreign file under the ledger's name is damage, and
// damage is reported and never papered over with a new ledger.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long a statement waits for another process: a nightly
// run and a person's `lumbung runs` meet for milliseconds.
const busyTimeout = 10 * time.Second

// minSQLite is the first version without the WAL-reset race. The ledger uses
// no WAL; a program that switches it on must still not lose pages.
const minSQLite = "3.51.3"

// Ledger is an open ledger. It is safe for use by several goroutines and, by
// SQLite's locks, by several processes.
type Ledger struct {
	db    *sql.DB
	path  string
	clock func() time.Time
	write bool // a file, opened for writing
	// server is set for a ledger in PostgreSQL.
	server *server
}

// DamagedError means that the file is not a sound ledger.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: not a sound ledger: %v: put a backup in its place (`lumbung ledger backup` makes them), or `lumbung ledger rebuild` "+
		"keeps it aside and makes a new one from the manifests, without the history of runs", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// NewerError means that a later version of lumbung wrote the ledger.
type NewerError struct {
	Path        string
	Found, Know int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s: ledger version %d, this program knows %d: use the version of lumbung that wrote it", e.Path, e.Found, e.Know)
}

// Open opens the ledger, makes it when the file is missing, and brings an
// older one up to date. The error is a *DamagedError or a *NewerError for a
// file that is there and cannot be used.
//
// A path postgres://... with a search_path is a ledger that several machines
// share: see Address.
func Open(ctx context.Context, path string, clock func() time.Time) (*Ledger, error) {
	if isPostgres(path) {
		return openPostgres(ctx, path, false, clock)
	}
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = create(ctx, path)
		if _, there := os.Lstat(path); there == nil {
			err = nil // if not ours, then one that another process has made in the meantime, and swept ours away
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return open(ctx, path, "rw", clock)
}

// OpenReadOnly opens a ledger that exists for reading, for commands that run
// beside a run or without leave to write. An older version is not migrated.
func OpenReadOnly(ctx context.Context, path string) (*Ledger, error) {
	if isPostgres(path) {
		return openPostgres(ctx, path, true, time.Now)
	}
	if _, err := os.Lstat(path); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return open(ctx, path, "ro", time.Now)
}

// Close seals what was written and closes the file.
func (l *Ledger) Close() error {
	var err error
	if l.write {
		if err = writeSeal(context.Background(), l.db, l.path); err != nil {
			err = fmt.Errorf("ledger: seal: %w", err)
		}
	}
	return errors.Join(err, l.db.Close())
}

func open(ctx context.Context, path, mode string, clock func() time.Time) (*Ledger, error) {
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	db, err := connect(path, mode)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", path, err)
	}
	if err := prepare(ctx, db, path, mode); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Ledger{db: db, path: path, clock: clock, write: mode == "rw"}, nil
}

func connect(path, mode string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()))
	q.Add("_pragma", "foreign_keys(1)")
	if mode != "ro" {
		q.Add("_pragma", "journal_mode(DELETE)")
		q.Add("_pragma", "synchronous(FULL)")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // one writer; SQLite would make the others wait anyway
	return db, nil
}

// checkHeader looks at the file before SQLite does, which takes an empty file
// for a new database.
func checkHeader(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if !info.Mode().IsRegular() {
		return &DamagedError{Path: path, Err: errors.New("not a regular file")}
	}
	text, err := readHead(path, 100)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if len(text) < 100 || !strings.HasPrefix(string(text), "SQLite format 3\x00") {
		return &DamagedError{Path: path, Err: fmt.Errorf("%d bytes without SQLite's header", info.Size())}
	}
	return nil
}

// prepare checks version, identity and soundness, and migrates.
func prepare(ctx context.Context, db *sql.DB, path, mode string) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return classify(path, err)
	}
	if !atLeast(version, minSQLite) {
		return fmt.Errorf("ledger: SQLite %s is linked in, %s or later is needed: update modernc.org/sqlite", version, minSQLite)
	}
	have, err := versionOf(ctx, db, path)
	if err != nil {
		return err
	}
	steps := migrations()
	if have > len(steps) {
		return &NewerError{Path: path, Found: have, Know: len(steps)}
	}
	if err := sound(ctx, db, path); err != nil {
		return err
	}
	sealed, err := checkSeal(ctx, db, path)
	if err != nil {
		return err
	}
	if mode == "ro" {
		if have < len(steps) {
			return fmt.Errorf("ledger %s: version %d, this program needs %d: the next `lumbung run` updates it", path, have, len(steps))
		}
		return nil
	}
	if !sealed {
		if err := writeSeal(ctx, db, path); err != nil {
			return fmt.Errorf("ledger: seal: %w", err)
		}
	}
	return migrate(ctx, db, path, have)
}

func versionOf(ctx context.Context, db *sql.DB, path string) (int, error) {
	var app, version int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return 0, classify(path, err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, classify(path, err)
	}
	if app != appID || version < 1 {
		return 0, &DamagedError{Path: path, Err: fmt.Errorf("SQLite file of another program (application_id %d, user_version %d)", app, version)}
	}
	return version, nil
}

// sound runs SQLite's own check. A ledger of ten years is some megabytes.
func sound(ctx context.Context, db *sql.DB, path string) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return classify(path, err)
	}
	var code int
	if _, at, ok := strings.Cut(verdict, "error code="); ok {
		if _, err := fmt.Sscanf(at, "%d", &code); err == nil && code&0xff == sqlite3.SQLITE_IOERR {
			return fmt.Errorf("ledger %s: cannot be read: %s: look at the disk", path, verdict)
		}
	}
	if verdict != "ok" {
		return &DamagedError{Path: path, Err: errors.New(strings.ReplaceAll(verdict, "\n", " "))}
	}
	return nil
}

// migrate applies the steps from a version on, each with its version in one transaction.
func migrate(ctx context.Context, db *sql.DB, path string, from int) error {
	for v, step := range migrations() {
		if v < from {
			continue
		}
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", v+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("ledger %s: migration to version %d: %w", path, v+1, err)
		}
	}
	return nil
}

// inTx runs do in a transaction that has the write lock from its start.
func inTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		if rerr := tx.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			return errors.Join(err, rerr)
		}
		return err
	}
	return tx.Commit()
}

// atLeast compares dotted version numbers.
func atLeast(have, want string) bool {
	h, w := strings.Split(have, "."), strings.Split(want, ".")
	for i := range w {
		if i >= len(h) {
			return false
		}
		a, aerr := strconv.Atoi(h[i])
		b, berr := strconv.Atoi(w[i])
		if aerr != nil || berr != nil {
			return false
		}
		if a != b {
			return a > b
		}
	}
	return true
}
