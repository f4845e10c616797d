package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lumbung/internal/crash"
)

// A run may die at any named instant, and the run that recovers at any other:
// readers keep a whole snapshot, and the next run ends as if nothing had
// happened. The first rounds are the points alone; those that LUMBUNG_NAMED
// asks for beyond them are the pairs of points, again and again.
func TestKilledAtEveryPoint(t *testing.T) {
	bin := program(t)
	good, bad := prepare(t, false), prepare(t, true)
	points := crash.Points()
	var mu sync.Mutex
	hit := map[string]bool{}
	c := campaign{name: "named", total: size(t, "LUMBUNG_NAMED", len(points)), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		deaths := []crash.Point{points[i%len(points)]}
		if pair := i/len(points) - 1; pair >= 0 {
			deaths = append(deaths, points[pair%len(points)])
		}
		p, refuse := good, slices.Contains(deaths, crash.BuildRefused)
		if refuse {
			p = bad
		}
		dir, died := p.copy(t), 0
		for nth, point := range deaths {
			log := filepath.Join(t.TempDir(), "log")
			did := killed(t, bin, dir, "LUMBUNG_CRASH="+string(point), "LUMBUNG_CRASH_LOG="+log)
			if !did && nth == 0 && (!refuse || point == crash.BuildRefused) {
				t.Fatalf("the run came never to %s", point)
			}
			died += one(did)
			text, err := os.ReadFile(log)
			if err != nil && !errors.Is(err, fs.ErrNotExist) { // a run with nothing to do has no points
				t.Fatal(err)
			}
			mu.Lock()
			for _, name := range strings.Fields(string(text)) {
				hit[name] = true
			}
			mu.Unlock()
			assertSound(t, p, dir)
		}
		assertConverged(t, p, dir, refuse)
		return figures{"killed": died}
	})
	for _, point := range points {
		if !hit[string(point)] {
			t.Errorf("point %s was never hit", point)
		}
	}
}

// Deaths at random moments, also of the runs that recover. How long a run takes
// depends on what else the machine does; runs that end and late deaths tell.
func TestKilledAtRandom(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	var span atomic.Int64
	span.Store(int64(p.span))
	c := campaign{name: "random", total: size(t, "LUMBUNG_KILLS", 12), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		rng := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		dir := p.copy(t)
		died, alive := 0, false
		for left := 1 + rng.IntN(4); left > 0 && !alive; left-- {
			within, start := span.Load(), time.Now()
			after := rng.Float64() * float64(within)
			alive = !killAfter(t, bin, dir, time.Duration(after))
			if alive {
				span.Store(int64(time.Since(start)))
			} else if after > 0.9*float64(within) {
				span.Store(within * 11 / 10)
			}
			died += one(!alive)
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
