// Package stage keeps decoded releases as zstd Parquet, under the hash of everything that decided their content.
//
// A unit is one release read through one contract: stage/<key>/ with
// data.parquet (the rows), temuan.parquet (the findings) and unit.json. The
// key is SHA-256 over the parts' hashes, the contract, the decoder's version
// and, where the contract asks it, the area register; equal keys mean equal
// rows, so nothing is decoded twice. A unit is written to stage/.tmp-<key>-<n>,
// synced and renamed, and never changed afterwards.
//
// Several processes, also of several machines that share the directory, may
// write at the same time: the first one's unit stays, and the others' have to
// be equal to it. What is cleared is cleared while nobody has joined.
package stage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"lumbung/internal/disk"
	"lumbung/internal/remote"
)

const (
	dirPerm  = 0o755
	filePerm = 0o444

	// DataFile, FindingsFile and unitFile are the files of a unit.
	DataFile     = "data.parquet"
	FindingsFile = "temuan.parquet"
	unitFile     = "unit.json"

	maxUnitFile = 64 << 20
)

// File is one file of a unit.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// Unit is a staged release.
type Unit struct {
	Key      string          `json:"key"`
	Table    string          `json:"table"`
	Release  string          `json:"release"`
	Contract string          `json:"contract"`
	Result   json.RawMessage `json:"result"` // what the decoder said, see package transform
	Files    []File          `json:"files"`  // data, then findings
	// Seal is the SHA-256 of the description's text with this field empty: the
	// counts in Result decide what a run says, so a flipped bit must not pass.
	Seal string `json:"seal"`
}

// encode gives the one text that a description has, sealed.
func (u Unit) encode() ([]byte, error) {
	u.Seal = ""
	open, err := json.Marshal(u)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(open)
	u.Seal = hex.EncodeToString(sum[:])
	return json.Marshal(u)
}

// Store is a directory of units.
type Store struct {
	fs     disk.FS
	dir    string
	remote *remote.Store // nil: this directory is all there is

	mu       sync.Mutex
	verified map[string]disk.ID
}

// Open returns the store in a directory of fs, which need not exist yet.
func Open(fsys disk.FS, dir string) *Store {
	return &Store{fs: fsys, dir: dir, verified: map[string]disk.ID{}}
}

// DamagedError means that a staged unit does not hold what it was written with.
type DamagedError struct {
	Path, Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s: damaged: %s: run `lumbung run --full` to decode it again", e.Path, e.Reason)
}

// Lookup returns a staged unit; ok is false when there is none. One that only
// the shared store has is fetched.
func (s *Store) Lookup(ctx context.Context, key string) (u *Unit, ok bool, err error) {
	u, ok, err = s.lookup(key)
	if ok || err != nil || s.remote == nil {
		return u, ok, err
	}
	return s.fetch(ctx, key)
}

// lookup is Lookup in this directory.
func (s *Store) lookup(key string) (u *Unit, ok bool, err error) {
	name := path.Join(s.dir, key, unitFile)
	b, err := disk.ReadFile(s.fs, name, maxUnitFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("staged unit %s: %w", key, err)
	}
	u, err = decode(key, name, b)
	return u, err == nil, err
}

// decode reads the description of the unit with a key, if it is as encode wrote it.
func decode(key, name string, b []byte) (*Unit, error) {
	u := &Unit{}
	if err := json.Unmarshal(b, u); err != nil || u.Key != key || len(u.Files) != 2 {
		return nil, &DamagedError{name, "it is no unit description"}
	}
	if want, err := u.encode(); err != nil || !bytes.Equal(b, want) {
		return nil, &DamagedError{name, "it is not as it was written"}
	}
	return u, nil
}

// Path gives the path of a unit's file once its size and SHA-256 have been
// compared with what was written. Within one Store a file is read for this
// once, as long as inode, size and times stay the same.
func (s *Store) Path(ctx context.Context, u *Unit, file string) (string, error) {
	for _, f := range u.Files {
		if f.Name == file {
			name := path.Join(s.dir, u.Key, f.Name)
			return s.fs.Path(name), s.check(ctx, name, f)
		}
	}
	return "", fmt.Errorf("staged unit %s has no file %s", u.Key, file)
}

// Verify compares all files of a unit with their hashes.
func (s *Store) Verify(ctx context.Context, u *Unit) error {
	var errs []error
	for _, f := range u.Files {
		errs = append(errs, s.check(ctx, path.Join(s.dir, u.Key, f.Name), f))
	}
	return errors.Join(errs...)
}

func (s *Store) check(ctx context.Context, name string, want File) error {
	f, err := s.fs.Open(name)
	if err != nil {
		return &DamagedError{name, err.Error()}
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return &DamagedError{name, err.Error()}
	}
	id, known := disk.IDOf(info)
	s.mu.Lock()
	have, seen := s.verified[name]
	s.mu.Unlock()
	if known && seen && have == id {
		return nil
	}
	if info.Size() != want.Bytes {
		return &DamagedError{name, fmt.Sprintf("%d bytes, %d were written", info.Size(), want.Bytes)}
	}
	sum, _, err := disk.Sum(ctx, f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if sum != want.SHA256 {
		return &DamagedError{name, "SHA-256 is " + sum + ", " + want.SHA256 + " was written"}
	}
	if known {
		s.mu.Lock()
		s.verified[name] = id
		s.mu.Unlock()
	}
	return nil
}

// Remove deletes a unit: first out of sight, then its files.
func (s *Store) Remove(key string) error {
	gone, err := s.makeTemp(key)
	if err == nil {
		err = s.fs.Rename(path.Join(s.dir, key), path.Join(gone, key))
	}
	if gone != "" {
		err = errors.Join(err, disk.RemoveAll(s.fs, gone))
	}
	if err != nil {
		return fmt.Errorf("staged unit %s: %w", key, err)
	}
	return nil
}

// Keys lists the staged units.
func (s *Store) Keys() ([]string, error) {
	entries, err := s.fs.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var keys []string
	for _, e := range entries {
		if e.IsDir() && !disk.IsTemp(e.Name()) {
			keys = append(keys, e.Name())
		}
	}
	return keys, err
}
