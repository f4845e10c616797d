package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// Policy says which snapshots retention may delete: those that are neither
// among the last Keep nor younger than MinAge. The current one, pinned ones,
// those that a reader has open and damaged ones stay in any case.
type Policy struct {
	Keep   int // at least 1
	MinAge time.Duration
}

// Retain deletes what the policy lets go and returns the ids. Order is by the
// snapshots' numbers, so a clock that jumps cannot make the newest look old.
func (s *Store) Retain(ctx context.Context, policy Policy) ([]string, error) {
	if policy.Keep < 1 {
		return nil, fmt.Errorf("retention: keep %d: at least 1", policy.Keep)
	}
	current, err := s.currentID()
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err) // without it nothing is safe to delete
	}
	all, err := s.readable()
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	var removed []string
	kept := 0
	for _, e := range all {
		if e.damage != nil {
			continue
		}
		kept++
		// One that shares its second and its content with another bears the next second, which may still be to come.
		young := policy.MinAge > 0 && s.clock().Sub(e.manifest.Created) < policy.MinAge
		if kept <= policy.Keep || e.id == current || e.pinned || young {
			continue
		}
		gone, err := s.remove(ctx, e.id)
		if err != nil {
			return removed, fmt.Errorf("retention: %w", err)
		}
		if gone {
			removed = append(removed, e.id)
		}
	}
	return removed, nil
}

// remove deletes a snapshot that nobody reads: renamed away first, so that no
// name ever stands for half a snapshot. It reports false for one with a reader.
func (s *Store) remove(ctx context.Context, id string) (gone bool, err error) {
	lease, err := s.fs.Lock(path.Join(dirOf(id), manifestName), true)
	switch {
	case errors.Is(err, disk.ErrBusy):
		return false, nil
	case errors.Is(err, fs.ErrNotExist): // nobody can open one without a manifest
	case err != nil:
		return false, fmt.Errorf("snapshot %s: %w", id, err)
	default:
		defer func() { err = errors.Join(err, lease.Close()) }()
	}
	crash.Hit(ctx, crash.RetainLocked)
	away := path.Join(snapshotsDir, gonePrefix+id)
	if err := s.move(dirOf(id), away); err != nil {
		return false, fmt.Errorf("snapshot %s: %w", id, err)
	}
	crash.Hit(ctx, crash.RetainMoved)
	s.forget(id)
	if err := disk.RemoveAll(s.fs, away); err != nil {
		return true, fmt.Errorf("snapshot %s: %w", id, err)
	}
	crash.Hit(ctx, crash.RetainRemoved)
	return true, nil
}

// Supersede deletes a damaged snapshot in whose place another one with the same
// content is current. A pin goes over to that one.
func (s *Store) Supersede(ctx context.Context, id, by string) error {
	pinned, err := s.has(id, pinnedMark)
	if err != nil {
		return err
	}
	if pinned {
		if err := s.mark(by, pinnedMark); err != nil {
			return err
		}
	}
	if gone, err := s.remove(ctx, id); err != nil || gone {
		return err
	}
	return fmt.Errorf("snapshot %s: a reader has it open: repair again when it has ended", id)
}

// Sweep removes what dead runs left. It only deletes (and marks the current
// snapshot as published), so it works on a full disk.
func (s *Store) Sweep(ctx context.Context) error {
	if err := s.sweepDirs(ctx); err != nil {
		return fmt.Errorf("leftovers of earlier runs: %w", err)
	}
	current, err := s.currentID()
	if err := settled(err); err != nil {
		return fmt.Errorf("leftovers of earlier runs: %w", err)
	}
	if err != nil && !errors.Is(err, ErrNone) {
		return nil // it cannot be told what was current: delete nothing
	}
	if err := s.markCurrent(); err != nil {
		return fmt.Errorf("leftovers of earlier runs: %w", err)
	}
	all, err := s.readable()
	if err != nil {
		return fmt.Errorf("leftovers of earlier runs: %w", err)
	}
	for _, e := range all {
		if e.published || e.id == current || e.damage != nil {
			continue
		}
		if _, err := s.remove(ctx, e.id); err != nil {
			return fmt.Errorf("leftovers of earlier runs: %w", err)
		}
	}
	return nil
}

func (s *Store) sweepDirs(ctx context.Context) error {
	entries, err := s.fs.ReadDir(snapshotsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Join(snapshotsDir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), buildPrefix), strings.HasPrefix(e.Name(), gonePrefix):
			err = disk.RemoveAll(s.fs, name)
		case e.IsDir() && idPattern.MatchString(e.Name()):
			_, err = disk.SweepTemp(s.fs, name)
		}
		if err != nil {
			return err
		}
	}
	return disk.DropLink(s.fs, currentLink)
}

// Pin keeps a snapshot from retention; Unpin lets it go again.
func (s *Store) Pin(_ context.Context, id string) error {
	if _, _, err := s.loadManifest(id); err != nil {
		return err
	}
	return s.mark(id, pinnedMark)
}

// Unpin undoes Pin. A snapshot that is not pinned is no error.
func (s *Store) Unpin(_ context.Context, id string) error {
	if _, _, err := s.loadManifest(id); err != nil {
		return err
	}
	err := s.fs.Remove(path.Join(dirOf(id), pinnedMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("snapshot %s: %w", id, err)
	}
	if err := s.fs.SyncDir(dirOf(id)); err != nil {
		return fmt.Errorf("snapshot %s: %w", id, err)
	}
	return nil
}

// entry is one snapshot directory, as far as it can be read.
type entry struct {
	id        string
	manifest  Manifest
	sha256    string
	published bool
	pinned    bool
	damage    error
}

// manifests lists the snapshots, newest first by number, damaged ones last.
func (s *Store) manifests() ([]entry, error) {
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, id := range ids {
		e := entry{id: id}
		var damaged *DamagedError
		e.manifest, e.sha256, err = s.loadManifest(id)
		if errors.As(err, &damaged) {
			e.damage = err
		} else if err != nil {
			return nil, err
		}
		if e.published, err = s.has(id, publishedMark); err != nil {
			return nil, err
		}
		if e.pinned, err = s.has(id, pinnedMark); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return int(b.manifest.Number - a.manifest.Number) })
	return all, nil
}

// readable is manifests for those who write: one that cannot be read just now
// is an error.
func (s *Store) readable() ([]entry, error) {
	all, err := s.manifests()
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if err := settled(e.damage); err != nil {
			return nil, err
		}
	}
	return all, nil
}
