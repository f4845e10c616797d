package landing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"lumbung/internal/disk"
)

// Report is what Verify found.
type Report struct {
	Objects int   // objects looked at, damaged ones included
	Bytes   int64 // bytes read
	Damaged []*DamagedError
	Foreign []string // names that are no object: links, directories, other files
}

// Progress says how far Verify is.
type Progress struct {
	Objects int
	Bytes   int64
}

// Verify reads every object and compares it with its name, whatever has been
// verified before. progress may be nil. The error is for a listing that cannot
// be read or a context that ended; damage is in the report.
func (s *Store) Verify(ctx context.Context, progress func(Progress)) (Report, error) {
	var report Report
	dirs, err := s.fs.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return report, nil
	}
	if err != nil {
		return report, fmt.Errorf("landing: %w", err)
	}
	for _, dir := range dirs {
		name := path.Join(s.dir, dir.Name())
		switch {
		case disk.IsTemp(dir.Name()): // of a writer that is at work, or for Sweep
		case !dir.IsDir() || len(dir.Name()) != 2:
			report.Foreign = append(report.Foreign, name)
		default:
			if err := s.verifyDir(ctx, name, &report, progress); err != nil {
				return report, err
			}
		}
	}
	return report, nil
}

func (s *Store) verifyDir(ctx context.Context, dir string, report *Report, progress func(Progress)) error {
	entries, err := s.fs.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("landing: %w", err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !isHash(e.Name()) || e.Name()[:2] != path.Base(dir) {
			report.Foreign = append(report.Foreign, name)
			continue
		}
		if err := s.verifyOne(ctx, e.Name(), report); err != nil {
			return err
		}
		if progress != nil {
			progress(Progress{Objects: report.Objects, Bytes: report.Bytes})
		}
	}
	return nil
}

func (s *Store) verifyOne(ctx context.Context, sha string, report *Report) error {
	s.mu.Lock()
	delete(s.verified, sha)
	s.mu.Unlock()
	f, err := s.open(ctx, sha)
	report.Objects++
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		report.Bytes += damaged.Bytes
		report.Damaged = append(report.Damaged, damaged)
		return nil
	case err != nil:
		return err
	}
	report.Bytes += f.Size()
	if err := f.Close(); err != nil {
		return fmt.Errorf("object %s: %w", sha, err)
	}
	return nil
}
