package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

// Build is a snapshot in the making: a directory of one run that no reader
// knows of.
type Build struct {
	run    string
	dir    string // below the data directory
	path   string
	sealed *Manifest
}

// Path is the directory for the programs that fill it.
func (b *Build) Path() string { return b.path }

// Dir is the directory's name below the data directory.
func (b *Build) Dir() string { return b.dir }

// Manifest returns what Seal wrote, or false before Seal.
func (b *Build) Manifest() (Manifest, bool) {
	if b.sealed == nil {
		return Manifest{}, false
	}
	return *b.sealed, true
}

// Begin clears what dead runs left (builds, half-deleted snapshots, snapshots
// that never became current) and makes an empty build directory. Nothing of an
// older build is reused: a stale .wal beside a new database would be replayed
// into it.
func (s *Store) Begin(ctx context.Context, run string) (*Build, error) {
	if !runPattern.MatchString(run) {
		return nil, fmt.Errorf("build: run %q: not a run id", run)
	}
	if err := disk.MkdirAll(s.fs, snapshotsDir, dirPerm); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	b := &Build{run: run, dir: path.Join(snapshotsDir, buildPrefix+run)}
	b.path = s.fs.Path(b.dir)
	if err := s.fs.Mkdir(b.dir, dirPerm); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	crash.Hit(ctx, crash.BuildBegun)
	return b, nil
}

// Discard deletes the build of a run that failed.
func (s *Store) Discard(_ context.Context, b *Build) error {
	if err := disk.RemoveAll(s.fs, b.dir); err != nil {
		return fmt.Errorf("build of %s: %w", b.run, err)
	}
	return nil
}

// Info is what the run knows about a build.
type Info struct {
	Tool   string
	Inputs []Input
	Audits []Audit
	// Files has rows and columns by file name. Every Parquet file needs an
	// entry, and every entry a file.
	Files map[string]FileInfo
}

// FileInfo is what the run knows about one file.
type FileInfo struct {
	Rows     int64
	Columns  []Column
	RowsHash string
	SHA256   string // of a file that was copied from another snapshot; "" for one that was made
}

// Seal makes a build ready to publish: it refuses leftovers of an open
// database, lists every file with its hash, makes the files read-only and
// durable, and writes the manifest last. After an error the build is good for
// Discard or Refuse only.
func (s *Store) Seal(ctx context.Context, b *Build, info Info) (Manifest, error) {
	files, err := s.sealFiles(ctx, b, info.Files)
	if err != nil {
		return Manifest{}, fmt.Errorf("build of %s: %w", b.run, err)
	}
	crash.Hit(ctx, crash.SealSynced)
	m, err := s.compose(b, info, files)
	if err != nil {
		return Manifest{}, fmt.Errorf("build of %s: %w", b.run, err)
	}
	text, err := m.Encode()
	if err != nil {
		return Manifest{}, err
	}
	// Reading back what is about to be written catches a manifest that this
	// same program would refuse, while the old snapshot is still the current.
	if m, err = ParseManifest(text); err != nil {
		return Manifest{}, fmt.Errorf("build of %s: %w", b.run, err)
	}
	if err := disk.WriteFile(s.fs, path.Join(b.dir, manifestName), text, filePerm); err != nil {
		return Manifest{}, fmt.Errorf("build of %s: manifest: %w", b.run, err)
	}
	crash.Hit(ctx, crash.SealWritten)
	b.sealed = &m
	return m, nil
}

// compose gives the manifest its number, id and link to the current one.
func (s *Store) compose(b *Build, info Info, files []File) (Manifest, error) {
	last, err := s.lastNumber()
	if err != nil {
		return Manifest{}, err
	}
	previous, err := s.previous()
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{
		Format: Format, Number: last + 1, Run: b.run, Previous: previous, Tool: info.Tool,
		Content: ContentHash(files), Files: files,
		Inputs: append([]Input{}, info.Inputs...), Audits: append([]Audit{}, info.Audits...),
	}
	m.Created = s.clock().UTC().Truncate(time.Second)
	for { // a clock that was set back may give a second that has been used
		m.ID = snapshotID(m.Created, m.Content)
		_, err := s.fs.Lstat(dirOf(m.ID))
		if errors.Is(err, fs.ErrNotExist) {
			return m, nil
		}
		if err != nil {
			return Manifest{}, err
		}
		m.Created = m.Created.Add(time.Second)
	}
}

// lastNumber is the highest number of any snapshot whose manifest is sound.
func (s *Store) lastNumber() (int64, error) {
	all, err := s.readable()
	if err != nil {
		return 0, err
	}
	var last int64
	for _, e := range all {
		last = max(last, e.manifest.Number)
	}
	return last, nil
}

// previous links to the snapshot that is current, if its manifest is sound.
func (s *Store) previous() (*Link, error) {
	id, err := s.currentID()
	if err == nil {
		var sum string
		if _, sum, err = s.loadManifest(id); err == nil {
			return &Link{ID: id, SHA256: sum}, nil
		}
	}
	// Without a sound one the chain begins anew; Verify says what broke.
	return nil, settled(err)
}

// sealFiles visits the build, makes everything durable and returns the entries.
func (s *Store) sealFiles(ctx context.Context, b *Build, known map[string]FileInfo) ([]File, error) {
	var files []File
	described := 0
	err := disk.Walk(ctx, s.fs, b.dir, func(name string, info fs.FileInfo) error {
		if info.IsDir() {
			return s.fs.SyncDir(name)
		}
		rel := strings.TrimPrefix(name, b.dir+"/")
		if err := sealable(rel, info); err != nil {
			return err
		}
		about, ok := known[rel]
		switch {
		case ok:
			described++
		case strings.HasSuffix(rel, ".parquet"):
			return fmt.Errorf("%s: rows and columns are not given", rel)
		}
		f, err := s.sealFile(ctx, name)
		if err == nil && about.SHA256 != "" && about.SHA256 != f.SHA256 {
			err = fmt.Errorf("%s: SHA-256 is %s, %s was copied", rel, f.SHA256, about.SHA256)
		}
		f.Name, f.Rows, f.Columns, f.RowsHash = rel, about.Rows, about.Columns, about.RowsHash
		files = append(files, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	if described < len(known) {
		return nil, fmt.Errorf("%d of %d described files are missing", len(known)-described, len(known))
	}
	if err := s.fs.SyncDir(b.dir); err != nil {
		return nil, err
	}
	return sortedFiles(files), nil
}

// sealable refuses what a finished build does not contain.
func sealable(rel string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: %w", rel, disk.ErrSymlink)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", rel, disk.ErrNotRegular)
	case strings.HasSuffix(rel, ".wal"):
		return fmt.Errorf("%s: write-ahead log left: the database was not closed", rel)
	case strings.HasSuffix(rel, ".tmp"), disk.IsTemp(path.Base(rel)):
		return fmt.Errorf("%s: temporary file left", rel)
	case reserved(rel):
		return fmt.Errorf("%s: a name that belongs to the snapshot itself", rel)
	}
	return nil
}

// sealFile hashes, syncs and protects one file.
func (s *Store) sealFile(ctx context.Context, name string) (entry File, err error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return File{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if entry.SHA256, entry.Bytes, err = disk.Sum(ctx, f); err != nil {
		return File{}, err
	}
	if err := s.fs.Chmod(name, filePerm); err != nil {
		return File{}, err
	}
	return entry, f.Sync()
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
