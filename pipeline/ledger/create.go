package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// journalSuffix ends the name of SQLite's rollback journal.
const journalSuffix = "-journal"

// create makes an empty ledger under another name and renames it into place.
func create(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path + journalSuffix); err == nil {
		return fmt.Errorf("%s lies there without its ledger and would be played back into a new one: `lumbung ledger rebuild` sets it aside", path+journalSuffix)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), tempPrefix+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	name := temp.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(name))
		}
	}()
	if err := errors.Join(temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	db, err := connect(name, "rw")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", appID))
	if err == nil {
		err = migrate(ctx, db, name, 0)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// The seal of a ledger that was moved away is not the new one's.
	if err := removeIfThere(path + sealSuffix); err != nil {
		return err
	}
	// A link, unlike a rename, does not replace a ledger that another process
	// has made in the meantime; that one is then as good as ours.
	if err := os.Link(name, path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := os.Remove(name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

// readHead returns up to n bytes from the beginning of a file.
func readHead(path string, n int) (head []byte, err error) {
	// A link would be read elsewhere, a pipe would wait for a writer.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head = make([]byte, n)
	got, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:got], err
}

// classify tells damage from other trouble by SQLite's result code.
func classify(path string, err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return &DamagedError{Path: path, Err: err}
		}
	}
	return fmt.Errorf("ledger %s: %w", path, err)
}

// Remedy says what to do about an error of the database's surroundings; "" for any other.
func Remedy(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return "the ledger could not be written: free disk space, or lift the quota or file-size limit (ulimit -f), and run again"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return "permission denied to write data/ledger.db or its folder: run it as the user to whom the project belongs"
	case sqlite3.SQLITE_CANTOPEN:
		return "the ledger could not be opened: check permissions of the data folder and the limit of open files (ulimit -n), and run again"
	}
	return ""
}
