package http

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"time"
)

// fetch is the state of one Fetch over its tries.
type fetch struct {
	client *Client
	req    Request
	start  *url.URL
	source string
	sink   Sink
	scrub  scrubber

	partial Partial // what the sink holds and under which strong ETag; Bytes 0 means nothing
	plain   bool    // conditions proved useless: ask for the bytes
	tries   []Attempt
}

// Fetch gets one document into the sink, trying again where that may help.
//
// On success with status Fetched the sink holds exactly the document and nothing else. On an
// error (always *Error) the Result still has the tries, and a Partial if the download can go on later.
func (c *Client) Fetch(ctx context.Context, req Request, sink Sink) (Result, error) {
	f := &fetch{client: c, req: req, sink: sink, scrub: newScrubber(req.Auth, c.options.ProxySecret)}
	start, err := url.Parse(req.URL)
	if err != nil {
		return Result{}, &Error{Class: ClassForbidden, URL: MaskURL(req.URL), Err: errors.New("not a URL")}
	}
	f.start = start
	f.source = req.Source
	if f.source == "" {
		f.source = gateKey(start)
	}
	if err := c.checkURL(start); err != nil {
		return Result{}, f.finish(start, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeouts.Total)
	defer cancel()
	if err := f.adopt(req.Partial); err != nil {
		return Result{}, f.finish(start, err)
	}
	return f.run(ctx)
}

func (f *fetch) run(ctx context.Context) (Result, error) {
	c := f.client
	for {
		if wait, ok := c.breakers.admit(f.source, c.options.Clock.Now()); !ok {
			return f.failed(f.blocked(wait))
		}
		result, err := f.try(ctx)
		if err == nil {
			result.Attempts = f.tries
			return result, nil
		}
		wait, stop := f.next(ctx, err)
		if stop != nil {
			return f.failed(stop)
		}
		f.tries[len(f.tries)-1].Wait = wait
		if werr := c.options.Clock.Wait(ctx, wait); werr != nil {
			return f.failed(f.finish(f.start, classify(ctx, werr)))
		}
	}
}

// try makes one attempt, records it, and tells the breaker.
func (f *fetch) try(ctx context.Context) (Result, *Error) {
	c := f.client
	record := Attempt{At: c.options.Clock.Now()}
	result, err := f.attempt(ctx, &record)
	record.Bytes = f.partial.Bytes
	what := alive
	if err != nil {
		record.Class = err.Class
		switch {
		case ctx.Err() != nil || !err.ails() && err.Status == 0:
			what = unknown
		case err.ails():
			what = ailing
		}
	} else {
		record.Bytes = result.Bytes
	}
	c.breakers.report(f.source, what, c.options.Clock.Now())
	f.tries = append(f.tries, record)
	return result, err
}

// next decides how long to wait before another try, or why there is none.
func (f *fetch) next(ctx context.Context, err *Error) (time.Duration, *Error) {
	c, n := f.client, len(f.tries)
	if ctx.Err() != nil || !err.again() || n > max(c.options.Retries, 0) {
		return 0, err
	}
	wait := max(c.options.Backoff.pause(n, c.options.Rand()), err.RetryAfter)
	deadline, bounded := ctx.Deadline()
	if err.RetryAfter > c.options.Backoff.MaxRetryAfter || bounded && wait >= time.Until(deadline) { // a context's deadline is on the machine's clock, whatever Clock is
		stop := *err
		stop.Class = ClassGiveUp
		stop.Err = errors.New(string(err.Class) + ": " + err.Err.Error() + "; the next try would be in " + wait.Round(time.Second).String() + ", too late for this run")
		return 0, &stop
	}
	if err.RetryAfter > 0 {
		c.hold(gateKey(f.start), err.RetryAfter)
	}
	return wait, nil
}

func (f *fetch) blocked(wait time.Duration) *Error {
	err := fault(ClassBreaker, "%s failed %d times in a row or more and is left alone for %s", printable(f.source), f.client.options.Breaker.Failures, wait.Round(time.Second))
	err.RetryAfter = wait
	return f.finish(f.start, err)
}

func (f *fetch) failed(err *Error) (Result, error) {
	err.Tries = len(f.tries)
	result := Result{Attempts: f.tries}
	if f.partial.Bytes > 0 && f.partial.ETag != "" {
		if sum, herr := hashOf(f.sink, f.partial.Bytes); herr == nil {
			result.Partial = f.partial
			result.Partial.SHA256 = sum
		}
	}
	return result, err
}

// finish makes an error fit to be shown: masked URL, no foreign error values, no credential.
func (f *fetch) finish(at *url.URL, err *Error) *Error {
	err.URL = f.scrub.known.Replace(maskURL(at))
	err.Body = []byte(f.scrub.known.Replace(string(err.Body)))
	switch {
	case err.Err == nil:
	case errors.Is(err.Err, context.Canceled):
		err.Err = context.Canceled
	case errors.Is(err.Err, context.DeadlineExceeded):
		err.Err = context.DeadlineExceeded
	default:
		err.Err = errors.New(f.scrub.text(err.Err.Error()))
	}
	return err
}

func gateKey(u *url.URL) string {
	return net.JoinHostPort(canonicalHost(u.Hostname()), strconv.Itoa(portOf(u)))
}
