package web

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestInARealBrowser clicks from 53 to its rows and cells, measures sideways scroll and asks axe; see testdata/browser.mjs.
func TestInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("about two minutes of a real browser")
	}
	node, chromium := program(t, "node"), program(t, "chromium")
	if _, err := os.Stat(filepath.Join("testdata", "node_modules", "axe-core")); err != nil {
		absent(t, "axe-core and playwright-core are not installed: run `npm ci` in answer/web/testdata")
	}
	src := sources(t)
	s := dashboard(t, project.dataDir, func(o *Options) { o.Sources = src })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	cmd := exec.CommandContext(t.Context(), node, "browser.mjs", "http://"+l.Addr().String(), chromium)
	cmd.Dir = "testdata"
	out, err := cmd.CombinedOutput()
	cancel()
	if serr := <-served; serr != nil {
		t.Error(serr)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		if bytes.HasPrefix(line, []byte("WRONG ")) {
			t.Errorf("%s", line[len("WRONG "):])
		} else {
			t.Logf("%s", line)
		}
	}
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		absent(t, name+" is not installed")
	}
	return path
}

// absent skips, except where everything must be tested.
func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}
