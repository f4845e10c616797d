package disk

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Mem is an FS in memory that knows what a power loss would leave of it: what
// was synced for certain, and everything else by chance. See [Mem.CrashClone].
// It is safe for use by several goroutines.
type Mem struct {
	mu   sync.Mutex
	root *node
	tick int64 // counts changes; stands in for inode numbers and times
}

// node is a file, a directory (children != nil) or a link (target != "").
type node struct {
	id       uint64
	mode     fs.FileMode
	changed  int64
	data     []byte
	target   string
	children map[string]*node
	// What a crash is sure to keep.
	syncedData     []byte
	syncedChildren map[string]*node
	// Advisory locks held now; a crash forgets them.
	shared    int
	exclusive bool
}

// NewMem returns an empty file system.
func NewMem() *Mem {
	m := &Mem{}
	m.root = m.newNode(fs.ModeDir | 0o755)
	m.root.children = map[string]*node{}
	return m
}

func (m *Mem) newNode(mode fs.FileMode) *node {
	m.tick++
	return &node{id: uint64(m.tick), mode: mode, changed: m.tick}
}

func (m *Mem) touch(n *node) {
	m.tick++
	n.changed = m.tick
}

// parent finds the directory of a name and the last element of the name.
func (m *Mem) parent(op, name string) (*node, string, error) {
	if err := checkName(op, name); err != nil {
		return nil, "", err
	}
	if name == "." {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	dir, elems := m.root, strings.Split(name, "/")
	for _, elem := range elems[:len(elems)-1] {
		next, ok := dir.children[elem]
		switch {
		case !ok:
			return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		case next.target != "":
			return nil, "", &fs.PathError{Op: op, Path: name, Err: ErrSymlink}
		case next.children == nil:
			return nil, "", &fs.PathError{Op: op, Path: name, Err: syscall.ENOTDIR}
		}
		dir = next
	}
	last := elems[len(elems)-1]
	if len(last) > 255 {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: syscall.ENAMETOOLONG}
	}
	return dir, last, nil
}

// lookup finds a node without following a link at the end.
func (m *Mem) lookup(op, name string) (*node, error) {
	if name == "." {
		return m.root, nil
	}
	dir, last, err := m.parent(op, name)
	if err != nil {
		return nil, err
	}
	n, ok := dir.children[last]
	if !ok {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

// directory finds a directory that is no link.
func (m *Mem) directory(op, name string) (*node, error) {
	n, err := m.lookup(op, name)
	switch {
	case err != nil:
		return nil, err
	case n.target != "":
		return nil, &fs.PathError{Op: op, Path: name, Err: ErrSymlink}
	case n.children == nil:
		return nil, &fs.PathError{Op: op, Path: name, Err: syscall.ENOTDIR}
	}
	return n, nil
}

// blockSize is the unit in which a crash keeps or loses unsynced content.
const blockSize = 512

// CrashClone returns the file system as a power loss at this instant could
// leave it. Synced content and synced directory entries are kept. Of the rest,
// each directory entry and each 512-byte block is kept with a probability of
// keepUnsyncedPercent; an entry that was replaced is either the old or the new.
func (m *Mem) CrashClone(keepUnsyncedPercent int, rng *rand.Rand) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &Mem{tick: m.tick}
	keep := func() bool { return rng.IntN(100) < keepUnsyncedPercent }
	c.root = m.root.afterCrash(keep)
	return c
}

func (n *node) afterCrash(keep func() bool) *node {
	c := &node{id: n.id, mode: n.mode, changed: n.changed, target: n.target}
	if n.children == nil {
		c.data = crashedData(n.data, n.syncedData, keep)
		c.syncedData = slices.Clone(c.data)
		return c
	}
	c.children = map[string]*node{}
	names := maps.Clone(n.children)
	if names == nil {
		names = map[string]*node{}
	}
	maps.Copy(names, n.syncedChildren)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		kept := n.syncedChildren[name]
		if live := n.children[name]; live != kept && keep() {
			kept = live
		}
		if kept != nil {
			c.children[name] = kept.afterCrash(keep)
		}
	}
	c.syncedChildren = maps.Clone(c.children)
	return c
}

func crashedData(live, synced []byte, keep func() bool) []byte {
	if string(live) == string(synced) {
		return slices.Clone(live)
	}
	size := len(synced)
	if keep() {
		size = len(live)
	}
	out := make([]byte, size)
	for off := 0; off < size; off += blockSize {
		from := synced
		if keep() {
			from = live
		}
		if off < len(from) {
			copy(out[off:min(off+blockSize, size)], from[off:])
		}
	}
	return out
}
