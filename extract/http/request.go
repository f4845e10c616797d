package http

import (
	"io"
	"mime"
	nethttp "net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"lumbung/extract/http/complete"
)

// Validators let a server say "not modified". Keep them only together with
// an object that was verified and published.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// IsZero reports whether there is nothing to compare by.
func (v Validators) IsZero() bool { return v == Validators{} }

// Auth is a credential for the host of the request's URL; it never goes to another one.
type Auth struct {
	// User makes it Basic authentication.
	User string
	// Header is the header's name; "" is Authorization.
	Header string
	// Prefix stands before the secret, such as "Bearer ".
	Prefix string
	Secret Secret
	// Sign, when not nil, signs each request in place of a header with the secret, which is then only kept out of texts.
	Sign func(*nethttp.Request)
}

// Sink holds the bytes of one download: a temporary file that the caller names, opens, syncs and removes.
type Sink interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
}

// Partial is a download that was cut, as plain values to store beside the temporary file.
type Partial struct {
	URL    string `json:"url"`  // masked, of the answer that began it
	ETag   string `json:"etag"` // strong
	Bytes  int64  `json:"bytes"`
	Total  int64  `json:"total"`  // -1 when the server did not say
	SHA256 string `json:"sha256"` // of the bytes held
}

// Request names what to fetch and what is known about it.
type Request struct {
	URL string
	// Source is the breaker's key; "" is the URL's host and port.
	Source string
	// Validators are those of the last published object.
	Validators Validators
	// Unconditional asks for the bytes whatever the validators say, past caches too:
	// every Nth fetch, and whenever the object of the validators is not at hand.
	Unconditional bool
	// Match is the strong ETag that a store lists for the document; another one is refused. "" is any.
	Match string
	Auth  Auth
	// Accept is the Accept header; "" is */*.
	Accept string
	// Partial resumes what the sink holds; it is used only when its hash still fits.
	Partial Partial
	// Check decides whether the bytes are the whole document. Without one only
	// answers that state their length are accepted.
	Check complete.Check
	// KeepAlive lets the connection carry further requests, for many small answers of one host. It is ignored
	// beside a credential: net/http logs stray bytes on idle connections, and a server could echo it in them.
	KeepAlive bool
	// ErrorBody is how many bytes of an error answer Error.Body may keep.
	ErrorBody int64
}

// Status is what a Fetch found.
type Status string

const (
	Fetched     Status = "fetched"      // the sink holds the whole document
	NotModified Status = "not-modified" // the object of the validators is still the newest
)

// Facts are header fields worth recording; none of them is trusted.
type Facts struct {
	ContentType  string    `json:"content_type,omitempty"`
	FileName     string    `json:"file_name,omitempty"` // last element only; data for people, never a path
	LastModified time.Time `json:"last_modified,omitzero"`
	Date         time.Time `json:"date,omitzero"`
}

// Attempt is one try as it went.
type Attempt struct {
	At     time.Time     `json:"at"`
	Status int           `json:"status,omitempty"`
	Class  Class         `json:"class,omitempty"` // "" for success
	Bytes  int64         `json:"bytes"`           // in the sink afterwards
	Wait   time.Duration `json:"wait,omitempty"`  // before the next try
}

// Result is what a Fetch gives back, also beside an error: then Partial and Attempts are set.
type Result struct {
	Status Status
	// Validators of the answer, to be kept once the object is published.
	Validators Validators
	Bytes      int64
	// URL is the final one, masked.
	URL      string
	Facts    Facts
	Attempts []Attempt
	// Partial is not zero when a later Fetch with the same sink can go on.
	Partial Partial
}

func (f *fetch) factsOf(header nethttp.Header) Facts {
	facts := Facts{ContentType: f.scrub.text(header.Get("Content-Type"))}
	if at, err := nethttp.ParseTime(header.Get("Last-Modified")); err == nil {
		facts.LastModified = at
	}
	if at, err := nethttp.ParseTime(header.Get("Date")); err == nil {
		facts.Date = at
	}
	if _, params, err := mime.ParseMediaType(header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
		name := path.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
		if name != "." && name != ".." && name != "/" {
			facts.FileName = f.scrub.text(name)
		}
	}
	return facts
}

// validatorsOf keeps what may be sent back later. A date in the future would
// make a server say "not modified" for ever, and an ETag that echoes a credential would be stored.
func (f *fetch) validatorsOf(header nethttp.Header) Validators {
	var v Validators
	if tag := header.Get("ETag"); validETag(tag) && f.scrub.known.Replace(tag) == tag {
		v.ETag = tag
	}
	text := header.Get("Last-Modified")
	if at, err := nethttp.ParseTime(text); err == nil && !at.After(f.client.options.Clock.Now()) {
		v.LastModified = text
	}
	return v
}

const maxETag = 1024

func validETag(tag string) bool {
	body := strings.TrimPrefix(tag, "W/")
	if len(body) < 3 || len(body) > maxETag || body[0] != '"' || body[len(body)-1] != '"' {
		return false
	}
	for _, c := range []byte(body[1 : len(body)-1]) {
		if c < 0x21 || c == '"' || c == 0x7f {
			return false
		}
	}
	return true
}

func strongETag(tag string) bool { return validETag(tag) && !strings.HasPrefix(tag, "W/") }

// sameETag compares weakly, as a 304 does.
func sameETag(a, b string) bool {
	return strings.TrimPrefix(a, "W/") == strings.TrimPrefix(b, "W/")
}

func sameHost(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && canonicalHost(a.Hostname()) == canonicalHost(b.Hostname()) && portOf(a) == portOf(b)
}
