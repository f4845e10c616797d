package pipeline

import (
	"context"
	"errors"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"

	"lumbung/load/snapshot"
	"lumbung/pipeline/config"
	"lumbung/transform"
	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// Replayed is one release with rows in quarantine, decoded again.
type Replayed struct {
	Release  string           `json:"release"`
	Contract string           `json:"contract"`
	Before   transform.Counts `json:"before"`
	After    transform.Counts `json:"after"`
	Error    string           `json:"error,omitempty"` // the release would be refused
}

// nowhere takes what a decoder makes and keeps nothing.
type nowhere struct{}

func (nowhere) Rows(arrow.Record) error     { return nil }
func (nowhere) Findings(arrow.Record) error { return nil }

// Replay decodes the releases of the current snapshot that have quarantined
// rows through the contracts as they are now, and stores nothing.
func (p *Project) Replay(ctx context.Context) ([]Replayed, error) {
	m, err := p.currentManifest(ctx)
	if err != nil || m == nil {
		return nil, err
	}
	var first []*unit
	for _, in := range m.Inputs {
		c := p.Config.Known[in.Contract]
		if c == nil || !config.FillsRegister(c.Table.Name) {
			continue
		}
		if staged, ok, err := p.Stage.Lookup(ctx, in.Stage); err == nil && ok {
			first = append(first, &unit{c: c, key: in.Stage, staged: staged})
		}
	}
	reg, err := p.readRegister(ctx, first)
	if err != nil {
		return nil, err
	}
	var out []Replayed
	for _, in := range m.Inputs {
		c := p.Config.Known[in.Contract]
		if in.Rows.Quarantined == 0 || c == nil {
			continue
		}
		rep, err := p.replay(ctx, in, c, reg.Register)
		if err != nil {
			return nil, err
		}
		out = append(out, rep)
	}
	return out, nil
}

func (p *Project) replay(ctx context.Context, in snapshot.Input, c *contract.Contract, reg *wilayah.Register) (rep Replayed, err error) {
	period, err := strconv.Atoi(in.Periode)
	if err != nil {
		return Replayed{}, err
	}
	rev, err := revisionOf(in)
	if err != nil {
		return Replayed{}, err
	}
	parts, closeParts, err := p.parts(ctx, rev.Parts)
	if err != nil {
		return Replayed{}, err
	}
	defer func() { err = errors.Join(err, closeParts()) }()
	res, derr := transform.Decode(ctx, transform.Job{Contract: c, Release: in.Rilis, Period: period, Register: reg,
		Parts: parts, Alloc: p.alloc, Sink: nowhere{}})
	rep = Replayed{Release: in.Rilis, Contract: in.Contract, After: res.Counts,
		Before: transform.Counts{In: in.Rows.In, Loaded: in.Rows.Loaded, Quarantined: in.Rows.Quarantined, Skipped: in.Rows.Skipped}}
	if derr != nil {
		rep.Error = derr.Error()
	}
	return rep, ctx.Err()
}
