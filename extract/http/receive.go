package http

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// receive takes the body of a 200 or 206 into the sink and decides whether it is the document.
func (f *fetch) receive(ctx context.Context, cancel context.CancelCauseFunc, a *answer) (Result, *Error) {
	pinned := f.req.Match != ""
	if tag := a.Header.Get("ETag"); pinned && tag != f.req.Match {
		return Result{}, f.refuse(fault(ClassChanged, "it came with ETag %s where %s was asked for", printable(tag), printable(f.req.Match)))
	}
	encoding := contentEncoding(a.Header)
	if pinned && encoding == "aws-chunked" {
		encoding = "" // stores echo how an object was once sent to them; its bytes are plain
	}
	if encoding != "" {
		return Result{}, fault(ClassEncoding, "Content-Encoding %q where identity was asked for", printable(encoding))
	}
	watch := f.client.watch(cancel)
	defer watch.stop()
	body := &watchedBody{ctx: ctx, body: a.Body, watch: watch}
	offset, err := f.begin(a, body)
	if err != nil {
		return Result{}, err
	}
	size, err := f.copy(body, offset)
	if err == nil {
		err = f.settle(a, size)
	}
	if err != nil {
		return Result{}, err
	}
	watch.stop()
	if err := f.verify(a, size); err != nil {
		return Result{}, f.refuse(err)
	}
	f.partial = Partial{}
	return Result{
		Status: Fetched, Bytes: size, URL: f.scrub.known.Replace(maskURL(a.at)),
		Validators: f.validatorsOf(a.Header), Facts: f.factsOf(a.Header),
	}, nil
}

// begin readies the sink and returns the offset at which new bytes go.
func (f *fetch) begin(a *answer, body io.Reader) (int64, *Error) {
	if a.StatusCode == 206 {
		offset, total, err := f.splice(a)
		if err == nil {
			err = f.compareOverlap(body, offset)
		}
		if err != nil && err.Class != ClassIncomplete {
			return 0, f.refuse(err)
		}
		if err != nil {
			return 0, err // the part that is held is still good
		}
		f.partial.Total = total
		return f.partial.Bytes, nil
	}
	if err := wholeRange(a); err != nil {
		return 0, f.refuse(err)
	}
	if err := f.discard(); err != nil {
		return 0, err
	}
	f.partial.URL = f.scrub.known.Replace(maskURL(a.at))
	if tag := a.Header.Get("ETag"); strongETag(tag) && f.scrub.known.Replace(tag) == tag {
		f.partial.ETag = tag
	}
	f.partial.Total = a.ContentLength
	return 0, nil
}

// copy appends the body from offset on and returns the size of the whole.
func (f *fetch) copy(body io.Reader, offset int64) (int64, *Error) {
	most := f.client.options.MaxBytes
	if f.partial.Total > most {
		return 0, f.refuse(fault(ClassTooLarge, "the document has %d bytes, the limit is %d", f.partial.Total, most))
	}
	buffer := make([]byte, 64<<10)
	for {
		n, rerr := body.Read(buffer)
		if n > 0 {
			if offset+int64(n) > most {
				return 0, f.refuse(fault(ClassTooLarge, "the document has more than %d bytes", most))
			}
			if _, err := f.sink.WriteAt(buffer[:n], offset); err != nil {
				return 0, fault(ClassSink, "temporary file: %w", err)
			}
			offset += int64(n)
			f.partial.Bytes = offset
		}
		if rerr == io.EOF {
			return offset, nil
		}
		if rerr != nil {
			return 0, bodyFault(rerr, offset, f.partial.Total)
		}
	}
}

func bodyFault(err error, have, total int64) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	if total >= 0 {
		return fault(ClassIncomplete, "%d of %d bytes came", have, total)
	}
	return fault(ClassIncomplete, "the body broke off after %d bytes", have)
}

// settle compares the bytes that came with what the headers promised.
func (f *fetch) settle(a *answer, size int64) *Error {
	if f.partial.Total >= 0 && size != f.partial.Total {
		err := fault(ClassIncomplete, "%d of %d bytes came", size, f.partial.Total)
		if size > f.partial.Total {
			return f.refuse(err)
		}
		return err
	}
	chunked := len(a.TransferEncoding) > 0
	if f.partial.Total < 0 && !chunked && !f.req.Check.EndsItself {
		return f.refuse(fault(ClassIncomplete, "the answer does not say where it ends, and neither does its format").remedy("declare the rows of the release before, or use a source that sends Content-Length"))
	}
	return nil
}

// watchdog ends a body that stands still or trickles.
type watchdog struct {
	cancel context.CancelCauseFunc
	idle   *time.Timer
	window *time.Timer
	pause  time.Duration
	got    atomic.Int64
	done   atomic.Bool
}

func (c *Client) watch(cancel context.CancelCauseFunc) *watchdog {
	pause, speed := c.options.Timeouts.Idle, c.options.MinSpeed
	w := &watchdog{cancel: cancel, pause: pause}
	w.idle = time.AfterFunc(pause, func() {
		cancel(fault(ClassTimeout, "no byte of the body came for %s", pause))
	})
	need := int64(float64(speed.PerSecond) * speed.Window.Seconds())
	ready := make(chan struct{})
	w.window = time.AfterFunc(speed.Window, func() {
		<-ready
		if w.done.Load() {
			return
		}
		if got := w.got.Swap(0); got < need {
			cancel(fault(ClassTimeout, "%d bytes came in %s, the least is %d", got, speed.Window, need))
			return
		}
		w.window.Reset(speed.Window)
	})
	close(ready)
	return w
}

func (w *watchdog) stop() {
	w.done.Store(true)
	w.idle.Stop()
	w.window.Stop()
}

// watchedBody tells the watchdog about progress and turns its verdict into the read's error.
type watchedBody struct {
	ctx   context.Context
	body  io.Reader
	watch *watchdog
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if n > 0 {
		b.watch.got.Add(int64(n))
		b.watch.idle.Reset(b.watch.pause)
	}
	if err != nil && err != io.EOF {
		return n, bodyError(b.ctx, err)
	}
	return n, err
}
