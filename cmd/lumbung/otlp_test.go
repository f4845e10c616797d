package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"lumbung/internal/crash"
	"lumbung/internal/servertest"
)

// A real collector gets each run as a trace, and the metrics. Without it, runs are as they were.
func TestCollector(t *testing.T) {
	bin := servertest.Tool(t, "otelcol")
	address := "127.0.0.1:" + servertest.FreePort(t)
	config := `yaml:{receivers: {otlp: {protocols: {http: {endpoint: "` + address + `"}}}}, exporters: {debug: {verbosity: detailed}}, service: {telemetry: {metrics: {level: none}},
		pipelines: {traces: {receivers: [otlp], exporters: [debug]}, metrics: {receivers: [otlp], exporters: [debug]}}}}`
	cmd := exec.Command(bin, "--config", strings.Join(strings.Fields(config), " "))
	server := servertest.Start(t, cmd, syscall.SIGTERM)
	servertest.Wait(t, "otelcol", server.Log, func(context.Context) error {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		return c.Close()
	})
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+address)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	if err := os.Truncate(filepath.Join(dir, "rilis", "idm-2023.xlsx"), 9000); err != nil {
		t.Fatal(err)
	}
	if !killed(t, program(t), dir, "LUMBUNG_CRASH="+string(crash.BuildBegun)) {
		t.Fatal("the run was not killed")
	}
	runJSON(t, dir, exitFailed) // sends the killed run's trace with its own
	b, err := os.ReadFile(server.Log)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	traces := map[string]bool{}
	for _, m := range regexp.MustCompile(`Trace ID +: ([0-9a-f]{32})`).FindAllStringSubmatch(text, -1) {
		traces[m[1]] = true
	}
	if len(traces) != 3 {
		t.Errorf("three runs are %d traces", len(traces))
	}
	for _, want := range []string{
		`service\.name: Str\(lumbung\)`, `lumbung\.project: Str\(kukar\)`,
		`Name +: run\n`, `lumbung\.run: Str\(r000001\)`, `lumbung\.outcome: Str\(published\)`, `lumbung\.run: Str\(r000002\)`, `lumbung\.outcome: Str\(interrupted\)`, `lumbung\.run: Str\(r000003\)`,
		`Name +: export\n(.*\n){1,20}?.*lumbung\.subject: Str\(mart_tren_status\)`,
		`Name +: stage\n.*\n.*\n.*\n +Status code +: Error\n +Status message : rilis/idm-2023\.xlsx`,
		`Name: lumbung_runs_total\n`, `IsMonotonic: true\n +-> AggregationTemporality: Cumulative`,
		`Name: lumbung_source_state\n`, `state: Str\(stale\)`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("the collector did not print %q", want)
		}
	}
	if t.Failed() {
		t.Log(text[:min(len(text), 8000)])
	}

	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	rep, out := runJSON(t, dir, exitFailed) // for the stale source alone
	stateOf(t, rep, "idm", "stale", "rilis/idm-2023.xlsx")
	if !strings.Contains(out, "opentelemetry: collector 127.0.0.1:1/v1/traces: ") {
		t.Errorf("the collector that is not there is not named:\n%s", out)
	}
}
