package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes. A run that is going on is Running; one whose process died
// before it could say is Interrupted from the next start on.
const (
	Running     Outcome = "running"
	Published   Outcome = "published"
	Unchanged   Outcome = "unchanged"
	Refused     Outcome = "refused"
	Failed      Outcome = "failed"
	Interrupted Outcome = "interrupted"
)

// State is how a step ended.
type State string

// The states of a step.
const (
	StepRunning     State = "running"
	StepOK          State = "ok"
	StepSkipped     State = "skipped"
	StepFailed      State = "failed"
	StepInterrupted State = "interrupted"
)

// Rows counts records after unpivoting: In = Loaded + Quarantined + Skipped.
type Rows struct {
	In, Loaded, Quarantined, Skipped int64
}

// Run is one run.
type Run struct {
	ID       string
	Pipeline string
	Trigger  string    // manual, schedule
	Instant  time.Time // scheduled; zero for a manual run
	Started  time.Time
	Finished time.Time // zero while running
	Outcome  Outcome
	Fence    int64 // token to publish with
	PID      int
	Host     string
	Snapshot string
	Error    string
	Rows     Rows
}

// Step is one step of a run.
type Step struct {
	ID       int64
	Run      string
	Name     string
	Source   string
	Started  time.Time
	Finished time.Time // zero while running
	State    State
	Rows     int64
	Bytes    int64
	Duration time.Duration
	Error    string
}

// Start says what a run is begun for.
type Start struct {
	Pipeline string
	Trigger  string    // "" is manual
	Instant  time.Time // scheduled instant, zero for a manual run
}

// Gone says that a run which the ledger shows as running has no process any
// more. Only the run's own host can tell; elsewhere it is false.
func (r *Run) Gone() bool {
	host, err := os.Hostname()
	return r.Outcome == Running && err == nil && host == r.Host && errors.Is(syscall.Kill(r.PID, 0), syscall.ESRCH)
}

// BeginRun enters a new run and takes a new fencing token for it, which ends
// any older run's leave to publish. The caller holds the run lock, so runs
// that the ledger still shows as running belong to dead processes: they are
// marked interrupted and returned.
func (l *Ledger) BeginRun(ctx context.Context, start Start) (run Run, interrupted []string, err error) {
	host, err := os.Hostname()
	if err != nil {
		return Run{}, nil, fmt.Errorf("run: %w", err)
	}
	if start.Trigger == "" {
		start.Trigger = "manual"
	}
	run = Run{Pipeline: start.Pipeline, Trigger: start.Trigger, Instant: start.Instant.UTC(),
		Started: l.now(), Outcome: Running, PID: os.Getpid(), Host: host}
	err = inTx(ctx, l.db, func(tx *sql.Tx) error {
		var n int64
		if interrupted, err = interrupt(ctx, tx, l.now()); err != nil {
			return err
		}
		if run.Fence, err = next(ctx, tx, "fence"); err != nil {
			return err
		}
		if n, err = next(ctx, tx, "run"); err != nil {
			return err
		}
		run.ID = fmt.Sprintf("r%06d", n)
		_, err = tx.ExecContext(ctx, `INSERT INTO runs (id, pipeline, trigger, instant, started, outcome, fence, pid, host)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			run.ID, run.Pipeline, run.Trigger, nullTime(run.Instant), stamp(run.Started), run.Outcome, run.Fence, run.PID, run.Host)
		return err
	})
	if err != nil {
		return Run{}, nil, fmt.Errorf("run: %w", err)
	}
	return run, interrupted, nil
}

// interrupt ends the runs and steps of dead processes.
func interrupt(ctx context.Context, tx *sql.Tx, now time.Time) ([]string, error) {
	ids, err := texts(ctx, tx, "SELECT id FROM runs WHERE outcome = 'running' ORDER BY id")
	if err != nil {
		return nil, err
	}
	const why = "the process ended before the run did"
	_, err = tx.ExecContext(ctx, "UPDATE runs SET outcome = 'interrupted', finished = ?, error = ? WHERE outcome = 'running'", stamp(now), why)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, "UPDATE steps SET state = 'interrupted', finished = ?, error = ? WHERE state = 'running'", stamp(now), why)
	return ids, err
}

// next raises a counter and returns it.
func next(ctx context.Context, tx *sql.Tx, key string) (int64, error) {
	var n int64
	err := tx.QueryRowContext(ctx, "UPDATE meta SET value = value + 1 WHERE key = ? RETURNING value", key).Scan(&n)
	return n, err
}

// End is how a run ended.
type End struct {
	Outcome  Outcome
	Snapshot string // published or, for Unchanged, the one that stays current
	Error    string
	Rows     Rows
}

// FinishRun records how a run ended. A run ends once; steps that are still
// running are marked interrupted.
func (l *Ledger) FinishRun(ctx context.Context, id string, end End) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		r := end.Rows
		if r.In != r.Loaded+r.Quarantined+r.Skipped {
			return fmt.Errorf("rows: %d in, but %d loaded + %d quarantined + %d skipped", r.In, r.Loaded, r.Quarantined, r.Skipped)
		}
		now := stamp(l.now())
		res, err := tx.ExecContext(ctx, `UPDATE runs SET outcome = ?, finished = ?, snapshot = ?, error = ?,
			rows_in = ?, rows_loaded = ?, rows_quarantined = ?, rows_skipped = ? WHERE id = ? AND outcome = 'running'`,
			end.Outcome, now, nullText(end.Snapshot), nullText(end.Error), r.In, r.Loaded, r.Quarantined, r.Skipped, id)
		if err := oneRow(res, err, "not running"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE steps SET state = 'interrupted', finished = ? WHERE run = ? AND state = 'running'", now, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	return nil
}

// StartStep enters a step of a run and returns its id.
func (l *Ledger) StartStep(ctx context.Context, run, name, source string) (int64, error) {
	var id int64
	err := l.db.QueryRowContext(ctx, `INSERT INTO steps (run, name, source, started, state) VALUES (?, ?, ?, ?, 'running') RETURNING id`,
		run, name, source, stamp(l.now())).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("run %s: step %s: %w", run, name, err)
	}
	return id, nil
}

// StepEnd is how a step ended.
type StepEnd struct {
	State State
	Rows  int64
	Bytes int64
	// Duration is measured by the caller on a clock that is never set.
	Duration time.Duration
	Error    string
}

// FinishStep records how a step ended. A step ends once.
func (l *Ledger) FinishStep(ctx context.Context, id int64, end StepEnd) error {
	res, err := l.db.ExecContext(ctx, `UPDATE steps SET state = ?, finished = ?, rows = ?, bytes = ?, duration_ms = ?, error = ?
		WHERE id = ? AND state = 'running'`,
		end.State, stamp(l.now()), end.Rows, end.Bytes, end.Duration.Milliseconds(), nullText(end.Error), id)
	if err := oneRow(res, err, "not running"); err != nil {
		return fmt.Errorf("step %d: %w", id, err)
	}
	return nil
}

// ErrUnknown means that the ledger has no such run, step, release or source.
var ErrUnknown = errors.New("not in the ledger")

const runColumns = `id, pipeline, trigger, instant, started, finished, outcome, fence, pid, host, snapshot, error,
	rows_in, rows_loaded, rows_quarantined, rows_skipped`

// Runs returns the last runs, newest first; all of them for limit 0.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = math.MaxInt64
	}
	// rowid is the order of entry: ids would sort r1000000 before r999999.
	runs, err := query(ctx, l.db, scanRun, "SELECT "+runColumns+" FROM runs ORDER BY rowid DESC LIMIT ?", limit)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	return runs, nil
}

// Run returns a run with its steps, in the order in which they began.
func (l *Ledger) Run(ctx context.Context, id string) (Run, []Step, error) {
	runs, err := query(ctx, l.db, scanRun, "SELECT "+runColumns+" FROM runs WHERE id = ?", id)
	if err == nil && len(runs) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return Run{}, nil, fmt.Errorf("run %s: %w", id, err)
	}
	steps, err := query(ctx, l.db, scanStep, `SELECT id, run, name, source, started, finished, state, rows, bytes, duration_ms, error
		FROM steps WHERE run = ? ORDER BY id`, id)
	if err != nil {
		return Run{}, nil, fmt.Errorf("run %s: steps: %w", id, err)
	}
	return runs[0], steps, nil
}

func scanRun(scan func(...any) error) (r Run, err error) {
	var instant, finished, snapshot, failure sql.NullString
	var started string
	err = scan(&r.ID, &r.Pipeline, &r.Trigger, &instant, &started, &finished, &r.Outcome, &r.Fence, &r.PID, &r.Host, &snapshot, &failure,
		&r.Rows.In, &r.Rows.Loaded, &r.Rows.Quarantined, &r.Rows.Skipped)
	if err != nil {
		return Run{}, err
	}
	r.Snapshot, r.Error = snapshot.String, failure.String
	err = errors.Join(parse(instant.String, &r.Instant), parse(started, &r.Started), parse(finished.String, &r.Finished))
	return r, err
}

func scanStep(scan func(...any) error) (s Step, err error) {
	var finished, failure sql.NullString
	var duration sql.NullInt64
	var started string
	err = scan(&s.ID, &s.Run, &s.Name, &s.Source, &started, &finished, &s.State, &s.Rows, &s.Bytes, &duration, &failure)
	if err != nil {
		return Step{}, err
	}
	s.Error, s.Duration = failure.String, time.Duration(duration.Int64)*time.Millisecond
	return s, errors.Join(parse(started, &s.Started), parse(finished.String, &s.Finished))
}

// RunTotal is how many runs ended so.
type RunTotal struct {
	Outcome Outcome `json:"outcome"`
	Runs    int64   `json:"runs"`
}

// InstantTotal is how many instants of a job were claimed, missed or skipped.
type InstantTotal struct {
	Job   string `json:"job"`
	State string `json:"state"`
	Count int64  `json:"count"`
}

// Totals counts all runs by outcome, and all instants by job and state.
func (l *Ledger) Totals(ctx context.Context) ([]RunTotal, []InstantTotal, error) {
	runs, err := query(ctx, l.db, func(scan func(...any) error) (t RunTotal, err error) {
		err = scan(&t.Outcome, &t.Runs)
		return t, err
	}, "SELECT outcome, count(*) FROM runs GROUP BY outcome ORDER BY outcome")
	if err != nil {
		return nil, nil, fmt.Errorf("totals of runs: %w", err)
	}
	instants, err := query(ctx, l.db, func(scan func(...any) error) (t InstantTotal, err error) {
		err = scan(&t.Job, &t.State, &t.Count)
		return t, err
	}, "SELECT pipeline, state, count(*) FROM claims GROUP BY pipeline, state ORDER BY pipeline, state")
	if err != nil {
		return nil, nil, fmt.Errorf("totals of instants: %w", err)
	}
	return runs, instants, nil
}
