package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SQLite has no checksums: a flipped bit in a text is a different text. So the
// ledger has a seal beside it, LEDGER.sum, with one line: the file's change
// counter, which SQLite raises with every transaction, and the SHA-256 of all
// pages at that count. Close writes it; Open compares. A process that dies
// before Close, or a backup that is put back, leaves the seal of another count,
// which says nothing about the pages of this one: the next Open for writing
// seals them as they are then.
const (
	sealSuffix = ".sum"
	maxSeal    = 256
)

// Offsets in page 1 of an SQLite file.
const (
	changeCounterAt = 24 // raised by each transaction
	validForAt      = 92 // the same number again, so that one flipped bit cannot look like a transaction
)

// seal is what a ledger held at a time.
type seal struct {
	counter uint32
	sum     string
}

func (s seal) text() string {
	line := fmt.Sprintf("lumbung-ledger %d %s", s.counter, s.sum)
	check := sha256.Sum256([]byte(line))
	return line + " " + hex.EncodeToString(check[:4]) + "\n"
}

// eachPage visits all pages in one statement, so that they belong together. It
// goes through SQLite: a second descriptor of this process would, when closed,
// drop the locks of the first.
func eachPage(ctx context.Context, db *sql.DB, path string, visit func(number int64, page []byte) error) (err error) {
	rows, err := db.QueryContext(ctx, "SELECT pgno, data FROM sqlite_dbpage ORDER BY pgno")
	if err != nil {
		return classify(path, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var number int64
		var page sql.RawBytes
		if err := rows.Scan(&number, &page); err != nil {
			return classify(path, err)
		}
		if err := visit(number, page); err != nil {
			return err
		}
	}
	return rows.Err()
}

// measure gives the seal that fits the ledger as it is now.
func measure(ctx context.Context, db *sql.DB, path string) (s seal, err error) {
	h := sha256.New()
	err = eachPage(ctx, db, path, func(number int64, page []byte) error {
		if number == 1 {
			if len(page) < validForAt+4 {
				return &DamagedError{Path: path, Err: fmt.Errorf("first page of %d bytes", len(page))}
			}
			s.counter = binary.BigEndian.Uint32(page[changeCounterAt:])
			if again := binary.BigEndian.Uint32(page[validForAt:]); again != s.counter {
				return &DamagedError{Path: path, Err: fmt.Errorf("change counter %d, its copy says %d", s.counter, again)}
			}
		}
		_, _ = fmt.Fprintf(h, "%d\n", number)
		_, _ = h.Write(page)
		return nil
	})
	s.sum = hex.EncodeToString(h.Sum(nil))
	return s, err
}

// readSeal returns the seal beside a ledger; ok is false when there is none.
func readSeal(path string) (s seal, ok bool, err error) {
	text, err := readHead(path+sealSuffix, maxSeal)
	if errors.Is(err, fs.ErrNotExist) {
		return seal{}, false, nil
	}
	if err != nil {
		return seal{}, false, fmt.Errorf("ledger: %w", err)
	}
	if _, err := fmt.Sscanf(string(text), "lumbung-ledger %d %64s", &s.counter, &s.sum); err != nil || s.text() != string(text) {
		return seal{}, false, fmt.Errorf("ledger: %s: the seal itself is damaged: remove it, the next command writes a new one", path+sealSuffix)
	}
	return s, true, nil
}

// checkSeal compares the pages with the seal. It says whether the pages are
// sealed: a seal that is missing or of another count is no damage.
func checkSeal(ctx context.Context, db *sql.DB, path string) (sealed bool, err error) {
	want, ok, err := readSeal(path)
	if err != nil {
		return false, err
	}
	have, err := measure(ctx, db, path)
	if err != nil || !ok || have.counter != want.counter {
		return false, err
	}
	if have.sum != want.sum {
		return false, &DamagedError{Path: path, Err: fmt.Errorf("SHA-256 of its pages is %s, %s was sealed: a bit flipped, or the file was edited without SQLite", have.sum, want.sum)}
	}
	return true, nil
}

// writeSeal seals the ledger as it is now, unless the seal says so already.
// The pages are on the disk when the seal gets there: each transaction is synced.
func writeSeal(ctx context.Context, db *sql.DB, path string) error {
	have, err := measure(ctx, db, path)
	if err != nil {
		return err
	}
	if old, ok, err := readSeal(path); err == nil && ok && old == have {
		return nil
	}
	dir, base := filepath.Split(path)
	temp, err := os.CreateTemp(dir, tempPrefix+base+sealSuffix+"-*")
	if err != nil {
		return err
	}
	_, err = temp.WriteString(have.text())
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path+sealSuffix)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a run swept it away, and seals the ledger itself
	}
	if err != nil {
		return errors.Join(err, removeIfThere(temp.Name()))
	}
	return nil
}

// tempPrefix begins the names of files that are not yet what they will be.
const tempPrefix = ".tmp-"

// Sweep removes files that dead processes left unfinished beside the ledger.
func (l *Ledger) Sweep() error {
	if l.server != nil {
		return nil
	}
	dir, base := filepath.Split(l.path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("ledger: leftovers: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix+base) && e.Type().IsRegular() {
			if err := removeIfThere(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("ledger: leftovers: %w", err)
			}
		}
	}
	return nil
}
