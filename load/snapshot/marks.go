package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"lumbung/internal/disk"
)

// currentID reads the link. ErrNone means that there is no link.
func (s *Store) currentID() (string, error) {
	target, err := s.fs.Readlink(currentLink)
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNone
	}
	if err != nil {
		return "", &DamagedError{Snapshot: currentLink, Err: err, Unreadable: unreadable(err)}
	}
	dir, id := path.Split(target)
	if dir != snapshotsDir+"/" || !idPattern.MatchString(id) {
		return "", &DamagedError{Snapshot: currentLink, Found: fmt.Sprintf("a link to %q", target), Want: snapshotsDir + "/<id>"}
	}
	return id, nil
}

// ids lists the directories with the name of a snapshot.
func (s *Store) ids() ([]string, error) {
	entries, err := s.fs.ReadDir(snapshotsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && idPattern.MatchString(e.Name()) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// has reports whether a mark lies in a snapshot.
func (s *Store) has(id, mark string) (bool, error) {
	_, err := s.fs.Lstat(path.Join(dirOf(id), mark))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("snapshot %s: %w", id, err)
	}
	return true, nil
}

// mark puts an empty file into a snapshot, durably.
func (s *Store) mark(id, mark string) error {
	if err := disk.WriteFile(s.fs, path.Join(dirOf(id), mark), nil, filePerm); err != nil {
		return fmt.Errorf("snapshot %s: %w", id, err)
	}
	return nil
}
