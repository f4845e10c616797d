package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"lumbung/pipeline/schedule"
)

// Serve answers /metrics and, for a daemon, /healthz on a listener until the
// context ends. It closes the listener.
func Serve(ctx context.Context, l net.Listener, read Read, daemon func() schedule.State) error {
	handler, err := Handler(read, daemon, time.Now)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// Handler answers /metrics and /healthz. Without a daemon, health is whether
// the state can be read; with one, whether it still looks at the clock.
func Handler(read Read, daemon func() schedule.State, clock func() time.Time) (http.Handler, error) {
	reg := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{NewCollector(read, daemon), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := reg.Register(c); err != nil {
			return nil, err
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { health(w, r, read, daemon, clock()) })
	return mux, nil
}

// answer is what /healthz says.
type answer struct {
	Status   string              `json:"status"`
	Snapshot string              `json:"snapshot,omitempty"`
	Turned   time.Time           `json:"turned,omitzero"`
	Jobs     []schedule.JobState `json:"jobs,omitempty"`
}

func health(w http.ResponseWriter, r *http.Request, read Read, daemon func() schedule.State, now time.Time) {
	ctx, cancel := context.WithTimeout(r.Context(), readPatience)
	defer cancel()
	a, code := answer{Status: "ok"}, http.StatusOK
	if daemon != nil {
		st := daemon()
		a.Turned, a.Jobs = st.Turned, st.Jobs
		if now.Sub(st.Turned) > schedule.Stuck {
			a.Status, code = "the schedule has not looked at the clock since "+st.Turned.Format(time.RFC3339), http.StatusServiceUnavailable
		}
	}
	st, err := read(ctx)
	if a.Snapshot = st.Snapshot; err != nil && code == http.StatusOK {
		a.Status, code = err.Error(), http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(a) // a client that has gone hears nothing
}
