package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// bodyError turns a failed read into the watchdog's verdict or the caller's cancel where that was the cause.
func bodyError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return classify(ctx, err)
	}
	return err
}

// classify finds the class of an error of the transport.
func classify(ctx context.Context, err error) *Error {
	var verdict *Error
	if errors.As(context.Cause(ctx), &verdict) || ctx.Err() == nil && errors.As(err, &verdict) {
		copied := *verdict
		return &copied
	}
	switch cause := ctx.Err(); {
	case errors.Is(cause, context.Canceled), errors.Is(err, context.Canceled):
		return fault(ClassCanceled, "%w", context.Canceled)
	case errors.Is(cause, context.DeadlineExceeded):
		return fault(ClassTimeout, "%w", context.DeadlineExceeded)
	}
	var address *addressError
	if errors.As(err, &address) {
		return fault(ClassPrivate, "%w", address).remedy("allow host:port for this source when it is meant")
	}
	if isTLS(err) {
		return fault(ClassTLS, "%w", err).remedy("name the authority's certificates in the source's ca_file when they are not the system's")
	}
	return classifyNet(err)
}

func classifyNet(err error) *Error {
	var name *net.DNSError
	if errors.As(err, &name) {
		return fault(ClassDNS, "%w", name)
	}
	var wire net.Error
	if errors.As(err, &wire) && wire.Timeout() {
		return fault(ClassTimeout, "%w", err)
	}
	for _, errno := range []syscall.Errno{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ECONNABORTED} {
		if errors.Is(err, errno) {
			return fault(ClassRefused, "%w", err)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault(ClassIncomplete, "the connection ended before the headers did")
	}
	return fault(ClassProtocol, "%w", err)
}

func isTLS(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	if errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) {
		return true
	}
	// crypto/tls has no type for a handshake without common version or cipher, and net/http none for plain http on a TLS port.
	text := err.Error()
	return strings.Contains(text, "tls: ") || strings.Contains(text, "HTTP response to HTTPS client")
}
