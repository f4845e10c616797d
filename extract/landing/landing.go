// Package landing keeps the bytes we fetched, under their hash.
//
// An object is the bytes of one release part, in raw/<aa>/<sha256>, read-only,
// where aa are the first two digits of the hash. Objects are never changed and
// never deleted; the same bytes twice are one object. Where the bytes came
// from is the ledger's business: names given by others never become paths.
//
// Crash safety: bytes are written to raw/.tmp-..., checked, synced, renamed,
// and the directories synced, in this order. A name under raw/<aa>/ therefore
// always has the bytes that it claims, unless the medium damaged them, which
// Open and Verify find.
package landing

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"lumbung/internal/disk"
	"lumbung/internal/remote"
)

const (
	// Raw data may hold personal data that no contract lets through, so only
	// the owner may look at it.
	dirPerm = 0o700
	// Objects are never written again.
	objectPerm = 0o400
)

// Store is a directory of objects. It is safe for use by several goroutines.
type Store struct {
	fs     disk.FS
	dir    string
	remote *remote.Store // nil: this directory is all there is

	listing sync.Mutex
	there   map[string]bool // hashes that the shared store listed, or was sent since; nil before that

	mu       sync.Mutex
	verified map[string]disk.ID // by hash: the state of the file that had it
	made     map[string]bool    // directories known to be durable
}

// Open returns the store in a directory of fs, which need not exist yet. It
// touches nothing: see Sweep for what a run does first.
func Open(fsys disk.FS, dir string) *Store {
	return &Store{fs: fsys, dir: dir, verified: map[string]disk.ID{}, made: map[string]bool{}}
}

// Sweep removes temporary files of runs that died and returns their names.
// Call it with the run lock held: it cannot tell a dead writer from a live one.
func (s *Store) Sweep(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	swept, err := disk.SweepTemp(s.fs, s.dir)
	if err != nil {
		return swept, fmt.Errorf("leftovers in %s: %w", s.dir, err)
	}
	return swept, nil
}

// Has reports whether an object is there, without reading it: in the shared
// store, if there is one.
func (s *Store) Has(ctx context.Context, sha string) (bool, error) {
	name, err := s.name(sha)
	if err != nil {
		return false, err
	}
	if s.remote != nil {
		return s.sent(ctx, sha)
	}
	_, err = s.fs.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("object %s: %w", sha, err)
	}
	return true, nil
}

// File is an object opened for reading, with the bytes that its name promises.
type File struct {
	io.ReaderAt
	SHA256 string
	size   int64
	file   disk.File
}

// Size is the number of bytes.
func (f *File) Size() int64 { return f.size }

// Close releases the object.
func (f *File) Close() error { return f.file.Close() }

// NotFoundError means that an object is not in the store.
type NotFoundError struct{ SHA256 string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("object %s is not in the landing: run again with --full to fetch it", e.SHA256)
}

// Is makes errors.Is(err, fs.ErrNotExist) hold.
func (e *NotFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// DamagedError means that an object does not hold the bytes of its name.
type DamagedError struct {
	Path   string // below the data directory
	SHA256 string // expected
	Found  string // SHA-256 of what is there; "" when it cannot be read
	Bytes  int64  // bytes that are there
	Err    error  // why it cannot be read, or nil
}

func (e *DamagedError) Error() string {
	const remedy = "put the object back from a backup, or run again with --full to fetch it"
	if e.Err != nil {
		return fmt.Sprintf("%s: damaged: %v: %s", e.Path, e.Err, remedy)
	}
	return fmt.Sprintf("%s: damaged: its %d bytes have SHA-256 %s: %s", e.Path, e.Bytes, e.Found, remedy)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Open returns an object after reading it whole and comparing its hash; the
// error is a *DamagedError or a *NotFoundError. Within one Store an object is
// read for this once, as long as device, inode, size and times of its file
// stay the same; a medium that rots under a running process is found by Verify
// and by the next process.
func (s *Store) Open(ctx context.Context, sha string) (*File, error) {
	f, err := s.open(ctx, sha)
	if err == nil {
		return f, nil
	}
	if err := s.fetch(ctx, sha, err); err != nil {
		return nil, err
	}
	return s.open(ctx, sha)
}

// open is Open of what this directory has.
func (s *Store) open(ctx context.Context, sha string) (*File, error) {
	name, err := s.name(sha)
	if err != nil {
		return nil, err
	}
	f, err := s.fs.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &NotFoundError{SHA256: sha}
	case errors.Is(err, disk.ErrSymlink), errors.Is(err, disk.ErrNotRegular):
		return nil, &DamagedError{Path: name, SHA256: sha, Err: err}
	case err != nil:
		return nil, fmt.Errorf("object %s: %w", sha, err)
	}
	size, err := s.check(ctx, name, sha, f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &File{ReaderAt: f, SHA256: sha, size: size, file: f}, nil
}

// check compares an open object with its name, or with what is known of it.
func (s *Store) check(ctx context.Context, name, sha string, f disk.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("object %s: %w", sha, err)
	}
	id, known := disk.IDOf(info)
	if known && s.isVerified(sha, id) {
		return info.Size(), nil
	}
	found, n, err := disk.Sum(ctx, io.NewSectionReader(f, 0, info.Size()+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return 0, ctx.Err()
	case err != nil:
		return 0, &DamagedError{Path: name, SHA256: sha, Bytes: n, Err: err}
	case found != sha:
		return 0, &DamagedError{Path: name, SHA256: sha, Found: found, Bytes: n}
	}
	if known {
		s.setVerified(sha, id)
	}
	return info.Size(), nil
}

func (s *Store) isVerified(sha string, id disk.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, ok := s.verified[sha]
	return ok && have == id
}

func (s *Store) setVerified(sha string, id disk.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified[sha] = id
}

// name is where an object lies. Anything but 64 lower-case hex digits is refused.
func (s *Store) name(sha string) (string, error) {
	if !isHash(sha) {
		return "", fmt.Errorf("object %q: not a SHA-256 in lower-case hex", sha)
	}
	return path.Join(s.dir, sha[:2], sha), nil
}

func isHash(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == 32 && hex.EncodeToString(raw) == text
}
