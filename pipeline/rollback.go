package pipeline

import (
	"context"
	"path/filepath"

	"lumbung/internal/disk"
)

// Rollback makes an older snapshot the published one again. It takes the run
// lock and a fresh token, so that no run can publish beside it. The next run
// publishes what the sources have then.
func (p *Project) Rollback(ctx context.Context, id string) error {
	lock, err := disk.Acquire(filepath.Join(p.Config.DataDir(), "run.lock"), p.clock())
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }()
	token, err := p.Ledger.Fence(ctx)
	if err != nil {
		return err
	}
	return p.Snapshots.Rollback(ctx, id, func(ctx context.Context, swap func() error) error {
		return p.Ledger.Guarded(ctx, token, swap)
	})
}
