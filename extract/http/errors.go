package http

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class says what went wrong, for ledgers and for the choice of what to do next.
type Class string

// The classes. Only those marked (again) are tried again within one Fetch.
const (
	ClassTimeout     Class = "timeout"          // a phase took too long, or a body was too slow (again)
	ClassRefused     Class = "refused"          // the connection was refused, reset or unreachable (again)
	ClassDNS         Class = "dns"              // the name has no address (again)
	ClassIncomplete  Class = "incomplete"       // fewer bytes than the answer or its format promised (again)
	ClassChanged     Class = "changed"          // the content changed between the parts of a resumed download (again)
	ClassProtocol    Class = "protocol"         // an answer that breaks HTTP (again)
	ClassStatus      Class = "status"           // an HTTP status other than 200 (again: 408, 425, 429, 5xx)
	ClassTooLarge    Class = "too-large"        // more than MaxBytes
	ClassNotDocument Class = "not-the-document" // the bytes are something else: a login page, a maintenance note
	ClassEncoding    Class = "encoding"         // a Content-Encoding that was not asked for
	ClassRedirect    Class = "redirect"         // too many hops, a loop, another scheme
	ClassPrivate     Class = "private-address"  // an address that is not on the public internet
	ClassForbidden   Class = "forbidden-url"    // scheme, host or spelling that the rules do not admit
	ClassTLS         Class = "tls"              // certificate or handshake
	ClassHostKey     Class = "host-key"         // an SSH server that is unknown, or shows another key than the known one
	ClassLogin       Class = "login"            // an SSH server does not let the user in
	ClassBreaker     Class = "breaker-open"     // the source failed too often; it is left alone for a while
	ClassGiveUp      Class = "give-up"          // the next try would come after the deadline
	ClassCanceled    Class = "canceled"         // the caller stopped
	ClassSink        Class = "sink"             // the caller's file could not be written or read
)

// Error is every error that Fetch returns. Its text and chain hold no credential.
type Error struct {
	Class Class
	// URL is masked.
	URL string
	// Status is the HTTP status when there was one.
	Status int
	// RetryAfter is how long the server, or the breaker, asks to be left alone.
	RetryAfter time.Duration
	// Tries counts the requests that were made.
	Tries int
	// Remedy says what a person can do, "" when nothing is known.
	Remedy string
	// Body is the beginning of an error answer, when Request.ErrorBody asked for it. It is never part of the text.
	Body []byte
	// Err is the cause; only context errors keep their identity.
	Err error
}

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", e.URL, e.Class)
	if e.Err != nil {
		fmt.Fprintf(&text, ": %v", e.Err)
	}
	if e.Tries > 1 {
		fmt.Fprintf(&text, " (after %d tries)", e.Tries)
	}
	if e.Remedy != "" {
		fmt.Fprintf(&text, "; %s", e.Remedy)
	}
	return text.String()
}

func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of an error from Fetch, "" for any other error.
func ClassOf(err error) Class {
	var fault *Error
	if errors.As(err, &fault) {
		return fault.Class
	}
	return ""
}

// again reports whether another try may help.
func (e *Error) again() bool {
	switch e.Class {
	case ClassTimeout, ClassRefused, ClassDNS, ClassIncomplete, ClassChanged, ClassProtocol:
		return true
	case ClassStatus:
		return e.Status == 408 || e.Status == 425 || e.Status == 429 || e.Status >= 500
	}
	return false
}

// ails reports whether the error speaks against the health of the source, rather than about one document.
func (e *Error) ails() bool {
	switch e.Class {
	case ClassCanceled, ClassSink, ClassBreaker, ClassForbidden:
		return false
	case ClassStatus:
		return e.again() || e.Status == 401 || e.Status == 403 || e.Status == 407
	}
	return true
}

func fault(class Class, format string, args ...any) *Error {
	return &Error{Class: class, Err: fmt.Errorf(format, args...)}
}

func (e *Error) remedy(text string) *Error {
	e.Remedy = text
	return e
}
