package disk

import (
	"io"
	"io/fs"
	"maps"
	"slices"
	"syscall"
)

// Path is the name itself: nothing outside the process can open it.
func (m *Mem) Path(name string) string { return name }

// Create makes a new file for writing.
func (m *Mem) Create(name string, perm fs.FileMode) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.newNode(perm.Perm())
	if err := m.link("create", name, n); err != nil {
		return nil, err
	}
	return &memFile{fs: m, n: n, name: name, writable: true}, nil
}

// link enters a new node under a free name.
func (m *Mem) link(op, name string, n *node) error {
	dir, last, err := m.parent(op, name)
	if err != nil {
		return err
	}
	if _, taken := dir.children[last]; taken {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrExist}
	}
	dir.children[last] = n
	m.touch(dir)
	return nil
}

// Open opens a regular file for reading.
func (m *Mem) Open(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookup("open", name)
	if err != nil {
		return nil, err
	}
	if err := plainFile("open", name, n.mode); err != nil {
		return nil, err
	}
	return &memFile{fs: m, n: n, name: name}, nil
}

// Lstat describes a name without following a link at its end.
func (m *Mem) Lstat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookup("lstat", name)
	if err != nil {
		return nil, err
	}
	return n.info(name), nil
}

// ReadDir lists a directory, sorted by name.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, err := m.directory("readdir", name)
	if err != nil {
		return nil, err
	}
	var list []fs.DirEntry
	for _, child := range slices.Sorted(maps.Keys(dir.children)) {
		list = append(list, fs.FileInfoToDirEntry(dir.children[child].info(child)))
	}
	return list, nil
}

// Mkdir makes one directory.
func (m *Mem) Mkdir(name string, perm fs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.newNode(fs.ModeDir | perm.Perm())
	n.children = map[string]*node{}
	return m.link("mkdir", name, n)
}

// Rename replaces newname by oldname in one step.
func (m *Mem) Rename(oldname, newname string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, fromLast, err := m.parent("rename", oldname)
	if err != nil {
		return err
	}
	to, toLast, err := m.parent("rename", newname)
	if err != nil {
		return err
	}
	n, ok := from.children[fromLast]
	if !ok {
		return &fs.PathError{Op: "rename", Path: oldname, Err: fs.ErrNotExist}
	}
	if err := replaceable(n, to.children[toLast]); err != nil {
		return &fs.PathError{Op: "rename", Path: newname, Err: err}
	}
	delete(from.children, fromLast)
	to.children[toLast] = n
	m.touch(from)
	m.touch(to)
	return nil
}

// replaceable is rename(2)'s rule: like replaces like, and only an empty directory goes.
func replaceable(n, old *node) error {
	switch {
	case old == nil:
		return nil
	case n.children == nil && old.children != nil:
		return fs.ErrExist
	case n.children != nil && old.children == nil:
		return syscall.ENOTDIR
	case len(old.children) > 0:
		return syscall.ENOTEMPTY
	}
	return nil
}

// Remove deletes a file, a link or an empty directory.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, last, err := m.parent("remove", name)
	if err != nil {
		return err
	}
	n, ok := dir.children[last]
	switch {
	case !ok:
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	case len(n.children) > 0:
		return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOTEMPTY}
	}
	delete(dir.children, last)
	m.touch(dir)
	return nil
}

// Symlink makes newname a link with the text target.
func (m *Mem) Symlink(target, newname string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if target == "" {
		return &fs.PathError{Op: "symlink", Path: newname, Err: fs.ErrNotExist}
	}
	n := m.newNode(fs.ModeSymlink | 0o777)
	n.target = target
	return m.link("symlink", newname, n)
}

// Readlink returns the text of a link.
func (m *Mem) Readlink(name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookup("readlink", name)
	if err != nil {
		return "", err
	}
	if n.target == "" {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return n.target, nil
}

// Chmod sets the permission bits of a file or directory. The bits are kept for
// show: as for root, they stop nobody.
func (m *Mem) Chmod(name string, perm fs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookup("chmod", name)
	if err != nil {
		return err
	}
	if n.target != "" {
		return &fs.PathError{Op: "chmod", Path: name, Err: ErrSymlink}
	}
	n.mode = n.mode&^fs.ModePerm | perm.Perm()
	return nil
}

// SyncDir makes the entries of a directory durable.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, err := m.directory("syncdir", name)
	if err != nil {
		return err
	}
	dir.syncedChildren = maps.Clone(dir.children)
	return nil
}

// Lock takes an advisory lock on an existing file.
func (m *Mem) Lock(name string, exclusive bool) (io.Closer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.lookup("lock", name)
	if err != nil {
		return nil, err
	}
	if err := plainFile("lock", name, n.mode); err != nil {
		return nil, err
	}
	if n.exclusive || exclusive && n.shared > 0 {
		return nil, &fs.PathError{Op: "lock", Path: name, Err: ErrBusy}
	}
	if exclusive {
		n.exclusive = true
	} else {
		n.shared++
	}
	return &memLock{fs: m, n: n, exclusive: exclusive}, nil
}
