package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"lumbung/internal/disk"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// Rebuilt is what RebuildLedger found in the manifests.
type Rebuilt struct {
	Kept      string `json:"kept"` // where the damaged ledger lies; "" when there was none
	Snapshots int    `json:"snapshots"`
	Releases  int    `json:"releases"`
	LastRun   int64  `json:"last_run"` // the highest run number that a manifest names
}

// RebuildLedger sets a damaged ledger aside and makes a new one from the
// manifests of the snapshots. The history of runs, the claims of the schedule
// and what servers said are not in them: they begin anew. A ledger that is
// sound, or of a later version, is left alone.
func RebuildLedger(ctx context.Context, dir string, clock func() time.Time) (out Rebuilt, err error) {
	cfg, err := config.Load(dir)
	if err != nil {
		return out, err
	}
	path := ledgerFile(cfg)
	lock, err := disk.Acquire(filepath.Join(cfg.DataDir(), "run.lock"), clock())
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	old, err := ledger.OpenReadOnly(ctx, path)
	var damaged *ledger.DamagedError
	switch {
	case err == nil:
		return out, errors.Join(fmt.Errorf("%s: sound: there is nothing to rebuild", path), old.Close())
	case !errors.As(err, &damaged) && !errors.Is(err, fs.ErrNotExist):
		return out, err // of another version, or not to be read just now: no reason to give up what it knows
	}
	if out.Kept, err = ledger.SetAside(path, clock()); err != nil {
		return out, err
	}
	p, err := Open(ctx, dir, clock)
	if err != nil {
		return out, err
	}
	return out, errors.Join(p.restoreAll(ctx, &out), p.Close())
}

func ledgerFile(cfg *config.Config) string { return filepath.Join(cfg.DataDir(), "ledger.db") }

// restoreAll enters the manifests of all published snapshots, oldest first.
func (p *Project) restoreAll(ctx context.Context, out *Rebuilt) error {
	list, err := p.Snapshots.List(ctx)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(list) {
		if e.Damaged != nil || !e.Published {
			continue
		}
		snap, err := p.Snapshots.AsOf(ctx, e.ID)
		if err != nil {
			return err
		}
		if err := errors.Join(p.restore(ctx, snap), snap.Close()); err != nil {
			return err
		}
		out.Snapshots++
		var n int64
		if _, err := fmt.Sscanf(e.Run, "r%d", &n); err == nil {
			out.LastRun = max(out.LastRun, n)
		}
	}
	revisions, err := p.Ledger.Revisions(ctx, "")
	if err != nil {
		return err
	}
	out.Releases = len(revisions)
	return p.Ledger.SkipRuns(ctx, out.LastRun)
}
