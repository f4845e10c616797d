package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
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
	return dies(t, bin, []string{"run", "--project", dir, "--quiet"}, env...)
}

// dies runs a command that is to die, and says whether it did.
func dies(t *testing.T, bin string, args []string, env ...string) bool {
	t.Helper()
	cmd := exec.Command(bin, args...)
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
	dir      string        // shared by all tests: work on a copy
	old, new string        // content of the marts before, and after an undisturbed run
	span     time.Duration // how long two runs beside one another take, about
}

// copy gives a test a project of its own.
func (p prepared) copy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desa")
	copyTree(t, p.dir, dir)
	return dir
}

// tests runs the tests of this package with one directory for what they share.
type tests struct{ *testing.M }

// shared is that directory, and the projects that were prepared in it.
var shared struct {
	dir string
	mu  sync.Mutex
	all map[bool]prepared // by whether the changed release is to be refused
}

// Run is called by testscript.Main.
func (m tests) Run() int {
	dir, err := os.MkdirTemp("", "lumbung-test-")
	if err != nil {
		panic(err)
	}
	shared.dir, shared.all = dir, map[bool]prepared{}
	code := m.M.Run()
	if err := os.RemoveAll(dir); err != nil {
		panic(err)
	}
	return code
}

// prepare returns such a project. With refuse the changed release lacks a
// kecamatan, so that an audit refuses it.
func prepare(t *testing.T, refuse bool) prepared {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	p, ok := shared.all[refuse]
	if !ok {
		p = makePrepared(t, filepath.Join(shared.dir, strconv.FormatBool(refuse), "desa"), refuse)
		shared.all[refuse] = p
	}
	return p
}

func makePrepared(t *testing.T, dir string, refuse bool) prepared {
	t.Helper()
	p := prepared{dir: dir}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	lumbungCmd(t, "init", dir)
	editText(t, filepath.Join(dir, "lumbung.yaml"), "keep: 7", "keep: 1")
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	p.old, p.new = content(t, dir), content(t, dir)
	book := filepath.Join(dir, "rilis", "idm-2024.xlsx")
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(change(f, refuse), f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if refuse {
		return p
	}
	twin := p.copy(t)
	start := time.Now()
	lumbungCmd(t, "run", "--project", twin, "--quiet")
	p.span = 3 * time.Since(start) / 2
	if p.new = content(t, twin); p.new == p.old {
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
	assertWhole(t, dir)
}

// assertWhole checks every byte that a project keeps.
func assertWhole(t *testing.T, dir string) {
	t.Helper()
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
