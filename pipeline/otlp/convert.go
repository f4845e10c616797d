package otlp

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlpmetrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"lumbung/pipeline"
	"lumbung/pipeline/journal"
	"lumbung/pipeline/ledger"
)

// traceOf makes a run a trace: a span of the run, and below it one of each step. The ids follow from
// project, run and time, so that a trace sent twice is the same trace.
func traceOf(project string, run ledger.Run, events []journal.Event) *trace.TracesData {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", project, run.ID, run.Started.UnixNano()))
	id, root := sum[:16], sum[16:24]
	spans := []*trace.Span{{
		TraceId: id, SpanId: root, Name: "run", Kind: trace.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: nano(run.Started), EndTimeUnixNano: nano(later(run.Started, run.Finished)),
		Attributes: attributes("lumbung.run", run.ID, "lumbung.trigger", run.Trigger, "lumbung.outcome", string(run.Outcome), "lumbung.snapshot", run.Snapshot,
			"lumbung.rows_in", run.Rows.In, "lumbung.rows_loaded", run.Rows.Loaded, "lumbung.rows_quarantined", run.Rows.Quarantined),
		Status: status(run.Outcome != ledger.Published && run.Outcome != ledger.Unchanged, run.Error),
	}}
	for _, e := range events {
		if e.Event != "step" || e.Started == nil {
			continue
		}
		step := sha256.Sum256(fmt.Appendf(sum[:], "%d", e.Step))
		spans = append(spans, &trace.Span{
			TraceId: id, SpanId: step[:8], ParentSpanId: root, Name: e.Name, Kind: trace.Span_SPAN_KIND_INTERNAL,
			StartTimeUnixNano: nano(*e.Started), EndTimeUnixNano: nano(e.Started.Add(time.Duration(e.Seconds * float64(time.Second)))),
			Attributes: attributes("lumbung.run", e.Run, "lumbung.step", int64(e.Step), "lumbung.subject", e.Subject, "lumbung.state", e.State,
				"lumbung.rows", e.Rows, "lumbung.bytes", e.Bytes),
			Status: status(e.State == "failed" || e.State == "refused", e.Error),
		})
	}
	return &trace.TracesData{ResourceSpans: []*trace.ResourceSpans{{Resource: resourceOf(project),
		ScopeSpans: []*trace.ScopeSpans{{Scope: scope(), Spans: spans}}}}}
}

// metricsOf gives the metrics of Prometheus, gauges and counters, the same names.
func metricsOf(project string, families []*dto.MetricFamily, now time.Time) *otlpmetrics.MetricsData {
	var out []*otlpmetrics.Metric
	for _, f := range families {
		var points []*otlpmetrics.NumberDataPoint
		for _, m := range f.Metric {
			p := &otlpmetrics.NumberDataPoint{TimeUnixNano: nano(now), Value: &otlpmetrics.NumberDataPoint_AsDouble{AsDouble: m.GetGauge().GetValue() + m.GetCounter().GetValue()}}
			for _, l := range m.Label {
				p.Attributes = append(p.Attributes, attributes(l.GetName(), l.GetValue())...)
			}
			points = append(points, p)
		}
		m := &otlpmetrics.Metric{Name: f.GetName(), Description: f.GetHelp(), Data: &otlpmetrics.Metric_Gauge{Gauge: &otlpmetrics.Gauge{DataPoints: points}}}
		if f.GetType() == dto.MetricType_COUNTER {
			m.Data = &otlpmetrics.Metric_Sum{Sum: &otlpmetrics.Sum{DataPoints: points, IsMonotonic: true,
				AggregationTemporality: otlpmetrics.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE}}
		}
		out = append(out, m)
	}
	return &otlpmetrics.MetricsData{ResourceMetrics: []*otlpmetrics.ResourceMetrics{{Resource: resourceOf(project),
		ScopeMetrics: []*otlpmetrics.ScopeMetrics{{Scope: scope(), Metrics: out}}}}}
}

func resourceOf(project string) *resource.Resource {
	return &resource.Resource{Attributes: attributes("service.name", "lumbung", "service.version", pipeline.Tool, "lumbung.project", project)}
}

func scope() *common.InstrumentationScope { return &common.InstrumentationScope{Name: "lumbung"} }

func status(failed bool, message string) *trace.Status {
	if !failed {
		return nil
	}
	return &trace.Status{Code: trace.Status_STATUS_CODE_ERROR, Message: strings.ToValidUTF8(message, "?")}
}

// attributes takes names and values by turns; texts that are "" are left out.
func attributes(pairs ...any) (out []*common.KeyValue) {
	for i := 0; i < len(pairs); i += 2 {
		kv := &common.KeyValue{Key: fmt.Sprint(pairs[i])}
		switch v := pairs[i+1].(type) {
		case int64:
			kv.Value = &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: v}}
		case string:
			if v == "" {
				continue
			}
			kv.Value = &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: strings.ToValidUTF8(v, "?")}}
		}
		out = append(out, kv)
	}
	return out
}

// later is b, but not before a: the end of a run that died is not known.
func later(a, b time.Time) time.Time {
	if b.Before(a) {
		return a
	}
	return b
}

func nano(t time.Time) uint64 { return uint64(t.UnixNano()) }
