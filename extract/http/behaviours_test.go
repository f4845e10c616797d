package http

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// behaviour is one way in which a server answers.
type behaviour struct {
	name string
	// want are the classes of error that are right; none means that exactly the document is accepted.
	want []Class
	// cuts: the behaviour depends on the cut point.
	cuts bool
	// slow: the client has to run into a timeout.
	slow bool
	play func(*wire)
}

var (
	broken  = []Class{ClassIncomplete, ClassNotDocument}
	dropped = []Class{ClassIncomplete, ClassRefused}
	foreign = []Class{ClassNotDocument}
	garbled = []Class{ClassProtocol}
	refused = []Class{ClassProtocol, ClassIncomplete, ClassChanged}
)

const tag = `ETag: "v1"`

func behaviours() []behaviour {
	return slices.Concat(goodAnswers(), cutBodies(), badResumes(), notDocuments(), badStatuses(), badHeaders(), badRedirects())
}

func goodAnswers() []behaviour {
	first := func(bad func(*wire), then func(*wire)) func(*wire) {
		return func(w *wire) {
			if w.n == 0 {
				bad(w)
				return
			}
			then(w)
		}
	}
	whole := func(w *wire) { w.whole(tag) }
	half := func(lines ...string) func(*wire) {
		return func(w *wire) {
			w.answer("200 OK", append(lines, length(len(w.doc)))...)
			w.send(w.doc[:w.cut])
		}
	}
	return []behaviour{
		{name: "good: Content-Length", play: whole},
		{name: "good: chunked", play: func(w *wire) { w.chunked(w.doc, 1000); w.raw("0\r\n\r\n") }},
		{name: "good: chunked with extension and trailer", play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked", "Trailer: X-Sum")
			w.raw(fmt.Sprintf("%x;a=b\r\n", len(w.doc)))
			w.send(w.doc)
			w.raw("\r\n0\r\nX-Sum: 1\r\n\r\n")
		}},
		{name: "good: closes at the end", play: func(w *wire) { w.answer("200 OK"); w.send(w.doc) }},
		{name: "good: HTTP/1.0", play: func(w *wire) { w.raw("HTTP/1.0 200 OK\r\n" + length(len(w.doc)) + "\r\n\r\n"); w.send(w.doc) }},
		{name: "good: same Content-Length twice", play: func(w *wire) { w.whole(length(len(w.doc))) }},
		{name: "good: bytes after Content-Length", play: func(w *wire) { w.whole(); w.raw("HTTP/1.1 200 OK\r\n\r\nmore") }},
		{name: "good: early hints first", play: func(w *wire) { w.raw("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"); w.whole() }},
		{name: "good: right digests", play: func(w *wire) { w.whole(digestLines(w.doc)...) }},
		{name: "good: odd digests say nothing", play: func(w *wire) { w.whole("Content-MD5: nonsense", "Digest: SHA-256=abc") }},
		{name: "good after 503", play: first(func(w *wire) { w.answer("503 Busy", "Content-Length: 0") }, whole)},
		{name: "good after 429 with Retry-After", play: first(func(w *wire) { w.answer("429 Slow", "Retry-After: 7", "Content-Length: 0") }, whole)},
		{name: "good after reset", play: first(func(w *wire) { w.reset() }, whole)},
		{name: "good after cut: restart without ETag", cuts: true, play: first(half(), func(w *wire) { w.refuseRange(whole) })},
		{name: "good after cut: restart with weak ETag", cuts: true, play: first(half(`ETag: W/"v1"`), func(w *wire) { w.refuseRange(whole) })},
		{name: "good after cut: server ignores Range", cuts: true, play: first(half(tag), whole)},
		{name: "good after cut: resumed", cuts: true, play: first(half(tag), func(w *wire) { w.resume(nil, nil) })},
		{name: "good after cut: resumed, chunked, total *", cuts: true, play: first(half(tag), func(w *wire) {
			from := w.rangeFrom()
			if from < 0 {
				whole(w)
				return
			}
			w.answer("206 Partial Content", tag, fmt.Sprintf("Content-Range: bytes %d-%d/*", from, len(w.doc)-1), "Transfer-Encoding: chunked")
			w.raw(fmt.Sprintf("%x\r\n", len(w.doc)-from))
			w.send(w.doc[from:])
			w.raw("\r\n0\r\n\r\n")
		})},
		{name: "good after 416", cuts: true, play: func(w *wire) {
			switch {
			case w.n == 0:
				half(tag)(w)
			case w.rangeFrom() >= 0:
				w.answer("416 Range Not Satisfiable", "Content-Range: bytes */10", "Content-Length: 0")
			default:
				whole(w)
			}
		}},
		{name: "good after unasked 304", play: first(func(w *wire) { w.answer("304 Not Modified") }, whole)},
		{name: "good after five redirects", play: func(w *wire) {
			if w.n < 5 {
				w.answer(fmt.Sprintf("%d Elsewhere", []int{301, 302, 303, 307, 308}[w.n]), fmt.Sprintf("Location: /hop%d", w.n), "Content-Length: 0")
				return
			}
			whole(w)
		}},
	}
}

func cutBodies() []behaviour {
	return []behaviour{
		{name: "cut: short of Content-Length", want: dropped, cuts: true, play: func(w *wire) { w.answer("200 OK", length(len(w.doc))); w.send(w.doc[:w.cut]) }},
		{name: "cut: short of Content-Length, with ETag and no Range support", want: dropped, cuts: true, play: func(w *wire) { w.answer("200 OK", tag, length(len(w.doc))); w.send(w.doc[:w.cut]) }},
		{name: "cut: Content-Length too small", want: broken, cuts: true, play: func(w *wire) { w.answer("200 OK", length(w.cut)); w.send(w.doc) }},
		{name: "cut: close-delimited", want: broken, cuts: true, play: func(w *wire) { w.answer("200 OK"); w.send(w.doc[:w.cut]) }},
		{name: "cut: close-delimited HTTP/1.0", want: broken, cuts: true, play: func(w *wire) { w.raw("HTTP/1.0 200 OK\r\n\r\n"); w.send(w.doc[:w.cut]) }},
		{name: "cut: inside a chunk", want: dropped, cuts: true, play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked")
			w.raw(fmt.Sprintf("%x\r\n", len(w.doc)))
			w.send(w.doc[:w.cut])
		}},
		{name: "cut: between chunks", want: dropped, cuts: true, play: func(w *wire) { w.chunked(w.doc[:w.cut], 700) }},
		{name: "cut: last chunk comes early", want: broken, cuts: true, play: func(w *wire) { w.chunked(w.doc[:w.cut], 700); w.raw("0\r\n\r\n") }},
		{name: "cut: chunk size is no number", want: append(garbled, ClassIncomplete), cuts: true, play: func(w *wire) { w.chunked(w.doc[:w.cut], 700); w.raw("zz\r\n") }},
		{name: "cut: chunk longer than its size", want: append(garbled, ClassIncomplete), cuts: true, play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked")
			w.raw(fmt.Sprintf("%x\r\n", max(w.cut, 1)))
			w.send(w.doc)
			w.raw("\r\n0\r\n\r\n")
		}},
		{name: "cut: huge chunk size", want: append(garbled, ClassIncomplete), play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked")
			w.raw("ffffffffffffffffff\r\n")
			w.send(w.doc)
		}},
		{name: "cut: both lengths, chunks cut", want: dropped, cuts: true, play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked", length(w.cut))
			w.raw(fmt.Sprintf("%x\r\n", len(w.doc)))
			w.send(w.doc[:w.cut])
		}},
		{name: "cut: reset", want: dropped, cuts: true, play: func(w *wire) { w.answer("200 OK", length(len(w.doc))); w.send(w.doc[:w.cut]); w.reset() }},
		{name: "cut: stands still", want: []Class{ClassTimeout}, slow: true, play: func(w *wire) { w.answer("200 OK", length(len(w.doc))); w.send(w.doc[:w.cut]); w.hang() }},
		{name: "cut: zeros to the length (sparse file)", want: broken, cuts: true, play: func(w *wire) {
			cut := min(w.cut, len(w.doc)-20) // a workbook ends in zeros of its own
			w.answer("200 OK", length(len(w.doc)))
			w.send(w.doc[:cut])
			w.send(make([]byte, len(w.doc)-cut))
		}},
		{name: "flip: bit against Repr-Digest", want: broken, cuts: true, play: func(w *wire) { w.flipped(digestLines(w.doc)[0]) }},
		{name: "flip: bit against Digest", want: broken, cuts: true, play: func(w *wire) { w.flipped(digestLines(w.doc)[1]) }},
		{name: "flip: bit against Content-MD5", want: broken, cuts: true, play: func(w *wire) { w.flipped(digestLines(w.doc)[2]) }},
		{name: "long: document twice, closes", want: broken, play: func(w *wire) { w.answer("200 OK"); w.send(w.doc); w.send(w.doc) }},
		{name: "long: document twice, Content-Length", want: broken, play: func(w *wire) { w.answer("200 OK", length(2*len(w.doc))); w.send(w.doc); w.send(w.doc) }},
		{name: "long: PHP warning after the document", want: broken, play: func(w *wire) { w.answer("200 OK"); w.send(w.doc); w.raw("<br />\n<b>Warning</b>: x in y\n") }},
		{name: "long: PHP warning before the document", want: broken, play: func(w *wire) { w.answer("200 OK"); w.raw("<br />\n<b>Warning</b>: x\n"); w.send(w.doc) }},
		{name: "large: Content-Length beyond the limit", want: []Class{ClassTooLarge}, play: func(w *wire) { w.answer("200 OK", length(1<<40)); w.send(w.doc) }},
		{name: "large: endless body", want: []Class{ClassTooLarge}, play: func(w *wire) { w.answer("200 OK"); w.endless() }},
		{name: "large: endless chunks", want: []Class{ClassTooLarge}, play: func(w *wire) {
			w.answer("200 OK", "Transfer-Encoding: chunked")
			for range 40 {
				w.raw("10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n")
			}
		}},
	}
}

func badResumes() []behaviour {
	after := func(then func(*wire)) func(*wire) {
		return func(w *wire) {
			if w.rangeFrom() < 0 { // always cut when asked for the whole, so that only the range could complete it
				w.answer("200 OK", tag, length(len(w.doc)))
				w.send(w.doc[:w.cut])
				return
			}
			then(w)
		}
	}
	part := func(header func(from, size int) []string, body func(from int, doc []byte) []byte) func(*wire) {
		return after(func(w *wire) { w.resume(header, body) })
	}
	span := func(first, last, total int) string {
		return fmt.Sprintf("Content-Range: bytes %d-%d/%d", first, last, total)
	}
	any := append([]Class{ClassRefused}, refused...)
	return []behaviour{
		{name: "206: starts one byte late", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from+1, size-1, size)} }, nil)},
		{name: "206: starts at 0", want: any, cuts: true, play: part(func(_, size int) []string { return []string{tag, span(0, size-1, size)} }, func(_ int, doc []byte) []byte { return doc })},
		{name: "206: other total", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from, size, size+1)} }, nil)},
		{name: "206: no Content-Range", want: any, cuts: true, play: part(func(_, _ int) []string { return []string{tag} }, nil)},
		{name: "206: garbage Content-Range", want: any, cuts: true, play: part(func(_, _ int) []string { return []string{tag, "Content-Range: bytes x-y/z"} }, nil)},
		{name: "206: end before start", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from, from-1, size)} }, nil)},
		{name: "206: other ETag", want: any, cuts: true, play: part(func(from, size int) []string { return []string{`ETag: "v2"`, span(from, size-1, size)} }, nil)},
		{name: "206: no ETag", want: any, cuts: true, play: part(func(from, size int) []string { return []string{span(from, size-1, size)} }, nil)},
		{name: "206: same ETag, other content", want: any, cuts: true, play: part(nil, func(from int, doc []byte) []byte { return other(doc)[from:] })},
		{name: "206: body shorter than its range", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from, size-1, size), length(size - from)} }, func(from int, doc []byte) []byte { return doc[from : len(doc)-1] })},
		{name: "206: only some of the rest", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from, size-2, size)} }, nil)},
		{name: "206: Content-Length unlike the range", want: any, cuts: true, play: part(func(from, size int) []string { return []string{tag, span(from, size-1, size), length(size)} }, nil)},
		{name: "206: more than the range", want: any, cuts: true, play: part(nil, func(from int, doc []byte) []byte { return append(slices.Clone(doc[from:]), "tail\n"...) })},
		{name: "206: multipart", want: any, cuts: true, play: part(func(_, _ int) []string {
			return []string{tag, "Content-Type: multipart/byteranges; boundary=x"}
		}, func(from int, doc []byte) []byte { return append([]byte("--x\r\n\r\n"), doc[from:]...) })},
		{name: "206: HTML error page", want: any, cuts: true, play: part(nil, func(int, []byte) []byte { return []byte("<html>busy</html>") })},
		{name: "206: not asked for, a part", want: any, cuts: true, play: func(w *wire) {
			w.answer("206 Partial Content", tag, span(0, max(w.cut-1, 0), len(w.doc)), length(w.cut))
			w.send(w.doc[:w.cut])
		}},
		{name: "206: not asked for, the whole", want: any, play: func(w *wire) {
			w.answer("206 Partial Content", span(0, len(w.doc)-1, len(w.doc)), length(len(w.doc)))
			w.send(w.doc)
		}},
		{name: "200 that says it is a part", want: any, cuts: true, play: func(w *wire) {
			w.answer("200 OK", span(0, max(w.cut-1, 0), len(w.doc)), length(w.cut))
			w.send(w.doc[:w.cut])
		}},
		{name: "416 for ever", want: append(any, ClassStatus), cuts: true, play: after(func(w *wire) { w.answer("416 No", "Content-Length: 0") })},
	}
}

func notDocuments() []behaviour {
	page := func(name, body string, lines ...string) behaviour {
		return behaviour{name: "not it: " + name, want: foreign, play: func(w *wire) {
			w.answer("200 OK", append(lines, length(len(body)))...)
			w.raw(body)
		}}
	}
	encoded := func(name, coding string, body func([]byte) []byte) behaviour {
		return behaviour{name: "not it: " + name, want: []Class{ClassEncoding}, play: func(w *wire) {
			packed := body(w.doc)
			w.answer("200 OK", "Content-Encoding: "+coding, length(len(packed)))
			w.send(packed)
		}}
	}
	html := "<!DOCTYPE html><html><title>Login</title><form></form></html>\n"
	return []behaviour{
		page("login page", html, "Content-Type: text/html"),
		page("login page under the right type", html, "Content-Type: application/octet-stream"),
		page("HTML after a byte order mark", "\xef\xbb\xbf\r\n"+html),
		page("XML error", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>\n"),
		page("empty body", ""),
		page("white space", " \r\n\r\n"),
		page("maintenance JSON", `{"status":503,"message":"sedang pemeliharaan"}`),
		page("maintenance text", "Situs sedang dalam pemeliharaan\n"),
		page("PDF", "%PDF-1.7 \n%%EOF\n"),
		page("old Office file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old\n"),
		page("JSON null", "null\n"),
		{name: "not it: captive portal", want: foreign, play: func(w *wire) {
			if w.req.URL.Path == "/portal" {
				w.answer("200 OK", length(len(html)))
				w.raw(html)
				return
			}
			w.answer("302 Found", "Location: /portal", "Content-Length: 0")
		}},
		{name: "not it: gzip bytes without saying so", want: foreign, play: func(w *wire) {
			packed := gzipped(w.doc)
			w.answer("200 OK", length(len(packed)))
			w.send(packed)
		}},
		encoded("gzip that was not asked for", "gzip", gzipped),
		encoded("gzip in gzip", "gzip, gzip", func(b []byte) []byte { return gzipped(gzipped(b)) }),
		encoded("plain bytes called br", "br", func(b []byte) []byte { return b }),
	}
}

func badStatuses() []behaviour {
	var all []behaviour
	for _, code := range []int{201, 202, 203, 204, 205, 226, 400, 401, 403, 404, 405, 410, 418, 429, 451, 500, 502, 503, 504, 511, 599, 999} {
		all = append(all, behaviour{name: fmt.Sprintf("status %d with the document in it", code), want: []Class{ClassStatus}, play: func(w *wire) {
			if code == 204 {
				w.answer("204 No Content")
				return
			}
			w.answer(fmt.Sprintf("%d Hm", code), tag, length(len(w.doc)))
			w.send(w.doc)
		}})
	}
	return append(all,
		behaviour{name: "304 for ever", want: garbled, play: func(w *wire) { w.answer("304 Not Modified", tag) }},
		behaviour{name: "429 with Retry-After in ten years", want: []Class{ClassGiveUp}, play: func(w *wire) { w.answer("429 No", "Retry-After: 315360000", "Content-Length: 0") }},
		behaviour{name: "503 with garbage Retry-After", want: []Class{ClassStatus}, play: func(w *wire) { w.answer("503 No", "Retry-After: soon", "Content-Length: 0") }},
	)
}

func badHeaders() []behaviour {
	raw := func(name string, want []Class, text string) behaviour {
		return behaviour{name: "header: " + name, want: want, play: func(w *wire) { w.raw(text); w.send(w.doc) }}
	}
	return []behaviour{
		raw("no HTTP at all", garbled, "SSH-2.0-x\r\n"),
		raw("no headers (HTTP/0.9)", garbled, ""),
		raw("no status", garbled, "HTTP/1.1\r\n\r\n"),
		raw("status in words", garbled, "HTTP/1.1 OK 200\r\n\r\n"),
		raw("HTTP/9.9", []Class{ClassProtocol, ClassIncomplete, ClassNotDocument}, "HTTP/99 200 OK\r\n\r\n"),
		raw("two Content-Lengths", garbled, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n"),
		raw("negative Content-Length", garbled, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
		raw("Content-Length in words", garbled, "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
		raw("Content-Length with a plus", garbled, "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n"),
		raw("Transfer-Encoding gzip, chunked", garbled, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
		raw("no colon", garbled, "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
		raw("bomb", garbled, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 200<<10)+"\r\n\r\n"),
		raw("flood of 103", garbled, strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("y", 500)+"\r\n\r\n", 200)),
		{name: "header: closes at once", want: dropped, play: func(*wire) {}},
		{name: "header: resets at once", want: dropped, play: func(w *wire) { w.reset() }},
		{name: "header: ends in the middle", want: append(dropped, ClassProtocol), play: func(w *wire) { w.raw("HTTP/1.1 200 OK\r\nContent-Le") }},
		{name: "header: never comes", want: []Class{ClassTimeout}, slow: true, play: func(w *wire) { w.hang() }},
		{name: "header: never ends", want: []Class{ClassTimeout}, slow: true, play: func(w *wire) { w.raw("HTTP/1.1 200 OK\r\nX: a"); w.hang() }},
		{name: "header: and then nothing", want: []Class{ClassTimeout}, slow: true, play: func(w *wire) { w.answer("200 OK", length(len(w.doc))); w.hang() }},
	}
}

func badRedirects() []behaviour {
	to := func(name string, want Class, location string) behaviour {
		return behaviour{name: "redirect: " + name, want: []Class{want}, play: func(w *wire) {
			w.answer("302 Found", "Location: "+location, "Content-Length: 0")
		}}
	}
	return []behaviour{
		to("loop", ClassRedirect, "/"),
		{name: "redirect: six hops", want: []Class{ClassRedirect}, play: func(w *wire) {
			w.answer("302 Found", fmt.Sprintf("Location: /%d", w.n), "Content-Length: 0")
		}},
		to("file", ClassRedirect, "file:///etc/passwd"),
		to("ftp", ClassRedirect, "ftp://example.com/x"),
		to("javascript", ClassRedirect, "javascript:alert(1)"),
		to("data", ClassRedirect, "data:text/csv,a"),
		to("plain http elsewhere", ClassRedirect, "http://example.com/x"),
		to("user info", ClassRedirect, "https://a:b@example.com/x"),
		to("other port here", ClassPrivate, "https://127.0.0.1:1/x"),
		to("metadata address", ClassPrivate, "https://169.254.169.254/latest"),
		to("localhost", ClassPrivate, "https://localhost/x"),
		to("no URL", ClassRedirect, "http://[::1"),
		to("empty", ClassRedirect, ""),
		{name: "redirect: no Location", want: []Class{ClassRedirect}, play: func(w *wire) { w.answer("301 Moved", "Content-Length: 0") }},
		{name: "redirect: two Locations", want: []Class{ClassRedirect}, play: func(w *wire) {
			w.answer("301 Moved", "Location: /a", "Location: /b", "Content-Length: 0")
		}},
		{name: "redirect: 300", want: []Class{ClassRedirect}, play: func(w *wire) { w.answer("300 Multiple", "Content-Length: 0") }},
	}
}

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

// other is a document of the same length whose every byte differs.
func other(doc []byte) []byte {
	changed := slices.Clone(doc)
	for i := range changed {
		changed[i] ^= 1
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
