package complete

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// Gzip accepts a gzip file whose members all have their check sum and that ends with one.
func Gzip(l Limits) Check {
	return Check{Name: "gzip", EndsItself: true, Verify: func(head []byte, whole io.ReaderAt, size int64) error {
		return verifyGzip(head, whole, size, l.orDefault())
	}}
}

func verifyGzip(head []byte, whole io.ReaderAt, size int64, l Limits) error {
	if !bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) {
		return other("it does not begin like gzip (%s)", orUnknown(looksLike(head)))
	}
	// Multistream goes on over all members, so that bytes after the last are an error.
	stream, err := gzip.NewReader(bufio.NewReader(io.NewSectionReader(whole, 0, size)))
	if err != nil {
		return cut("gzip: %w", err)
	}
	_, err = drain(stream, size, l, 0)
	return err
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown bytes"
	}
	return text
}

func wrapLarge(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTooLarge, fmt.Errorf(format, args...))
}

func wrapEntry(name string, err error) error { return fmt.Errorf("zip entry %q: %w", name, err) }
