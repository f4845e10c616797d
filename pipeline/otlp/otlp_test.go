package otlp

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	otlpmetrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"lumbung/pipeline"
	"lumbung/pipeline/journal"
	"lumbung/pipeline/ledger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 24, 18, 10, 0, 0, time.UTC)

// project has a run that goes on and one that was refused, with a journal.
func project(t *testing.T) (data string, read func(context.Context) (pipeline.Status, error)) {
	t.Helper()
	data = t.TempDir()
	j, err := journal.Create(data, "r000007")
	if err != nil {
		t.Fatal(err)
	}
	at := start.Add(time.Second)
	j.Add(journal.Event{Time: start, Event: "run-begin", Trigger: "schedule"})
	j.Add(journal.Event{Time: at, Event: "step", Name: "extract", Subject: "idm", State: "ok", Started: &start, Seconds: 1, Rows: 193})
	j.Add(journal.Event{Time: at, Event: "step", Name: "audit", Subject: "audit_x", State: "refused", Started: &at, Seconds: 0.5, Error: "1 row"})
	j.Add(journal.Event{Time: at, Event: "run-end", State: "refused"})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	runs := []ledger.Run{{ID: "r000008", Outcome: ledger.Running, Started: start.Add(time.Hour)},
		{ID: "r000007", Trigger: "schedule", Outcome: ledger.Refused, Started: start, Finished: start.Add(2 * time.Second), Error: "rusak \xff", Rows: ledger.Rows{In: 5, Loaded: 5}}}
	return data, func(context.Context) (pipeline.Status, error) {
		return pipeline.Status{Runs: runs, RunTotals: []ledger.RunTotal{{Outcome: ledger.Refused, Runs: 3}}}, nil
	}
}

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestExport(t *testing.T) {
	data, read := project(t)
	got := map[string][]byte{}
	var headers http.Header
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got[r.URL.Path], headers = b, r.Header
	}))
	defer s.Close()
	send := func() {
		t.Helper()
		err := Export(t.Context(), env("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL+"/", "OTEL_EXPORTER_OTLP_HEADERS", "x-kunci = a%3Db, lain=2"), "kukar", data, read)
		if err != nil {
			t.Fatal(err)
		}
	}
	send()
	if headers.Get("X-Kunci") != "a=b" || headers.Get("Lain") != "2" || headers.Get("Content-Type") != "application/x-protobuf" {
		t.Errorf("headers %v", headers)
	}
	var sent trace.TracesData
	if err := proto.Unmarshal(got["/v1/traces"], &sent); err != nil {
		t.Fatal(err)
	}
	first := got["/v1/traces"]
	spans := sent.ResourceSpans[0].ScopeSpans[0].Spans
	var lines []string
	ids := map[string]bool{}
	for _, sp := range spans {
		line := sp.Name
		for _, kv := range sp.Attributes {
			line += " " + strings.TrimPrefix(kv.Key, "lumbung.") + "=" + kv.Value.GetStringValue()
			if n := kv.Value.GetIntValue(); n != 0 {
				line += time.Duration(n).String()
			}
		}
		lines = append(lines, line+" "+time.Duration(sp.EndTimeUnixNano-sp.StartTimeUnixNano).String()+" "+sp.Status.GetCode().String()+" "+sp.Status.GetMessage())
		ids[hex.EncodeToString(sp.SpanId)] = len(sp.TraceId) == 16 && string(sp.TraceId) == string(spans[0].TraceId)
		if sp != spans[0] && string(sp.ParentSpanId) != string(spans[0].SpanId) {
			t.Errorf("%s is not below the run", sp.Name)
		}
	}
	want := []string{
		"run run=r000007 trigger=schedule outcome=refused rows_in=5ns rows_loaded=5ns rows_quarantined= 2s STATUS_CODE_ERROR rusak ?",
		"extract run=r000007 step=1ns subject=idm state=ok rows=193ns bytes= 1s STATUS_CODE_UNSET ",
		"audit run=r000007 step=2ns subject=audit_x state=refused rows= bytes= 500ms STATUS_CODE_ERROR 1 row",
	}
	if diff := cmp.Diff(want, lines); diff != "" || len(ids) != 3 {
		t.Errorf("ids %v, %s", ids, diff)
	}
	var values otlpmetrics.MetricsData
	if err := proto.Unmarshal(got["/v1/metrics"], &values); err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, m := range values.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		for _, p := range append(m.GetGauge().GetDataPoints(), m.GetSum().GetDataPoints()...) {
			found[m.Name] += p.GetAsDouble()
		}
		if sum := m.GetSum(); (sum != nil) != strings.HasSuffix(m.Name, "_total") || sum != nil && !sum.IsMonotonic {
			t.Errorf("%s: %v", m.Name, m.Data)
		}
	}
	if found["lumbung_readable"] != 1 || found["lumbung_runs_total"] != 3 || found["lumbung_last_run_duration_seconds"] != 2 {
		t.Errorf("metrics %v", found)
	}
	if send(); string(got["/v1/traces"]) != string(first) {
		t.Error("the same run is another trace when it is sent again")
	}
}

// Whatever is wrong with variables or collector is an error in time, which repeats no credential.
func TestExportErrors(t *testing.T) {
	data, read := project(t)
	const secret = "sandi-kolektor"
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/diam"):
			_, _ = io.Copy(io.Discard, r.Body)
			<-hold
		case strings.HasPrefix(r.URL.Path, "/pindah"):
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		default:
			http.Error(w, secret, http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	defer close(hold)
	for name, c := range map[string]struct {
		env  []string
		want string // "" is no error
	}{
		"nowhere":          {nil, ""},
		"disabled":         {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", s.URL, "OTEL_SDK_DISABLED", "true"}, ""},
		"busy":             {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", s.URL}, "/v1/traces answered 503"},
		"busy for metrics": {[]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", s.URL + "/m"}, "/m answered 503"},
		"silent":           {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", s.URL + "/diam"}, "deadline exceeded"},
		"elsewhere":        {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", s.URL + "/pindah"}, "answered 307"},
		"nobody there":     {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:" + secret + "@127.0.0.1:1"}, "connection refused"},
		"not an address":   {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", secret + ":4318"}, "http://HOST:PORT"},
		"gRPC":             {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", s.URL, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, "only http/protobuf"},
		"broken headers":   {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", s.URL, "OTEL_EXPORTER_OTLP_HEADERS", secret}, "name=value"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err := Export(ctx, env(append(c.env, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "k="+secret)...), "kukar", data, read)
			if name == "broken headers" {
				err = Export(ctx, env(c.env...), "kukar", data, read)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%v holds a credential", err)
			}
		})
	}
	unread := errors.New("ledger in use")
	err := Export(t.Context(), env("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL), "kukar", data, func(context.Context) (pipeline.Status, error) { return pipeline.Status{}, unread })
	if !errors.Is(err, unread) {
		t.Error(err)
	}
	client.CloseIdleConnections()
}
