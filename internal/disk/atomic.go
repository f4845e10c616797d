package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// tempPrefix begins the name of every file that is not yet what it will be.
const tempPrefix = ".tmp-"

// maxTemp bounds how many writers of one name can be at work at once.
const maxTemp = 1000

// Temp is a file on its way to its final name. Write to it, then Commit; or
// Discard. Any error makes it unusable and removes it: after a failed sync the
// kernel may have dropped pages, so the same file is never tried again.
type Temp struct {
	fs    FS
	f     File // nil once closed
	name  string
	bytes int64
}

// CreateTemp opens a new file dir/.tmp-<base>-<n>. base is the final name, as
// far as it is known, so that a leftover tells what it was going to be.
func CreateTemp(fsys FS, dir, base string) (*Temp, error) {
	for n := range maxTemp {
		name := path.Join(dir, fmt.Sprintf("%s%s-%d", tempPrefix, base, n))
		f, err := fsys.Create(name, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("temporary file: %w", err)
		}
		return &Temp{fs: fsys, f: f, name: name}, nil
	}
	return nil, fmt.Errorf("temporary file in %s: %d leftovers for %s: remove %s* there", dir, maxTemp, base, tempPrefix)
}

// Name is where the bytes are until Commit.
func (t *Temp) Name() string { return t.name }

// Bytes is how many were written.
func (t *Temp) Bytes() int64 { return t.bytes }

// Write appends to the file.
func (t *Temp) Write(p []byte) (int, error) {
	n, err := t.f.Write(p)
	t.bytes += int64(n)
	if err == nil && n < len(p) {
		err = fmt.Errorf("%s: %d of %d bytes: %w", t.name, n, len(p), io.ErrShortWrite)
	}
	return n, err
}

// Finish checks the size, sets the permission bits, syncs and closes. The
// bytes are then durable, under the temporary name.
func (t *Temp) Finish(perm fs.FileMode) error {
	if err := t.finish(perm); err != nil {
		return errors.Join(fmt.Errorf("temporary file: %w", err), t.Discard())
	}
	return nil
}

func (t *Temp) finish(perm fs.FileMode) error {
	info, err := t.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != t.bytes {
		return fmt.Errorf("%s: holds %d bytes, %d were written: %w", t.name, info.Size(), t.bytes, io.ErrShortWrite)
	}
	if err := t.fs.Chmod(t.name, perm); err != nil {
		return err
	}
	if err := t.f.Sync(); err != nil {
		return err
	}
	f := t.f
	t.f = nil
	return f.Close()
}

// Commit renames a finished file into place and syncs the directories. An
// error after the rename leaves the file under its final name, whole but not
// certain to survive a power loss.
func (t *Temp) Commit(name string) error {
	if err := t.fs.Rename(t.name, name); err != nil {
		return errors.Join(err, t.Discard())
	}
	dirs := []string{path.Dir(name)}
	if from := path.Dir(t.name); from != dirs[0] {
		dirs = append(dirs, from)
	}
	for _, dir := range dirs {
		if err := t.fs.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// Discard closes and removes the file.
func (t *Temp) Discard() error {
	var closed error
	if t.f != nil {
		closed = t.f.Close()
		t.f = nil
	}
	return errors.Join(closed, t.fs.Remove(t.name))
}

// WriteFile puts data under a name so that after a crash the name has either
// its old content or the new one.
func WriteFile(fsys FS, name string, data []byte, perm fs.FileMode) error {
	t, err := CreateTemp(fsys, path.Dir(name), path.Base(name))
	if err != nil {
		return err
	}
	if _, err := t.Write(data); err != nil {
		return errors.Join(err, t.Discard())
	}
	if err := t.Finish(perm); err != nil {
		return err
	}
	return t.Commit(name)
}

// ReplaceLink makes name a symbolic link to target in one step, durable when
// it returns.
func ReplaceLink(fsys FS, target, name string) error {
	temp := linkTemp(name)
	if err := DropLink(fsys, name); err != nil {
		return err
	}
	if err := fsys.Symlink(target, temp); err != nil {
		return err
	}
	if err := fsys.Rename(temp, name); err != nil {
		return errors.Join(err, fsys.Remove(temp))
	}
	return fsys.SyncDir(path.Dir(name))
}

// IsTemp reports whether a directory entry is a leftover of this package.
func IsTemp(base string) bool { return strings.HasPrefix(base, tempPrefix) }

// SweepTemp removes leftovers of dead writers from one directory and returns
// their names. Call it only when no writer can be at work.
func SweepTemp(fsys FS, dir string) ([]string, error) {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var swept []string
	for _, e := range entries {
		if !IsTemp(e.Name()) {
			continue
		}
		name := path.Join(dir, e.Name())
		if err := fsys.Remove(name); err != nil {
			return swept, err
		}
		swept = append(swept, name)
	}
	return swept, nil
}

// DropLink removes what a ReplaceLink of name left when it died.
func DropLink(fsys FS, name string) error {
	err := fsys.Remove(linkTemp(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func linkTemp(name string) string {
	return path.Join(path.Dir(name), tempPrefix+path.Base(name))
}
