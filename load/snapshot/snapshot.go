// Package snapshot seals a build, publishes it by one rename, and hands out
// files only after their bytes have been checked.
//
// Below the data directory:
//
//	snapshots/<id>/manifest.json        written last: what the snapshot holds
//	snapshots/<id>/warehouse.duckdb
//	snapshots/<id>/marts/<mart>/...parquet
//	snapshots/<id>/.published           it has been current
//	snapshots/<id>/.pinned              retention leaves it alone
//	snapshots/.build-<run>/             a run is building here
//	snapshots/.gone-<id>/               being deleted
//	refused/<run>/                      an audit said no; the last three are kept
//	current -> snapshots/<id>           replaced by rename
//
// Order of a publish: every file synced, directories synced, manifest written
// and synced, build renamed to its id, snapshots/ synced, token of the run
// checked, current replaced by rename, data directory synced. A crash between
// any two leaves current at the old snapshot or at the new one, both whole.
//
// A reader holds a shared flock on the manifest of its snapshot (any program
// may: `flock -s data/snapshots/<id>/manifest.json COMMAND`), and retention
// deletes only what it can lock for itself.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"lumbung/internal/disk"
)

// Names below the data directory.
const (
	snapshotsDir  = "snapshots"
	refusedDir    = "refused"
	currentLink   = "current"
	manifestName  = "manifest.json"
	publishedMark = ".published"
	pinnedMark    = ".pinned"
	buildPrefix   = ".build-"
	gonePrefix    = ".gone-"
	martsPrefix   = "marts/"
	// Warehouse is the DuckDB file of a snapshot.
	Warehouse = "warehouse.duckdb"
)

const (
	dirPerm  = 0o755 // analysts read the marts
	filePerm = 0o444 // nobody writes a sealed file
	// maxManifest bounds what is read as a manifest: about 100,000 files.
	maxManifest = 64 << 20
	// keepRefused is how many refused builds are kept for inspection.
	keepRefused = 3
)

// reserved says that a name belongs to this package, not to a build.
func reserved(name string) bool {
	return name == manifestName || name == publishedMark || name == pinnedMark || disk.IsTemp(path.Base(name))
}

// ErrNone means that nothing has been published yet.
var ErrNone = errors.New("no snapshot yet: run `lumbung run` first")

// Store is the data directory's snapshots. It is safe for use by several
// goroutines; Begin, Seal, Publish, Refuse, Discard, Rollback and Retain need
// the run lock.
type Store struct {
	fs    disk.FS
	clock func() time.Time

	mu       sync.Mutex
	verified map[string]checked // by name below the data directory
}

// checked is the state in which a file had a hash.
type checked struct {
	id     disk.ID
	sha256 string
}

// New returns the snapshots of a data directory, which is the root of fsys.
func New(fsys disk.FS, clock func() time.Time) *Store {
	return &Store{fs: fsys, clock: clock, verified: map[string]checked{}}
}

// DamagedError means that a snapshot is not what its manifest says, or that
// its manifest, or the link current, cannot be believed.
type DamagedError struct {
	Snapshot string // id, or "current"
	File     string // name below the snapshot; "" for the snapshot itself
	Want     string // expected: bytes and SHA-256
	Found    string
	Err      error // why it cannot be read, or nil
	// Unreadable is set when the system gave an error that may not come again,
	// such as EIO. Readers go on with an older snapshot; whatever writes stops,
	// for it cannot know what it does not see.
	Unreadable bool
}

func (e *DamagedError) Error() string {
	what := "snapshot " + e.Snapshot
	if e.File != "" {
		what += ": " + e.File
	}
	const remedy = "`lumbung verify --repair` builds the current one again, an older one comes back from a backup only; `lumbung run --full` publishes a new one"
	if e.Err != nil {
		return fmt.Sprintf("%s: damaged: %v: %s", what, e.Err, remedy)
	}
	return fmt.Sprintf("%s: damaged: %s instead of %s: %s", what, e.Found, e.Want, remedy)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// unreadable tells the system's errors from a state of the disk that will be
// the same when it is looked at again.
func unreadable(err error) bool {
	for _, state := range []error{fs.ErrNotExist, fs.ErrInvalid, syscall.EINVAL, disk.ErrSymlink, disk.ErrNotRegular, disk.ErrTooLarge} {
		if errors.Is(err, state) {
			return false
		}
	}
	return true
}

// settled returns an error that a writer must stop at: any but "there is
// nothing" and damage that will stay as it is.
func settled(err error) error {
	var damaged *DamagedError
	if err == nil || errors.Is(err, ErrNone) || errors.As(err, &damaged) && !damaged.Unreadable {
		return nil
	}
	return err
}

// dirOf is where a snapshot lies.
func dirOf(id string) string { return path.Join(snapshotsDir, id) }

// load reads and checks the manifest of a snapshot, and that its files are
// there with the sizes that it gives; their bytes are left to File and Verify.
func (s *Store) load(id string) (Manifest, string, error) {
	m, sum, err := s.loadManifest(id)
	if err != nil {
		return m, sum, err
	}
	for _, f := range m.Files {
		if err := s.present(id, f); err != nil {
			return m, sum, err
		}
	}
	return m, sum, nil
}

func (s *Store) loadManifest(id string) (Manifest, string, error) {
	if !idPattern.MatchString(id) {
		return Manifest{}, "", fmt.Errorf("snapshot %q: not a snapshot id", id)
	}
	text, err := disk.ReadFile(s.fs, path.Join(dirOf(id), manifestName), maxManifest)
	if err != nil {
		return Manifest{}, "", &DamagedError{Snapshot: id, File: manifestName, Err: err, Unreadable: unreadable(err)}
	}
	m, err := ParseManifest(text)
	if err != nil {
		return Manifest{}, "", &DamagedError{Snapshot: id, File: manifestName, Err: err}
	}
	if m.ID != id {
		return Manifest{}, "", &DamagedError{Snapshot: id, File: manifestName, Found: m.ID, Want: id}
	}
	return m, sumOf(text), nil
}

func (s *Store) present(id string, f File) error {
	info, err := s.fs.Lstat(path.Join(dirOf(id), f.Name))
	switch {
	case err != nil:
		return &DamagedError{Snapshot: id, File: f.Name, Err: err}
	case !info.Mode().IsRegular():
		return &DamagedError{Snapshot: id, File: f.Name, Err: disk.ErrNotRegular}
	case info.Size() != f.Bytes:
		return &DamagedError{Snapshot: id, File: f.Name,
			Found: fmt.Sprintf("%d bytes", info.Size()), Want: fmt.Sprintf("%d bytes", f.Bytes)}
	}
	return nil
}

// checkFile compares a file's bytes with its entry, once per state of the file.
func (s *Store) checkFile(ctx context.Context, id string, want File) (err error) {
	name := path.Join(dirOf(id), want.Name)
	f, err := s.fs.Open(name)
	if err != nil {
		return &DamagedError{Snapshot: id, File: want.Name, Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return &DamagedError{Snapshot: id, File: want.Name, Err: err}
	}
	fileID, known := disk.IDOf(info)
	if known && s.isVerified(name, checked{fileID, want.SHA256}) {
		return nil
	}
	sum, n, err := disk.Sum(ctx, io.NewSectionReader(f, 0, info.Size()+1))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &DamagedError{Snapshot: id, File: want.Name, Err: err}
	case n != want.Bytes || sum != want.SHA256:
		return &DamagedError{Snapshot: id, File: want.Name,
			Found: fmt.Sprintf("%d bytes with SHA-256 %s", n, sum),
			Want:  fmt.Sprintf("%d bytes with SHA-256 %s", want.Bytes, want.SHA256)}
	}
	if known {
		s.setVerified(name, checked{fileID, want.SHA256})
	}
	return nil
}

func (s *Store) isVerified(name string, c checked) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.verified[name] == c
}

func (s *Store) setVerified(name string, c checked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified[name] = c
}

// forget makes the next check of a snapshot's files read them.
func (s *Store) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.verified {
		if strings.HasPrefix(name, dirOf(id)+"/") {
			delete(s.verified, name)
		}
	}
}
