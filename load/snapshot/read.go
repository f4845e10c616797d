package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"lumbung/internal/disk"
)

// Snapshot is a snapshot opened for reading. Retention leaves it alone until
// Close, or until the process ends. One that lies elsewhere has no files.
type Snapshot struct {
	Manifest Manifest
	SHA256   string // of the manifest's text
	// Fallback is set when this is not the snapshot that current names.
	Fallback *Fallback

	store *Store // nil when it lies elsewhere
	lease io.Closer
	root  io.Closer // set by Open
}

// Elsewhere is a snapshot that was published into another system together with
// the text of its manifest.
func Elsewhere(manifest string) (*Snapshot, error) {
	m, err := ParseManifest([]byte(manifest))
	if err != nil {
		return nil, err
	}
	return &Snapshot{Manifest: m, SHA256: sumOf([]byte(manifest))}, nil
}

// Here says whether the snapshot's files are on this machine.
func (s *Snapshot) Here() bool { return s.store != nil }

// Fallback says why an older snapshot is served.
type Fallback struct {
	Named  string // what current names; "" when the link itself is the trouble
	Reason error
}

// ID is the snapshot's id.
func (s *Snapshot) ID() string { return s.Manifest.ID }

// Dir is the snapshot's directory, for showing; to read a file use File.
func (s *Snapshot) Dir() string { return s.store.fs.Path(dirOf(s.ID())) }

// Close gives the lease back.
func (s *Snapshot) Close() error {
	if !s.Here() {
		return nil
	}
	err := s.lease.Close()
	if s.root != nil {
		err = errors.Join(err, s.root.Close())
	}
	return err
}

// File returns the path of a file after comparing its bytes with the manifest;
// the error is a *DamagedError, or fs.ErrNotExist for a name that the manifest
// does not have and when it lies elsewhere. Within one Store a file is read
// once as long as its device, inode, size and times stay the same.
func (s *Snapshot) File(ctx context.Context, name string) (string, error) {
	f, ok := s.Manifest.File(name)
	if !ok || !s.Here() {
		return "", fmt.Errorf("snapshot %s: %s: %w", s.ID(), name, fs.ErrNotExist)
	}
	if err := s.store.checkFile(ctx, s.ID(), f); err != nil {
		return "", err
	}
	return s.store.fs.Path(path.Join(dirOf(s.ID()), name)), nil
}

// Files returns the entries below a directory ("marts/mart_program"), by name.
// Readers take their file list from here and not from the disk, where a
// stranger's file would be read along.
func (s *Snapshot) Files(dir string) []File {
	var list []File
	for _, f := range s.Manifest.Files {
		if strings.HasPrefix(f.Name, strings.TrimSuffix(dir, "/")+"/") {
			list = append(list, f)
		}
	}
	return list
}

// Open opens a snapshot of a data directory for reading: the current one for
// asOf "", else the one that asOf names (see Resolve).
func Open(ctx context.Context, dataDir, asOf string) (*Snapshot, error) {
	root, err := disk.OS(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dataDir, ErrNone)
	}
	if err != nil {
		return nil, err
	}
	snap, err := New(root, time.Now).AsOf(ctx, asOf)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	snap.root = root
	return snap, nil
}

// AsOf opens the snapshot that asOf names, or the current one for "".
func (s *Store) AsOf(ctx context.Context, asOf string) (*Snapshot, error) {
	if asOf == "" {
		return s.Current(ctx)
	}
	id, err := s.Resolve(asOf)
	if err != nil {
		return nil, err
	}
	return s.open(id)
}

// Resolve finds a snapshot by its id, by the beginning of its id when only one
// begins so, or by a time (RFC 3339): the last one created at or before it.
func (s *Store) Resolve(asOf string) (string, error) {
	ids, err := s.ids()
	if err != nil {
		return "", err
	}
	return Find(ids, asOf)
}

// Find is Resolve among ids that are sorted.
func Find(ids []string, asOf string) (string, error) {
	if t, err := time.Parse(time.RFC3339, asOf); err == nil {
		return lastBefore(ids, t)
	}
	var found []string
	for _, id := range ids {
		if asOf != "" && strings.HasPrefix(id, asOf) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("snapshot %q: none has an id that begins so: %w", asOf, fs.ErrNotExist)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("snapshot %q: could be any of %s", asOf, strings.Join(found, ", "))
}

// lastBefore relies on ids sorting by their time.
func lastBefore(ids []string, t time.Time) (string, error) {
	limit := t.UTC().Format(idTime) + "-~"
	for i := len(ids) - 1; i >= 0; i-- {
		if ids[i] < limit {
			return ids[i], nil
		}
	}
	return "", fmt.Errorf("snapshot of %s: none is that old: %w", t.Format(time.RFC3339), fs.ErrNotExist)
}

// open takes the lease first and then looks: what retention has already moved
// away is not found, what it finds is kept.
func (s *Store) open(id string) (*Snapshot, error) {
	lease, err := s.fs.Lock(path.Join(dirOf(id), manifestName), false)
	if errors.Is(err, disk.ErrBusy) {
		return nil, fmt.Errorf("snapshot %s: is being deleted: %w", id, err)
	}
	if err != nil {
		return nil, &DamagedError{Snapshot: id, File: manifestName, Err: err}
	}
	m, sum, err := s.load(id)
	if err != nil {
		return nil, errors.Join(err, lease.Close())
	}
	return &Snapshot{Manifest: m, SHA256: sum, store: s, lease: lease}, nil
}

// Current opens the snapshot that current names. When the link, the manifest
// or the list of files is damaged it opens the newest one of which every byte
// is right, and says so in Fallback. Bytes of the named one are checked by
// File; see CurrentVerified to have them checked here.
func (s *Store) Current(ctx context.Context) (*Snapshot, error) {
	return s.current(ctx, false)
}

// CurrentVerified is Current, with every byte of the snapshot checked before.
func (s *Store) CurrentVerified(ctx context.Context) (*Snapshot, error) {
	return s.current(ctx, true)
}

// maxMoves bounds how often current may move on while it is being opened.
const maxMoves = 10

func (s *Store) current(ctx context.Context, verify bool) (*Snapshot, error) {
	var id string
	var reason error
	for range maxMoves {
		named, err := s.currentID()
		if err != nil {
			return s.fallback(ctx, "", err)
		}
		if named == id {
			break // the same one again: not a publish in between, but damage
		}
		id = named
		snap, err := s.open(id)
		if err == nil && verify {
			if err = s.checkAll(ctx, snap.Manifest); err != nil {
				err = errors.Join(err, snap.Close())
			}
		}
		if err == nil {
			return snap, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		reason = err
	}
	return s.fallback(ctx, id, reason)
}

// fallback opens the newest snapshot that verifies, other than the named one.
// One that never was current is taken only when none else is left and the link
// shows that something was.
func (s *Store) fallback(ctx context.Context, named string, reason error) (*Snapshot, error) {
	var damaged *DamagedError
	if !errors.As(reason, &damaged) && !errors.Is(reason, ErrNone) {
		return nil, reason
	}
	all, err := s.manifests()
	if err != nil {
		return nil, errors.Join(reason, err)
	}
	for _, published := range []bool{true, false} {
		if !published && errors.Is(reason, ErrNone) {
			break
		}
		for _, e := range all {
			if e.id == named || e.damage != nil || e.published != published {
				continue
			}
			snap, err := s.openVerified(ctx, e.id)
			if err == nil {
				snap.Fallback = &Fallback{Named: named, Reason: reason}
				return snap, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	return nil, reason
}

func (s *Store) openVerified(ctx context.Context, id string) (*Snapshot, error) {
	snap, err := s.open(id)
	if err != nil {
		return nil, err
	}
	if err := s.checkAll(ctx, snap.Manifest); err != nil {
		return nil, errors.Join(err, snap.Close())
	}
	return snap, nil
}
