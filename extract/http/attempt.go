package http

import (
	"context"
	"io"
	nethttp "net/http"
	"net/url"
)

// answer is a response whose redirects have been followed.
type answer struct {
	*nethttp.Response
	at    *url.URL
	asked nethttp.Header // of the last hop
	leave func()         // gives the place at the host back
}

func (a *answer) close() {
	_ = a.Body.Close()
	a.leave()
}

// attempt makes one try: redirects, status, body, checks.
func (f *fetch) attempt(ctx context.Context, record *Attempt) (Result, *Error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a, at, err := f.follow(ctx)
	if err != nil {
		record.Status = err.Status
		return Result{}, f.finish(at, err)
	}
	defer a.close()
	record.Status = a.StatusCode
	var result Result
	switch a.StatusCode {
	case nethttp.StatusNotModified:
		result, err = f.notModified(a)
	case nethttp.StatusOK, nethttp.StatusPartialContent:
		result, err = f.receive(ctx, cancel, a)
	case nethttp.StatusRequestedRangeNotSatisfiable:
		err = f.rangeRefused(ctx, cancel, a)
	default:
		err = f.statusError(ctx, cancel, a)
	}
	if err != nil {
		err.Status = a.StatusCode
		return Result{}, f.finish(a.at, err)
	}
	return result, nil
}

// follow sends the request and goes after redirects, each under the same rules as the first URL.
func (f *fetch) follow(ctx context.Context) (*answer, *url.URL, *Error) {
	at := f.start
	seen := map[string]bool{}
	for hop := 0; ; hop++ {
		seen[at.String()] = true
		a, err := f.send(ctx, at)
		if err != nil {
			return nil, at, err
		}
		if !isRedirect(a.StatusCode) {
			return a, at, nil
		}
		location := a.Header["Location"]
		status := a.StatusCode
		a.close()
		next, err := f.redirect(at, location)
		if err == nil && seen[next.String()] {
			err = fault(ClassRedirect, "redirect loop at %s", maskURL(next))
		}
		if err == nil && hop >= max(f.client.options.MaxRedirects, 0) {
			err = fault(ClassRedirect, "more than %d redirects", max(f.client.options.MaxRedirects, 0))
		}
		if err != nil {
			err.Status = status
			return nil, at, err
		}
		at = next
	}
}

func (f *fetch) redirect(from *url.URL, location []string) (*url.URL, *Error) {
	if len(location) != 1 || location[0] == "" {
		return nil, fault(ClassRedirect, "a redirect with %d Location headers", len(location))
	}
	to, err := from.Parse(location[0])
	if err != nil {
		return nil, fault(ClassRedirect, "Location is not a URL")
	}
	to.Fragment = ""
	if from.Scheme == "https" && to.Scheme == "http" {
		return nil, fault(ClassRedirect, "redirect from https down to http at %s", maskURL(to))
	}
	if err := f.client.checkURL(to); err != nil {
		if err.Class == ClassForbidden {
			err.Class = ClassRedirect
		}
		err.Err = errorAt("redirect to "+maskURL(to), err.Err)
		return nil, err
	}
	return to, nil
}

func isRedirect(status int) bool {
	switch status {
	case 300, 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// send makes one request once the host's gate lets it in.
func (f *fetch) send(ctx context.Context, at *url.URL) (*answer, *Error) {
	leave, err := f.client.enter(ctx, gateKey(at))
	if err != nil {
		return nil, classify(ctx, err)
	}
	request, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodGet, at.String(), nil)
	if err != nil {
		leave()
		return nil, fault(ClassForbidden, "not a URL")
	}
	request.Header = f.headers(at)
	request.Close = !f.req.KeepAlive || !f.req.Auth.Secret.IsZero() || maskQuery(at.RawQuery) != at.RawQuery
	if f.req.Auth.Sign != nil && sameHost(at, f.start) {
		f.req.Auth.Sign(request)
	}
	response, err := f.client.transport.RoundTrip(request)
	if err != nil {
		leave()
		return nil, classify(ctx, err)
	}
	return &answer{Response: response, at: at, asked: request.Header, leave: leave}, nil
}

func (f *fetch) statusError(ctx context.Context, cancel context.CancelCauseFunc, a *answer) *Error {
	now := f.client.options.Clock.Now()
	err := fault(ClassStatus, "the server answered %d %s", a.StatusCode, nethttp.StatusText(a.StatusCode))
	if wait, ok := retryAfter(a.Header.Get("Retry-After"), now); ok {
		err.RetryAfter = wait
	}
	switch a.StatusCode {
	case nethttp.StatusUnauthorized, nethttp.StatusForbidden:
		_ = err.remedy("check the source's credential")
	case nethttp.StatusNotFound, nethttp.StatusGone:
		_ = err.remedy("the document has moved or is gone: look up its new URL")
	}
	if f.req.ErrorBody > 0 {
		watch := f.client.watch(cancel)
		defer watch.stop()
		// The body only explains; a cut or slow one explains less and is no second error.
		err.Body, _ = io.ReadAll(io.LimitReader(&watchedBody{ctx: ctx, body: a.Body, watch: watch}, f.req.ErrorBody))
	}
	return err
}

func (f *fetch) notModified(a *answer) (Result, *Error) {
	asked := a.asked.Get("If-None-Match") != "" || a.asked.Get("If-Modified-Since") != ""
	f.plain = true // whatever is wrong with this 304, the next try asks for the bytes
	if !asked {
		return Result{}, fault(ClassProtocol, "304 to a request without conditions")
	}
	known := f.req.Validators
	if tag := a.Header.Get("ETag"); tag != "" && known.ETag != "" && !sameETag(tag, known.ETag) {
		return Result{}, fault(ClassProtocol, "304 names another ETag than the one asked about")
	}
	return Result{Status: NotModified, Validators: known, URL: f.scrub.known.Replace(maskURL(a.at)), Facts: f.factsOf(a.Header)}, nil
}
