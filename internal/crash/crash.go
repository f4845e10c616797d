// Package crash names the instants at which a run may die, so that tests can
// kill it there.
//
// With LUMBUNG_CRASH=publish.moved the process kills itself with SIGKILL when
// it gets there. With LUMBUNG_CRASH_LOG=FILE each point that is reached is
// appended to FILE, one name a line. With LUMBUNG_CRASH_SIGNAL=STOP the process
// freezes there instead of dying, until it gets SIGCONT. Without them a point
// costs two look-ups in the environment.
package crash

import (
	"context"
	"fmt"
	"os"
	"runtime"
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
	if logFile := os.Getenv(envLog); logFile != "" {
		record(logFile, p)
	}
	if os.Getenv(envPoint) != string(p) {
		return
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

// record appends the point to the log.
func record(logFile string, p Point) {
	f, err := os.OpenFile(logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", envLog, err))
	}
	_, werr := fmt.Fprintln(f, p)
	if cerr := f.Close(); werr != nil || cerr != nil {
		panic(fmt.Sprintf("%s: %v %v", envLog, werr, cerr))
	}
}

// kill ends the process as the kernel would, without any deferred call.
func kill() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(fmt.Sprintf("%s: %v", envPoint, err))
	}
	select {} // the signal is on its way
}
