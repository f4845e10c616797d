package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"lumbung/internal/disk"
	"lumbung/pipeline/ledger"
	"lumbung/transform"
)

// workFile is the list of what there is to decode, in the data directory, or
// in the storage that machines share.
// Shards read nothing else of what a run knows: no ledger, no source.
const workFile = "landed.json"

const maxWork = 64 << 20

// Work is what had been landed at a time, and what it is decoded to.
type Work struct {
	Decoder string    `json:"decoder"` // version of the decoder that the keys are for
	Landed  time.Time `json:"landed"`
	Units   []Task    `json:"units"` // code lists first, then by key
}

// Task is one release to be read through one contract.
type Task struct {
	Key      string        `json:"key"` // of the staged unit
	Source   string        `json:"source"`
	Release  string        `json:"release"`
	Period   int           `json:"period"`
	Contract string        `json:"contract"`
	CodeList bool          `json:"code_list,omitempty"` // part of the area register, which other units go by
	Parts    []ledger.Part `json:"parts"`
}

// ErrNoWork means that nothing has been landed for shards yet.
var ErrNoWork = errors.New("nothing is landed for shards yet: `lumbung stage --land` does that")

// Land fetches what the sources have and writes the list of what there is to
// decode. It is a run without a build: it holds the run lock, and publishes
// nothing. Only the code lists are decoded, because keys depend on them.
func (p *Project) Land(ctx context.Context, opt Options) (Result, error) {
	opt.Trigger = "stage"
	return p.do(ctx, opt, func(r *run, ctx context.Context) (res Result, err error) {
		_, etag, err := p.readWork(ctx)
		if err != nil && !errors.Is(err, errDamagedWork) {
			return res, err
		}
		if err := r.sweep(ctx); err != nil {
			return res, err
		}
		if err := p.reconcile(ctx); err != nil {
			return res, err
		}
		if current, err := p.currentManifest(ctx); err != nil {
			return res, err
		} else if current != nil {
			res.Snapshot = current.ID
		}
		r.lookBack(ctx)
		releases, err := r.extract(ctx)
		if err != nil {
			return res, err
		}
		reg, err := r.codeLists(ctx, releases)
		if err != nil {
			return res, err
		}
		res.Outcome, res.Sources = Unchanged, r.sourceStates(releases, reg.units)
		return res, p.writeWork(ctx, workOf(reg, r.unitsOf(releases, false), p.clock()), etag)
	})
}

// workOf lists units, each once and in the order of their keys.
func workOf(reg *register, rest []*unit, now time.Time) Work {
	w := Work{Decoder: transform.Version, Landed: now.UTC(), Units: []Task{}}
	add := func(u *unit, codeList bool) {
		w.Units = append(w.Units, Task{Key: u.key, Source: u.rel.source.Name, Release: u.rel.id, Period: u.rel.period,
			Contract: u.c.Name, CodeList: codeList, Parts: u.rel.parts})
	}
	for _, u := range reg.units {
		if u.staged != nil { // a refused one is no part of the register
			add(u, true)
		}
	}
	first := len(w.Units)
	for _, u := range rest {
		u.key = unitKey(u, reg.of(u.c).hash)
		add(u, false)
	}
	slices.SortFunc(w.Units[first:], func(a, b Task) int { return strings.Compare(a.Key, b.Key) })
	return w
}

// writeWork puts the list in place of the one with an ETag: a line of JSON, and its SHA-256.
func (p *Project) writeWork(ctx context.Context, w Work, etag string) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	text = fmt.Appendf(text, "\n%x\n", sha256.Sum256(text))
	if p.remote != nil {
		return p.remote.Put(ctx, workFile, text, etag)
	}
	return disk.WriteFile(p.fs, workFile, text, 0o644)
}

// readWork reads the list; one without units when there is none. The ETag is
// that of the storage, "" without one.
func (p *Project) readWork(ctx context.Context) (w Work, etag string, err error) {
	var b []byte
	if p.remote != nil {
		b, etag, err = p.remote.Read(ctx, workFile)
	} else {
		b, err = disk.ReadFile(p.fs, workFile, maxWork)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return w, "", nil
	}
	if err != nil {
		return w, "", err
	}
	text, sum, _ := bytes.Cut(b, []byte("\n"))
	if string(sum) != fmt.Sprintf("%x\n", sha256.Sum256(text)) {
		return w, etag, errDamagedWork
	}
	return w, etag, json.Unmarshal(text, &w)
}

var errDamagedWork = errors.New(workFile + ": damaged: it is not as it was written: `lumbung stage --land` writes it again")
