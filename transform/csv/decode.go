package csv

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// decode gives the input as UTF-8 without byte order mark, and the name of its encoding.
func decode(in io.Reader, declared string, held int) (io.Reader, string, error) {
	switch declared {
	case "", "utf-8", "utf-16", "windows-1252":
	case "detect":
		found, again, err := detect(in, held)
		if err != nil {
			return nil, "", err
		}
		in, declared = again, found
	default:
		return nil, "", fmt.Errorf("encoding: %q is not known; use utf-8, utf-16, windows-1252 or detect", declared)
	}
	buffered := bufio.NewReaderSize(in, window)
	// An error of Peek comes back on the first Read.
	head, _ := buffered.Peek(64)
	mark := markOf(head)
	switch {
	case declared == "utf-16":
		return decode16(buffered, head)
	case mark == "utf-16le" || mark == "utf-16be":
		return nil, "", &Error{Line: 1, Column: 1, Reason: "the file begins with the mark of " + mark, Remedy: "declare encoding: utf-16"}
	case declared == "windows-1252" && mark == "utf-8":
		return nil, "", &Error{Line: 1, Column: 1, Reason: "the file begins with the mark of UTF-8", Remedy: "declare encoding: utf-8"}
	case declared == "windows-1252":
		return &decoder1252{in: buffered, line: 1, column: 1}, "windows-1252", nil
	}
	// A file that was joined from exports can begin with two marks.
	for range 2 {
		if bytes.HasPrefix(head, utf8Mark()) {
			n, err := buffered.Discard(3)
			if err != nil {
				return nil, "", err
			}
			head = head[n:]
		}
	}
	return buffered, "utf-8", nil
}

func utf8Mark() []byte { return []byte("\xEF\xBB\xBF") }

func markOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, utf8Mark()):
		return "utf-8"
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be"
	}
	return ""
}

// detect reads all of the input for its encoding and gives a reader from its start.
func detect(in io.Reader, held int) (encoding string, again io.Reader, err error) {
	if seeker, ok := in.(io.ReadSeeker); ok {
		start, err := seeker.Seek(0, io.SeekCurrent)
		if err != nil {
			return "", nil, fmt.Errorf("encoding: %w", err)
		}
		if encoding, err = encodingOf(seeker); err != nil {
			return "", nil, err
		}
		if _, err := seeker.Seek(start, io.SeekStart); err != nil {
			return "", nil, fmt.Errorf("encoding: %w", err)
		}
		return encoding, seeker, nil
	}
	all, err := io.ReadAll(io.LimitReader(in, int64(held)+1))
	if err != nil {
		return "", nil, fmt.Errorf("encoding: %w", err)
	}
	if len(all) > held {
		return "", nil, fmt.Errorf("encoding: more than %d bytes to look through; declare encoding", held)
	}
	encoding, err = encodingOf(bytes.NewReader(all))
	return encoding, bytes.NewReader(all), err
}

// encodingOf tells UTF-16 by its mark, UTF-8 by its mark or by being valid to
// the last byte, Windows-1252 otherwise. Text that has both characters of UTF-8
// and bytes that are none was put together from two encodings: no single one
// reads it.
func encodingOf(in io.Reader) (string, error) {
	r := bufio.NewReaderSize(in, window)
	head, err := r.Peek(3)
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("encoding: %w", err)
	}
	switch markOf(head) {
	case "utf-8":
		return "utf-8", nil
	case "utf-16le", "utf-16be":
		return "utf-16", nil
	}
	line, invalid, wide := 1, 0, 0
	for {
		c, n, err := r.ReadRune()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("encoding: %w", err)
		}
		switch {
		case c == '\n':
			line++
		case c == utf8.RuneError && n == 1 && invalid == 0:
			invalid = line
		case c >= utf8.RuneSelf && n > 1 && wide == 0:
			wide = line
		}
		if invalid > 0 && wide > 0 {
			return "", &Error{Line: max(invalid, wide), Reason: fmt.Sprintf("the file mixes encodings: UTF-8 on line %d, other bytes on line %d", wide, invalid),
				Remedy: "ask for the file in one encoding, or declare the one that is meant"}
		}
	}
	if invalid > 0 {
		return "windows-1252", nil
	}
	return "utf-8", nil
}
