package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"lumbung/pipeline/journal"
	"lumbung/pipeline/ledger"
)

// Step is one piece of work of a run.
type Step struct {
	Name     string  `json:"step"`              // extract, stage, load, model, audit, export, publish
	Subject  string  `json:"subject,omitempty"` // release, model, mart
	State    string  `json:"state"`             // ok, cached, failed, refused
	Rows     int64   `json:"rows"`
	Carried  int64   `json:"carried,omitempty"` // parts of a model or files of a mart that the snapshot before had and that stayed
	Bytes    int64   `json:"bytes,omitempty"`
	Seconds  float64 `json:"seconds"`
	Error    string  `json:"error,omitempty"`
	Severity string  `json:"severity,omitempty"` // of an audit
}

// Reporter shows a run's progress to a person. Calls come from several goroutines.
type Reporter interface {
	// Begin says that a step starts; total is how much there is to do in
	// unit ("rows", "bytes"), 0 when that is not known.
	Begin(name, subject, unit string, total int64)
	// Progress says how much of a step is done.
	Progress(name, subject string, done int64)
	// End says how a step ended.
	End(Step)
}

// flushEvery is how long ended steps may wait before the ledger has them.
// Each write to the ledger is synced to disk, so steps go in groups.
const flushEvery = time.Second

// steps gathers the steps of a run and writes them to the ledger.
type steps struct {
	led    *ledger.Ledger
	run    string
	report Reporter
	events *journal.Journal // nil when it could not be opened; the run goes on

	mu      sync.Mutex
	done    []Step
	waiting []ledger.Step
	flushed time.Time
}

// do runs one step. What work returns is completed and recorded.
func (s *steps) do(ctx context.Context, name, subject, unit string, total int64, work func(progress func(int64)) (Step, error)) error {
	s.report.Begin(name, subject, unit, total)
	start := time.Now()
	st, werr := work(func(n int64) { s.report.Progress(name, subject, n) })
	end := time.Now()
	st.Name, st.Subject, st.Seconds = name, subject, end.Sub(start).Seconds()
	if st.State == "" {
		st.State = "ok"
	}
	if werr != nil {
		st.Error = werr.Error()
		if st.State == "ok" {
			st.State = "failed"
		}
	}
	s.report.End(st)
	s.note(st, start)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, st)
	s.waiting = append(s.waiting, ledger.Step{Name: name, Source: subject, Started: start, Finished: end, State: ledgerState(st.State),
		Rows: st.Rows, Bytes: st.Bytes, Duration: end.Sub(start), Error: st.Error})
	if werr == nil && end.Sub(s.flushed) < flushEvery {
		return nil
	}
	return errors.Join(werr, s.flushLocked(ctx, end))
}

// flush writes what is still waiting.
func (s *steps) flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flushLocked(ctx, time.Now())
}

func (s *steps) flushLocked(ctx context.Context, now time.Time) error {
	// The ledger gets the steps even when the run was told to stop.
	if err := s.led.RecordSteps(context.WithoutCancel(ctx), s.run, s.waiting); err != nil {
		return err
	}
	s.waiting, s.flushed = nil, now
	return nil
}

// ledgerState is a step's state in the ledger's words.
func ledgerState(state string) ledger.State {
	switch state {
	case "ok":
		return ledger.StepOK
	case "cached", "skipped":
		return ledger.StepSkipped
	}
	return ledger.StepFailed
}
