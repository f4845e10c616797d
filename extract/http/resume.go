package http

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	nethttp "net/http"
	"strconv"
	"strings"
)

// adopt takes over a partial download of an earlier run when the sink still holds the bytes that were recorded.
func (f *fetch) adopt(p Partial) *Error {
	if p.Bytes > overlap && strongETag(p.ETag) {
		if sum, err := hashOf(f.sink, p.Bytes); err == nil && sum == p.SHA256 {
			f.partial = p
			if err := f.sink.Truncate(p.Bytes); err != nil {
				return fault(ClassSink, "temporary file: %w", err)
			}
			return nil
		}
	}
	return f.discard()
}

// discard empties the sink.
func (f *fetch) discard() *Error {
	f.partial = Partial{Total: -1}
	if err := f.sink.Truncate(0); err != nil {
		return fault(ClassSink, "temporary file: %w", err)
	}
	return nil
}

// refuse empties the sink and returns err, or the fault of emptying it.
func (f *fetch) refuse(err *Error) *Error {
	if derr := f.discard(); derr != nil {
		return derr
	}
	return err
}

func (f *fetch) rangeRefused(ctx context.Context, cancel context.CancelCauseFunc, a *answer) *Error {
	if a.asked.Get("Range") == "" {
		return f.statusError(ctx, cancel, a)
	}
	return f.refuse(fault(ClassChanged, "the server no longer has the range that was missing"))
}

// contentRange is "bytes first-last/total"; total is -1 for "*".
type contentRange struct{ first, last, total int64 }

func parseContentRange(text string) (contentRange, bool) {
	rest, ok := strings.CutPrefix(text, "bytes ")
	span, size, cut := strings.Cut(rest, "/")
	from, to, dash := strings.Cut(span, "-")
	if !ok || !cut || !dash {
		return contentRange{}, false
	}
	r := contentRange{total: -1}
	var bad [3]error
	r.first, bad[0] = parseSize(from)
	r.last, bad[1] = parseSize(to)
	if size != "*" {
		r.total, bad[2] = parseSize(size)
	}
	if bad != [3]error{} || r.last < r.first || r.total >= 0 && r.last >= r.total {
		return contentRange{}, false
	}
	return r, true
}

func parseSize(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

// splice checks a 206 against what is held and returns where its body starts.
func (f *fetch) splice(a *answer) (offset, total int64, err *Error) {
	if a.asked.Get("Range") == "" {
		return 0, 0, fault(ClassProtocol, "206 to a request without Range")
	}
	r, ok := parseContentRange(a.Header.Get("Content-Range"))
	want := f.partial.Bytes - overlap
	switch {
	case !ok:
		return 0, 0, fault(ClassProtocol, "206 without a readable Content-Range")
	case r.first != want:
		return 0, 0, fault(ClassProtocol, "206 from byte %d where byte %d was asked for", r.first, want)
	case a.Header.Get("ETag") != f.partial.ETag:
		return 0, 0, fault(ClassChanged, "206 of another version of the document")
	case r.total >= 0 && f.partial.Total >= 0 && r.total != f.partial.Total:
		return 0, 0, fault(ClassChanged, "206 of a document of %d bytes where the first part said %d", r.total, f.partial.Total)
	}
	total = max(r.total, f.partial.Total)
	if total < 0 {
		return 0, 0, fault(ClassProtocol, "206 that does not say how long the document is")
	}
	if r.last != total-1 {
		return 0, 0, fault(ClassProtocol, "206 up to byte %d of %d where all the rest was asked for", r.last, total)
	}
	if a.ContentLength >= 0 && a.ContentLength != r.last-r.first+1 {
		return 0, 0, fault(ClassProtocol, "206 with Content-Length %d for bytes %d-%d", a.ContentLength, r.first, r.last)
	}
	return want, total, nil
}

// wholeRange refuses a 200 that says that it is only a part.
func wholeRange(a *answer) *Error {
	text := a.Header.Get("Content-Range")
	if text == "" {
		return nil
	}
	r, ok := parseContentRange(text)
	if !ok || r.first != 0 || r.total >= 0 && r.last != r.total-1 {
		return fault(ClassProtocol, "200 with a Content-Range that is not the whole document")
	}
	return nil
}

// compareOverlap reads the bytes that are held already and compares them.
func (f *fetch) compareOverlap(body io.Reader, offset int64) *Error {
	fresh, held := make([]byte, overlap), make([]byte, overlap)
	if n, err := io.ReadFull(body, fresh); err != nil {
		return fault(ClassIncomplete, "the body ended after %d bytes: %w", n, err)
	}
	if _, err := f.sink.ReadAt(held, offset); err != nil && err != io.EOF {
		return fault(ClassSink, "temporary file: %w", err)
	}
	if !bytes.Equal(fresh, held) {
		return fault(ClassChanged, "the content changed under an unchanged ETag")
	}
	return nil
}

func hashOf(from io.ReaderAt, size int64) (string, error) {
	hash := sha256.New()
	n, err := io.Copy(hash, io.NewSectionReader(from, 0, size))
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes instead of %d", n, size)
	}
	return hex.EncodeToString(hash.Sum(nil)), err
}

func contentEncoding(header nethttp.Header) string {
	for _, value := range header.Values("Content-Encoding") {
		if v := strings.ToLower(strings.TrimSpace(value)); v != "" && v != "identity" {
			return v
		}
	}
	return ""
}
