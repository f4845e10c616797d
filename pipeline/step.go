package pipeline

import (
	"context"
	"sync"
	"time"

	"lumbung/pipeline/ledger"
)

// Step is one piece of work of a run.
type Step struct {
	Name     string  `json:"step"`              // extract, stage, load, model, audit, export, publish
	Subject  string  `json:"subject,omitempty"` // release, model, mart
	State    string  `json:"state"`             // ok, cached, failed, refused
	Rows     int64   `json:"rows"`
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

// steps gathers the steps of a run and writes them to the ledger.
type steps struct {
	led    *ledger.Ledger
	run    string
	report Reporter

	mu   sync.Mutex
	done []Step
}

// do runs one step. What work returns is completed and recorded.
func (s *steps) do(ctx context.Context, name, subject, unit string, total int64, work func(progress func(int64)) (Step, error)) error {
	s.report.Begin(name, subject, unit, total)
	id, err := s.led.StartStep(ctx, s.run, name, subject)
	if err != nil {
		return err
	}
	start := time.Now()
	st, werr := work(func(n int64) { s.report.Progress(name, subject, n) })
	st.Name, st.Subject, st.Seconds = name, subject, time.Since(start).Seconds()
	if st.State == "" {
		st.State = "ok"
	}
	if werr != nil {
		st.Error = werr.Error()
		if st.State == "ok" {
			st.State = "failed"
		}
	}
	s.mu.Lock()
	s.done = append(s.done, st)
	s.mu.Unlock()
	s.report.End(st)
	// The ledger gets the step even when the run was told to stop.
	if err := s.led.FinishStep(context.WithoutCancel(ctx), id, ledger.StepEnd{
		State: ledgerState(st.State), Rows: st.Rows, Bytes: st.Bytes, Duration: time.Since(start), Error: st.Error,
	}); err != nil && werr == nil {
		return err
	}
	return werr
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
