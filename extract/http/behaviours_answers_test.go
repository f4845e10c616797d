package http

import (
	"fmt"
	"strings"
)

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
