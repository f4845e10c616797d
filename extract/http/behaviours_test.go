package http

import (
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
