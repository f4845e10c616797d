package landing

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"time"

	"lumbung/internal/remote"
)

// Shared makes the directory a cache of a store that several machines share;
// nil leaves it alone. What Put returns is then there, too; what is missing or
// damaged here is fetched from there, and its hash compared, by Open.
func (s *Store) Shared(r *remote.Store) *Store {
	s.remote = r
	return s
}

// sent says whether the shared store has an object. It is listed once in the
// life of this Store: asking for each of some ten thousand parts takes minutes.
// What others have sent since is sent again, and found there.
func (s *Store) sent(ctx context.Context, sha string) (bool, error) {
	s.listing.Lock()
	defer s.listing.Unlock()
	if s.there == nil {
		there := map[string]bool{}
		if err := s.remote.Each(ctx, s.dir, func(name string, _ time.Time) { there[path.Base(name)] = true }); err != nil {
			return false, err
		}
		s.there = there
	}
	return s.there[sha], nil
}

// send makes sure that the shared store has an object.
func (s *Store) send(ctx context.Context, sha string) (err error) {
	name, err := s.name(sha)
	if err != nil {
		return err
	}
	f, err := s.open(ctx, sha)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := s.remote.Keep(ctx, name, sha, f.Size(), func() io.Reader { return io.NewSectionReader(f, 0, f.Size()) }); err != nil {
		return err
	}
	s.listing.Lock()
	defer s.listing.Unlock()
	if s.there != nil {
		s.there[sha] = true
	}
	return nil
}

// fetch gets an object from the shared store; cause says why it is needed, and
// stays the error when the store does not have it either.
func (s *Store) fetch(ctx context.Context, sha string, cause error) error {
	var damaged *DamagedError
	if s.remote == nil || !errors.Is(cause, fs.ErrNotExist) && (!errors.As(cause, &damaged) || damaged.Found == "") {
		return cause
	}
	name, err := s.name(sha)
	if err != nil {
		return err
	}
	err = s.remote.Fetch(ctx, name, sha, func(r io.Reader) error {
		_, err := s.put(ctx, r, Expect{SHA256: sha})
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return cause
	}
	return err
}
