package disk

import (
	"io/fs"
	"syscall"
)

// ID tells one state of one file from any other, as far as the file system
// itself knows: a file that was written, replaced or had its times set back
// has another ID. A bit that the medium flipped does not change it.
type ID struct {
	Device   uint64
	Inode    uint64
	Size     int64
	Modified int64 // nanoseconds
	Changed  int64 // nanoseconds; unlike Modified nobody can set it
}

// IDOf returns the ID of a file, and false when the file system gives none.
func IDOf(info fs.FileInfo) (ID, bool) {
	switch sys := info.Sys().(type) {
	case ID:
		return sys, true
	case *syscall.Stat_t:
		return ID{
			Device: uint64(sys.Dev), Inode: sys.Ino, Size: sys.Size,
			Modified: sys.Mtim.Nano(), Changed: sys.Ctim.Nano(),
		}, true
	}
	return ID{}, false
}
