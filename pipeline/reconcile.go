package pipeline

import (
	"context"
	"errors"
	"strconv"

	"lumbung/internal/crash"
	"lumbung/load/snapshot"
	"lumbung/pipeline/ledger"
)

// reconcile makes the ledger know the snapshot that current names. A run does
// it after a publish; a run that finds the ledger behind, because an earlier
// one died between the two or because the ledger is new, does it at its start.
func (p *Project) reconcile(ctx context.Context) error {
	snap, err := p.usable(ctx)
	if snap == nil || err != nil {
		return err
	}
	defer func() { _ = snap.Close() }()
	known, err := p.Ledger.HasSnapshot(ctx, snap.ID())
	if err != nil || known {
		return err
	}
	if err := p.restore(ctx, snap); err != nil {
		return err
	}
	crash.Hit(ctx, crash.LedgerSnapshot)
	return nil
}

// usable opens the current snapshot for a run; nil when there is none, or when
// it is damaged and no older one is left: the run then builds one anew.
func (p *Project) usable(ctx context.Context) (*snapshot.Snapshot, error) {
	snap, err := p.Snapshots.Current(ctx)
	var damaged *snapshot.DamagedError
	if errors.Is(err, snapshot.ErrNone) || errors.As(err, &damaged) && !damaged.Unreadable {
		return nil, nil
	}
	return snap, err
}

// restore enters what a manifest says into the ledger.
func (p *Project) restore(ctx context.Context, snap *snapshot.Snapshot) error {
	m := &snap.Manifest
	var good []ledger.Revision
	for _, in := range m.Inputs {
		rev, err := revisionOf(in)
		if err != nil {
			return err
		}
		rev.FirstSeen = m.Created
		good = append(good, rev)
	}
	if err := p.Ledger.RestoreRevisions(ctx, good); err != nil {
		return err
	}
	// The snapshot comes last: its row says that everything above is there.
	return p.Ledger.RecordSnapshot(ctx, ledger.Snapshot{ID: m.ID, Run: m.Run, Created: m.Created, Content: m.Content, Manifest: snap.SHA256})
}

// revisionOf reads a release's revision out of a manifest.
func revisionOf(in snapshot.Input) (ledger.Revision, error) {
	period, err := strconv.Atoi(in.Periode)
	if err != nil {
		return ledger.Revision{}, err
	}
	number, err := strconv.Atoi(in.Revisi)
	if err != nil {
		return ledger.Revision{}, err
	}
	rev := ledger.Revision{Source: in.Sumber, Period: period, Number: number}
	for _, part := range in.Parts {
		rev.Parts = append(rev.Parts, ledger.Part{Name: part.Name, SHA256: part.SHA256, Bytes: part.Bytes})
	}
	rev.Hash = partsHash(rev.Parts)
	return rev, nil
}
