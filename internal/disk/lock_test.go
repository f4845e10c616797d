package disk

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// envHold makes the test binary take the lock of a path, say so and wait for
// the end of its input: the other process of the tests below.
const envHold = "DISK_TEST_HOLD"

func TestHolderProcess(t *testing.T) {
	path := os.Getenv(envHold)
	if path == "" {
		t.Skip("only as the other process of TestTwoProcesses")
	}
	lock, err := Acquire(path, time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC))
	if err != nil {
		fmt.Println("no:", err)
		return
	}
	fmt.Println("held")
	bufio.NewScanner(os.Stdin).Scan()
	must(t, lock.Release())
}

// holder starts a process that holds the lock, and returns once it does.
func holder(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHolderProcess$")
	cmd.Env = append(os.Environ(), envHold+"="+path)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = stdin.Close() }) // a killed holder's pipe is closed already
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("the other process says %q (%v)", line, err)
	}
	return cmd
}

func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.lock")
	cmd := holder(t, path)
	_, err := Acquire(path, time.Now())
	var locked *LockedError
	if !errors.As(err, &locked) || !errors.Is(err, ErrBusy) {
		t.Fatalf("got %v", err)
	}
	host, herr := os.Hostname()
	must(t, herr)
	if locked.Holder.PID != cmd.Process.Pid || locked.Holder.Host != host || locked.Holder.Start.Year() != 2026 {
		t.Errorf("holder %+v, want process %d on %s", locked.Holder, cmd.Process.Pid, host)
	}
	if !strings.Contains(err.Error(), fmt.Sprint(cmd.Process.Pid)) || !strings.Contains(err.Error(), "2026-11-24T02:10:00Z") {
		t.Errorf("text %q", err)
	}
	must(t, cmd.Process.Kill())
	if err := cmd.Wait(); err == nil {
		t.Error("the killed process ended well")
	}
	lock, err := Acquire(path, time.Now()) // the dead process's text is no lock
	must(t, err)
	must(t, lock.Release())
}

func TestTextOfAnotherProgramIsNoLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.lock")
	must(t, os.WriteFile(path, fmt.Appendf(nil, `{"pid":%d,"host":"x","start":"2026-11-24T02:10:00Z"}`, os.Getppid()), 0o644))
	lock, err := Acquire(path, time.Now())
	must(t, err)
	_, err = Acquire(path, time.Now())
	wantErr(t, "second lock in one process", err, ErrBusy)
	must(t, lock.Release())
	again, err := Acquire(path, time.Now())
	must(t, err)
	must(t, again.Release())
	text, err := os.ReadFile(path)
	if err != nil || len(text) != 0 {
		t.Errorf("a released lock still names %q (%v)", text, err)
	}
}

func TestUnreadableHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.lock")
	lock, err := Acquire(path, time.Now())
	must(t, err)
	must(t, os.WriteFile(path, []byte("???"), 0o644))
	_, err = Acquire(path, time.Now())
	wantErr(t, "locked", err, ErrBusy)
	if !strings.Contains(err.Error(), "another process") {
		t.Errorf("text %q", err)
	}
	must(t, lock.Release())
	if _, err := Acquire(t.TempDir(), time.Now()); err == nil {
		t.Error("a directory was locked")
	}
}
