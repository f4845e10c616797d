package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"lumbung/extract/http"
	"lumbung/internal/crash"
	"lumbung/internal/disk"
	"lumbung/load/snapshot"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/transform"
)

// Options say what a run should do.
type Options struct {
	Sources []string // look only at these; the others keep their last good releases
	Full    bool     // decode everything again and publish even when nothing changed
	// AllowOlder takes content that a source had before and that came back.
	AllowOlder bool
	// AllowSmaller takes a new revision that has lost more than a tenth of its records.
	AllowSmaller bool
	// From and To, when set, restrict the run to releases of these periods, which
	// are fetched and decoded again; the others keep their last good revisions.
	From, To int
	// Trigger says what began the run, "manual" when empty; Instant is the scheduled one.
	Trigger string
	Instant time.Time
	Report  Reporter
}

// Result is what a run came to.
type Result struct {
	Run      string           `json:"run"`
	Outcome  Outcome          `json:"outcome"`
	Snapshot string           `json:"snapshot"`
	Rows     transform.Counts `json:"rows"`
	Steps    []Step           `json:"steps"`
	Sources  []SourceState    `json:"sources"`
	Audits   []AuditResult    `json:"audits,omitempty"`
	Error    string           `json:"error,omitempty"`
	Refused  string           `json:"refused,omitempty"` // where the refused build lies
}

// SourceFailed says that some source could not be used as it is now.
func (r *Result) SourceFailed() bool {
	for _, s := range r.Sources {
		if s.State == StateStale || s.State == StateRefused {
			return true
		}
	}
	return false
}

// run is one run at work.
type run struct {
	p      *Project
	opt    Options
	id     string
	fence  int64
	steps  *steps
	limits *http.Limits // per host, of all sources together
	// accept, when set, has a say in whether a sealed build is published.
	accept func(*snapshot.Manifest) error
	// register is set when the code lists are decoded.
	register *register
	// expected is how many records a contract gave last time, for showing progress.
	expected map[string]int64
	// published is what the current snapshot is made of, by source, period and contract.
	published map[string]snapshot.Input
}

// ErrUnknownSource means that the run was asked for a source that does not exist.
var ErrUnknownSource = errors.New("no such source")

// Run runs the project once. The error is for what kept the run from coming to
// an outcome at all; how it ended stands in the result.
func (p *Project) Run(ctx context.Context, opt Options) (Result, error) {
	if err := p.checkSources(opt.Sources); err != nil {
		return Result{}, err
	}
	return p.do(ctx, opt, (*run).all)
}

// do is what every run has around its work: the lock, the fence and its rows in the ledger.
func (p *Project) do(ctx context.Context, opt Options, work func(*run, context.Context) (Result, error)) (Result, error) {
	lock, err := disk.Acquire(filepath.Join(p.Config.DataDir(), "run.lock"), p.clock())
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = lock.Release() }()
	everywhere, err := p.Ledger.Lock(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = everywhere.Close() }()
	begun, _, err := p.Ledger.BeginRun(ctx, ledger.Start{Pipeline: p.Config.Name, Trigger: opt.Trigger, Instant: opt.Instant})
	if err != nil {
		return Result{}, err
	}
	r := &run{p: p, opt: opt, id: begun.ID, fence: begun.Fence, limits: http.NewLimits(), expected: map[string]int64{}, published: map[string]snapshot.Input{}, steps: &steps{led: p.Ledger, run: begun.ID, report: opt.Report}}
	crash.Hit(ctx, crash.RunBegun)
	r.steps.begin(p.Config.DataDir(), begun)
	res, err := work(r, ctx)
	res.Run, res.Steps = r.id, r.steps.done
	end := ledger.End{Outcome: ledger.Outcome(res.Outcome), Snapshot: res.Snapshot, Error: res.Error,
		Rows: ledger.Rows{In: res.Rows.In, Loaded: res.Rows.Loaded, Quarantined: res.Rows.Quarantined, Skipped: res.Rows.Skipped}}
	if err != nil {
		end.Outcome, end.Error = ledger.Failed, err.Error()
		if ctx.Err() != nil {
			end.Outcome = ledger.Interrupted
		}
		res.Outcome, res.Error = Failed, err.Error()
	}
	err = errors.Join(err, r.steps.flush(ctx))
	if ferr := p.Ledger.FinishRun(context.WithoutCancel(ctx), r.id, end); ferr != nil {
		err = errors.Join(err, ferr)
	}
	crash.Hit(ctx, crash.RunFinished)
	r.steps.end(&res, p.clock())
	return res, err
}

func (p *Project) checkSources(names []string) error {
	for _, n := range names {
		if !slices.ContainsFunc(p.Config.Sources, func(s config.Source) bool { return s.Name == n }) {
			return fmt.Errorf("%w: %q is not in lumbung.yaml", ErrUnknownSource, n)
		}
	}
	return nil
}

// all is the run from its first step to its last.
func (r *run) all(ctx context.Context) (Result, error) {
	var res Result
	if err := r.sweep(ctx); err != nil {
		return res, err
	}
	if err := r.p.reconcile(ctx); err != nil {
		return res, err
	}
	m, err := loadModels()
	if err != nil {
		return res, err
	}
	releases, err := r.extract(ctx)
	if err != nil {
		return res, err
	}
	units, err := r.decode(ctx, releases)
	if err != nil {
		return res, err
	}
	for _, u := range units {
		if u.staged != nil {
			res.Rows = res.Rows.Add(u.result.Counts)
		}
	}
	res.Sources = r.sourceStates(releases, units)
	if err := r.recordSources(ctx, res.Sources); err != nil {
		return res, err
	}
	unchanged, id, err := r.unchanged(ctx, units, m)
	if err != nil {
		return res, err
	}
	if res.Snapshot = id; unchanged {
		res.Outcome = Unchanged
		return res, errors.Join(r.after(ctx), r.copyToEngine(ctx, units, m, id)) // what a dead run left to do
	}
	if len(inputsOf(units)) == 0 {
		res.Outcome = Failed
		res.Error = "no release could be used; see the sources"
		return res, nil
	}
	return r.publish(ctx, res, units, m)
}

// unchanged says whether the current snapshot is made of just these units by
// just this program. The snapshot is not held open: retention may delete it.
func (r *run) unchanged(ctx context.Context, units []*unit, m *models) (same bool, id string, err error) {
	current, err := r.p.usable(ctx)
	if current == nil || err != nil {
		return false, "", err
	}
	same = !r.opt.Full && current.Fallback == nil && current.Manifest.Tool == m.tool() &&
		reflect.DeepEqual(current.Manifest.Inputs, inputsOf(units))
	return same, current.ID(), current.Close()
}

func (r *run) recordSources(ctx context.Context, sources []SourceState) error {
	states := make([]ledger.SourceState, len(sources))
	for i, s := range sources {
		states[i] = ledger.SourceState{Source: s.Name, State: s.State, Error: s.Error, Run: r.id}
	}
	return r.p.Ledger.RecordSources(ctx, states)
}

// sweep clears what dead runs left.
func (r *run) sweep(ctx context.Context) error {
	if err := r.p.Ledger.Sweep(); err != nil {
		return err
	}
	if _, err := r.p.Landing.Sweep(ctx); err != nil {
		return err
	}
	if err := r.p.Stage.Clear(ctx, nil, r.p.clock()); err != nil {
		return err
	}
	return r.p.Snapshots.Sweep(ctx)
}

// publish builds, audits and, when no audit objects, makes the build current.
func (r *run) publish(ctx context.Context, res Result, units []*unit, m *models) (Result, error) {
	w, err := r.warehouse(ctx, units, m)
	if err != nil {
		return res, err
	}
	res.Audits = w.audits
	info := snapshot.Info{Tool: m.tool(), Inputs: inputsOf(units), Files: w.files}
	for _, a := range w.audits {
		info.Audits = append(info.Audits, snapshot.Audit{Name: a.Name, Severity: a.Severity, Failing: a.Failing})
	}
	man, err := r.p.Snapshots.Seal(ctx, w.b, info)
	if err != nil {
		return res, errors.Join(err, r.p.Snapshots.Discard(context.WithoutCancel(ctx), w.b))
	}
	if r.accept != nil {
		if err := r.accept(&man); err != nil {
			return res, errors.Join(err, r.p.Snapshots.Discard(context.WithoutCancel(ctx), w.b))
		}
	}
	if blocked := w.blocked(); len(blocked) > 0 {
		dir, err := r.p.Snapshots.Refuse(ctx, w.b)
		if err != nil {
			return res, err
		}
		res.Outcome, res.Refused = Refused, filepath.Join(r.p.Config.DataDir(), dir)
		for _, a := range blocked {
			res.Error += fmt.Sprintf("audit %s: %d rows: %s First: %s\n", a.Name, a.Failing, a.Message, a.First)
		}
		return res, nil
	}
	err = r.steps.do(ctx, "publish", man.ID, "", 0, func(func(int64)) (Step, error) {
		return Step{Bytes: man.Bytes()}, r.makeCurrent(ctx, w.b, man)
	})
	if err != nil {
		var uncertain *snapshot.UncertainError
		if errors.As(err, &uncertain) {
			res.Snapshot, err = r.settle(ctx, res.Snapshot, err)
		}
		return res, err
	}
	res.Outcome, res.Snapshot = Published, man.ID
	return res, errors.Join(r.after(ctx), r.copyToEngine(ctx, units, m, man.ID))
}

func (r *run) makeCurrent(ctx context.Context, b *snapshot.Build, man snapshot.Manifest) error {
	err := r.p.Snapshots.Publish(ctx, b, func(ctx context.Context, swap func() error) error {
		return r.p.Ledger.Guarded(ctx, r.fence, swap)
	})
	if err != nil {
		return err
	}
	return r.p.reconcile(ctx)
}

// settle looks at what current names after a swap whose end is not known, so
// that the ledger says what readers see. The run fails loudly all the same: a
// power loss may still decide for the older snapshot, and the next run goes on
// from whatever current names then.
func (r *run) settle(ctx context.Context, before string, cause error) (string, error) {
	ctx = context.WithoutCancel(ctx)
	snap, err := r.p.Snapshots.Current(ctx)
	if err != nil {
		return before, errors.Join(cause, err)
	}
	id := snap.ID()
	if err := errors.Join(snap.Close(), r.p.reconcile(ctx)); err != nil {
		return id, errors.Join(cause, err)
	}
	return id, fmt.Errorf("%w; current names %s now, and the next run goes on from there", cause, id)
}

// after does what follows a publish: old snapshots go, and with them the
// staged units that no snapshot is made of. Raw objects stay.
func (r *run) after(ctx context.Context) error {
	keep := r.p.Config.Retention
	retired, err := r.p.Snapshots.Retain(ctx, snapshot.Policy{Keep: keep.Keep, MinAge: keep.Age})
	for _, id := range retired {
		err = errors.Join(err, r.p.Ledger.RecordRetired(ctx, id))
	}
	if err != nil {
		return err
	}
	if err := r.forgetSteps(ctx); err != nil {
		r.steps.lost(err)
	}
	used, err := r.p.Snapshots.StagedUnits()
	if err != nil {
		return err
	}
	work, _, err := r.p.readWork(ctx)
	if err != nil {
		return err
	}
	for _, t := range work.Units {
		used[t.Key] = true // shards have staged it, and a run of other sources leaves it to a later one
	}
	return r.p.Stage.Clear(ctx, func(key string) bool { return !used[key] }, r.p.clock())
}

// sourceStates says what became of each source.
func (r *run) sourceStates(releases []*release, units []*unit) []SourceState {
	var out []SourceState
	for i := range r.p.Config.Sources {
		if !r.chosen(r.p.Config.Sources[i].Name) {
			continue // not looked at: what is known of it stays
		}
		s := SourceState{Name: r.p.Config.Sources[i].Name, State: StateUnchanged}
		worst := func(state string, err error) {
			if s.Error == "" && err != nil {
				s.Error = err.Error()
			}
			if rank(state) > rank(s.State) {
				s.State = state
			}
		}
		for _, rel := range releases {
			if rel.source.Name != s.Name {
				continue
			}
			switch {
			case len(rel.parts) == 0:
				worst(StateRefused, rel.err)
			case rel.stale:
				worst(StateStale, rel.err)
			case rel.changed:
				worst(StateOK, nil)
			}
		}
		for _, u := range units {
			if u.rel.source.Name != s.Name {
				continue
			}
			switch {
			case u.err != nil && u.staged == nil:
				worst(StateRefused, u.err)
			case u.err != nil:
				worst(StateStale, u.err)
			case !u.cached:
				worst(StateOK, nil)
			}
		}
		out = append(out, s)
	}
	return out
}

func rank(state string) int {
	return map[string]int{StateUnchanged: 0, StateOK: 1, StateStale: 2, StateRefused: 3}[state]
}
