// Package servertest runs real servers for tests.
package servertest

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"lumbung/internal/realdata"
)

// Process is a running server.
type Process struct {
	Log  string // file of what it prints
	cmd  *exec.Cmd
	stop syscall.Signal
}

// Start runs a server that ends with the test, by the signal, and with the
// test's process in any case.
func Start(t testing.TB, cmd *exec.Cmd, stop syscall.Signal) *Process {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = f, f
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{Log: f.Name(), cmd: cmd, stop: stop}
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(p.stop)
		_ = p.cmd.Wait()
		_ = f.Close()
	})
	return p
}

// Kill ends the server by SIGKILL.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// Restart starts a killed server again and returns once it is ready. One that
// ends at once, because something of the dead one is still there, is started again.
func (p *Process) Restart(t testing.TB, name string, ready func(context.Context) error) {
	t.Helper()
	Wait(t, name, p.Log, func(ctx context.Context) error {
		if p.cmd.ProcessState != nil || syscall.Kill(p.cmd.Process.Pid, 0) != nil {
			old := p.cmd
			p.cmd = exec.Command(old.Path, old.Args[1:]...)
			p.cmd.Env, p.cmd.Dir, p.cmd.SysProcAttr, p.cmd.Stdout, p.cmd.Stderr = old.Env, old.Dir, old.SysProcAttr, old.Stdout, old.Stderr
			if err := p.cmd.Start(); err != nil {
				return err
			}
		}
		var status syscall.WaitStatus
		if pid, err := syscall.Wait4(p.cmd.Process.Pid, &status, syscall.WNOHANG, nil); err == nil && pid != 0 {
			return errors.New("it ended at once") // reaped; the next round starts it again
		}
		return ready(ctx)
	})
}

// Wait returns once the server is ready; after a minute the test fails with what it printed.
func Wait(t testing.TB, name, log string, ready func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(log)
			t.Fatalf("%s does not answer: %v\n%s", name, err, text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Missing skips a test for the want of a program, in CI it fails.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// Tool is a program that the Makefile builds into .cache/tools, or that lies in PATH.
// Without it the test is skipped, in CI it fails.
func Tool(t testing.TB, name string) string {
	t.Helper()
	if root, err := realdata.Repository(); err == nil {
		p := filepath.Join(root, ".cache", "tools", name)
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	p, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "no "+name+" on this machine: make .cache/tools/"+name)
	}
	return p
}

// FreePort is a port of 127.0.0.1 that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
