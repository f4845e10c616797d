package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// Guard runs swap if the run may still publish, and returns swap's error. It
// should keep other runs from taking over while swap runs. A nil Guard always
// lets swap run.
type Guard func(ctx context.Context, swap func() error) error

// UncertainError means that something failed when the swap had begun, and that
// current names the new snapshot already or cannot be read: a power loss may
// still decide for the old one.
type UncertainError struct {
	ID  string
	Err error
}

func (e *UncertainError) Error() string {
	return fmt.Sprintf("snapshot %s may be current, but: %v", e.ID, e.Err)
}

func (e *UncertainError) Unwrap() error { return e.Err }

// Publish gives a sealed build its id and makes it current. After an error
// that is no *UncertainError, current is as before and the build is back in
// its directory, or will be deleted by the next Begin.
func (s *Store) Publish(ctx context.Context, b *Build, guard Guard) error {
	if b.sealed == nil {
		return fmt.Errorf("build of %s: publish before seal", b.run)
	}
	id := b.sealed.ID
	if err := s.move(b.dir, dirOf(id)); err != nil {
		return errors.Join(fmt.Errorf("snapshot %s: %w", id, err), s.moveBack(b))
	}
	crash.Hit(ctx, crash.PublishMoved)
	err := s.guardedSwap(ctx, id, guard)
	var uncertain *UncertainError
	if err == nil || errors.As(err, &uncertain) {
		return err
	}
	return errors.Join(fmt.Errorf("snapshot %s: not published: %w", id, err), s.moveBack(b))
}

// guardedSwap makes id current if the guard lets it.
func (s *Store) guardedSwap(ctx context.Context, id string, guard Guard) error {
	if guard == nil {
		guard = func(_ context.Context, swap func() error) error { return swap() }
	}
	begun := false
	err := guard(ctx, func() error {
		if err := s.markCurrent(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		begun = true
		return s.swap(ctx, id)
	})
	if err == nil || !begun {
		return err
	}
	// Only a link that is known to name another snapshot makes it safe to take
	// this one away again.
	now, lerr := s.currentID()
	if lerr == nil && now != id || errors.Is(lerr, ErrNone) {
		return err
	}
	return &UncertainError{ID: id, Err: errors.Join(err, lerr)}
}

func (s *Store) move(from, to string) error {
	if err := s.fs.Rename(from, to); err != nil {
		return err
	}
	return s.fs.SyncDir(path.Dir(to))
}

// moveBack makes a snapshot that did not become current a build again. A run
// that took over swept this one away, and may have published the same content
// under the same id within the same second: that one stays.
func (s *Store) moveBack(b *Build) error {
	id := b.sealed.ID
	m, _, err := s.loadManifest(id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case m.Run != b.run:
		return nil
	}
	return s.move(dirOf(id), b.dir)
}

// swap makes id current and marks it as having been so.
func (s *Store) swap(ctx context.Context, id string) error {
	crash.Hit(ctx, crash.PublishFenced)
	if err := disk.ReplaceLink(s.fs, dirOf(id), currentLink); err != nil {
		return err
	}
	crash.Hit(ctx, crash.PublishLinked)
	if err := s.mark(id, publishedMark); err != nil {
		return err
	}
	crash.Hit(ctx, crash.PublishMarked)
	return nil
}

// markCurrent heals a run that died between swap and mark, before current moves
// on: the mark is what tells a snapshot that was current from one that never was.
func (s *Store) markCurrent() error {
	id, err := s.currentID()
	if err == nil {
		_, err = s.fs.Lstat(path.Join(dirOf(id), manifestName))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return settled(err)
	}
	if err != nil {
		return nil // nothing that could be marked
	}
	marked, err := s.has(id, publishedMark)
	if err != nil || marked {
		return err
	}
	return s.mark(id, publishedMark)
}

// Refuse moves a build that an audit refused to refused/<run> and keeps the
// last three there.
func (s *Store) Refuse(ctx context.Context, b *Build) (string, error) {
	to := path.Join(refusedDir, b.run)
	if err := s.refuse(b.dir, to); err != nil {
		return "", fmt.Errorf("build of %s: %w", b.run, err)
	}
	crash.Hit(ctx, crash.BuildRefused)
	entries, err := s.fs.ReadDir(refusedDir)
	if err != nil {
		return to, fmt.Errorf("refused builds: %w", err)
	}
	for _, name := range surplus(entries, b.run) {
		if err := disk.RemoveAll(s.fs, path.Join(refusedDir, name)); err != nil {
			return to, fmt.Errorf("refused builds: %w", err)
		}
	}
	return to, nil
}

func (s *Store) refuse(from, to string) error {
	if err := disk.MkdirAll(s.fs, refusedDir, dirPerm); err != nil {
		return err
	}
	if err := disk.RemoveAll(s.fs, to); err != nil {
		return err
	}
	if err := s.move(from, to); err != nil {
		return err
	}
	return s.fs.SyncDir(path.Dir(from))
}

// surplus names the oldest refused builds beyond the number that is kept. Run
// ids count up and grow in length when they outgrow their zeros.
func surplus(entries []fs.DirEntry, latest string) []string {
	var names []string
	for _, e := range entries {
		if e.Name() != latest {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return names[:max(0, len(names)-(keepRefused-1))]
}

// Rollback makes an older (or newer) snapshot current after reading all of it.
func (s *Store) Rollback(ctx context.Context, id string, guard Guard) error {
	m, _, err := s.load(id)
	if err != nil {
		return err
	}
	if err := s.checkAll(ctx, m); err != nil {
		return err
	}
	err = s.guardedSwap(ctx, id, guard)
	var uncertain *UncertainError
	if err == nil || errors.As(err, &uncertain) {
		return err
	}
	return fmt.Errorf("snapshot %s: not made current: %w", id, err)
}

// checkAll reads every file of a snapshot.
func (s *Store) checkAll(ctx context.Context, m Manifest) error {
	for _, f := range m.Files {
		if err := s.checkFile(ctx, m.ID, f); err != nil {
			return err
		}
	}
	return nil
}
