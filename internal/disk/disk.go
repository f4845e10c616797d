// Package disk is file access that tests can break.
//
// Everything that has to survive a crash is written through [FS]: the real one
// is [OS], the one that forgets what was not synced is [Mem], and [Faulty]
// makes any single operation of either fail. Names are slash-separated and
// relative to the root of the FS, as io/fs has them; a name that would leave
// the root, or that passes through a symbolic link, is refused.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

var (
	// ErrSymlink means that a name leads through a symbolic link. No room keeps
	// data behind links, so a link there was planted or is a mistake.
	ErrSymlink = errors.New("symbolic link in the path")
	// ErrNotRegular means that a name is a directory, device, pipe or socket
	// where a file is expected.
	ErrNotRegular = errors.New("not a regular file")
	// ErrTooLarge means that a file is larger than its reader allows.
	ErrTooLarge = errors.New("file too large")
	// ErrBusy means that someone else holds a lock that excludes this one.
	ErrBusy = errors.New("locked by someone else")
)

// FS is the part of a file system that Lumbung's storage needs. All errors are
// *fs.PathError or *os.LinkError around the usual fs.ErrNotExist, fs.ErrExist
// and the sentinels above.
type FS interface {
	// Create makes a new file for writing; an existing name is fs.ErrExist.
	Create(name string, perm fs.FileMode) (File, error)
	// Open opens a regular file for reading.
	Open(name string) (File, error)
	// Lstat describes a name without following a link at its end.
	Lstat(name string) (fs.FileInfo, error)
	// ReadDir lists a directory, sorted by name.
	ReadDir(name string) ([]fs.DirEntry, error)
	// Mkdir makes one directory; an existing name is fs.ErrExist.
	Mkdir(name string, perm fs.FileMode) error
	// Rename replaces newname by oldname in one step.
	Rename(oldname, newname string) error
	// Remove deletes a file, a link or an empty directory.
	Remove(name string) error
	// Symlink makes newname a link with the text target.
	Symlink(target, newname string) error
	// Readlink returns the text of a link.
	Readlink(name string) (string, error)
	// Chmod sets the permission bits of a file or directory.
	Chmod(name string, perm fs.FileMode) error
	// SyncDir makes the entries of a directory durable.
	SyncDir(name string) error
	// Lock takes an advisory lock on an existing file, shared or exclusive,
	// and returns ErrBusy at once when it is not to be had. The lock ends with
	// Close, or with the process.
	Lock(name string, exclusive bool) (io.Closer, error)
	// Path is the name for programs outside this package, such as DuckDB.
	Path(name string) string
}

// File is an open file of an FS.
type File interface {
	io.Reader
	io.ReaderAt
	io.Writer
	io.Closer
	// Stat describes the file that is open, whatever its name now means.
	Stat() (fs.FileInfo, error)
	// Sync makes the content durable. After an error the content must be taken
	// as lost: the kernel may have dropped the pages and a second Sync may
	// succeed all the same.
	Sync() error
}

// checkName refuses names that no room of Lumbung ever makes. Names that are no
// UTF-8 can be looked at and removed: strangers make them, and they would
// otherwise keep a directory from being deleted for ever.
func checkName(op, name string) error {
	text := name
	if op == "lstat" || op == "readdir" || op == "remove" {
		text = strings.ToValidUTF8(name, "?")
	}
	if !fs.ValidPath(text) || strings.ContainsRune(name, 0) {
		return &fs.PathError{Op: op, Path: name, Err: fmt.Errorf("%w: names are relative, without dot elements", fs.ErrInvalid)}
	}
	return nil
}
