package http

import (
	"bytes"
	"crypto/md5" // Content-MD5 guards against accidents only, like any check sum a server sends itself
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	nethttp "net/http"
	"strings"

	"lumbung/extract/http/complete"
)

// headBytes is how much of the document a check gets as its beginning.
const headBytes = 4 << 10

// verify is the last word before bytes are called a document.
func (f *fetch) verify(a *answer, size int64) *Error {
	if size == 0 {
		return fault(ClassNotDocument, "the body is empty")
	}
	if err := f.verifyDigest(a, size); err != nil {
		return err
	}
	if f.req.Check.Verify == nil {
		return nil
	}
	head := make([]byte, min(size, headBytes))
	if _, err := f.sink.ReadAt(head, 0); err != nil && err != io.EOF {
		return fault(ClassSink, "temporary file: %w", err)
	}
	err := f.req.Check.Verify(head, f.sink, size)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, complete.ErrCut):
		return fault(ClassIncomplete, "%w", err)
	case errors.Is(err, complete.ErrTooLarge):
		return fault(ClassTooLarge, "%w", err)
	}
	return fault(ClassNotDocument, "%w", err).remedy("open the URL in a browser: it may be a login, error or maintenance page")
}

// verifyDigest compares the check sums that the server sent (RFC 9530, RFC 3230, Content-MD5).
func (f *fetch) verifyDigest(a *answer, size int64) *Error {
	for _, d := range digestsOf(a.Header, a.StatusCode == nethttp.StatusOK) {
		sum := d.hash()
		if n, err := io.Copy(sum, io.NewSectionReader(f.sink, 0, size)); err != nil || n != size {
			return fault(ClassSink, "temporary file: %d of %d bytes could be read back: %v", n, size, err)
		}
		if !bytes.Equal(sum.Sum(nil), d.want) {
			return fault(ClassIncomplete, "the bytes do not have the %s that the server sent", d.name)
		}
	}
	return nil
}

type digest struct {
	name string
	hash func() hash.Hash
	want []byte
}

func digestsOf(header nethttp.Header, whole bool) []digest {
	var found []digest
	add := func(name string, make func() hash.Hash, size int, text string) {
		want, err := base64.StdEncoding.DecodeString(text)
		if err == nil && len(want) == size { // an unreadable sum says nothing; many servers send odd ones
			found = append(found, digest{name: name, hash: make, want: want})
		}
	}
	for part := range strings.SplitSeq(header.Get("Repr-Digest"), ",") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(part), "sha-256=:"); ok {
			add("Repr-Digest", sha256.New, sha256.Size, strings.TrimSuffix(text, ":"))
		}
	}
	for part := range strings.SplitSeq(header.Get("Digest"), ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		if strings.EqualFold(name, "sha-256") {
			add("Digest", sha256.New, sha256.Size, text)
		}
	}
	if text := header.Get("Content-MD5"); text != "" && whole { // of a 206 it is the sum of the part
		add("Content-MD5", md5.New, md5.Size, text)
	}
	return found
}

func errorAt(where string, err error) error { return fmt.Errorf("%s: %w", where, err) }
