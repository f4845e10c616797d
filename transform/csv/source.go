package csv

import "io"

// source is a window over the decoded input that holds at least one whole record.
type source struct {
	in       io.Reader
	buf      []byte
	pos, end int
	eof      bool
	cause    error // of a failed read, io.EOF aside
	most     int   // longest record
}

// window is how much input is read at a time; longer records make it grow.
const window = 64 << 10

// ahead gives what is there and whether the input ends with it.
func (s *source) ahead() (b []byte, final bool) {
	if s.pos == s.end && !s.eof {
		s.more()
	}
	return s.buf[s.pos:s.end], s.eof
}

func (s *source) take(n int) { s.pos += n }

// head gives the first window.
func (s *source) head() (b []byte, whole bool) { return s.ahead() }

// more reads on until the window is full or the input ends, so that a record
// is scanned anew only when the window has doubled. It returns false when the
// window holds more than a record may have.
func (s *source) more() bool {
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end > s.most {
		return false
	}
	if s.end == len(s.buf) {
		grown := make([]byte, max(window, min(2*len(s.buf), s.most+window)))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	idle := 0
	for s.end < len(s.buf) && !s.eof {
		n, err := s.in.Read(s.buf[s.end:])
		s.end += n
		idle++
		if n > 0 {
			idle = 0
		}
		if err == nil && idle > 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.cause = err
			}
		}
	}
	return true
}
