package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Root is the FS of a real directory. It is an os.Root, so nothing outside the
// directory can be reached even when links are planted during an operation.
type Root struct {
	root *os.Root
	path string
}

// OS opens a directory, which must exist, as an FS. Close it when done.
func OS(dir string) (*Root, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("directory %s: %w", dir, err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("directory %s: %w", dir, err)
	}
	return &Root{root: root, path: abs}, nil
}

// Close releases the directory. Files that are open stay open.
func (r *Root) Close() error { return r.root.Close() }

// Path is the absolute path of a name.
func (r *Root) Path(name string) string { return filepath.Join(r.path, filepath.FromSlash(name)) }

// Create makes a new file for writing.
func (r *Root) Create(name string, perm fs.FileMode) (File, error) {
	if err := r.parents("create", name); err != nil {
		return nil, err
	}
	f, err := r.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open opens a regular file for reading.
func (r *Root) Open(name string) (File, error) {
	// The kind is asked first because opening a pipe would wait for its writer.
	if err := r.regular("open", name); err != nil {
		return nil, err
	}
	f, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Lstat describes a name without following a link at its end.
func (r *Root) Lstat(name string) (fs.FileInfo, error) {
	if err := r.parents("lstat", name); err != nil {
		return nil, err
	}
	return r.root.Lstat(name)
}

// ReadDir lists a directory, sorted by name.
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := r.whole("readdir", name); err != nil {
		return nil, err
	}
	d, err := r.root.OpenFile(name, os.O_RDONLY|syscall.O_DIRECTORY, 0) // a pipe in its place would wait for a writer
	if err != nil {
		return nil, err
	}
	entries, err := d.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, errors.Join(err, d.Close())
}

// Mkdir makes one directory.
func (r *Root) Mkdir(name string, perm fs.FileMode) error {
	if err := r.parents("mkdir", name); err != nil {
		return err
	}
	return r.root.Mkdir(name, perm)
}

// Rename replaces newname by oldname in one step.
func (r *Root) Rename(oldname, newname string) error {
	if err := errors.Join(r.parents("rename", oldname), r.parents("rename", newname)); err != nil {
		return err
	}
	return r.root.Rename(oldname, newname)
}

// Remove deletes a file, a link or an empty directory.
func (r *Root) Remove(name string) error {
	if err := r.parents("remove", name); err != nil {
		return err
	}
	return r.root.Remove(name)
}

// Symlink makes newname a link with the text target.
func (r *Root) Symlink(target, newname string) error {
	if err := r.parents("symlink", newname); err != nil {
		return err
	}
	return r.root.Symlink(target, newname)
}

// Readlink returns the text of a link.
func (r *Root) Readlink(name string) (string, error) {
	if err := r.parents("readlink", name); err != nil {
		return "", err
	}
	return r.root.Readlink(name)
}

// Chmod sets the permission bits of a file or directory.
func (r *Root) Chmod(name string, perm fs.FileMode) error {
	if err := r.whole("chmod", name); err != nil {
		return err
	}
	return r.root.Chmod(name, perm)
}

// SyncDir makes the entries of a directory durable.
func (r *Root) SyncDir(name string) (err error) {
	if err := r.whole("syncdir", name); err != nil {
		return err
	}
	d, err := r.root.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

// Lock takes a flock on an existing file. Being a flock, it is gone when the
// process is, and never mistaken because a process id was used again.
func (r *Root) Lock(name string, exclusive bool) (io.Closer, error) {
	if err := r.regular("lock", name); err != nil {
		return nil, err
	}
	f, err := r.root.OpenFile(name, os.O_RDWR, 0) // NFS gives exclusive locks to writers only
	if errors.Is(err, fs.ErrPermission) {
		f, err = r.root.Open(name)
	}
	if err != nil {
		return nil, err
	}
	if err := flock(f, exclusive); err != nil {
		return nil, errors.Join(&fs.PathError{Op: "lock", Path: name, Err: err}, f.Close())
	}
	return f, nil
}

func flock(f *os.File, exclusive bool) error {
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrBusy
		}
		return err
	}
}

// regular refuses a name that is not a plain file reached over plain directories.
func (r *Root) regular(op, name string) error {
	if err := r.parents(op, name); err != nil {
		return err
	}
	info, err := r.root.Lstat(name)
	if err != nil {
		return err
	}
	return plainFile(op, name, info.Mode())
}

func plainFile(op, name string, mode fs.FileMode) error {
	switch {
	case mode&fs.ModeSymlink != 0:
		return &fs.PathError{Op: op, Path: name, Err: ErrSymlink}
	case !mode.IsRegular():
		return &fs.PathError{Op: op, Path: name, Err: ErrNotRegular}
	}
	return nil
}

// parents refuses a name whose directories are not all real directories.
func (r *Root) parents(op, name string) error {
	if err := checkName(op, name); err != nil {
		return err
	}
	for i, c := range name {
		if c != '/' {
			continue
		}
		if err := r.notLink(op, name[:i]); err != nil {
			return err
		}
	}
	return nil
}

// whole is parents and the name itself.
func (r *Root) whole(op, name string) error {
	if err := r.parents(op, name); err != nil {
		return err
	}
	return r.notLink(op, name)
}

func (r *Root) notLink(op, name string) error {
	info, err := r.root.Lstat(name)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return &fs.PathError{Op: op, Path: name, Err: ErrSymlink}
	}
	return nil
}
