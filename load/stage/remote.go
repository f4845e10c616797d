package stage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"time"

	"lumbung/internal/disk"
	"lumbung/internal/remote"
)

// remoteAge is how long units that nobody needs stay in a shared store: others
// may have decoded them for a run to come.
const remoteAge = 24 * time.Hour

// Shared makes the directory a cache of a store that several machines share;
// nil leaves it alone. There a unit's files lie under their hashes, beside the
// description, which is written last and only if there is none: the first of
// several writers wins. Every unit of this directory has been sent before it
// got its name.
func (s *Store) Shared(r *remote.Store) *Store {
	s.remote = r
	return s
}

// Has says whether a unit is staged, here or in the shared store, without reading it.
func (s *Store) Has(ctx context.Context, key string) (bool, error) {
	if _, ok, err := s.lookup(key); err == nil && ok {
		return true, nil
	}
	if s.remote == nil {
		return false, nil
	}
	return s.remote.Has(ctx, path.Join(s.dir, key, unitFile))
}

// send makes sure that the shared store has the unit before this directory does.
func (w *Writer) send(ctx context.Context, u *Unit, description []byte) error {
	if w.s.remote == nil {
		return nil
	}
	for _, f := range u.Files {
		if err := w.sendFile(ctx, f); err != nil {
			return err
		}
	}
	name := path.Join(w.s.dir, w.key, unitFile)
	err := w.s.remote.Put(ctx, name, description, "")
	if !errors.Is(err, remote.ErrChanged) {
		return err
	}
	have, etag, err := w.s.remote.Read(ctx, name)
	if err != nil {
		return err
	}
	if _, err := decode(w.key, name, have); err == nil && !w.Replace {
		return &ConflictError{Key: w.key}
	}
	return w.s.remote.Put(ctx, name, description, etag)
}

func (w *Writer) sendFile(ctx context.Context, f File) (err error) {
	file, err := w.s.fs.Open(path.Join(w.temp, f.Name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return w.s.remote.Keep(ctx, path.Join(w.s.dir, w.key, f.SHA256), f.SHA256, f.Bytes,
		func() io.Reader { return io.NewSectionReader(file, 0, f.Bytes) })
}

// fetch gets a unit from the shared store.
func (s *Store) fetch(ctx context.Context, key string) (u *Unit, ok bool, err error) {
	name := path.Join(s.dir, key, unitFile)
	text, _, err := s.remote.Read(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if u, err = decode(key, name, text); err != nil {
		return nil, false, err
	}
	temp, err := s.makeTemp(key)
	if err != nil {
		return nil, false, err
	}
	w := &Writer{s: s, key: key, temp: temp, Replace: true}
	for _, f := range u.Files {
		if err := w.fetchFile(ctx, f); err != nil {
			return nil, false, errors.Join(err, disk.RemoveAll(s.fs, temp))
		}
	}
	err = disk.WriteFile(s.fs, path.Join(temp, unitFile), text, filePerm)
	if err == nil {
		err = w.place(ctx, text)
	}
	if err != nil {
		return nil, false, errors.Join(err, disk.RemoveAll(s.fs, temp))
	}
	return u, true, s.fs.SyncDir(s.dir)
}

func (w *Writer) fetchFile(ctx context.Context, f File) error {
	var whole *disk.Temp
	err := w.s.remote.Fetch(ctx, path.Join(w.s.dir, w.key, f.SHA256), f.SHA256, func(r io.Reader) error {
		if whole != nil {
			if err := whole.Discard(); err != nil {
				return err
			}
		}
		var err error
		if whole, err = disk.CreateTemp(w.s.fs, w.temp, f.Name); err != nil {
			return err
		}
		_, err = disk.Copy(ctx, whole, r)
		return err
	})
	switch {
	case whole == nil:
		return err
	case err != nil:
		return errors.Join(err, whole.Discard())
	}
	if err := whole.Finish(filePerm); err != nil {
		return err
	}
	return whole.Commit(path.Join(w.temp, f.Name))
}

// clearRemote removes units from the shared store, each with its description
// first: without it the rest is no unit. What is young stays.
func (s *Store) clearRemote(ctx context.Context, drop func(key string) bool, now time.Time) error {
	old, young := map[string][]string{}, map[string]bool{}
	err := s.remote.Each(ctx, s.dir, func(name string, written time.Time) {
		dir := path.Dir(name)
		if young[dir] = young[dir] || now.Sub(written) < remoteAge; drop(path.Base(dir)) {
			old[dir] = append(old[dir], name)
		}
	})
	if err != nil {
		return err
	}
	for dir, names := range old {
		if young[dir] {
			continue
		}
		for _, name := range append([]string{path.Join(dir, unitFile)}, names...) {
			if err := s.remote.Remove(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}
