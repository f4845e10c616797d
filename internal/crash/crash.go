// Package crash names the instants at which a run may die, so that tests can
// kill it there.
//
// With LUMBUNG_CRASH=publish.moved the process kills itself with SIGKILL when
// it first gets there; LUMBUNG_CRASH=stage.renamed:3 lets two pass. With
// LUMBUNG_CRASH_LOG=FILE each point that is reached is appended to FILE, one
// name a line. With LUMBUNG_CRASH_SIGNAL=STOP the process freezes there instead
// of dying, until it gets SIGCONT. Without them a point costs two look-ups in
// the environment.
package crash

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

const (
	envPoint = "LUMBUNG_CRASH"
	envLog   = "LUMBUNG_CRASH_LOG"
	envStop  = "LUMBUNG_CRASH_SIGNAL"
)

type hookKey struct{}

// With returns a context in which Hit calls hook instead of looking at the
// environment. A test's hook may panic, cancel, or look at the disk.
func With(ctx context.Context, hook func(Point)) context.Context {
	return context.WithValue(ctx, hookKey{}, hook)
}

// Hit says that the run has come to a point. It returns unless the point is
// the one to die at.
func Hit(ctx context.Context, p Point) {
	if hook, ok := ctx.Value(hookKey{}).(func(Point)); ok {
		hook(p)
		return
	}
	logFile := os.Getenv(envLog)
	want := os.Getenv(envPoint)
	if logFile == "" && want == "" {
		return
	}
	seen := record(logFile, p)
	name, count, counted := strings.Cut(want, ":")
	if name != string(p) {
		return
	}
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || logFile == "" {
			panic(fmt.Sprintf("%s=%s: a count is a number and needs %s", envPoint, want, envLog))
		}
		if seen < n {
			return
		}
	}
	if os.Getenv(envStop) == "STOP" {
		freeze()
		return
	}
	kill()
}

// freeze stops the process as a suspended machine would. The signal goes to
// the thread that asks: sent to the process, it might stop another one first
// and let this one run on for a moment.
func freeze() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Tgkill(os.Getpid(), syscall.Gettid(), syscall.SIGSTOP); err != nil {
		panic(fmt.Sprintf("%s: %v", envStop, err))
	}
}

// record appends the point to the log and returns how often the log has it. The
// count lives in the file, not in the process, so that it spans restarts.
func record(logFile string, p Point) int {
	if logFile == "" {
		return 0
	}
	f, err := os.OpenFile(logFile, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", envLog, err))
	}
	_, werr := fmt.Fprintln(f, p)
	cerr := f.Close()
	text, rerr := os.ReadFile(logFile)
	if werr != nil || cerr != nil || rerr != nil {
		panic(fmt.Sprintf("%s: %v %v %v", envLog, werr, cerr, rerr))
	}
	n := 0
	for line := range bytes.Lines(text) {
		if strings.TrimSpace(string(line)) == string(p) {
			n++
		}
	}
	return n
}

// kill ends the process as the kernel would, without any deferred call.
func kill() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(fmt.Sprintf("%s: %v", envPoint, err))
	}
	select {} // the signal is on its way
}
