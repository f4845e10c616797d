package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lumbung/pipeline/config"
	"lumbung/transform"
)

// Staged is what a shard made of one unit.
type Staged struct {
	Release  string `json:"release"`
	Contract string `json:"contract"`
	Key      string `json:"key"`
	State    string `json:"state"` // decoded, staged (before), refused
	Rows     int64  `json:"rows"`
	Error    string `json:"error,omitempty"`
}

// The states of a unit of a shard.
const (
	UnitDecoded = "decoded"
	UnitStaged  = "staged"
	UnitRefused = "refused"
)

// StageShard decodes the share of one shard, I of N counted from 0, of what
// Land listed. It takes no run lock and no ledger: it only adds units, under
// names that say what is in them, and whoever adds one twice adds the same. A
// refused release is no error; the next run refuses it too, and says so.
func (p *Project) StageShard(ctx context.Context, shard, of int, report Reporter) ([]Staged, error) {
	joined, err := p.Stage.Join(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = joined.Close() }()
	w, err := p.work(ctx)
	if err != nil {
		return nil, err
	}
	reg, err := p.listedRegister(ctx, w, report)
	if err != nil {
		return nil, err
	}
	mine, err := p.share(w, reg, shard, of)
	if err != nil {
		return nil, err
	}
	err = eachUnit(ctx, mine, func(ctx context.Context, u *unit) error { return p.stageTask(ctx, u, reg, report) })
	if err != nil {
		return nil, err
	}
	out := []Staged{}
	for _, u := range mine {
		s := Staged{Release: u.rel.id, Contract: u.c.Name, Key: u.key, State: UnitDecoded, Rows: u.result.Counts.Loaded}
		switch {
		case u.err != nil:
			s.State, s.Error = UnitRefused, u.err.Error()
		case u.cached:
			s.State = UnitStaged
		}
		out = append(out, s)
	}
	return out, nil
}

// work reads a list that there has to be, of this decoder.
func (p *Project) work(ctx context.Context) (Work, error) {
	w, _, err := p.readWork(ctx)
	switch {
	case err != nil:
		return w, err
	case len(w.Units) == 0:
		return w, ErrNoWork
	case w.Decoder != transform.Version:
		return w, fmt.Errorf("%s is of decoder %s, this program has %s: use one version of lumbung everywhere, then `lumbung stage --land` again", workFile, w.Decoder, transform.Version)
	}
	return w, nil
}

// listedRegister is the area register that the list's keys are for.
func (p *Project) listedRegister(ctx context.Context, w Work, report Reporter) (*register, error) {
	var units []*unit
	for _, t := range w.Units {
		if !t.CodeList {
			continue
		}
		u, err := p.unitFor(t, nil)
		if err != nil {
			return nil, err
		}
		units = append(units, u)
	}
	err := eachUnit(ctx, units, func(ctx context.Context, u *unit) error {
		return errors.Join(p.stageTask(ctx, u, nil, report), u.err)
	})
	if err != nil {
		return nil, err
	}
	return p.readRegister(ctx, units)
}

// share is every N-th unit of the list, in the order of the keys: shares of
// one list differ by one unit at most, and belong to no machine. The code
// lists are everybody's.
func (p *Project) share(w Work, reg *register, shard, of int) ([]*unit, error) {
	var mine []*unit
	rest := slices.DeleteFunc(slices.Clone(w.Units), func(t Task) bool { return t.CodeList })
	for i := shard; i < len(rest); i += of {
		u, err := p.unitFor(rest[i], reg)
		if err != nil {
			return nil, err
		}
		mine = append(mine, u)
	}
	return mine, nil
}

// unitFor makes the unit of a task, if this machine would give it the same key.
func (p *Project) unitFor(t Task, reg *register) (*unit, error) {
	c := p.Config.Known[t.Contract]
	if c == nil || config.FillsRegister(c.Table.Name) != t.CodeList {
		return nil, p.otherProject(t)
	}
	u := &unit{c: c, rel: &release{id: t.Release, period: t.Period, parts: t.Parts}}
	if u.key = unitKey(u, reg.of(c).hash); u.key != t.Key {
		return nil, p.otherProject(t)
	}
	return u, nil
}

func (p *Project) otherProject(t Task) error {
	return fmt.Errorf("%s: contract %s on this machine is not the one that the list in %s is for: "+
		"put the same contracts everywhere, then `lumbung stage --land` again", t.Release, t.Contract, workFile)
}

// stageTask stages one unit. That it is refused stands in u.err.
func (p *Project) stageTask(ctx context.Context, u *unit, reg *register, report Reporter) error {
	subject := u.rel.id + "/" + u.c.Name
	report.Begin("stage", subject, "rows", 0)
	begun := time.Now()
	st, err := p.stageUnit(ctx, u, reg, func(n int64) { report.Progress("stage", subject, n) })
	st.Name, st.Subject, st.Seconds = "stage", subject, time.Since(begun).Seconds()
	if err != nil {
		st.Error = err.Error()
	}
	report.End(st)
	var refused *transform.RefusedError
	if errors.As(err, &refused) {
		u.err, err = refused, nil
	}
	return err
}

// Missing is a unit of the list that is not staged.
type Missing struct {
	Release  string `json:"release"`
	Contract string `json:"contract"`
	Key      string `json:"key"`
	Bytes    int64  `json:"bytes"` // of the landed parts
}

// Progress says how much of the list is staged.
type Progress struct {
	Landed  time.Time `json:"landed"`
	Units   int       `json:"units"`
	Staged  int       `json:"staged"`
	Missing []Missing `json:"missing"`
}

// StageStatus looks which units of the list are staged. The hashes of their
// files are compared by the run that uses them.
func (p *Project) StageStatus(ctx context.Context) (Progress, error) {
	w, err := p.work(ctx)
	if err != nil {
		return Progress{}, err
	}
	out := Progress{Landed: w.Landed, Units: len(w.Units), Missing: []Missing{}}
	for _, t := range w.Units {
		have, err := p.Stage.Has(ctx, t.Key)
		if err != nil {
			return out, err
		}
		if have {
			out.Staged++
			continue
		}
		m := Missing{Release: t.Release, Contract: t.Contract, Key: t.Key}
		for _, part := range t.Parts {
			m.Bytes += part.Bytes
		}
		out.Missing = append(out.Missing, m)
	}
	return out, nil
}
