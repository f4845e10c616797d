// Package otlp sends what a run did, as a trace, and the project's metrics to an OpenTelemetry collector over HTTP.
//
// The trace is made from the run's journal once the run has ended, so that nothing waits for a collector.
package otlp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"lumbung/pipeline"
	"lumbung/pipeline/journal"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/metrics"
)

// patience bounds everything that is sent after a run.
const patience = 5 * time.Second

// Export sends the trace of the last run that ended, those of the runs before it that were killed, and the metrics of
// the project to where the standard environment variables say (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS); without them it
// does nothing. data is the data directory.
func Export(ctx context.Context, getenv func(string) string, project, data string, read metrics.Read) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	traces, terr := targetOf(getenv, "traces")
	values, verr := targetOf(getenv, "metrics")
	if terr == nil && traces.url != "" {
		terr = exportTrace(ctx, traces, project, data, read)
	}
	if verr == nil && values.url != "" {
		verr = exportMetrics(ctx, values, project, read)
	}
	if err := errors.Join(terr, verr); err != nil {
		return fmt.Errorf("opentelemetry: %w", err)
	}
	return nil
}

func exportTrace(ctx context.Context, to target, project, data string, read metrics.Read) error {
	st, err := read(ctx)
	if err != nil {
		return err
	}
	first := true
	for _, run := range st.Runs {
		if run.Outcome == ledger.Running {
			continue
		}
		if !first && run.Outcome != ledger.Interrupted { // it sent its own
			return nil
		}
		events, err := journal.Read(data, run.ID)
		if err != nil && (first || !errors.Is(err, fs.ErrNotExist)) { // a killed run may have had no time for one
			return err
		}
		if err := to.send(ctx, traceOf(project, run, events)); err != nil {
			return err
		}
		first = false
	}
	return nil
}

func exportMetrics(ctx context.Context, to target, project string, read metrics.Read) error {
	families, err := metrics.Gather(read)
	if err != nil {
		return err
	}
	return to.send(ctx, metricsOf(project, families, time.Now()))
}

// target is where one kind of data goes.
type target struct {
	url     string // "" is nowhere
	headers http.Header
}

// targetOf reads the variables of a signal, traces or metrics.
func targetOf(getenv func(string) string, signal string) (target, error) {
	get := func(name string) string { // the signal's own variable comes before that of all
		if v := getenv("OTEL_EXPORTER_OTLP_" + strings.ToUpper(signal) + "_" + name); v != "" {
			return v
		}
		return getenv("OTEL_EXPORTER_OTLP_" + name)
	}
	address := getenv("OTEL_EXPORTER_OTLP_" + strings.ToUpper(signal) + "_ENDPOINT")
	if all := getenv("OTEL_EXPORTER_OTLP_ENDPOINT"); address == "" && all != "" {
		address = strings.TrimSuffix(all, "/") + "/v1/" + signal
	}
	if address == "" || strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") {
		return target{}, nil
	}
	if p := get("PROTOCOL"); p != "" && p != "http/protobuf" {
		return target{}, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL=%s: only http/protobuf is spoken; collectors take it at port 4318", p)
	}
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return target{}, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT: http://HOST:PORT or https://HOST:PORT is wanted")
	}
	t := target{address, http.Header{"Content-Type": {"application/x-protobuf"}, "User-Agent": {pipeline.Tool}}}
	for pair := range strings.SplitSeq(get("HEADERS"), ",") {
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); name == "" && !ok {
			continue
		}
		if !ok || name == "" || err != nil {
			return target{}, errors.New("OTEL_EXPORTER_OTLP_HEADERS: name=value,name=value is wanted, values percent-encoded")
		}
		t.headers.Set(name, value)
	}
	return t, nil
}

// client follows no redirects: headers may hold a credential.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send makes one try: what is lost is still in the journal.
func (t target) send(ctx context.Context, m proto.Message) error {
	body, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the collector is not readable")
	}
	req.Header = t.headers
	where := req.URL.Host + req.URL.Path
	res, err := client.Do(req)
	var wrapped *url.Error // repeats the address, which may hold a password
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if err != nil {
		return fmt.Errorf("collector %s: %w", where, err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil {
		return fmt.Errorf("collector %s: %w", where, err)
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("collector %s answered %s", where, res.Status)
	}
	return nil
}
