package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/pipeline/metrics"
	"lumbung/pipeline/schedule"
)

// serveMetrics answers /metrics and /healthz beside a daemon or the dashboard;
// listen "" answers nothing. stop ends it and returns how it ended.
func (a *app) serveMetrics(ctx context.Context, listen string, daemon func() schedule.State) (stop func() error, err error) {
	if listen == "" {
		return func() error { return nil }, nil
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w; give another address with --metrics", err)
	}
	if !a.quiet {
		fmt.Fprintf(a.out, "metrics: http://%s/metrics\n", l.Addr())
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		done <- metrics.Serve(ctx, l, a.readStatus, daemon)
	}()
	return func() error { cancel(); return <-done }, nil
}

// readStatus reads the state by the configuration as it is now, and writes nothing.
func (a *app) readStatus(ctx context.Context) (pipeline.Status, error) {
	cfg, err := config.Load(a.project)
	if err != nil {
		return pipeline.Status{}, err
	}
	return pipeline.ReadStatus(ctx, cfg, time.Now)
}
