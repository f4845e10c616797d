package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"lumbung/internal/disk"
)

// joinEvery is how often one that wants to join looks whether the clearing has ended.
const joinEvery = 50 * time.Millisecond

// Join says that the caller writes units although it does not hold the run
// lock: until the end of what it returns, or of the process, nothing is
// cleared. It waits for one that is clearing.
func (s *Store) Join(ctx context.Context) (io.Closer, error) {
	if err := disk.MkdirAll(s.fs, path.Dir(s.dir), dirPerm); err != nil {
		return nil, err
	}
	look := time.NewTicker(joinEvery)
	defer look.Stop()
	for {
		joined, err := s.lock(false)
		if !errors.Is(err, disk.ErrBusy) {
			return joined, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-look.C:
		}
	}
}

// lock takes the lock beside the directory, <dir>.lock.
func (s *Store) lock(exclusive bool) (io.Closer, error) {
	name := s.dir + ".lock"
	f, err := s.fs.Create(name, 0o644)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("staged units: %w", err)
	}
	return s.fs.Lock(name, exclusive)
}

// Clear removes units that dead writers left unfinished, and the finished ones
// that drop names. Call it with the run lock held; it does nothing while
// others have joined: the next run clears. now is for the shared store, where
// only what is older than a day goes.
func (s *Store) Clear(ctx context.Context, drop func(key string) bool, now time.Time) error {
	if err := s.clear(drop); err != nil || s.remote == nil || drop == nil {
		return err
	}
	return s.clearRemote(ctx, drop, now)
}

func (s *Store) clear(drop func(key string) bool) (err error) {
	entries, err := s.fs.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("leftovers in %s: %w", s.dir, err)
	}
	alone, err := s.lock(true)
	if errors.Is(err, disk.ErrBusy) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, alone.Close()) }()
	for _, e := range entries {
		switch {
		case disk.IsTemp(e.Name()):
			if err := disk.RemoveAll(s.fs, path.Join(s.dir, e.Name())); err != nil {
				return fmt.Errorf("leftover %s: %w", e.Name(), err)
			}
		case e.IsDir() && drop != nil && drop(e.Name()):
			if err := s.Remove(e.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}
