package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// eioCalls are the system calls that fail; what a run does not call is left out.
var eioCalls = []string{"pwrite64", "fsync", "renameat", "write", "read", "openat", "getdents64", "pread64",
	"unlinkat", "newfstatat", "mkdirat", "ftruncate", "fchmodat", "symlinkat", "fdatasync", "linkat"}

// stracePath finds strace, which makes the calls fail.
func stracePath(t *testing.T) string {
	t.Helper()
	bin, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(bin, "-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("strace is required in CI: %v", err)
		}
		t.Skipf("strace cannot be used here: %v", err)
	}
	return bin
}

// countCalls counts the calls of an undisturbed run.
func countCalls(t *testing.T, strace, bin, dir string) map[string]int {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(strace, "-f", "--seccomp-bpf", "-qq", "-o", log, "-e", "trace="+strings.Join(eioCalls, ","),
		bin, "run", "--project", dir, "--quiet")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\d+ +(\w+)\(`).FindAllStringSubmatch(string(text), -1) {
		counts[m[1]]++
	}
	return counts
}

// Any system call of a run may give EIO, once or from then on: the run ends
// with an error or publishes, what is published stays whole, and the next run
// needs no help.
func TestInputOutputErrors(t *testing.T) {
	strace, bin, p := stracePath(t), program(t), prepare(t, false)
	counts := countCalls(t, strace, bin, p.copy(t))
	var calls []string
	for _, name := range eioCalls {
		if counts[name] > 0 {
			calls = append(calls, name)
		}
	}
	if len(calls) < 10 {
		t.Fatalf("a run makes only the calls %v", counts)
	}
	c := campaign{name: "eio", total: size(t, "LUMBUNG_EIO", 4), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		rng := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		name := calls[i%len(calls)]
		when := strconv.Itoa(1 + rng.IntN(counts[name]))
		if rng.IntN(2) == 0 {
			when += "+" // from then on
		}
		dir, log := p.copy(t), filepath.Join(t.TempDir(), "log")
		cmd := exec.Command(strace, "-f", "--seccomp-bpf", "-qq", "-o", log, "-e", "trace="+name,
			"-e", fmt.Sprintf("inject=%s:error=EIO:when=%s", name, when), bin, "run", "--project", dir, "--quiet")
		out, err := cmd.CombinedOutput()
		text, lerr := os.ReadFile(log)
		if lerr != nil {
			t.Fatal(lerr)
		}
		injected := strings.Contains(string(text), "(INJECTED)")
		if err != nil && !injected {
			t.Errorf("%s, %s: %v without any error of ours:\n%s", name, when, err, out)
		}
		// A source whose folder cannot be read is stale: its last figures are
		// published again with that mark, which no undisturbed run gives.
		stale := err != nil && strings.Contains(string(out), " is stale: ")
		if stale {
			assertWhole(t, dir)
		} else {
			assertSound(t, p, dir)
		}
		if err == nil && content(t, dir) != p.new {
			t.Errorf("%s, %s: success without the new figures:\n%s", name, when, out)
		}
		assertConverged(t, p, dir, false)
		return figures{"injected": one(injected), "ended by it": one(err != nil), "stale": one(stale)}
	})
}
