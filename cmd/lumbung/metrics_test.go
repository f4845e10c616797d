package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"lumbung/pipeline/metrics"
	"lumbung/pipeline/schedule"
)

// expect looks for lines of the text format, which has to be valid and well named.
func expect(t *testing.T, what, text string, lines ...string) {
	t.Helper()
	faults, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	for _, f := range faults {
		t.Errorf("%s: %s: %s", what, f.Metric, f.Text)
	}
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("%s: %q is not in\n%s", what, line, text)
		}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// After each run the file for node_exporter says how it went.
func TestMetricsFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	editText(t, filepath.Join(dir, "lumbung.yaml"), "retention:", "metrics: {textfile: lumbung.prom}\nretention:")
	read := func() string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, "lumbung.prom"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	expect(t, "a good run", read(), "lumbung_readable 1", `lumbung_runs_total{outcome="published"} 1`, `lumbung_source_state{source="idm",state="ok"} 1`,
		`lumbung_problems{kind="stale"} 0`, `lumbung_last_run_rows{state="quarantined"} 0`, "lumbung_snapshot_created_timestamp_seconds 1.", `lumbung_snapshot_fallback 0`)
	if err := os.Truncate(filepath.Join(dir, "rilis", "idm-2023.xlsx"), 9000); err != nil {
		t.Fatal(err)
	}
	runJSON(t, dir, exitFailed)
	expect(t, "a stale source", read(), `lumbung_source_state{source="idm",state="stale"} 1`, `lumbung_source_state{source="idm",state="ok"} 0`,
		`lumbung_problems{kind="stale"} 1`, `lumbung_runs_total{outcome="published"} 2`)
}

// The daemon answers for itself and for the project.
func TestDaemonMetrics(t *testing.T) {
	bin := program(t)
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	cmd := exec.Command(bin, "schedule", "--project", dir, "--metrics", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "metrics: "), "/metrics")
	code, text := get(t, base+"/metrics")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, text)
	}
	expect(t, "before the first run", text, "lumbung_readable 1", `lumbung_problems{kind="failure"} 1`, `lumbung_schedule_running{job="malam"} 0`,
		`lumbung_schedule_next_timestamp_seconds{job="malam"} 1.`, "go_goroutines ")
	if code, text := get(t, base+"/healthz"); code != http.StatusOK || !strings.Contains(text, `"status":"ok"`) || !strings.Contains(text, `"name":"malam"`) {
		t.Errorf("health: %d %s", code, text)
	}
	if code, _ := get(t, base+"/"); code != http.StatusNotFound {
		t.Errorf("another page: %d", code)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the daemon ended with %v", err)
	}
}

// The alerts that come with the program ask for metrics that there are.
func alertsFit(t *testing.T, text string) {
	t.Helper()
	rules, err := os.ReadFile("../../examples/service/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`lumbung_[a-z_]+`).FindAllString(string(rules), -1)
	if len(names) == 0 {
		t.Error("no alert asks for anything")
	}
	for _, name := range names {
		if !strings.Contains(text, "\n# TYPE "+name+" ") {
			t.Errorf("%s is in no answer", name)
		}
	}
}

// A daemon that does not look at the clock any more is not healthy, nor is a project that cannot be read.
func TestHealth(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	now := time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)
	for _, test := range []struct {
		name    string
		project string
		turned  time.Duration // before now
		code    int
		want    string
	}{
		{"well", dir, schedule.Stuck, http.StatusOK, `"status":"ok","snapshot":"20`},
		{"stuck", dir, schedule.Stuck + time.Second, http.StatusServiceUnavailable, "has not looked at the clock since 2026-11-24T02:06:59Z"},
		{"no project", t.TempDir(), 0, http.StatusServiceUnavailable, "no project here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &app{project: test.project}
			h, err := metrics.Handler(a.readStatus, func() schedule.State { return schedule.State{Turned: now.Add(-test.turned)} }, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/healthz", nil))
			if w.Code != test.code || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			w = httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", nil))
			expect(t, test.name, w.Body.String(), fmt.Sprintf("lumbung_readable %d", map[bool]int{true: 1}[test.project == dir]), "lumbung_schedule_turned_timestamp_seconds 1.")
			if test.project == dir {
				alertsFit(t, w.Body.String())
			}
		})
	}
}
