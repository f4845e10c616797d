package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/answer/web"
	"lumbung/load/trino"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
)

// historyRuns is how many runs the dashboard lists.
const historyRuns = 30

func (a *app) serveCmd() *cobra.Command {
	var listen, watch string
	var hosts []string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the read-only dashboard of the published snapshots",
		Long: `Serve the dashboard. A new snapshot is shown as soon as it is published, without a restart.

The dashboard answers only requests for localhost, a loopback address or a --host, so that
no other site can read it through a visitor's browser. It never writes.

With --engine trino it shows what the Trino of lumbung.yaml has published, and an answer takes some tenths of a second a
query; raw cells and the list of runs are this project's, and there are no Parquet files to fetch.`,
		Example: "  lumbung serve\n  lumbung serve --listen 0.0.0.0:8080 --host data.kukar.example",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			cfg, err := config.Load(a.project)
			if err != nil {
				return err
			}
			src, err := openSources(cfg)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, src.Close()) }()
			engine, leave, err := a.served(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, leave()) }()
			srv, err := web.New(web.Options{DataDir: cfg.DataDir(), Engine: engine, Area: cfg.Area, Hosts: hosts, Location: cfg.Location,
				Runs: history(cfg), Sources: src, Log: slog.New(slog.NewJSONHandler(a.err, nil))})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, srv.Close()) }()
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return fmt.Errorf("dashboard: %w; give another address with --listen", err)
			}
			stop, err := a.serveMetrics(c.Context(), watch, nil)
			if err != nil {
				return errors.Join(err, l.Close())
			}
			defer func() { err = errors.Join(err, stop()) }()
			if !a.quiet {
				fmt.Fprintf(a.out, "http://%s/\n", l.Addr())
			}
			return srv.Serve(c.Context(), l)
		},
	}
	a.engineFlag(c)
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "`address` to listen on")
	c.Flags().StringVar(&watch, "metrics", "", "another `address` for /metrics and /healthz")
	c.Flags().StringArrayVar(&hosts, "host", nil, "further `name` under which browsers may reach it")
	return c
}

// served is the engine that the dashboard reads, nil for this machine's snapshots, and what closes it.
func (a *app) served(ctx context.Context, cfg *config.Config) (web.Engine, func() error, error) {
	if err := a.knownEngine(); err != nil || a.engine != config.EngineTrino {
		return nil, func() error { return nil }, err
	}
	db, err := pipeline.OpenTrino(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	return &trinoSnapshots{db, cfg}, db.Close, nil
}

// trinoSnapshots are what a project's Trino has published.
type trinoSnapshots struct {
	*trino.DB
	cfg *config.Config
}

// Open opens a snapshot over a connection of its own.
func (s *trinoSnapshots) Open(ctx context.Context, asOf string) (*answer.Reader, error) {
	db, err := pipeline.OpenTrino(ctx, s.cfg)
	if err != nil {
		return nil, err
	}
	return answer.OpenTrino(ctx, db, asOf)
}

// history reads the last runs from the ledger, which it never creates or changes.
func history(cfg *config.Config) func(context.Context) ([]web.Run, error) {
	return func(ctx context.Context) (list []web.Run, err error) {
		led, err := pipeline.ReadLedger(ctx, cfg)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, led.Close()) }()
		runs, err := led.Runs(ctx, historyRuns)
		for _, r := range runs {
			list = append(list, web.Run{ID: r.ID, Started: r.Started, Finished: r.Finished, Outcome: string(r.Outcome), Snapshot: r.Snapshot,
				Error: r.Error, In: r.Rows.In, Loaded: r.Rows.Loaded, Quarantined: r.Rows.Quarantined, Skipped: r.Rows.Skipped})
		}
		return list, err
	}
}
