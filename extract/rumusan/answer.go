package rumusan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"lumbung/extract/http/complete"
)

// maxAnswer bounds one answer; real ones have about 15 kB.
const maxAnswer = 1 << 20

// reply is the part of an answer that says whether it is one.
type reply struct {
	Error   bool   `json:"error"`
	Message string `json:"message"`
	MapData *struct {
		Summaries *struct {
			Tahun json.Number `json:"TAHUN"`
		} `json:"SUMMARIES"`
		Row       []json.RawMessage `json:"ROW"`
		Identitas []struct {
			IDDesa string `json:"id_desa"`
		} `json:"IDENTITAS"`
	} `json:"mapData"`
}

var errNoReply = errors.New("not an answer of the rumusan API")

func parseReply(body []byte) (reply, error) {
	var r reply
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&r); err != nil {
		return reply{}, fmt.Errorf("%w: %w", errNoReply, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return reply{}, fmt.Errorf("%w: something follows the end", errNoReply)
	}
	return r, nil
}

// fits checks that the answer is about the village and year that were asked for.
func (r reply) fits(q Question) error {
	data := r.MapData
	switch {
	case data == nil || data.Summaries == nil || len(data.Row) == 0 || len(data.Identitas) != 1:
		return fmt.Errorf("%w: SUMMARIES, ROW or IDENTITAS is missing", errNoReply)
	case strings.ReplaceAll(data.Identitas[0].IDDesa, ".", "") != q.Kode:
		return fmt.Errorf("the answer is about village %.20q instead of %s", data.Identitas[0].IDDesa, q.Kode)
	case data.Summaries.Tahun.String() != fmt.Sprint(q.Tahun):
		return fmt.Errorf("the answer is about year %.10q instead of %d", data.Summaries.Tahun, q.Tahun)
	}
	return nil
}

// check is what http runs before it calls an answer complete. A refusal of the API is a complete answer too.
func check(q Question) complete.Check {
	return complete.Check{Name: "rumusan", EndsItself: true, Verify: func(_ []byte, whole io.ReaderAt, size int64) error {
		body, err := io.ReadAll(io.NewSectionReader(whole, 0, min(size, maxAnswer+1)))
		if err != nil {
			return err
		}
		if len(body) > maxAnswer {
			return fmt.Errorf("%w: more than %d bytes", complete.ErrTooLarge, maxAnswer)
		}
		if start := bytes.TrimLeft(body, " \t\r\n"); len(start) == 0 || start[0] != '{' {
			return fmt.Errorf("%w: no JSON object", complete.ErrNotDocument)
		}
		r, err := parseReply(body)
		if err != nil {
			return fmt.Errorf("%w: %w", complete.ErrCut, err)
		}
		if r.Error {
			return nil
		}
		if err := r.fits(q); err != nil {
			return fmt.Errorf("%w: %w", complete.ErrNotDocument, err)
		}
		return nil
	}}
}

// buffer is a Sink for one answer in memory.
type buffer struct{ data []byte }

func (b *buffer) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(b.data).ReadAt(p, at)
}

func (b *buffer) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > maxAnswer {
		return 0, fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	}
	if need := int(at) + len(p); need > len(b.data) {
		b.data = append(b.data, make([]byte, need-len(b.data))...)
	}
	return copy(b.data[at:], p), nil
}

func (b *buffer) Truncate(size int64) error {
	b.data = b.data[:min(int(size), len(b.data))]
	return nil
}
