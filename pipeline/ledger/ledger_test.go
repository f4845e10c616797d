package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lumbung/internal/closing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ticking is a clock that moves one second each time it is read.
func ticking() func() time.Time {
	now := time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

func openTest(t *testing.T, path string) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), path, ticking())
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, l)
	return l
}

func newLedger(t *testing.T) *Ledger {
	t.Helper()
	return openTest(t, newPath(t))
}

// envServer has the tests that TestOnPostgres names run on a PostgreSQL server.
const envServer = "LEDGER_TEST_SERVER"

// newPath is where a test's own ledger lies.
func newPath(t *testing.T) string {
	t.Helper()
	server := os.Getenv(envServer)
	if server == "" {
		return filepath.Join(t.TempDir(), "ledger.db")
	}
	sum := sha256.Sum256([]byte(t.TempDir()))
	path, err := Address(server, fmt.Sprintf("uji-%x", sum[:6]))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space ?#%.db") // a path is not a URI
	l := openTest(t, path)
	for pragma, want := range map[string]string{
		"journal_mode": "delete", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000",
		"user_version": strconv.Itoa(len(migrations())), "application_id": "1280658754",
	} {
		var got string
		if err := l.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 || entries[1].Name() != filepath.Base(path)+sealSuffix {
		t.Errorf("more than the ledger and its seal: %v (%v)", entries, err)
	}
}

func TestSQLiteVersion(t *testing.T) {
	for have, want := range map[string]bool{
		"3.51.3": true, "3.52.0": true, "4.0.0": true, "3.51.2": false, "3.9.9": false, "3.51": false, "": false, "3.x.4": false,
	} {
		if got := atLeast(have, minSQLite); got != want {
			t.Errorf("%q at least %s: %v", have, minSQLite, got)
		}
	}
}

func TestRunLife(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	instant := time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)
	run, interrupted, err := l.BeginRun(ctx, Start{Pipeline: "kukar", Trigger: "schedule", Instant: instant})
	if err != nil || len(interrupted) != 0 {
		t.Fatalf("%v, interrupted %v", err, interrupted)
	}
	if run.ID != "r000001" || run.Fence != 1 {
		t.Errorf("run %s with token %d", run.ID, run.Fence)
	}
	step, err := l.StartStep(ctx, run.ID, "fetch", "idm")
	if err != nil {
		t.Fatal(err)
	}
	end := StepEnd{State: StepFailed, Rows: 3, Bytes: 5, Duration: 1500 * time.Millisecond, Error: "403"}
	if err := l.FinishStep(ctx, step, end); err != nil {
		t.Fatal(err)
	}
	if err := l.FinishStep(ctx, step, end); !errors.Is(err, ErrUnknown) {
		t.Errorf("second end of a step: %v", err)
	}
	rows := Rows{In: 10, Loaded: 7, Quarantined: 2, Skipped: 1}
	if err := l.FinishRun(ctx, run.ID, End{Outcome: Published, Rows: Rows{In: 10, Loaded: 7}}); err == nil {
		t.Error("rows that do not add up were taken")
	}
	if err := l.FinishRun(ctx, run.ID, End{Outcome: Published, Snapshot: "s", Rows: rows}); err != nil {
		t.Fatal(err)
	}
	if err := l.FinishRun(ctx, run.ID, End{Outcome: Failed}); !errors.Is(err, ErrUnknown) {
		t.Errorf("second end of a run: %v", err)
	}
	got, steps, err := l.Run(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcome != Published || got.Rows != rows || !got.Instant.Equal(instant) || got.Finished.Before(got.Started) || got.Snapshot != "s" {
		t.Errorf("run: %+v", got)
	}
	if len(steps) != 1 || steps[0].Duration != end.Duration || steps[0].Error != "403" || steps[0].State != StepFailed || steps[0].Source != "idm" {
		t.Errorf("steps: %+v", steps)
	}
	if _, _, err := l.Run(ctx, "r999999"); !errors.Is(err, ErrUnknown) {
		t.Errorf("unknown run: %v", err)
	}
	if err := l.FinishRun(ctx, run.ID, End{Outcome: "lost"}); err == nil {
		t.Error("an outcome that does not exist was taken")
	}
}

func TestLeftRunsAreInterrupted(t *testing.T) {
	l := newLedger(t)
	ctx := t.Context()
	first, _, err := l.BeginRun(ctx, Start{Pipeline: "kukar"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.StartStep(ctx, first.ID, "build", ""); err != nil {
		t.Fatal(err)
	}
	second, interrupted, err := l.BeginRun(ctx, Start{Pipeline: "kukar"})
	if err != nil || len(interrupted) != 1 || interrupted[0] != first.ID {
		t.Fatalf("interrupted %v (%v)", interrupted, err)
	}
	got, steps, err := l.Run(ctx, first.ID)
	if err != nil || got.Outcome != Interrupted || got.Finished.IsZero() || steps[0].State != StepInterrupted {
		t.Errorf("left run %+v, steps %+v (%v)", got, steps, err)
	}
	if err := l.CheckFence(ctx, first.Fence); !errors.Is(err, ErrFenced) {
		t.Errorf("old token: %v", err)
	}
	if err := l.CheckFence(ctx, second.Fence); err != nil {
		t.Errorf("new token: %v", err)
	}
	runs, err := l.Runs(ctx, 1)
	if err != nil || len(runs) != 1 || runs[0].ID != second.ID {
		t.Errorf("last run: %+v (%v)", runs, err)
	}
	if runs, err := l.Runs(ctx, 0); err != nil || len(runs) != 2 {
		t.Errorf("all runs: %d (%v)", len(runs), err)
	}
}

func TestRunIDsDoNotDependOnTheClock(t *testing.T) {
	path := newPath(t)
	clocks := []time.Time{time.Unix(2e9, 0), time.Unix(1e9, 0), time.Unix(3e9, 0)}
	for i, now := range clocks {
		l, err := Open(t.Context(), path, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		run, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"})
		if err := errors.Join(err, l.Close()); err != nil {
			t.Fatal(err)
		}
		if want := []string{"r000001", "r000002", "r000003"}[i]; run.ID != want {
			t.Errorf("run %s, want %s", run.ID, want)
		}
	}
}

func TestGuardHoldsOthersOff(t *testing.T) {
	path := newPath(t)
	a, b := openTest(t, path), openTest(t, path)
	impatient := "PRAGMA busy_timeout = 1"
	if b.server != nil {
		b.db.SetMaxOpenConns(1) // the setting is one connection's
		impatient = "SET lock_timeout = 1"
	}
	if _, err := b.db.Exec(impatient); err != nil {
		t.Fatal(err)
	}
	token, err := a.Fence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = a.Guarded(t.Context(), token, func() error {
		if _, err := b.Fence(t.Context()); err == nil {
			t.Error("a token was taken during a publish")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Fence(t.Context()); err != nil {
		t.Fatal(err)
	}
	ran := false
	if err := a.Guarded(t.Context(), token, func() error { ran = true; return nil }); !errors.Is(err, ErrFenced) || ran {
		t.Errorf("an old token published: %v, %v", err, ran)
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if _, err := OpenReadOnly(t.Context(), path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	openTest(t, path)
	l, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Fence(t.Context()); err == nil {
		t.Error("a read-only ledger was written")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestCancelledContext(t *testing.T) {
	l := newLedger(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := l.BeginRun(ctx, Start{Pipeline: "p"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if runs, err := l.Runs(t.Context(), 0); err != nil || len(runs) != 0 {
		t.Errorf("runs: %v (%v)", runs, err)
	}
}

func TestReadableByAnyone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	if _, _, err := l.BeginRun(t.Context(), Start{Pipeline: "p"}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var started string
	if err := db.QueryRow("SELECT started FROM runs").Scan(&started); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339, started); err != nil || started[len(started)-1] != 'Z' {
		t.Errorf("started %q is not RFC 3339 in UTC (%v)", started, err)
	}
}
