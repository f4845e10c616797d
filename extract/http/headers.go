package http

import (
	"encoding/base64"
	"fmt"
	nethttp "net/http"
	"net/url"
	"strings"
)

// overlap is how many bytes of a partial download are asked for again: if they
// differ from those held, the content changed behind an unchanged ETag.
const overlap = 4 << 10

// headers are made anew for every hop, so that nothing rides along to another host.
func (f *fetch) headers(at *url.URL) nethttp.Header {
	h := nethttp.Header{}
	h.Set("User-Agent", f.client.options.UserAgent)
	h.Set("Accept-Encoding", "identity")
	h.Set("Accept", "*/*")
	if f.req.Accept != "" {
		h.Set("Accept", f.req.Accept)
	}
	if f.req.Match != "" {
		h.Set("If-Match", f.req.Match)
	}
	f.authorize(h, at)
	switch {
	case f.resumable():
		h.Set("Range", fmt.Sprintf("bytes=%d-", f.partial.Bytes-overlap))
		h.Set("If-Range", f.partial.ETag)
	case f.req.Unconditional || f.plain:
		h.Set("Cache-Control", "no-cache")
	default:
		if validETag(f.req.Validators.ETag) {
			h.Set("If-None-Match", f.req.Validators.ETag)
		}
		if _, err := nethttp.ParseTime(f.req.Validators.LastModified); err == nil {
			h.Set("If-Modified-Since", f.req.Validators.LastModified)
		}
	}
	return h
}

// authorize adds the credential on the URL's own scheme, host and port only.
func (f *fetch) authorize(h nethttp.Header, at *url.URL) {
	auth := f.req.Auth
	if auth.Secret.IsZero() || auth.Sign != nil || !sameHost(at, f.start) {
		return
	}
	if auth.User != "" {
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(auth.User+":"+auth.Secret.Reveal())))
		return
	}
	name := auth.Header
	if name == "" {
		name = "Authorization"
	}
	h.Set(name, strings.TrimLeft(auth.Prefix+auth.Secret.Reveal(), " "))
}

func (f *fetch) resumable() bool {
	return f.partial.Bytes > overlap && strongETag(f.partial.ETag)
}
