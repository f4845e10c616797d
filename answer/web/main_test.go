package web

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lumbung/answer"
	"lumbung/examples/kukar"
	"lumbung/internal/closing"
	"lumbung/pipeline"
)

// project is the sample, run once for all tests of the package.
var project struct {
	dir     string
	dataDir string
	id      string
}

func TestMain(m *testing.M) {
	code, err := withProject(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sample project:", err)
		code = 1
	}
	os.Exit(code)
}

func withProject(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "lumbung-web")
	if err != nil {
		return 1, err
	}
	defer func() {
		_ = filepath.WalkDir(dir, func(name string, e fs.DirEntry, _ error) error { return os.Chmod(name, 0o700) }) // raw objects are read-only
		if rerr := os.RemoveAll(dir); err == nil {
			err = rerr
		}
	}()
	project.dir, project.dataDir = dir, filepath.Join(dir, "data")
	if err := os.CopyFS(dir, kukar.Files); err != nil {
		return 1, err
	}
	if project.id, err = run(context.Background(), dir, false); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// quiet reports nothing of a run.
type quiet struct{}

func (quiet) Begin(string, string, string, int64) {}
func (quiet) Progress(string, string, int64)      {}
func (quiet) End(pipeline.Step)                   {}

// run runs the pipeline and gives the snapshot's id.
func run(ctx context.Context, dir string, full bool) (string, error) {
	p, err := pipeline.Open(ctx, dir, time.Now)
	if err != nil {
		return "", err
	}
	res, err := p.Run(ctx, pipeline.Options{Full: full, Report: quiet{}})
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	if err == nil && res.Outcome != pipeline.Published {
		err = fmt.Errorf("run ended as %s", res.Outcome)
	}
	return res.Snapshot, err
}

// copyProject gives a test its own copy of the published sample.
func copyProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"snapshots"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(project.dataDir, name))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("snapshots/"+project.id, filepath.Join(dir, "current")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// dashboard serves a data directory; the options may be changed first.
func dashboard(t *testing.T, dataDir string, change func(*Options)) *Server {
	t.Helper()
	opt := Options{DataDir: dataDir, Area: "64.02", Location: time.FixedZone("", 8*3600)}
	if change != nil {
		change(&opt)
	}
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, s)
	return s
}

// get answers one request as a browser on this machine would make it.
func get(t *testing.T, h http.Handler, path string) (*http.Response, string) {
	t.Helper()
	return ask(t, h, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
}

func ask(t *testing.T, h http.Handler, r *http.Request) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// page is get for a page that must be there.
func pageAt(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	res, body := get(t, h, path)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%.300s", path, res.Status, body)
	}
	return body
}

// sources opens the raw objects of the sample.
func sources(t *testing.T) *answer.Sources {
	t.Helper()
	p, err := pipeline.Open(t.Context(), project.dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	src, err := answer.OpenSources(project.dataDir, nil, p.Config.Known)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

// text is what a reader sees of a page: without tags, blanks joined.
func text(body string) string {
	var b strings.Builder
	inside := false
	for _, r := range body {
		switch {
		case r == '<':
			inside = true
			b.WriteByte(' ')
		case r == '>':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
