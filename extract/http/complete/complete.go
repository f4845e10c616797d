// Package complete decides whether bytes are one whole document of their format.
//
// HTTP alone cannot tell: a body without Content-Length ends in success when
// the connection drops, and one with too small a Content-Length is cut
// silently. Every check here looks for the format's own end.
package complete

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ErrCut is the cause of errors about documents that begin well and end too early or end damaged.
var ErrCut = errors.New("the document is cut or damaged")

// ErrNotDocument is the cause of errors about bytes that are something else.
var ErrNotDocument = errors.New("not the document")

// ErrTooLarge is the cause of errors about documents beyond a limit.
var ErrTooLarge = errors.New("beyond the limit")

// Check looks at a received document before it is accepted.
type Check struct {
	// Name is the format, for people.
	Name string
	// EndsItself is true when Verify finds every cut by itself, so that an
	// answer that does not state its length can be accepted.
	EndsItself bool
	// Verify gets the first bytes (up to 4 KiB), the whole, and its size in bytes. Its errors
	// wrap ErrCut, ErrNotDocument or ErrTooLarge.
	Verify func(head []byte, whole io.ReaderAt, size int64) error
}

// Limits bound what a check inflates.
type Limits struct {
	Inflated int64 // bytes in all
	Ratio    int64 // inflated to packed, from 1 MiB inflated on
	Entries  int   // of an archive
}

// DefaultLimits hold the national yearly workbook (41 MB inflated) twenty times over.
func DefaultLimits() Limits { return Limits{Inflated: 1 << 30, Ratio: 200, Entries: 10_000} }

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Inflated == 0 {
		l.Inflated = d.Inflated
	}
	if l.Ratio == 0 {
		l.Ratio = d.Ratio
	}
	if l.Entries == 0 {
		l.Entries = d.Entries
	}
	return l
}

func cut(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCut, fmt.Errorf(format, args...))
}

func other(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrNotDocument, fmt.Errorf(format, args...))
}

// tooSmall are sizes at which ratios say nothing.
const tooSmall = 1 << 20

// drain inflates a stream under limits and returns its size.
func drain(from io.Reader, packed int64, l Limits, already int64) (int64, error) {
	buffer := make([]byte, 32<<10)
	var size int64
	for {
		n, err := from.Read(buffer)
		size += int64(n)
		switch {
		case already+size > l.Inflated:
			return size, fmt.Errorf("%w: more than %d bytes inflated", ErrTooLarge, l.Inflated)
		case size > tooSmall && size/max(packed, 1) > l.Ratio:
			return size, fmt.Errorf("%w: inflates more than %d times", ErrTooLarge, l.Ratio)
		case err == io.EOF:
			return size, nil
		case err != nil:
			return size, cut("%w", err)
		}
	}
}

// looksLike names what the beginning of foreign bytes is, "" when unknown.
func looksLike(head []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return "white space"
	case text[0] == '<':
		return "HTML or XML"
	case bytes.HasPrefix(text, []byte("PK")):
		return "a ZIP archive"
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(text, []byte("%PDF")):
		return "a PDF"
	case bytes.HasPrefix(text, []byte("\xd0\xcf\x11\xe0")):
		return "an old Office file (or an encrypted one)"
	case text[0] == '{' || text[0] == '[':
		return "JSON"
	}
	return ""
}
