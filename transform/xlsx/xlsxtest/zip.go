// Package xlsxtest makes sound and broken workbooks for tests.
package xlsxtest

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// Entry is one file of an archive. The fields after Stored make it broken: each
// changes what one place says and leaves all others as they should be.
type Entry struct {
	Name       string
	Body       []byte
	Stored     bool // not deflated
	Descriptor bool // sizes follow the data, as streaming writers do

	Junk       []byte // stands before the entry and belongs to none
	Trail      []byte // stands behind the deflate stream and counts as packed
	LocalName  string // name in the entry's own header
	Flags      uint16 // more flags, in both headers
	Method     uint16 // another method, in both headers, when not 0
	CRCXor     uint32 // in all places
	SizeAdd    int    // to the inflated size, in all places
	PackedAdd  int    // to the packed size, in all places
	LocalAdd   int    // to the inflated size in the own header only
	CentralAdd int    // to the offset in the directory
}

// Archive is a ZIP file.
type Archive struct {
	Entries  []Entry
	Prefix   []byte // before the first entry; offsets are as if it were not there
	Suffix   []byte // after the end record
	Comment  string
	CountAdd int  // to the number of entries in the end record
	Wide     bool // with ZIP64 records, which small archives do not need
}

var le = binary.LittleEndian

// Bytes writes the archive.
func (a *Archive) Bytes() []byte {
	out := bytes.NewBuffer(nil)
	var dir bytes.Buffer
	fw, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	for i := range a.Entries {
		a.Entries[i].write(out, &dir, fw)
	}
	offset := out.Len()
	out.Write(dir.Bytes())
	count := len(a.Entries) + a.CountAdd
	size := dir.Len()
	if a.Wide {
		end := out.Len()
		out.WriteString("PK\x06\x06")
		put(out, uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), uint64(count), uint64(count), uint64(size), uint64(offset))
		out.WriteString("PK\x06\x07")
		put(out, uint32(0), uint64(end), uint32(1))
		count, size, offset = 0xffff, 0xffffffff, 0xffffffff
	}
	out.WriteString("PK\x05\x06")
	put(out, uint16(0), uint16(0), uint16(count), uint16(count), uint32(size), uint32(offset), uint16(len(a.Comment)))
	out.WriteString(a.Comment)
	out.Write(a.Suffix)
	return append(append([]byte(nil), a.Prefix...), out.Bytes()...)
}

func put(w *bytes.Buffer, values ...any) {
	for _, v := range values {
		if err := binary.Write(w, le, v); err != nil {
			panic(err) // a buffer takes all whole numbers
		}
	}
}

func (e *Entry) write(out, dir *bytes.Buffer, fw *flate.Writer) {
	var packed bytes.Buffer
	method := uint16(8)
	if e.Stored {
		method = 0
		packed.Write(e.Body)
	} else {
		fw.Reset(&packed)
		if _, err := fw.Write(e.Body); err != nil {
			panic(err) // a buffer takes all
		}
		if err := fw.Close(); err != nil {
			panic(err)
		}
	}
	packed.Write(e.Trail)
	if e.Method != 0 {
		method = e.Method
	}
	out.Write(e.Junk)
	header := uint32(out.Len() + e.CentralAdd)
	crc := crc32.ChecksumIEEE(e.Body) ^ e.CRCXor
	size, length := uint32(len(e.Body)+e.SizeAdd), uint32(packed.Len()+e.PackedAdd)
	flags := e.Flags
	local := e.Name
	if e.LocalName != "" {
		local = e.LocalName
	}
	out.WriteString("PK\x03\x04")
	if e.Descriptor {
		flags |= 1 << 3
		put(out, uint16(20), flags, method, uint32(0), uint32(0), uint32(0), uint32(0), uint16(len(local)), uint16(0))
	} else {
		put(out, uint16(20), flags, method, uint32(0), crc, length, size+uint32(e.LocalAdd), uint16(len(local)), uint16(0))
	}
	out.WriteString(local)
	out.Write(packed.Bytes())
	if e.Descriptor {
		out.WriteString("PK\x07\x08")
		put(out, crc, length, size)
	}
	dir.WriteString("PK\x01\x02")
	put(dir, uint16(20), uint16(20), flags, method, uint32(0), crc, length, size, uint16(len(e.Name)), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), header)
	dir.WriteString(e.Name)
}
