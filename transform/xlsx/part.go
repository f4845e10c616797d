package xlsx

import (
	"bufio"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// partReader inflates one entry. It ends in io.EOF only when the size, the
// checksum and the end of the packed bytes are what the directory says.
type partReader struct {
	e    *entry
	raw  *bufio.Reader
	src  io.Reader
	crc  uint32
	n    int64
	done error
}

func (a *archive) open(e *entry) *partReader {
	const window = 32 << 10
	r := &partReader{e: e}
	r.raw = bufio.NewReaderSize(io.NewSectionReader(a.ra, e.data, e.packed), int(min(window, max(e.packed, 16))))
	r.src = r.raw
	if e.method == methodDeflated {
		// The inflater reads no byte beyond the end of the deflate stream from a
		// reader of bytes, so finish can see what is left over.
		r.src = flate.NewReader(r.raw)
	}
	return r
}

func (r *partReader) Read(p []byte) (int, error) {
	if r.done != nil {
		return 0, r.done
	}
	n, err := r.src.Read(p)
	r.n += int64(n)
	if r.n > r.e.size {
		r.done = damaged(r.e.name, byteAt(r.e.size), "the part inflates to more than the %d bytes it declares", r.e.size)
		return 0, r.done
	}
	r.crc = crc32.Update(r.crc, crc32.IEEETable, p[:n])
	switch err {
	case nil:
		return n, nil
	case io.EOF:
		r.done = r.finish()
	default:
		e := damaged(r.e.name, byteAt(r.n), "the packed bytes are broken")
		e.Cause = err
		r.done = e
	}
	return n, r.done
}

func (r *partReader) finish() error {
	if r.n != r.e.size {
		return damaged(r.e.name, byteAt(r.n), "the part ends before the %d bytes it declares", r.e.size)
	}
	if r.crc != r.e.crc {
		return damaged(r.e.name, "", "the checksum is %08x, the directory says %08x", r.crc, r.e.crc)
	}
	if _, err := r.raw.ReadByte(); err != io.EOF {
		return damaged(r.e.name, "", "the packed bytes go on after their end")
	}
	return io.EOF
}

// readWhole reads a small part and checks its characters.
func (a *archive) readWhole(e *entry, lim Limits) (*lexer, error) {
	if e.size > lim.PartBytes {
		return nil, overLimit(e.name, "", "PartBytes", "the part has %d bytes, more than %d", e.size, lim.PartBytes)
	}
	b := make([]byte, e.size+pad)
	r := a.open(e)
	if _, err := io.ReadFull(r, b[:e.size]); err != nil && r.done == nil {
		return nil, readFailed(e.name, err)
	}
	// One more read, so that the end of the entry is checked.
	if r.done == nil {
		var one [1]byte
		if _, err := r.Read(one[:]); err == nil {
			return nil, damaged(e.name, "", "the part does not end")
		}
	}
	if r.done != io.EOF {
		return nil, r.done
	}
	var chars charset
	if err := chars.check(e.name, b[:e.size], true); err != nil {
		return nil, err
	}
	x := newLexer(e.name, lim)
	x.b, x.n, x.final = b, int(e.size), true
	return x, nil
}
