package complete

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// JSONOptions say what a JSON document has to hold.
type JSONOptions struct {
	// Keys are members that the top-level object has to have; with any, an array is not the document.
	Keys []string
	// Depth is the deepest nesting; 0 means 64.
	Depth int
}

// JSON accepts one object or array that closes, with nothing but white space after it.
func JSON(o JSONOptions) Check {
	if o.Depth == 0 {
		o.Depth = 64
	}
	return Check{Name: "json", EndsItself: true, Verify: func(head []byte, whole io.ReaderAt, size int64) error {
		return verifyJSON(head, whole, size, o)
	}}
}

// JSONLines accepts lines that are each one JSON object or array, the last with its line feed.
// A cut between two lines looks whole, so that the length has to come from elsewhere.
func JSONLines() Check {
	return Check{Name: "ndjson", Verify: verifyJSONLines}
}

func verifyJSON(head []byte, whole io.ReaderAt, size int64, o JSONOptions) error {
	if like := looksLike(head); like != "JSON" {
		return other("%s where JSON was expected", orUnknown(like))
	}
	from := bufio.NewReader(io.NewSectionReader(whole, 0, size))
	if mark, err := from.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = from.Discard(3)
	}
	decoder := json.NewDecoder(from)
	decoder.UseNumber()
	found, err := walk(decoder, o.Depth)
	if err != nil {
		return jsonFault(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return cut("json: something follows the end")
	}
	for _, key := range o.Keys {
		if !found[key] {
			return other("JSON without the member %q", key)
		}
	}
	return nil
}

func jsonFault(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return err
	}
	return cut("json: %w", err)
}

// walk reads one value and returns the members of the top-level object.
func walk(decoder *json.Decoder, deepest int) (map[string]bool, error) {
	found := map[string]bool{}
	depth, object, key := 0, false, false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		delim, _ := token.(json.Delim)
		if depth == 1 && object && delim != '}' {
			if name, ok := token.(string); ok && key {
				found[name] = true
			}
			key = !key // names and values take turns; a nested value counts once, at its opening
		}
		switch delim {
		case '{', '[':
			if depth == 0 {
				object, key = delim == '{', true
			}
			if depth++; depth > deepest {
				return nil, fmt.Errorf("%w: nested deeper than %d", ErrTooLarge, deepest)
			}
		case '}', ']':
			if depth--; depth == 0 {
				return found, nil
			}
		}
	}
}

const longestLine = 16 << 20

func verifyJSONLines(head []byte, whole io.ReaderAt, size int64) error {
	if like := looksLike(head); like != "JSON" {
		return other("%s where lines of JSON were expected", orUnknown(like))
	}
	if err := endsInNewline(whole, size); err != nil {
		return err
	}
	lines := bufio.NewScanner(io.NewSectionReader(whole, 0, size))
	lines.Buffer(make([]byte, 64<<10), longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) > 0 && !json.Valid(lines.Bytes()) {
			return cut("line %d is not JSON", n)
		}
	}
	if err := lines.Err(); err != nil {
		return wrapLarge("lines: %w", err)
	}
	return nil
}
