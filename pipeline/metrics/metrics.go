// Package metrics gives the state of a project to Prometheus, over HTTP or as a file for node_exporter.
//
// Everything is read from the ledger and the published snapshot at the moment
// of asking, so that a daemon, a dashboard and a command tell the same.
package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"lumbung/pipeline"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/schedule"
)

// Read gives the state of the project now.
type Read func(context.Context) (pipeline.Status, error)

// readPatience bounds one look at the ledger, which a run may hold for a moment.
const readPatience = 8 * time.Second

// Collector reads the state whenever it is asked. It is safe for use by several goroutines.
type Collector struct {
	read   Read
	daemon func() schedule.State // nil outside of a daemon
}

// NewCollector makes a collector; daemon is nil where there is none.
func NewCollector(read Read, daemon func() schedule.State) *Collector {
	return &Collector{read, daemon}
}

// Describe sends nothing: which metrics there are depends on the project.
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends all metrics. When the state cannot be read, lumbung_readable is
// 0 and only what the daemon knows of itself goes beside it.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	w := &writer{out}
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	st, err := c.read(ctx)
	w.flag("readable", "Whether the ledger and the published snapshot could be read", err == nil)
	if err == nil {
		w.status(&st)
	}
	if c.daemon != nil {
		w.daemon(c.daemon())
	}
}

// writer makes metrics of values.
type writer struct{ out chan<- prometheus.Metric }

func (w *writer) put(kind prometheus.ValueType, name, help string, v float64, labels ...string) {
	var names, values []string
	for i := 0; i < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	w.out <- prometheus.MustNewConstMetric(prometheus.NewDesc("lumbung_"+name, help, names, nil), kind, v, values...)
}

func (w *writer) gauge(name, help string, v float64, labels ...string) {
	w.put(prometheus.GaugeValue, name, help, v, labels...)
}

func (w *writer) flag(name, help string, v bool, labels ...string) {
	n := 0.0
	if v {
		n = 1
	}
	w.gauge(name, help, n, labels...)
}

// at leaves out what never happened.
func (w *writer) at(name, help string, v time.Time, labels ...string) {
	if !v.IsZero() {
		w.gauge(name, help, float64(v.UnixMilli())/1000, labels...)
	}
}

func (w *writer) status(st *pipeline.Status) {
	w.gauge("info", "The program's version and the published snapshot", 1, "version", pipeline.Tool, "snapshot", st.Snapshot)
	w.at("snapshot_created_timestamp_seconds", "When the published snapshot was made", st.Created)
	w.flag("snapshot_fallback", "Whether an older snapshot is served than the newest", st.Warning != "")
	for _, s := range st.Sources {
		for _, state := range []string{pipeline.StateOK, pipeline.StateUnchanged, pipeline.StateStale, pipeline.StateRefused} {
			w.flag("source_state", "The state of each source when a run last looked, 1 for the one it is in", s.State == state, "source", s.Name, "state", state)
		}
		w.flag("source_late", "Whether a source brought nothing new within the time that it declares", s.Late, "source", s.Name)
		w.at("source_checked_timestamp_seconds", "When a run last looked at a source", s.Checked, "source", s.Name)
		w.at("source_good_timestamp_seconds", "When a source was last good", s.LastOK, "source", s.Name)
		w.at("source_newest_timestamp_seconds", "When the newest good content of a source was first seen", s.Newest, "source", s.Name)
	}
	problems := map[string]int{}
	for _, p := range st.Problems() {
		problems[p.Kind]++
	}
	for _, kind := range []string{"failure", "refusal", "stale", "late"} {
		w.gauge("problems", "What needs a person now, by kind; `lumbung status --check` names it", float64(problems[kind]), "kind", kind)
	}
	for _, t := range st.RunTotals {
		if t.Outcome == ledger.Running { // a counter does not go down
			continue
		}
		w.put(prometheus.CounterValue, "runs_total", "Runs by outcome", float64(t.Runs), "outcome", string(t.Outcome))
	}
	for _, t := range st.Instants {
		w.put(prometheus.CounterValue, "schedule_instants_total", "Instants of the schedule by job and what became of them", float64(t.Count), "job", t.Job, "state", t.State)
	}
	w.lastRun(st.Runs)
}

// lastRun is about the last run that has ended.
func (w *writer) lastRun(runs []ledger.Run) {
	for _, r := range runs {
		if r.Outcome == ledger.Running {
			continue
		}
		w.at("last_run_finished_timestamp_seconds", "When the last run ended", r.Finished, "outcome", string(r.Outcome))
		w.gauge("last_run_duration_seconds", "How long the last run took", r.Finished.Sub(r.Started).Seconds())
		for state, n := range map[string]int64{"in": r.Rows.In, "loaded": r.Rows.Loaded, "quarantined": r.Rows.Quarantined, "skipped": r.Rows.Skipped} {
			w.gauge("last_run_rows", "Rows of the last run: in is the sum of loaded, quarantined and skipped", float64(n), "state", state)
		}
		return
	}
}

func (w *writer) daemon(st schedule.State) {
	w.at("schedule_turned_timestamp_seconds", "When the daemon last looked at the clock", st.Turned)
	for _, j := range st.Jobs {
		w.at("schedule_next_timestamp_seconds", "The next instant of each job", j.Next, "job", j.Name)
		w.flag("schedule_running", "Whether a run of the job is going on", !j.Running.IsZero(), "job", j.Name)
	}
}

// WriteFile writes the project's metrics for node_exporter's textfile
// collector, whole or not at all. The name ends in .prom.
func WriteFile(name string, read Read) error {
	reg, err := registry(read)
	if err != nil {
		return err
	}
	return prometheus.WriteToTextfile(name, reg)
}

// Gather gives the project's metrics as values.
func Gather(read Read) ([]*dto.MetricFamily, error) {
	reg, err := registry(read)
	if err != nil {
		return nil, err
	}
	return reg.Gather()
}

func registry(read Read) (*prometheus.Registry, error) {
	reg := prometheus.NewRegistry()
	return reg, reg.Register(NewCollector(read, nil))
}
