// Package pipeline runs a project: extract, transform, load, audit, publish.
//
// A run is one writer: it holds the project's lock, works on new files only,
// and changes what readers see by one rename at its end. Whatever happens
// before that, the snapshot that was published stays the published one.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"lumbung/extract/landing"
	"lumbung/internal/disk"
	"lumbung/internal/remote"
	"lumbung/load/snapshot"
	"lumbung/load/stage"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// Tool is the program's name and version, which manifests carry.
const Tool = "lumbung 0.1.0"

// Project is an opened project: its configuration and its stores.
type Project struct {
	Config    *config.Config
	Landing   *landing.Store
	Stage     *stage.Store
	Snapshots *snapshot.Store
	Ledger    *ledger.Ledger

	remote *remote.Store // nil: the data directory is all there is

	fs    *disk.Root
	alloc memory.Allocator
	clock func() time.Time
}

// Open opens the project in a directory. It makes the data directory where
// that is missing, and touches nothing else.
func Open(ctx context.Context, dir string, clock func() time.Time) (*Project, error) {
	p, err := OpenToStage(dir, clock)
	if err != nil {
		return nil, err
	}
	if p.Ledger, err = OpenLedger(ctx, p.Config, clock); err != nil {
		return nil, errors.Join(err, p.fs.Close())
	}
	return p, nil
}

// OpenToStage opens a project without its ledger: what a machine needs that
// only decodes. Only StageShard and StageStatus may be called.
func OpenToStage(dir string, clock func() time.Time) (*Project, error) {
	cfg, err := config.Load(dir)
	if err != nil {
		return nil, err
	}
	shared, err := cfg.Remote()
	if err != nil {
		return nil, err
	}
	data := cfg.DataDir()
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	fsys, err := disk.OS(data)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return &Project{
		Config: cfg, Landing: landing.Open(fsys, "raw").Shared(shared), Stage: stage.Open(fsys, "stage").Shared(shared),
		Snapshots: snapshot.New(fsys, clock), remote: shared,
		fs: fsys, alloc: memory.DefaultAllocator, clock: clock,
	}, nil
}

// Close closes the ledger and the data directory.
func (p *Project) Close() error {
	if p.Ledger == nil {
		return p.fs.Close()
	}
	return errors.Join(p.Ledger.Close(), p.fs.Close())
}

// Outcome is how a run ended.
type Outcome string

const (
	Published Outcome = "published"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused" // an audit said no
	Failed    Outcome = "failed"
)

// SourceState is what a run made of one source.
type SourceState struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, unchanged, stale, refused
	Error string `json:"error,omitempty"`
}

// The states of a source.
const (
	StateOK        = "ok"        // new content is used
	StateUnchanged = "unchanged" // the content that was there before is the newest
	StateStale     = "stale"     // it failed, and its last good release is used
	StateRefused   = "refused"   // it failed, and there is nothing older to use
)
