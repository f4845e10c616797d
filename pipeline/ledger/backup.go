package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Backup writes a copy of the ledger as it is at one instant to a new file,
// with a seal beside it. Pages are copied as they are, so a copy that is put
// back never looks like another history under the same seal.
func (l *Ledger) Backup(ctx context.Context, dest string) (err error) {
	if l.server != nil {
		return l.server.only("backup", "pg_dump --schema="+l.server.schema+" copies it at one instant")
	}
	if _, err := os.Lstat(dest); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, &fs.PathError{Op: "backup", Path: dest, Err: fs.ErrExist})
	}
	dir, base := filepath.Split(dest)
	temp, err := os.CreateTemp(filepath.Clean(dir), tempPrefix+base+"-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, removeIfThere(temp.Name())) }()
	err = eachPage(ctx, l.db, l.path, func(_ int64, page []byte) error {
		_, err := temp.Write(page)
		return err
	})
	if err := errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("backup %s: %w", dest, err)
	}
	if err := os.Rename(temp.Name(), dest); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	copied, err := OpenReadOnly(ctx, dest) // which reads and checks all of it
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := errors.Join(writeSeal(ctx, copied.db, dest), copied.Close()); err != nil {
		return fmt.Errorf("backup %s: %w", dest, err)
	}
	return syncDir(filepath.Clean(dir))
}

// SetAside renames a ledger that cannot be used, with its journal and seal, and
// returns its new name, "" when there is none.
func SetAside(path string, now time.Time) (string, error) {
	to := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("ledger: %s is there already: %w", to, errors.Join(err, fs.ErrExist))
	}
	// The journal goes first: left beside a new ledger it would be played back into that.
	for _, suffix := range []string{journalSuffix, sealSuffix, ""} {
		err := os.Rename(path+suffix, to+suffix)
		if suffix == "" && errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("ledger: %w", err)
		}
	}
	return to, syncDir(filepath.Dir(path))
}

// SkipRuns makes the next run's number higher than n.
func (l *Ledger) SkipRuns(ctx context.Context, n int64) error {
	if _, err := l.db.ExecContext(ctx, "UPDATE meta SET value = ? WHERE key = 'run' AND value < ?", n, n); err != nil {
		return fmt.Errorf("run numbers: %w", err)
	}
	return nil
}
