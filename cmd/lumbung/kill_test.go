package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lumbung/internal/crash"
	"lumbung/load/snapshot"
	"lumbung/pipeline"
)

// program is this test binary under the name that makes it the real program.
func program(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "lumbung")
	if err := os.Symlink(exe, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// killed starts a run that is to die, and says whether it did.
func killed(t *testing.T, bin, dir string, env ...string) bool {
	t.Helper()
	cmd := exec.Command(bin, "run", "--project", dir, "--quiet")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		return true
	}
	if err != nil && exit == nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return false
}

// prepared is a project with a published snapshot and a changed release.
type prepared struct {
	dir      string
	old, new string // content of the marts before, and after an undisturbed run
}

// prepare makes such a project. With refuse the changed release lacks a
// kecamatan, so that an audit refuses it.
func prepare(t *testing.T, refuse bool) prepared {
	t.Helper()
	p := prepared{dir: filepath.Join(t.TempDir(), "desa")}
	lumbungCmd(t, "init", p.dir)
	editText(t, filepath.Join(p.dir, "lumbung.yaml"), "keep: 7", "keep: 1")
	lumbungCmd(t, "run", "--project", p.dir, "--quiet")
	p.old = content(t, p.dir)
	book := filepath.Join(p.dir, "rilis", "idm-2024.xlsx")
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(change(f, refuse), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if refuse {
		p.new = p.old
		return p
	}
	twin := filepath.Join(t.TempDir(), "kembar")
	copyTree(t, p.dir, twin)
	lumbungCmd(t, "run", "--project", twin, "--quiet")
	p.new = content(t, twin)
	if p.new == p.old {
		t.Fatal("the changed release changes no mart")
	}
	return p
}

func change(f *excelize.File, refuse bool) error {
	if !refuse {
		return f.SetCellStr("IDM 2024", "N2", "Update 2023")
	}
	for range 13 {
		if err := f.RemoveRow("IDM 2024", 2); err != nil { // the 13 villages of Muara Muntai
			return err
		}
	}
	return nil
}

func editText(t *testing.T, name, old, new string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(b), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// copyTree copies a project with its symbolic link.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v\n%s", err, out)
	}
}

// content is the hash of the published marts, every byte of which is checked.
func content(t *testing.T, dir string) string {
	t.Helper()
	s, err := snapshot.Open(context.Background(), filepath.Join(dir, "data"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if s.Fallback != nil {
		t.Fatalf("an older snapshot is served: %v", s.Fallback.Reason)
	}
	for _, f := range s.Manifest.Files {
		if _, err := s.File(context.Background(), f.Name); err != nil {
			t.Fatal(err)
		}
	}
	return s.Manifest.Content
}

// assertSound checks a project whose run has just died: what is published is
// whole and is the old or the new state, and nothing that was kept is damaged.
func assertSound(t *testing.T, p prepared, dir string) {
	t.Helper()
	if c := content(t, dir); c != p.old && c != p.new {
		t.Fatalf("content %.8s is neither the old %.8s nor the new %.8s", c, p.old, p.new)
	}
	var v pipeline.Verified
	if err := json.Unmarshal([]byte(lumbungCmd(t, "verify", "--project", dir, "--json")), &v); err != nil || !v.Sound() {
		t.Fatalf("verify: %v, %+v", err, v)
	}
}

// assertConverged checks that the next run needs no help and leaves no trace of the death.
func assertConverged(t *testing.T, p prepared, dir string, refuse bool) {
	t.Helper()
	code := exitOK
	if refuse {
		code = exitRefused
	}
	if got := execute(context.Background(), []string{"run", "--project", dir, "--quiet"}, discard{}, discard{}); got != code {
		t.Fatalf("the next run ended with %d, want %d", got, code)
	}
	if c := content(t, dir); c != p.new {
		t.Fatalf("content %.8s after the next run, undisturbed it is %.8s", c, p.new)
	}
	if runs := lumbungCmd(t, "runs", "--project", dir); strings.Contains(runs, "running") {
		t.Errorf("a run is left running:\n%s", runs)
	}
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(path string, e fs.DirEntry, err error) error {
		for _, left := range []string{".tmp-", ".build-", ".gone-", ".wal", "-journal"} {
			if strings.Contains(e.Name(), left) {
				t.Errorf("left over: %s", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// A run may die at any named instant: readers keep a whole snapshot, and the
// next run ends as if nothing had happened.
func TestKilledAtEveryPoint(t *testing.T) {
	bin := program(t)
	good, bad := prepare(t, false), prepare(t, true)
	var mu sync.Mutex
	hit := map[string]bool{}
	t.Run("points", func(t *testing.T) {
		for _, point := range crash.Points() {
			t.Run(string(point), func(t *testing.T) {
				t.Parallel()
				p, refuse := good, point == crash.BuildRefused
				if refuse {
					p = bad
				}
				dir := filepath.Join(t.TempDir(), "desa")
				copyTree(t, p.dir, dir)
				log := filepath.Join(t.TempDir(), "log")
				if !killed(t, bin, dir, "LUMBUNG_CRASH="+string(point), "LUMBUNG_CRASH_LOG="+log) {
					t.Fatal("the run came never to this point")
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
			})
		}
	})
	for _, point := range crash.Points() {
		if !hit[string(point)] {
			t.Errorf("point %s was never hit", point)
		}
	}
}

// kills is how many random deaths TestKilledAtRandom tries; LUMBUNG_KILLS asks for more.
func kills(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("LUMBUNG_KILLS"))
	if os.Getenv("LUMBUNG_KILLS") == "" {
		return 12
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Deaths at random moments, also of the run that recovers.
func TestKilledAtRandom(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	const seed = 20261124
	rng := rand.New(rand.NewPCG(seed, 0))
	span := undisturbed(t, bin, p)
	died := 0
	for i := range kills(t) {
		dir := filepath.Join(t.TempDir(), "desa")
		copyTree(t, p.dir, dir)
		for range 1 + rng.IntN(2) {
			if killAfter(t, bin, dir, time.Duration(rng.Int64N(int64(span)))) {
				died++
			}
			assertSound(t, p, dir)
		}
		assertConverged(t, p, dir, false)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("round %d of seed %d", i, seed)
		}
	}
	t.Logf("seed %d: %d runs killed within %v, 0 lost, 0 torn, 0 needing a hand", seed, died, span)
}

// undisturbed measures how long a run takes.
func undisturbed(t *testing.T, bin string, p prepared) time.Duration {
	dir := filepath.Join(t.TempDir(), "ukur")
	copyTree(t, p.dir, dir)
	start := time.Now()
	if killed(t, bin, dir) {
		t.Fatal("killed without being asked")
	}
	return time.Since(start)
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

// SIGTERM ends a run soon, with the run marked interrupted and the old snapshot in place.
func TestTerminated(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	dir := filepath.Join(t.TempDir(), "desa")
	copyTree(t, p.dir, dir)
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

// Eight runs started at once: one runs, the others say who does.
func TestOneRunAtATime(t *testing.T) {
	bin, p := program(t), prepare(t, false)
	dir := filepath.Join(t.TempDir(), "desa")
	copyTree(t, p.dir, dir)
	codes := make([]int, 8)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			cmd := exec.Command(bin, "run", "--project", dir, "--quiet")
			_ = cmd.Run()
			codes[i] = cmd.ProcessState.ExitCode()
		})
	}
	all.Wait()
	ran := 0
	for _, c := range codes {
		if c == exitOK {
			ran++
		} else if c != exitLocked {
			t.Errorf("exit codes %v: only %d and %d are right", codes, exitOK, exitLocked)
		}
	}
	if ran == 0 {
		t.Errorf("exit codes %v: nobody ran", codes)
	}
	assertConverged(t, p, dir, false)
}
