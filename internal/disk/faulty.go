package disk

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"sync"
)

// ErrShort, injected into a write, makes it take half of the bytes and report
// no error, as a broken file system might.
var ErrShort = errors.New("short write without an error")

// Op is one operation on an FS or on one of its files.
type Op struct {
	Index int    // from 0
	Kind  string // "create", "open", "read", "write", "sync", "close", "stat", "lstat", "rename", ...
	Name  string // the file; of a rename, the new name
}

// Injector decides what becomes of an operation before it happens: nil lets it
// pass, any other value is its error. An injected write still writes the first
// half of its bytes.
type Injector func(Op) error

// Nth makes only the n-th operation fail, n from 0.
func Nth(n int, err error) Injector {
	return func(op Op) error {
		if op.Index == n {
			return err
		}
		return nil
	}
}

// From makes the n-th operation and all after it fail, n from 0.
func From(n int, err error) Injector {
	return func(op Op) error {
		if op.Index >= n {
			return err
		}
		return nil
	}
}

// Faulty is an FS whose operations are recorded and can be made to fail.
type Faulty struct {
	fs     FS
	inject Injector
	mu     sync.Mutex
	ops    []Op
}

// NewFaulty wraps an FS. A nil inject only records.
func NewFaulty(fsys FS, inject Injector) *Faulty { return &Faulty{fs: fsys, inject: inject} }

// Ops returns the operations so far.
func (f *Faulty) Ops() []Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ops)
}

// before records an operation and returns the error that it is to have. The
// lock is not held while the injector runs, so that it may look at the FS.
func (f *Faulty) before(kind, name string) error {
	f.mu.Lock()
	op := Op{Index: len(f.ops), Kind: kind, Name: name}
	f.ops = append(f.ops, op)
	f.mu.Unlock()
	if f.inject == nil {
		return nil
	}
	if err := f.inject(op); err != nil {
		return &fs.PathError{Op: kind, Path: name, Err: err}
	}
	return nil
}

// Path is the name for programs outside; no operation of the FS.
func (f *Faulty) Path(name string) string { return f.fs.Path(name) }

// Create makes a new file for writing.
func (f *Faulty) Create(name string, perm fs.FileMode) (File, error) {
	if err := f.before("create", name); err != nil {
		return nil, err
	}
	return f.file(name)(f.fs.Create(name, perm))
}

// Open opens a regular file for reading.
func (f *Faulty) Open(name string) (File, error) {
	if err := f.before("open", name); err != nil {
		return nil, err
	}
	return f.file(name)(f.fs.Open(name))
}

func (f *Faulty) file(name string) func(File, error) (File, error) {
	return func(inner File, err error) (File, error) {
		if err != nil {
			return nil, err
		}
		return &faultyFile{File: inner, fs: f, name: name}, nil
	}
}

// Lstat describes a name without following a link at its end.
func (f *Faulty) Lstat(name string) (fs.FileInfo, error) {
	if err := f.before("lstat", name); err != nil {
		return nil, err
	}
	return f.fs.Lstat(name)
}

// ReadDir lists a directory, sorted by name.
func (f *Faulty) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.before("readdir", name); err != nil {
		return nil, err
	}
	return f.fs.ReadDir(name)
}

// Readlink returns the text of a link.
func (f *Faulty) Readlink(name string) (string, error) {
	if err := f.before("readlink", name); err != nil {
		return "", err
	}
	return f.fs.Readlink(name)
}

// Lock takes an advisory lock on an existing file. Its release never fails.
func (f *Faulty) Lock(name string, exclusive bool) (io.Closer, error) {
	if err := f.before("lock", name); err != nil {
		return nil, err
	}
	return f.fs.Lock(name, exclusive)
}

// Mkdir makes one directory.
func (f *Faulty) Mkdir(name string, perm fs.FileMode) error {
	return f.change("mkdir", name, func() error { return f.fs.Mkdir(name, perm) })
}

// Rename replaces newname by oldname in one step.
func (f *Faulty) Rename(oldname, newname string) error {
	return f.change("rename", newname, func() error { return f.fs.Rename(oldname, newname) })
}

// Remove deletes a file, a link or an empty directory.
func (f *Faulty) Remove(name string) error {
	return f.change("remove", name, func() error { return f.fs.Remove(name) })
}

// Symlink makes newname a link with the text target.
func (f *Faulty) Symlink(target, newname string) error {
	return f.change("symlink", newname, func() error { return f.fs.Symlink(target, newname) })
}

// Chmod sets the permission bits of a file or directory.
func (f *Faulty) Chmod(name string, perm fs.FileMode) error {
	return f.change("chmod", name, func() error { return f.fs.Chmod(name, perm) })
}

// SyncDir makes the entries of a directory durable.
func (f *Faulty) SyncDir(name string) error {
	return f.change("syncdir", name, func() error { return f.fs.SyncDir(name) })
}

func (f *Faulty) change(kind, name string, do func() error) error {
	if err := f.before(kind, name); err != nil {
		return err
	}
	return do()
}

// faultyFile is an open file of a Faulty.
type faultyFile struct {
	File
	fs   *Faulty
	name string
}

func (f *faultyFile) Read(p []byte) (int, error) {
	if err := f.fs.before("read", f.name); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f *faultyFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.fs.before("readat", f.name); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *faultyFile) Write(p []byte) (int, error) {
	injected := f.fs.before("write", f.name)
	if injected == nil {
		return f.File.Write(p)
	}
	n, err := f.File.Write(p[:len(p)/2])
	if errors.Is(injected, ErrShort) {
		return n, err
	}
	return n, errors.Join(injected, err)
}

func (f *faultyFile) Stat() (fs.FileInfo, error) {
	if err := f.fs.before("stat", f.name); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

func (f *faultyFile) Sync() error { return f.fs.change("sync", f.name, f.File.Sync) }

// Close closes the file even when it is made to report an error, as close(2) does.
func (f *faultyFile) Close() error {
	return errors.Join(f.fs.before("close", f.name), f.File.Close())
}
