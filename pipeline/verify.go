package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"lumbung/load/stage"
)

// Verified is what Verify found.
type Verified struct {
	Objects   int      `json:"objects"`   // raw objects read
	Units     int      `json:"units"`     // staged units read
	Snapshots int      `json:"snapshots"` // snapshots read
	Files     int      `json:"files"`     // files of snapshots read
	Bytes     int64    `json:"bytes"`
	Damaged   []string `json:"damaged"`            // what is wrong, each with its remedy
	Foreign   []string `json:"foreign"`            // files that no one of ours made
	Repaired  []string `json:"repaired,omitempty"` // what Repair made again

	objects, units, snapshots []string // the damaged ones: hashes, keys, ids or "current"
}

// Sound says whether everything was as it was written.
func (v *Verified) Sound() bool { return len(v.Damaged) == 0 }

// Verify compares every raw object, staged unit and snapshot with its hash,
// and looks whether the objects that the ledger knows are there. The ledger
// itself was checked when the project was opened.
func (p *Project) Verify(ctx context.Context) (Verified, error) {
	v := Verified{Damaged: []string{}, Foreign: []string{}}
	for _, verify := range []func(context.Context, *Verified) error{p.verifyObjects, p.verifyUnits, p.verifySnapshots} {
		if err := verify(ctx, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (p *Project) verifyObjects(ctx context.Context, v *Verified) error {
	raw, err := p.Landing.Verify(ctx, nil)
	if err != nil {
		return err
	}
	v.Objects, v.Bytes, v.Foreign = raw.Objects, raw.Bytes, append(v.Foreign, raw.Foreign...)
	holds, err := p.heldObjects(ctx)
	if err != nil {
		return err
	}
	for _, d := range raw.Damaged {
		text := d.Error()
		if of := holds[d.SHA256]; of != "" {
			text += "; it is " + of
		}
		v.Damaged, v.objects = append(v.Damaged, text), append(v.objects, d.SHA256)
	}
	for _, sha := range slices.Sorted(maps.Keys(holds)) {
		have, err := p.Landing.Has(ctx, sha)
		if err != nil {
			return err
		}
		if !have {
			v.Damaged = append(v.Damaged, fmt.Sprintf("%s: missing: %s: put the object back from a backup, or run again with --full to fetch it",
				path.Join("raw", sha[:2], sha), holds[sha]))
			v.objects = append(v.objects, sha)
		}
	}
	return nil
}

// heldObjects says of every object that the ledger knows what it is: "FILE of RELEASE".
func (p *Project) heldObjects(ctx context.Context) (map[string]string, error) {
	known, err := p.Ledger.Revisions(ctx, "")
	if err != nil {
		return nil, err
	}
	holds := map[string]string{}
	for _, rev := range known {
		for _, part := range rev.Parts {
			holds[part.SHA256] = fmt.Sprintf("%s of %s@%d", part.Name, label(rev.Source, rev.Period), rev.Number)
		}
	}
	return holds, nil
}

func (p *Project) verifySnapshots(ctx context.Context, v *Verified) error {
	snaps, err := p.Snapshots.Verify(ctx, nil)
	if err != nil {
		return err
	}
	v.Snapshots, v.Files, v.Foreign = snaps.Snapshots, snaps.Files, append(v.Foreign, snaps.Foreign...)
	v.Bytes += snaps.Bytes
	for _, d := range snaps.Damaged {
		v.Damaged, v.snapshots = append(v.Damaged, d.Error()), append(v.snapshots, d.Snapshot)
	}
	return nil
}

func (p *Project) verifyUnits(ctx context.Context, v *Verified) error {
	keys, err := p.Stage.Keys()
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	for _, key := range keys {
		v.Units++
		u, ok, err := p.Stage.Lookup(ctx, key)
		if err == nil && !ok {
			err = &stage.DamagedError{Path: "stage/" + key, Reason: "unit.json is missing"}
		}
		if err == nil {
			err = p.Stage.Verify(ctx, u)
		}
		var damaged *stage.DamagedError
		switch {
		case errors.As(err, &damaged):
			v.Damaged, v.units = append(v.Damaged, damaged.Error()), append(v.units, key)
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
