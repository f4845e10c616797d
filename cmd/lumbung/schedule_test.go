package main

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lumbung/pipeline/ledger"
)

// daemon is a running `lumbung schedule`.
type daemon struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func startDaemon(t *testing.T, bin, dir string) *daemon {
	t.Helper()
	cmd := exec.Command(bin, "schedule", "--project", dir)
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return &daemon{cmd, bufio.NewScanner(errs)}
}

// await reads the log until a line has the text.
func (d *daemon) await(t *testing.T, text string) {
	t.Helper()
	for d.lines.Scan() {
		if strings.Contains(d.lines.Text(), text) {
			return
		}
	}
	t.Fatalf("the log ended without %q", text)
}

// stop ends the daemon as a service manager does, and wants an orderly end.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for d.lines.Scan() { // what is left
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("the daemon ended with %v", err)
	}
}

// Two daemons on one project: each minute is run by one of them. They reload on SIGHUP and end on SIGTERM.
func TestDaemonsRunEachInstantOnce(t *testing.T) {
	t.Parallel()
	bin := program(t)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	config := filepath.Join(dir, "lumbung.yaml")
	editText(t, config, "10 2 * * *", "* * * * *")
	one, two := startDaemon(t, bin, dir), startDaemon(t, bin, dir)
	one.await(t, "schedule")
	two.await(t, "schedule")
	if err := one.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	one.await(t, "reloaded")
	go func() { // a full pipe would stop it
		for two.lines.Scan() {
		}
	}()
	led, err := ledger.OpenReadOnly(context.Background(), filepath.Join(dir, "data", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = led.Close() }()
	finished := func() int {
		runs, err := led.Runs(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range runs {
			if r.Outcome == ledger.Published || r.Outcome == ledger.Unchanged {
				n++
			} else if r.Outcome != ledger.Running {
				t.Errorf("run %s: %s %s", r.ID, r.Outcome, r.Error)
			}
		}
		return n
	}
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(150 * time.Second)
	for finished() == 0 {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatal("no run within two minutes and a half")
		}
	}
	one.stop(t)
	two.stopQuietly(t)
	instants, err := led.Instants(context.Background(), "malam", 100)
	if err != nil {
		t.Fatal(err)
	}
	claimed := 0
	for _, i := range instants {
		if i.State == "claimed" {
			claimed++
		}
	}
	if n := finished(); n != claimed {
		t.Errorf("%d runs for %d claimed instants", n, claimed)
	}
}

// stopQuietly ends a daemon whose log someone else reads.
func (d *daemon) stopQuietly(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := d.cmd.Process.Wait(); err != nil {
		t.Error(err)
	}
}
