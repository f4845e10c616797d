package web

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lumbung/answer"
	"lumbung/load/snapshot"
)

// pollEvery is how often current is looked at, at most.
const pollEvery = time.Second

// keepPinned is how many snapshots that a visitor chose stay open.
const keepPinned = 2

// readers hands out the current snapshot, and others by id. A snapshot that is
// no longer current is closed after its last request.
type readers struct {
	from  Engine
	clock func() time.Time
	runs  func(context.Context) ([]Run, error)

	mu      sync.Mutex
	looked  time.Time
	target  string // what current named when it was last opened
	current *lease
	failed  error // why there is no current one, or why the newest was not taken
	pinned  []*lease
	history []Run
	runsErr error
	shut    bool
}

// lease is one open reader with the number of its users; the pool itself is one.
type lease struct {
	*answer.Reader
	pool  *readers
	users int
}

func newReaders(from Engine, clock func() time.Time, runs func(context.Context) ([]Run, error)) *readers {
	return &readers{from: from, clock: clock, runs: runs}
}

// onDisk are the snapshots of a data directory.
type onDisk string

func (d onDisk) Current(context.Context) (string, error) {
	return os.Readlink(filepath.Join(string(d), "current"))
}

func (d onDisk) Open(ctx context.Context, asOf string) (*answer.Reader, error) {
	return answer.Open(ctx, string(d), asOf)
}

// older opens the newest snapshot that can be opened at all, nil when none can.
func (d onDisk) older(ctx context.Context) *answer.Reader {
	entries, err := os.ReadDir(filepath.Join(string(d), "snapshots"))
	if err != nil {
		return nil
	}
	slices.Reverse(entries)
	for _, e := range entries {
		if r, err := d.Open(ctx, e.Name()); err == nil {
			return r
		}
	}
	return nil
}

// state is what a request sees of the project.
type state struct {
	*lease
	Damage  error // why an older snapshot is served
	History []Run
	RunsErr error
}

// take gives the current snapshot, or the pinned one. The caller gives it back with done.
func (p *readers) take(ctx context.Context, pin string) (*state, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return nil, errors.New("the dashboard is closing")
	}
	p.refresh(ctx)
	st := &state{Damage: p.failed, History: p.history, RunsErr: p.runsErr}
	l := p.current
	if pin != "" {
		var err error
		if l, err = p.pinnedLease(ctx, pin); err != nil {
			return nil, err
		}
	}
	if l == nil {
		return nil, p.failed
	}
	if f := l.Snap.Fallback; f != nil && st.Damage == nil {
		st.Damage = f.Reason
	}
	l.users++
	st.lease = l
	return st, nil
}

// done gives a lease back.
func (l *lease) done() error {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	return l.drop()
}

func (l *lease) drop() error {
	if l == nil {
		return nil
	}
	if l.users--; l.users > 0 {
		return nil
	}
	return l.Close()
}

// refresh looks at current and at the run history, at most once a second.
func (p *readers) refresh(ctx context.Context) {
	now := p.clock()
	if since := now.Sub(p.looked); !p.looked.IsZero() && since >= 0 && since < pollEvery {
		return
	}
	p.looked = now
	if p.runs != nil {
		p.history, p.runsErr = p.runs(ctx)
	}
	target, err := p.from.Current(ctx)
	if err != nil {
		if _, here := p.from.(onDisk); !here && p.current != nil {
			return // its pages say themselves when the engine does not answer
		}
		target = "unreadable: " + err.Error()
	}
	if target == p.target && p.current != nil && p.failed == nil {
		return
	}
	if target == p.target && p.failed != nil && p.current != nil && !errors.Is(p.failed, snapshot.ErrNone) {
		return // the damage has been reported; only another publish ends it
	}
	p.open(context.WithoutCancel(ctx), target)
}

func (p *readers) open(ctx context.Context, target string) {
	r, err := p.from.Open(ctx, "")
	p.target, p.failed = target, err
	if d, here := p.from.(onDisk); here && err != nil && p.current == nil && !errors.Is(err, snapshot.ErrNone) {
		r = d.older(ctx)
	}
	if r == nil {
		return
	}
	_ = p.current.drop() // a failed close of a read-only file loses nothing
	p.current = &lease{r, p, 1}
}

func (p *readers) pinnedLease(ctx context.Context, id string) (*lease, error) {
	if p.current != nil && p.current.Snap.ID() == id {
		return p.current, nil
	}
	for _, l := range p.pinned {
		if l.Snap.ID() == id {
			return l, nil
		}
	}
	r, err := p.from.Open(context.WithoutCancel(ctx), id)
	if err != nil {
		return nil, fmt.Errorf("snapshot %q: %w", id, err)
	}
	l := &lease{r, p, 1}
	p.pinned = append(p.pinned, l)
	if len(p.pinned) > keepPinned {
		_ = p.pinned[0].drop() // a failed close of a read-only file loses nothing
		p.pinned = p.pinned[1:]
	}
	return l, nil
}

func (p *readers) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	err := p.current.drop()
	for _, l := range p.pinned {
		err = errors.Join(err, l.drop())
	}
	p.current, p.pinned = nil, nil
	return err
}
