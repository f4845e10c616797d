package pipeline

import (
	"context"
	"errors"
	"fmt"

	"lumbung/load/stage"
)

// Verified is what Verify found.
type Verified struct {
	Objects   int      `json:"objects"`   // raw objects read
	Units     int      `json:"units"`     // staged units read
	Snapshots int      `json:"snapshots"` // snapshots read
	Files     int      `json:"files"`     // files of snapshots read
	Bytes     int64    `json:"bytes"`
	Damaged   []string `json:"damaged"` // what is wrong, each with its remedy
	Foreign   []string `json:"foreign"` // files that no one of ours made
}

// Sound says whether everything was as it was written.
func (v *Verified) Sound() bool { return len(v.Damaged) == 0 }

// Verify compares every raw object, staged unit and snapshot with its hash.
// The ledger was checked when the project was opened.
func (p *Project) Verify(ctx context.Context) (Verified, error) {
	v := Verified{Damaged: []string{}, Foreign: []string{}}
	raw, err := p.Landing.Verify(ctx, nil)
	if err != nil {
		return v, err
	}
	v.Objects, v.Bytes, v.Foreign = raw.Objects, raw.Bytes, append(v.Foreign, raw.Foreign...)
	for _, d := range raw.Damaged {
		v.Damaged = append(v.Damaged, d.Error())
	}
	if err := p.verifyUnits(ctx, &v); err != nil {
		return v, err
	}
	snaps, err := p.Snapshots.Verify(ctx, nil)
	if err != nil {
		return v, err
	}
	v.Snapshots, v.Files, v.Foreign = snaps.Snapshots, snaps.Files, append(v.Foreign, snaps.Foreign...)
	v.Bytes += snaps.Bytes
	for _, d := range snaps.Damaged {
		v.Damaged = append(v.Damaged, d.Error())
	}
	return v, nil
}

func (p *Project) verifyUnits(ctx context.Context, v *Verified) error {
	keys, err := p.Stage.Keys()
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	for _, key := range keys {
		v.Units++
		u, ok, err := p.Stage.Lookup(key)
		if err == nil && !ok {
			err = &stage.DamagedError{Path: "stage/" + key, Reason: "unit.json is missing"}
		}
		if err == nil {
			err = p.Stage.Verify(ctx, u)
		}
		var damaged *stage.DamagedError
		switch {
		case errors.As(err, &damaged):
			v.Damaged = append(v.Damaged, damaged.Error())
		case err != nil:
			return err
		default:
			for _, f := range u.Files {
				v.Bytes += f.Bytes
			}
		}
	}
	return nil
}
