package xlsx

import (
	"bytes"
	"io"
)

// endRecord is what the end of the archive says about its directory.
type endRecord struct {
	count  uint64
	offset int64 // of the directory
	size   int64 // of the directory
}

// findEnd reads the end record, which must be the last thing in the file.
func findEnd(ra io.ReaderAt, size int64) (endRecord, error) {
	const longest = endLen + 0xffff
	tail := make([]byte, min(size, longest))
	if _, err := ra.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return endRecord{}, readFailed(archivePart, err)
	}
	i := bytes.LastIndex(tail, []byte(sigEnd))
	for i >= 0 && (i+endLen > len(tail) || i+endLen+int(le.Uint16(tail[i+20:])) != len(tail)) {
		i = bytes.LastIndex(tail[:i], []byte(sigEnd))
	}
	if i < 0 {
		return endRecord{}, damaged(archivePart, byteAt(size), "the ZIP directory is missing: the file is cut short or has bytes after its end")
	}
	r := tail[i : i+endLen]
	at := size - int64(len(tail)) + int64(i)
	e := endRecord{count: uint64(le.Uint16(r[10:])), size: int64(le.Uint32(r[12:])), offset: int64(le.Uint32(r[16:]))}
	if le.Uint16(r[4:]) != 0 || le.Uint16(r[6:]) != 0 || le.Uint16(r[8:]) != le.Uint16(r[10:]) {
		return e, unsupported(archivePart, "the archive is split over several files", "ask for one file")
	}
	stop := at
	if e.count == 0xffff || e.size == 0xffffffff || e.offset == 0xffffffff {
		var err error
		if e, stop, err = findEnd64(ra, at); err != nil {
			return e, err
		}
	}
	if e.offset < 0 || e.size < 0 || e.offset > stop || e.size != stop-e.offset {
		return e, damaged(archivePart, byteAt(at), "the ZIP directory is said to have %d bytes from byte %d on: it does not end there, or bytes were put before the archive", e.size, e.offset)
	}
	return e, nil
}

// findEnd64 reads the ZIP64 end record that stands right before its locator;
// the second result is where the directory must end.
func findEnd64(ra io.ReaderAt, end int64) (endRecord, int64, error) {
	bad := func() (endRecord, int64, error) {
		return endRecord{}, 0, damaged(archivePart, byteAt(end), "the ZIP64 end record is missing or wrong")
	}
	start := end - loc64Len - end64Len
	if start < 0 {
		return bad()
	}
	b := make([]byte, end64Len+loc64Len)
	if _, err := ra.ReadAt(b, start); err != nil && err != io.EOF {
		return endRecord{}, 0, readFailed(archivePart, err)
	}
	loc := b[end64Len:]
	if string(b[:4]) != sigEnd64 || string(loc[:4]) != sigLocator64 ||
		le.Uint64(b[4:]) != end64Len-12 || le.Uint64(loc[8:]) != uint64(start) ||
		le.Uint32(b[16:]) != 0 || le.Uint32(b[20:]) != 0 || le.Uint64(b[24:]) != le.Uint64(b[32:]) {
		return bad()
	}
	return endRecord{count: le.Uint64(b[32:]), size: int64(le.Uint64(b[40:])), offset: int64(le.Uint64(b[48:]))}, start, nil
}

// readDirectory reads exactly the promised number of records, which must fill the directory.
func readDirectory(ra io.ReaderAt, end endRecord) ([]entry, error) {
	const recordMost = centralLen + 3*0xffff
	if end.size > int64(end.count)*recordMost {
		return nil, damaged(archivePart, byteAt(end.offset), "the ZIP directory is longer than its %d entries can be", end.count)
	}
	b := make([]byte, end.size)
	if _, err := ra.ReadAt(b, end.offset); err != nil && err != io.EOF {
		return nil, readFailed(archivePart, err)
	}
	entries := make([]entry, 0, end.count)
	pos := 0
	for range end.count {
		e, n := parseCentral(b[pos:])
		if n == 0 {
			return nil, damaged(archivePart, byteAt(end.offset+int64(pos)), "record %d of %d of the ZIP directory is broken", len(entries)+1, end.count)
		}
		entries = append(entries, e)
		pos += n
	}
	if pos != len(b) {
		return nil, damaged(archivePart, byteAt(end.offset+int64(pos)), "the ZIP directory has more than the %d entries it promises", end.count)
	}
	return entries, nil
}

// parseCentral reads one directory record and returns its length, 0 when broken.
func parseCentral(b []byte) (entry, int) {
	if len(b) < centralLen || string(b[:4]) != sigCentral {
		return entry{}, 0
	}
	name, extra, comment := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	n := centralLen + name + extra + comment
	if len(b) < n || le.Uint16(b[34:]) != 0 {
		return entry{}, 0
	}
	e := entry{
		name:   string(b[centralLen : centralLen+name]),
		flags:  le.Uint16(b[8:]),
		method: le.Uint16(b[10:]),
		crc:    le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])),
		size:   int64(le.Uint32(b[24:])),
		header: int64(le.Uint32(b[42:])),
	}
	if !zip64(b[centralLen+name:centralLen+name+extra], &e.size, &e.packed, &e.header) {
		return entry{}, 0
	}
	return e, n
}

// zip64 replaces the fields that are all ones by those of the ZIP64 extra field.
func zip64(extra []byte, fields ...*int64) bool {
	var wide []byte
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if len(extra) < 4+n {
			return false
		}
		if id == 1 {
			wide = extra[4 : 4+n]
		}
		extra = extra[4+n:]
	}
	for _, f := range fields {
		if *f != 0xffffffff {
			continue
		}
		if len(wide) < 8 {
			return false
		}
		v := le.Uint64(wide)
		if v > 1<<62 {
			return false
		}
		*f, wide = int64(v), wide[8:]
	}
	return true
}

// checkLocal compares the entry's own header, and the record after its data, with
// the directory, and sets where the data begin. next is where the entry must end.
func (a *archive) checkLocal(e *entry, next int64) error {
	bad := func(what string) error {
		return damaged(archivePart, byteAt(e.header), "entry %s: its own header %s", e.name, what)
	}
	b := make([]byte, localLen)
	if next-e.header < localLen {
		return bad("is cut short")
	}
	if _, err := a.ra.ReadAt(b, e.header); err != nil && err != io.EOF {
		return readFailed(archivePart, err)
	}
	name, extra := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	e.data = e.header + localLen + int64(name) + int64(extra)
	if string(b[:4]) != sigLocal || e.data > next || e.packed > next-e.data {
		return bad("is missing, or the entry runs into the next one")
	}
	more := make([]byte, name+extra)
	if _, err := a.ra.ReadAt(more, e.header+localLen); err != nil && err != io.EOF {
		return readFailed(archivePart, err)
	}
	if string(more[:name]) != e.name {
		return bad("names it " + clip(more[:name]))
	}
	if le.Uint16(b[6:]) != e.flags || le.Uint16(b[8:]) != e.method {
		return bad("says another packing than the directory")
	}
	if e.flags&flagDescriptor != 0 {
		return a.checkDescriptor(e, next)
	}
	packed, size := int64(le.Uint32(b[18:])), int64(le.Uint32(b[22:]))
	if !zip64(more[name:], &size, &packed) || le.Uint32(b[14:]) != e.crc || packed != e.packed || size != e.size {
		return bad("says another size or checksum than the directory")
	}
	if e.data+e.packed != next {
		return damaged(archivePart, byteAt(e.data+e.packed), "after entry %s are bytes that belong to no entry", e.name)
	}
	return nil
}

// checkDescriptor reads the record that follows the data of an entry whose
// writer did not know the sizes beforehand: with or without signature, with
// sizes of 4 or 8 bytes.
func (a *archive) checkDescriptor(e *entry, next int64) error {
	at := e.data + e.packed
	n := next - at
	bad := damaged(archivePart, byteAt(at), "after entry %s the record of its sizes is missing or disagrees with the directory", e.name)
	if n != 12 && n != 16 && n != 20 && n != 24 {
		return bad
	}
	b := make([]byte, n)
	if _, err := a.ra.ReadAt(b, at); err != nil && err != io.EOF {
		return readFailed(archivePart, err)
	}
	if n == 16 || n == 24 {
		if string(b[:4]) != sigDescriptor {
			return bad
		}
		b = b[4:]
	}
	var packed, size int64
	if len(b) == 12 {
		packed, size = int64(le.Uint32(b[4:])), int64(le.Uint32(b[8:]))
	} else {
		packed, size = int64(le.Uint64(b[4:])), int64(le.Uint64(b[12:]))
	}
	if le.Uint32(b) != e.crc || packed != e.packed || size != e.size {
		return bad
	}
	return nil
}
