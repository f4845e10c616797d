package main

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lumbung/internal/crash"
)

// SIGTERM ends a run soon, with the run marked interrupted and the old snapshot in place.
func TestTerminated(t *testing.T) {
	t.Parallel()
	bin, p := program(t), prepare(t, false)
	dir := p.copy(t)
	cmd := exec.Command(bin, "run", "--project", dir)
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	if _, err := errs.Read(buf); err != nil { // the first step has ended
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = errs.Read(buf)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Fatalf("ended with %v, want exit code %d", err, exitFailed)
	}
	if runs := lumbungCmd(t, "runs", "--project", dir); !strings.Contains(runs, "interrupted") {
		t.Errorf("no interrupted run:\n%s", runs)
	}
	assertSound(t, p, dir)
	assertConverged(t, p, dir, false)
}

// Eight runs started at once, also on a project that has no data folder yet:
// one runs, the others say who does.
func TestOneRunAtATime(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	fresh := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", fresh)
	for _, c := range []struct{ dir, want string }{{p.copy(t), p.new}, {fresh, p.old}} {
		codes := make([]int, 8)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() {
				cmd := exec.Command(bin, "run", "--project", c.dir, "--quiet")
				out, _ := cmd.CombinedOutput()
				if codes[i] = cmd.ProcessState.ExitCode(); codes[i] != exitOK && codes[i] != exitLocked {
					t.Errorf("ended with %d: %s", codes[i], out)
				}
			})
		}
		all.Wait()
		if !slices.Contains(codes, exitOK) {
			t.Errorf("exit codes %v: nobody ran", codes)
		}
		assertConverged(t, prepared{new: c.want}, c.dir, false)
	}
}

// SIGTERM at random moments: the process ends within 10 s, the ledger says how.
func TestTerminatedAtRandom(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	c := campaign{name: "terminated", total: size(t, "LUMBUNG_TERMS", 4), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		rng := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		dir := p.copy(t)
		cmd := exec.Command(bin, "run", "--project", dir, "--quiet")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		told := make(chan time.Time, 1)
		timer := time.AfterFunc(time.Duration(rng.Int64N(int64(p.span))), func() {
			told <- time.Now()
			_ = cmd.Process.Signal(syscall.SIGTERM)
		})
		err := cmd.Wait()
		if !timer.Stop() {
			if took := time.Since(<-told); took > 10*time.Second {
				t.Errorf("ended %v after SIGTERM", took)
			}
		}
		assertSound(t, p, dir)
		if err == nil && content(t, dir) != p.new {
			t.Error("success without the new figures")
		}
		if runs := lumbungCmd(t, "runs", "--project", dir); strings.Contains(runs, "running") {
			t.Errorf("a run is left running:\n%s", runs)
		}
		assertConverged(t, p, dir, false)
		return figures{"ended early": one(err != nil)}
	})
}

// A process that was frozen while another one took over must not publish when
// it wakes up. The other one gets in because somebody removed the lock file.
func TestFrozenProcessIsFenced(t *testing.T) {
	t.Parallel()
	bin, p := program(t), prepare(t, false)
	for _, point := range []crash.Point{crash.PublishFenced, crash.BuildBegun, crash.DuckLoaded, crash.SealWritten, crash.PublishMoved} {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			dir := p.copy(t)
			cmd := exec.Command(bin, "run", "--project", dir, "--quiet")
			cmd.Env = append(os.Environ(), "LUMBUNG_CRASH="+string(point), "LUMBUNG_CRASH_SIGNAL=STOP")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var stopped unix.WaitStatus
			if _, err := unix.Wait4(cmd.Process.Pid, &stopped, unix.WUNTRACED, nil); err != nil || !stopped.Stopped() {
				t.Fatalf("not frozen: %v %v\n%s", err, stopped, &out)
			}
			if err := os.Remove(filepath.Join(dir, "data", "run.lock")); err != nil {
				t.Fatal(err)
			}
			code := execute(context.Background(), []string{"run", "--project", dir, "--quiet"}, discard{}, discard{})
			// Once the frozen one holds the ledger's lock for its swap nobody else
			// can begin a run: it is the other one that fails, and changes nothing.
			overtaken := point != crash.PublishFenced
			if overtaken != (code == exitOK) {
				t.Errorf("the run beside it ended with %d", code)
			}
			served := lumbungCmd(t, "snapshots", "list", "--project", dir)
			if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); (err != nil) != overtaken {
				t.Errorf("the frozen one ended with %v\n%s", err, &out)
			}
			if now := lumbungCmd(t, "snapshots", "list", "--project", dir); overtaken && now != served {
				t.Errorf("the frozen one changed what is published:\n%s\n%s", served, now)
			}
			assertSound(t, p, dir)
			assertConverged(t, p, dir, false)
		})
	}
}

// A swap whose end is not known: the run fails, and the ledger names what readers see.
func TestUncertainSwap(t *testing.T) {
	t.Parallel()
	p := prepare(t, false)
	dir := p.copy(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ctx = crash.With(ctx, func(point crash.Point) {
		if point == crash.PublishMarked { // the ledger's transaction can no longer end well
			cancel()
		}
	})
	var errs bytes.Buffer
	if code := execute(ctx, []string{"run", "--project", dir, "--quiet"}, discard{}, &errs); code != exitFailed {
		t.Fatalf("ended with %d\n%s", code, &errs)
	}
	if !strings.Contains(errs.String(), "current names") {
		t.Errorf("the error does not say what is current: %s", &errs)
	}
	if c := content(t, dir); c != p.new {
		t.Fatalf("current was not moved: content %.8s", c)
	}
	runs := lumbungCmd(t, "runs", "--project", dir)
	current, err := os.Readlink(filepath.Join(dir, "data", "current"))
	if err != nil {
		t.Fatal(err)
	}
	if last := strings.Split(runs, "\n")[2]; !strings.Contains(last, "interrupted") || !strings.Contains(last, filepath.Base(current)) {
		t.Errorf("the last run does not name %s:\n%s", filepath.Base(current), runs)
	}
	assertConverged(t, p, dir, false)
}
