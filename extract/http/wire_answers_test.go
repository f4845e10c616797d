package http

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
)

func (w *wire) chunked(body []byte, size int) {
	w.answer("200 OK", "Transfer-Encoding: chunked")
	for chunk := range slices.Chunk(body, size) {
		w.raw(fmt.Sprintf("%x\r\n", len(chunk)))
		w.send(chunk)
		w.raw("\r\n")
	}
}

// resume answers a Range request; header and body change what is right.
func (w *wire) resume(header func(from, size int) []string, body func(from int, doc []byte) []byte) {
	from := w.rangeFrom()
	if from < 0 {
		w.whole(tag)
		return
	}
	lines := []string{tag, fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, len(w.doc)-1, len(w.doc))}
	if header != nil {
		lines = header(from, len(w.doc))
	}
	rest := w.doc[from:]
	if body != nil {
		rest = body(from, w.doc)
	}
	w.answer("206 Partial Content", lines...)
	w.send(rest)
}

// refuseRange breaks the connection when a Range comes that must not come.
func (w *wire) refuseRange(then func(*wire)) {
	if w.req.Header.Get("Range") == "" {
		then(w)
	}
}

func (w *wire) flipped(lines ...string) {
	body := slices.Clone(w.doc)
	body[w.cut%len(body)] ^= 1
	w.answer("200 OK", append(lines, length(len(body)))...)
	w.send(body)
}

func (w *wire) endless() {
	block := bytes.Repeat([]byte("x"), 1<<16)
	for range 40 {
		w.send(block)
	}
}

// other is a document of the same length and shape in which every number differs.
func other(doc []byte) []byte {
	changed := slices.Clone(doc)
	for i, c := range changed {
		if '0' <= c && c <= '9' {
			changed[i] = c ^ 1
		}
	}
	return changed
}

func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

func digestLines(body []byte) []string {
	long, short := sha256.Sum256(body), md5.Sum(body)
	text := base64.StdEncoding.EncodeToString(long[:])
	return []string{"Repr-Digest: sha-256=:" + text + ":", "Digest: SHA-256=" + text, "Content-MD5: " + base64.StdEncoding.EncodeToString(short[:])}
}
