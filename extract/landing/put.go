package landing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// ErrEmpty means that a source gave no bytes at all.
var ErrEmpty = errors.New("no bytes: a release part is never empty")

// Expect is what is known about bytes before they arrive.
type Expect struct {
	// MaxBytes is the most that is accepted; 0 is no limit.
	MaxBytes int64
	// Size is the exact number of bytes; 0 is unknown.
	Size int64
	// SHA256 is the hash in hex; "" is unknown.
	SHA256 string
	// Check looks at the bytes before they become an object, for example for
	// the format's own end mark. Bytes that it refuses never land.
	Check func(ctx context.Context, r io.ReaderAt, size int64) error
}

// SizeError means that a source sent more or fewer bytes than expected.
type SizeError struct {
	Got  int64 // bytes read; for TooLarge, at least this many
	Want int64 // Expect.Size or Expect.MaxBytes
	// TooLarge is set when Want is the limit.
	TooLarge bool
}

func (e *SizeError) Error() string {
	if e.TooLarge {
		return fmt.Sprintf("more than %d bytes: raise the source's size limit if this is right", e.Want)
	}
	return fmt.Sprintf("%d bytes instead of %d: the transfer was cut or the source's size is wrong", e.Got, e.Want)
}

// Object is one stored release part.
type Object struct {
	SHA256 string
	Bytes  int64
	New    bool // not in the store before
	Healed bool // was in the store, damaged, and has been replaced
}

// Put stores what r yields until io.EOF. On any error nothing has become an
// object, except that an error from the last directory sync leaves one that a
// power loss may take away again; the next Put of the same bytes settles it.
func (s *Store) Put(ctx context.Context, r io.Reader, expect Expect) (Object, error) {
	object, err := s.put(ctx, r, expect)
	if err != nil || s.remote == nil {
		return object, err
	}
	return object, s.send(ctx, object.SHA256)
}

func (s *Store) put(ctx context.Context, r io.Reader, expect Expect) (Object, error) {
	if err := s.ensure(s.dir); err != nil {
		return Object{}, err
	}
	base := "put"
	if isHash(expect.SHA256) {
		base = expect.SHA256
	}
	temp, err := disk.CreateTemp(s.fs, s.dir, base)
	if err != nil {
		return Object{}, fmt.Errorf("landing: %w", err)
	}
	crash.Hit(ctx, crash.LandingOpened)
	object, err := receive(ctx, temp, r, expect)
	if err != nil {
		return Object{}, errors.Join(err, temp.Discard())
	}
	crash.Hit(ctx, crash.LandingWritten)
	if err := temp.Finish(objectPerm); err != nil {
		return Object{}, fmt.Errorf("landing: %w", err)
	}
	crash.Hit(ctx, crash.LandingSynced)
	if err := s.inspect(ctx, temp.Name(), object, expect); err != nil {
		return Object{}, errors.Join(err, temp.Discard())
	}
	crash.Hit(ctx, crash.LandingChecked)
	return s.settle(ctx, temp, object)
}

// receive copies the bytes and compares their number and hash with what is expected.
func receive(ctx context.Context, temp *disk.Temp, r io.Reader, expect Expect) (Object, error) {
	limit := expect.MaxBytes
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	h := sha256.New()
	n, err := disk.Copy(ctx, io.MultiWriter(h, temp), r)
	object := Object{SHA256: hex.EncodeToString(h.Sum(nil)), Bytes: n}
	switch {
	case err != nil:
		return object, fmt.Errorf("byte %d: %w", n, err)
	case limit > 0 && n > limit:
		return object, &SizeError{Got: n, Want: limit, TooLarge: true}
	case expect.Size > 0 && n != expect.Size:
		return object, &SizeError{Got: n, Want: expect.Size}
	case n == 0:
		return object, ErrEmpty
	case expect.SHA256 != "" && object.SHA256 != expect.SHA256:
		return object, fmt.Errorf("SHA-256 %s instead of %s: the source has changed or the transfer is damaged", object.SHA256, expect.SHA256)
	}
	return object, nil
}

// inspect reads back what the disk now holds and lets the caller's check see it.
func (s *Store) inspect(ctx context.Context, name string, object Object, expect Expect) (err error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return fmt.Errorf("landing: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	found, n, err := disk.Sum(ctx, io.NewSectionReader(f, 0, object.Bytes+1))
	if err != nil {
		return fmt.Errorf("landing: read back: %w", err)
	}
	if found != object.SHA256 {
		return fmt.Errorf("landing: read back %s: %d bytes with SHA-256 %s, %d with %s were written: the disk is not to be trusted",
			name, n, found, object.Bytes, object.SHA256)
	}
	if expect.Check == nil {
		return nil
	}
	return expect.Check(ctx, f, object.Bytes)
}

// settle moves checked bytes under their hash, or drops them when the same are there.
func (s *Store) settle(ctx context.Context, temp *disk.Temp, object Object) (Object, error) {
	name, err := s.name(object.SHA256)
	if err != nil {
		return Object{}, errors.Join(err, temp.Discard())
	}
	if err := s.ensure(path.Dir(name)); err != nil {
		return Object{}, errors.Join(err, temp.Discard())
	}
	have, err := s.open(ctx, object.SHA256)
	var damaged *DamagedError
	switch {
	case err == nil:
		return object, s.same(name, have, temp)
	case errors.Is(err, fs.ErrNotExist):
		object.New = true
	case errors.As(err, &damaged) && damaged.Found != "":
		object.Healed = true
	default: // a link, a directory, an I/O error: not ours to replace
		return Object{}, errors.Join(err, temp.Discard())
	}
	if err := temp.Commit(name); err != nil {
		return Object{}, fmt.Errorf("object %s: %w", object.SHA256, err)
	}
	crash.Hit(ctx, crash.LandingRenamed)
	return object, nil
}

// same drops bytes that are there already. The directory is synced because the
// run that put them there may have died before it could.
func (s *Store) same(name string, have *File, temp *disk.Temp) error {
	if err := errors.Join(have.Close(), temp.Discard()); err != nil {
		return fmt.Errorf("landing: %w", err)
	}
	if err := s.fs.SyncDir(path.Dir(name)); err != nil {
		return fmt.Errorf("object %s: %w", have.SHA256, err)
	}
	return nil
}

// ensure makes a directory durably, once per process.
func (s *Store) ensure(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made[dir] {
		return nil
	}
	if err := disk.MkdirAll(s.fs, dir, dirPerm); err != nil {
		return fmt.Errorf("landing: %w", err)
	}
	s.made[dir] = true
	return nil
}
