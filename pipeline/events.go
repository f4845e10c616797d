package pipeline

import (
	"context"
	"errors"
	"time"

	"lumbung/pipeline/journal"
	"lumbung/pipeline/ledger"
)

// RunNamer is a Reporter that wants to know which run it reports about.
type RunNamer interface {
	// Run is called once, before the first step.
	Run(id string)
}

// begin opens the run's journal and tells the reporter the run's id.
func (s *steps) begin(data string, run ledger.Run) {
	if named, ok := s.report.(RunNamer); ok {
		named.Run(run.ID)
	}
	j, err := journal.Create(data, run.ID)
	if err != nil {
		s.lost(err)
		return
	}
	s.events = j
	j.Add(journal.Event{Time: run.Started, Event: "run-begin", Trigger: run.Trigger})
}

// note writes an ended step to the journal.
func (s *steps) note(st Step, start time.Time) {
	if s.events == nil {
		return
	}
	start = start.UTC()
	s.events.Add(journal.Event{Time: time.Now().UTC(), Event: "step", Name: st.Name, Subject: st.Subject, State: st.State, Started: &start,
		Seconds: st.Seconds, Rows: st.Rows, Bytes: st.Bytes, Error: st.Error})
}

// end writes how the run ended and closes the journal.
func (s *steps) end(res *Result, now time.Time) {
	if s.events == nil {
		return
	}
	s.events.Add(journal.Event{Time: now.UTC(), Event: "run-end", State: string(res.Outcome), Snapshot: res.Snapshot, Rows: res.Rows.Loaded, Error: res.Error})
	if err := s.events.Close(); err != nil {
		s.lost(err)
	}
}

// lost says that the journal is not complete. That is no reason to publish nothing.
func (s *steps) lost(err error) {
	s.report.End(Step{Name: "journal", State: "failed", Error: err.Error()})
}

// keptSteps is how many runs keep their journal and their steps: more than a year of nights.
// The ledger is read whole at each start, so what it holds has to end somewhere.
const keptSteps = 400

// forgetSteps removes the journals and steps of old runs, but not of those whose snapshots are kept.
func (r *run) forgetSteps(ctx context.Context) error {
	snaps, err := r.p.Ledger.Snapshots(ctx)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, s := range snaps {
		made[s.Run] = made[s.Run] || s.Retired.IsZero()
	}
	return errors.Join(journal.Prune(r.p.Config.DataDir(), keptSteps, made), r.p.Ledger.ForgetSteps(ctx, keptSteps, made))
}
