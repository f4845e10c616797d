package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lumbung/internal/crash"
)

// A run may die at any named instant: readers keep a whole snapshot, and the
// next run ends as if nothing had happened. LUMBUNG_NAMED asks for more than
// one death a point; later rounds let the point pass some times first.
func TestKilledAtEveryPoint(t *testing.T) {
	bin := program(t)
	good, bad := prepare(t, false), prepare(t, true)
	points := crash.Points()
	var mu sync.Mutex
	hit := map[string]bool{}
	c := campaign{name: "named", total: size(t, "LUMBUNG_NAMED", len(points)), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		point, pass := points[i%len(points)], i/len(points)
		p, refuse := good, point == crash.BuildRefused
		if refuse {
			p = bad
		}
		want := string(point)
		if pass > 0 {
			want = fmt.Sprintf("%s:%d", point, 1+pass%4)
		}
		dir, log := p.copy(t), filepath.Join(t.TempDir(), "log")
		died := killed(t, bin, dir, "LUMBUNG_CRASH="+want, "LUMBUNG_CRASH_LOG="+log)
		if !died && pass%4 == 0 {
			t.Fatalf("the run came never to %s", point)
		}
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		for _, name := range strings.Fields(string(text)) {
			hit[name] = true
		}
		mu.Unlock()
		assertSound(t, p, dir)
		assertConverged(t, p, dir, refuse)
		return figures{"killed": one(died)}
	})
	for _, point := range points {
		if !hit[string(point)] {
			t.Errorf("point %s was never hit", point)
		}
	}
}

// Deaths at random moments, also of the run that recovers.
func TestKilledAtRandom(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	c := campaign{name: "random", total: size(t, "LUMBUNG_KILLS", 12), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		rng := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		dir := p.copy(t)
		died := 0
		for range 1 + rng.IntN(2) {
			died += one(killAfter(t, bin, dir, time.Duration(rng.Int64N(int64(p.span)))))
			assertSound(t, p, dir)
		}
		assertConverged(t, p, dir, false)
		return figures{"killed": died}
	})
}

// killAfter kills a run some time after its start; false when it ended before.
func killAfter(t *testing.T, bin, dir string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(bin, "run", "--project", dir, "--quiet")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	var exit *exec.ExitError
	return errors.As(cmd.Wait(), &exit) && exit.Sys().(syscall.WaitStatus).Signaled()
}
