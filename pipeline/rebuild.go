package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
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
	if cfg.Ledger == config.LedgerPostgres {
		return out, errors.New("the ledger is in PostgreSQL: restore its schema from a dump; an empty one is filled from the published snapshot by the next `lumbung run`")
	}
	path, err := ledgerAt(cfg)
	if err != nil {
		return out, err
	}
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

// ledgerAt is where the ledger lies: a file, or an address with a password.
func ledgerAt(cfg *config.Config) (string, error) {
	if cfg.Ledger != config.LedgerPostgres {
		return filepath.Join(cfg.DataDir(), "ledger.db"), nil
	}
	address := os.Getenv(config.LedgerEnv)
	if address == "" {
		return "", fmt.Errorf("ledger: postgres needs the environment variable %s: postgres://USER@HOST/DATABASE", config.LedgerEnv)
	}
	at, err := ledger.Address(address, cfg.Name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", config.LedgerEnv, err)
	}
	return at, nil
}

// OpenLedger opens the ledger of a project, and makes it where it is missing.
func OpenLedger(ctx context.Context, cfg *config.Config, clock func() time.Time) (*ledger.Ledger, error) {
	at, err := ledgerAt(cfg)
	if err != nil {
		return nil, err
	}
	return ledger.Open(ctx, at, clock)
}

// ReadLedger opens the ledger of a project for reading.
func ReadLedger(ctx context.Context, cfg *config.Config) (*ledger.Ledger, error) {
	at, err := ledgerAt(cfg)
	if err != nil {
		return nil, err
	}
	return ledger.OpenReadOnly(ctx, at)
}

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
