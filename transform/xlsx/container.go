package xlsx

import (
	"bytes"
	"encoding/binary"
	"io"
	"sort"
	"strings"
)

// entry is one file of the archive as its directory and its own header agree on it.
type entry struct {
	name   string
	method uint16
	flags  uint16
	crc    uint32
	packed int64 // bytes in the archive
	size   int64 // bytes inflated
	header int64 // offset of the local header
	data   int64 // offset of the packed bytes
}

// archive is a ZIP whose entries tile the file from its first byte to the
// directory, so that there is one way to read it.
//
// archive/zip is made to read whatever can be read: it takes junk before and
// after, gaps, overlaps, doubled names and local headers that disagree with the
// directory. Here each of these is refused, which is why the directory is walked
// by own code; a test compares the outcome with archive/zip.
type archive struct {
	ra      io.ReaderAt
	entries []entry
	byName  map[string]*entry // by partKey
}

const (
	sigLocal      = "PK\x03\x04"
	sigCentral    = "PK\x01\x02"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"
	sigDescriptor = "PK\x07\x08"

	localLen   = 30
	centralLen = 46
	endLen     = 22
	end64Len   = 56
	loc64Len   = 20

	flagEncrypted  = 1<<0 | 1<<6 | 1<<13
	flagDescriptor = 1 << 3

	methodStored   = 0
	methodDeflated = 8
)

var le = binary.LittleEndian

const archivePart = "archive"

// partKey is how part names are compared: without case, with forward slashes.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func openArchive(ra io.ReaderAt, size int64, lim Limits) (*archive, error) {
	if size > lim.ArchiveBytes {
		return nil, overLimit(archivePart, "", "ArchiveBytes", "%d bytes, more than %d", size, lim.ArchiveBytes)
	}
	if err := sniff(ra, size); err != nil {
		return nil, err
	}
	end, err := findEnd(ra, size)
	if err != nil {
		return nil, err
	}
	if end.count > uint64(lim.Entries) {
		return nil, overLimit(archivePart, "", "Entries", "%d entries, more than %d", end.count, lim.Entries)
	}
	a := &archive{ra: ra, byName: make(map[string]*entry, end.count)}
	if a.entries, err = readDirectory(ra, end); err != nil {
		return nil, err
	}
	if err := a.checkNames(); err != nil {
		return nil, err
	}
	if err := a.checkSizes(lim); err != nil {
		return nil, err
	}
	if err := a.checkTiling(end.offset); err != nil {
		return nil, err
	}
	for i := range a.entries {
		a.byName[partKey(a.entries[i].name)] = &a.entries[i]
	}
	return a, nil
}

// sniff names the things that are usually found in place of a workbook.
func sniff(ra io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 512))
	if _, err := ra.ReadAt(head, 0); err != nil && err != io.EOF {
		return readFailed(archivePart, err)
	}
	switch {
	case size == 0:
		return damaged(archivePart, "", "the file is empty")
	case bytes.HasPrefix(head, []byte(sigLocal)):
		return nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return unsupported(archivePart, "this is a password-protected workbook or an old .xls",
			"save it as .xlsx without a password")
	case bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"), []byte("<")):
		return damaged(archivePart, "byte 0", "this is an HTML or XML page, not a workbook")
	case bytes.HasPrefix(head, []byte(sigEnd)):
		return damaged(archivePart, "byte 0", "the ZIP archive has no entries")
	}
	return damaged(archivePart, "byte 0", "this is not a ZIP archive: it begins with %q", clip(head))
}

func readFailed(part string, err error) *Error {
	return &Error{Part: part, What: "reading the file", Cause: err, Kind: ErrDamaged,
		Remedy: "check the storage and run again"}
}

// checkNames refuses names that another reader could take for a different part.
func (a *archive) checkNames() error {
	seen := make(map[string]bool, len(a.entries))
	for i := range a.entries {
		name := a.entries[i].name
		if name == "" || strings.ContainsRune(name, 0) {
			return damaged(archivePart, "", "entry %d has the name %q", i+1, name)
		}
		for _, seg := range strings.Split(partKey(name), "/") {
			if seg == ".." {
				return damaged(archivePart, "", "entry name %q leaves the archive", name)
			}
		}
		key := partKey(name)
		if seen[key] {
			return damaged(archivePart, "", "two entries are named %q", name)
		}
		seen[key] = true
	}
	return nil
}

// checkSizes judges what the directory promises; reading holds each entry to it.
func (a *archive) checkSizes(lim Limits) error {
	var total int64
	for i := range a.entries {
		e := &a.entries[i]
		if e.flags&flagEncrypted != 0 {
			return unsupported(archivePart, "entry "+e.name+" is encrypted", "ask for a file without a password")
		}
		if e.method != methodStored && e.method != methodDeflated {
			return unsupported(archivePart, "entry "+e.name+" is not packed with deflate", "save the workbook again as .xlsx")
		}
		if e.size > lim.EntryBytes {
			return overLimit(archivePart, "", "EntryBytes", "entry %s inflates to %d bytes, more than %d", e.name, e.size, lim.EntryBytes)
		}
		if total += e.size; total > lim.TotalBytes {
			return overLimit(archivePart, "", "TotalBytes", "the entries inflate to more than %d bytes", lim.TotalBytes)
		}
		if e.size > ratioFloor && e.size/max(e.packed, 1) > lim.Ratio {
			return overLimit(archivePart, "", "Ratio", "entry %s inflates %d times", e.name, e.size/max(e.packed, 1))
		}
	}
	return nil
}

// checkTiling walks the local headers in file order: each begins where the one
// before ended, the first at byte 0, the last ends at the directory.
func (a *archive) checkTiling(directory int64) error {
	order := make([]*entry, len(a.entries))
	for i := range a.entries {
		order[i] = &a.entries[i]
	}
	sort.Slice(order, func(i, j int) bool { return order[i].header < order[j].header })
	pos := int64(0)
	for i, e := range order {
		if e.header != pos {
			return damaged(archivePart, byteAt(pos), "entry %s begins at byte %d: entries overlap or hide bytes between them", e.name, e.header)
		}
		next := directory
		if i+1 < len(order) {
			next = order[i+1].header
		}
		if err := a.checkLocal(e, next); err != nil {
			return err
		}
		pos = next
	}
	if pos != directory {
		return damaged(archivePart, byteAt(pos), "the archive has bytes that belong to no entry")
	}
	return nil
}
