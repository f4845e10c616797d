package pipeline

import (
	"context"
	"errors"
	"time"

	"lumbung/load/snapshot"
	"lumbung/pipeline/ledger"
)

// Status is how the project is: what it serves, its sources, its last runs.
type Status struct {
	Snapshot string         `json:"snapshot"`
	Created  time.Time      `json:"created,omitzero"`
	Age      time.Duration  `json:"age_ns"`
	Warning  string         `json:"warning,omitempty"` // an older snapshot is served, and why
	Sources  []SourceStatus `json:"sources"`
	Runs     []ledger.Run   `json:"runs"`
}

// SourceStatus is how a source was when a run last looked.
type SourceStatus struct {
	Name    string    `json:"name"`
	State   string    `json:"state"` // ok, unchanged, stale, refused, or "" before the first run
	Error   string    `json:"error,omitempty"`
	Checked time.Time `json:"checked,omitzero"`
	LastOK  time.Time `json:"last_ok,omitzero"`
	Late    bool      `json:"late"` // nothing good within the cadence that the source declares
}

// statusRuns is how many runs a status shows.
const statusRuns = 5

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
		s := SourceStatus{Name: src.Name}
		for _, k := range states {
			if k.Source == src.Name {
				s.State, s.Error, s.Checked, s.LastOK = k.State, k.Error, k.Checked, k.LastOK
			}
		}
		s.Late = src.Cadence > 0 && now.Sub(s.LastOK) > src.Cadence
		st.Sources = append(st.Sources, s)
	}
	st.Runs, err = p.Ledger.Runs(ctx, statusRuns)
	return st, err
}
