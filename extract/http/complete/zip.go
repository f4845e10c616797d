package complete

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
)

// ZIP accepts an archive whose end record closes the file and whose entries all have their CRC.
func ZIP(l Limits) Check {
	return Check{Name: "zip", EndsItself: true, Verify: func(head []byte, whole io.ReaderAt, size int64) error {
		return verifyZip(head, whole, size, l.orDefault(), nil)
	}}
}

// XLSX accepts a ZIP that holds a workbook.
func XLSX(l Limits) Check {
	return Check{Name: "xlsx", EndsItself: true, Verify: func(head []byte, whole io.ReaderAt, size int64) error {
		return verifyZip(head, whole, size, l.orDefault(), []string{"[Content_Types].xml", "xl/workbook.xml"})
	}}
}

func verifyZip(head []byte, whole io.ReaderAt, size int64, l Limits, need []string) error {
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		if like := looksLike(head); like != "" && like != "a ZIP archive" {
			return other("%s where a ZIP archive was expected", like)
		}
		return other("it does not begin like a ZIP archive")
	}
	if err := endRecord(whole, size); err != nil {
		return err
	}
	archive, err := zip.NewReader(io.NewSectionReader(whole, 0, size), size)
	if err != nil {
		return cut("zip: %w", err)
	}
	if len(archive.File) > l.Entries {
		return tooMany(len(archive.File), l.Entries)
	}
	if err := needEntries(archive, need); err != nil {
		return err
	}
	var total int64
	for _, entry := range archive.File {
		n, err := verifyEntry(entry, l, total)
		if err != nil {
			return err
		}
		total += n
	}
	return nil
}

func tooMany(have, most int) error {
	return wrapLarge("%d entries, the limit is %d", have, most)
}

func needEntries(archive *zip.Reader, need []string) error {
	names := map[string]bool{}
	for _, entry := range archive.File {
		if names[entry.Name] {
			return cut("zip: two entries %q", entry.Name)
		}
		names[entry.Name] = true
	}
	for _, name := range need {
		if !names[name] {
			return other("a ZIP archive without %s", name)
		}
	}
	return nil
}

func verifyEntry(entry *zip.File, l Limits, already int64) (int64, error) {
	if entry.Flags&1 != 0 {
		return 0, other("zip entry %q is encrypted", entry.Name)
	}
	body, err := entry.Open()
	if err != nil {
		return 0, cut("zip entry %q: %w", entry.Name, err)
	}
	defer body.Close()
	n, err := drain(body, int64(min(entry.CompressedSize64, 1<<62)), l, already)
	if err != nil {
		return n, wrapEntry(entry.Name, err)
	}
	return n, nil
}

const (
	endRecordBytes = 22
	maxComment     = 1<<16 - 1
)

// endRecord finds the end of central directory and wants it to close the file:
// archive/zip puts up with bytes after it, which is how two answers run together look.
func endRecord(whole io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, endRecordBytes+maxComment))
	if _, err := whole.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return cut("zip: %w", err)
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endRecordBytes {
		return cut("zip: no end of central directory")
	}
	comment := int(binary.LittleEndian.Uint16(tail[at+20:]))
	if at+endRecordBytes+comment != len(tail) {
		return cut("zip: the end record does not close the file")
	}
	start := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	length := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	end := size - int64(len(tail)) + int64(at)
	const zip64 = 1<<32 - 1
	if start != zip64 && length != zip64 && start+length != end {
		return cut("zip: the central directory does not end where the end record begins")
	}
	return nil
}
