// Package container takes a release part out of the gzip or ZIP file that it came in, within limits.
package container

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// sniffed is how many bytes are looked at to tell what a file is.
const sniffed = 512

// Unwrap gives the content of a part of the given size: of a gzip file and of a
// ZIP file with one entry what is inside, of everything else, workbooks
// included, the bytes as they are (then the result is an io.ReadSeeker, too).
// name serves error messages.
//
// Checksums and sizes are verified where the content ends, so a Read may fail
// after all the data: only io.EOF says that it was sound. Refused are archives
// in archives, encrypted or several entries, and more than the limits allow.
// The ReaderAt stays open: it belongs to the caller.
func Unwrap(ra io.ReaderAt, size int64, name string, limits Limits) (io.ReadCloser, error) {
	limits = limits.orDefaults()
	head := make([]byte, min(sniffed, max(size, 0)))
	if _, err := ra.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	whole := io.NewSectionReader(ra, 0, size)
	var inside io.ReadCloser
	var err error
	packed := size
	switch Sniff(head) {
	case Gzip:
		inside, err = gzip.NewReader(whole)
	case Zip:
		inside, packed, err = entry(ra, size, limits)
	default:
		return bare{whole}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	w := &wrapped{in: inside, name: name, packed: packed, limits: limits}
	if err := w.look(); err != nil {
		_ = inside.Close()
		return nil, err
	}
	return w, nil
}

// bare is content that was not packed.
type bare struct{ *io.SectionReader }

func (bare) Close() error { return nil }

// entry opens the one entry of a ZIP file.
func entry(ra io.ReaderAt, size int64, limits Limits) (in io.ReadCloser, packed int64, err error) {
	archive, err := zip.NewReader(ra, size)
	if err != nil {
		return nil, 0, err
	}
	var only *zip.File
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if only != nil {
			return nil, 0, fmt.Errorf("the ZIP file has several entries, %q and %q among them; name the file that is meant as a part of its own", shown(only.Name), shown(f.Name))
		}
		only = f
	}
	switch {
	case only == nil:
		return nil, 0, errors.New("the ZIP file has no entry")
	case only.Flags&1 != 0:
		return nil, 0, fmt.Errorf("entry %q is encrypted; ask for the file without a password", shown(only.Name))
	case only.UncompressedSize64 > uint64(limits.Bytes):
		return nil, 0, fmt.Errorf("entry %q has %d bytes and the limit is %d", shown(only.Name), only.UncompressedSize64, limits.Bytes)
	}
	in, err = only.Open()
	if err != nil {
		return nil, 0, fmt.Errorf("entry %q: %w", shown(only.Name), err)
	}
	return in, int64(only.CompressedSize64), nil
}

// shown cuts an entry's name to what suits a message.
func shown(name string) string {
	const most = 80
	name = path.Base(name)
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}

// wrapped is the unpacked content, counted as it comes out.
type wrapped struct {
	in      io.ReadCloser
	name    string
	head    []byte // read ahead to look at
	ahead   error  // that ended reading ahead
	packed  int64
	out     int64
	limits  Limits
	failure error
}

// look refuses an archive inside the archive.
func (w *wrapped) look() error {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(w.in, head)
	w.head = head[:n]
	if err != nil {
		w.ahead = err
		if errors.Is(err, io.ErrUnexpectedEOF) && n > 0 {
			w.ahead = w.unended()
		}
	}
	switch kind := Sniff(w.head); kind {
	case Gzip, Zip, XLSX:
		return fmt.Errorf("%s: holds another packed file (%s); unpack it once and publish the file itself", w.name, kind)
	}
	return nil
}

// unended reads the end again: io.ReadFull names a short file like a damaged one.
func (w *wrapped) unended() error {
	n, err := w.in.Read(make([]byte, 1))
	if n > 0 || err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Read gives unpacked bytes.
func (w *wrapped) Read(p []byte) (int, error) {
	if w.failure != nil {
		return 0, w.failure
	}
	n, err := w.next(p)
	w.out += int64(n)
	switch {
	case w.out > w.limits.Bytes:
		n, err = 0, fmt.Errorf("unpacks to more than %d bytes; raise the limit if the file is sound", w.limits.Bytes)
	case w.out > ratioFree && w.out > w.packed*w.limits.Ratio:
		n, err = 0, fmt.Errorf("unpacks to more than %d times its size; raise the limit if the file is sound", w.limits.Ratio)
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", w.name, err)
	}
	w.failure = err
	return n, err
}

func (w *wrapped) next(p []byte) (int, error) {
	if len(w.head) > 0 {
		n := copy(p, w.head)
		w.head = w.head[n:]
		return n, nil
	}
	if w.ahead != nil {
		return 0, w.ahead
	}
	return w.in.Read(p)
}

// Close ends the unpacking.
func (w *wrapped) Close() error {
	if w.failure == nil {
		w.failure = io.ErrClosedPipe
	}
	return w.in.Close()
}
