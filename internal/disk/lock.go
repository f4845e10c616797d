package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

// Holder says who has a lock.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Start time.Time `json:"start"`
}

// LockedError means that another process holds the lock.
type LockedError struct {
	Path   string
	Holder Holder // zero when the holder has not written it yet
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("%s is locked by another process: wait until it ends", e.Path)
	}
	return fmt.Sprintf("%s is locked by process %d on %s since %s: wait until it ends, or stop it",
		e.Path, e.Holder.PID, e.Holder.Host, e.Holder.Start.UTC().Format(time.RFC3339))
}

// Is makes errors.Is(err, ErrBusy) hold.
func (e *LockedError) Is(target error) bool { return target == ErrBusy }

// Lock is held by one process at a time. The operating system gives it back
// when the process dies, so a file that a dead process left is no lock.
type Lock struct{ f *os.File }

// Acquire takes the lock of a path, making the file where it is missing. When
// another process (or another Lock of this one) has it, the error is a
// *LockedError. The holder's text in the file is for people; what locks is
// flock(2). The file is never removed: a name that comes and goes could be
// locked twice.
func Acquire(path string, start time.Time) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644) // a link would have us write elsewhere
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := flock(f, true); err != nil {
		if errors.Is(err, ErrBusy) {
			err = &LockedError{Path: path, Holder: readHolder(f)}
		} else {
			err = fmt.Errorf("lock %s: %w", path, err)
		}
		return nil, errors.Join(err, f.Close())
	}
	if err := writeHolder(f, start); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return &Lock{f: f}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error {
	return errors.Join(l.f.Truncate(0), l.f.Close())
}

func writeHolder(f *os.File, start time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	text, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Start: start.UTC()})
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(text, '\n'), 0)
	return err
}

// readHolder is for an error text only, so what cannot be read stays zero.
func readHolder(f *os.File) Holder {
	var h Holder
	text, err := io.ReadAll(io.LimitReader(io.NewSectionReader(f, 0, 1<<12), 1<<12))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}
