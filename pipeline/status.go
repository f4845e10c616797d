package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lumbung/internal/disk"
	"lumbung/load/snapshot"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/notify"
)

// Status is how the project is: what it serves, its sources, its last runs.
type Status struct {
	Snapshot string         `json:"snapshot"`
	Created  time.Time      `json:"created,omitzero"`
	Age      time.Duration  `json:"age_ns"`
	Warning  string         `json:"warning,omitempty"` // an older snapshot is served, and why
	Sources  []SourceStatus `json:"sources"`
	Runs     []ledger.Run   `json:"runs"`
	// Quarantine is how many rows the last published runs put aside, oldest first.
	Quarantine []QuarantineCount `json:"quarantine"`
	// RunTotals and Instants count all of the ledger.
	RunTotals []ledger.RunTotal     `json:"run_totals"`
	Instants  []ledger.InstantTotal `json:"instants"`
}

// QuarantineCount is one published run's part of the trend.
type QuarantineCount struct {
	Run         string `json:"run"`
	Loaded      int64  `json:"loaded"`
	Quarantined int64  `json:"quarantined"`
}

// Problem is what a watcher has to be told.
type Problem struct {
	Subject string // what it is about: snapshot, run, source NAME, late NAME
	Kind    string // of news: notify.Failure, Refusal, Stale, Late
	Text    string
}

// Problems are those that there are now, none when all is well. A run that is going on is none.
func (s *Status) Problems() []Problem {
	var out []Problem
	if s.Snapshot == "" {
		out = append(out, Problem{"snapshot", notify.Failure, "nothing is published"})
	}
	if s.Warning != "" {
		out = append(out, Problem{"snapshot", notify.Failure, s.Warning})
	}
	for _, src := range s.Sources {
		if kind := map[string]string{StateStale: notify.Stale, StateRefused: notify.Refusal}[src.State]; kind != "" {
			out = append(out, Problem{"source " + src.Name, kind, fmt.Sprintf("source %s is %s: %s", src.Name, src.State, src.Error)})
		}
		if src.Late {
			out = append(out, Problem{"late " + src.Name, notify.Late, fmt.Sprintf("source %s is late: nothing new within %s", src.Name, src.Every)})
		}
	}
	for _, last := range s.Runs {
		if last.Gone() {
			out = append(out, Problem{"run", notify.Failure, fmt.Sprintf("run %s died: its process is not there any more", last.ID)})
			break
		}
		if last.Outcome == ledger.Running {
			continue
		}
		kind := map[ledger.Outcome]string{ledger.Refused: notify.Refusal, ledger.Failed: notify.Failure, ledger.Interrupted: notify.Failure}[last.Outcome]
		if kind != "" {
			out = append(out, Problem{"run", kind, fmt.Sprintf("run %s %s: %s", last.ID, last.Outcome, last.Error)})
		}
		break
	}
	return out
}

// SourceStatus is how a source was when a run last looked.
type SourceStatus struct {
	Name    string    `json:"name"`
	State   string    `json:"state"` // ok, unchanged, stale, refused, or "" before the first run
	Error   string    `json:"error,omitempty"`
	Checked time.Time `json:"checked,omitzero"`
	LastOK  time.Time `json:"last_ok,omitzero"`
	Newest  time.Time `json:"newest,omitzero"` // when its newest good content was first seen
	Every   string    `json:"every,omitempty"` // how often the configuration expects something new
	Late    bool      `json:"late"`            // nothing new within that time
}

// statusRuns is how many runs a status shows.
const (
	statusRuns     = 5
	quarantineRuns = 10  // of the trend
	trendRuns      = 200 // how far back it looks for them
)

// Status reads the state of the project.
func (p *Project) Status(ctx context.Context) (Status, error) {
	var st Status
	now := p.clock()
	snap, err := p.Snapshots.Current(ctx)
	switch {
	case errors.Is(err, snapshot.ErrNone):
	case err != nil:
		return st, err
	default:
		st.Snapshot, st.Created = snap.ID(), snap.Manifest.Created
		st.Age = now.Sub(snap.Manifest.Created)
		if snap.Fallback != nil {
			st.Warning = snap.Fallback.Reason.Error()
		}
		if err := snap.Close(); err != nil {
			return st, err
		}
	}
	states, err := p.Ledger.SourceStates(ctx)
	if err != nil {
		return st, err
	}
	for i := range p.Config.Sources {
		src := &p.Config.Sources[i]
		s := SourceStatus{Name: src.Name, Every: src.Every}
		for _, k := range states {
			if k.Source == src.Name {
				s.State, s.Error, s.Checked, s.LastOK = k.State, k.Error, k.Checked, k.LastOK
			}
		}
		good, err := p.Ledger.GoodRevisions(ctx, src.Name)
		if err != nil {
			return st, err
		}
		for _, g := range good {
			if g.FirstSeen.After(s.Newest) {
				s.Newest = g.FirstSeen
			}
		}
		s.Late = src.Cadence > 0 && now.Sub(s.Newest) > src.Cadence
		st.Sources = append(st.Sources, s)
	}
	if st.RunTotals, st.Instants, err = p.Ledger.Totals(ctx); err != nil {
		return st, err
	}
	runs, err := p.Ledger.Runs(ctx, trendRuns)
	st.Runs = runs[:min(len(runs), statusRuns)]
	for _, r := range slices.Backward(runs) {
		if r.Outcome == ledger.Published {
			st.Quarantine = append(st.Quarantine, QuarantineCount{r.ID, r.Rows.Loaded, r.Rows.Quarantined})
		}
	}
	if extra := len(st.Quarantine) - quarantineRuns; extra > 0 {
		st.Quarantine = st.Quarantine[extra:]
	}
	return st, err
}

// ReadStatus reads the state of a project without leave to write: what is
// missing is not made, and an older ledger is not brought up to date.
func ReadStatus(ctx context.Context, cfg *config.Config, clock func() time.Time) (Status, error) {
	led, err := ReadLedger(ctx, cfg)
	if err != nil {
		return Status{}, err
	}
	fsys, err := disk.OS(cfg.DataDir())
	if err != nil {
		return Status{}, errors.Join(err, led.Close())
	}
	p := &Project{Config: cfg, Snapshots: snapshot.New(fsys, clock), Ledger: led, fs: fsys, clock: clock}
	st, err := p.Status(ctx)
	return st, errors.Join(err, p.Close())
}
