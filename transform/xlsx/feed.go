package xlsx

import (
	"context"
	"io"
)

// chunk is a piece of a sheet's XML. The data begin at headroom, so that the row
// that the piece before broke off can be put in front of them without moving them.
type chunk struct {
	buf []byte // headroom, room for data, pad
	n   int    // bytes of data
	err error  // nil, io.EOF when they are the last, or a fault in or behind them
}

const (
	chunkBytes = 256 << 10
	headroom   = 32 << 10
	chunks     = 4 // one inflating, one parsing, two in the hands of the caller
)

// feeder inflates an entry into recycled chunks in its own goroutine and checks
// the characters there, where the time is to spare.
type feeder struct {
	src   *partReader
	out   chan *chunk
	free  chan *chunk
	chars charset
	size  int
}

func newFeeder(src *partReader) *feeder {
	f := &feeder{
		src:  src,
		out:  make(chan *chunk, chunks),
		free: make(chan *chunk, chunks),
		size: int(min(chunkBytes, src.e.size+1)),
	}
	return f
}

// run feeds until the part ends or ctx is done.
func (f *feeder) run(ctx context.Context) {
	for made := 0; ; {
		var c *chunk
		select {
		case c = <-f.free:
		default:
		}
		if c == nil && made < chunks {
			c = &chunk{buf: make([]byte, headroom+f.size+pad)}
			made++
		}
		if c == nil {
			select {
			case c = <-f.free:
			case <-ctx.Done():
				return
			}
		}
		c.n, c.err = fillFrom(f.src, c.buf[headroom:headroom+f.size])
		if c.err == nil || c.err == io.EOF {
			if err := f.chars.check(f.src.e.name, c.buf[headroom:headroom+c.n], c.err == io.EOF); err != nil {
				c.err = err
			}
		}
		// After this the chunk belongs to the parser.
		last := c.err != nil
		select {
		case f.out <- c:
		case <-ctx.Done():
			return
		}
		if last {
			return
		}
	}
}

// recycle gives a chunk back; free has room for all that were made.
func (f *feeder) recycle(c *chunk) {
	if c != nil {
		f.free <- c
	}
}
