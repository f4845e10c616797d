package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/pipeline/schedule"
)

func (a *app) scheduleCmd() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "schedule",
		Short: "Run the project's jobs at their times, until stopped",
		Long: `Wait for the instants of the jobs in lumbung.yaml and run each once. Any number of daemons may
share a project: an instant is claimed in the ledger before it runs. SIGHUP reads lumbung.yaml again,
SIGTERM stops; a running job gets ten seconds to end. With --metrics it answers /metrics for
Prometheus and /healthz, which is 503 when the daemon hangs.`,
		Example: "  lumbung schedule --project /srv/desa\n  lumbung schedule --project /srv/desa --metrics 127.0.0.1:9464",
		Args:    args(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return a.schedule(c.Context(), listen) },
	}
	c.Flags().StringVar(&listen, "metrics", "", "`address` for /metrics and /healthz")
	return c
}

func (a *app) schedule(ctx context.Context, listen string) (err error) {
	cfg, err := config.Load(a.project)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.DataDir(), 0o755); err != nil {
		return err
	}
	led, err := pipeline.OpenLedger(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, led.Close()) }()
	notify, err := schedule.NewNotifier(os.Getenv)
	if err != nil {
		return err
	}
	log := a.logger()
	load := func(cfg *config.Config) ([]schedule.Job, error) {
		return pipeline.Jobs(cfg, time.Now, func() pipeline.Reporter { return &lines{log} }, func(ctx context.Context, p *pipeline.Project) {
			if err := a.after(ctx, p); err != nil {
				log.Warn("after the run", "error", err)
			}
		})
	}
	jobs, err := load(cfg)
	if err != nil {
		return err
	}
	d, err := schedule.New(schedule.Config{Claims: pipeline.Claims{Ledger: led}, Log: log, Notify: notify}, jobs)
	if err != nil {
		return err
	}
	watch, err := a.serveMetrics(ctx, listen, d.State)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, watch()) }()
	stop := a.reloadOnHangup(d, log, load)
	defer stop()
	log.Info("schedule", "project", cfg.Name, "jobs", len(jobs))
	return d.Run(ctx)
}

// reloadOnHangup reads lumbung.yaml again on SIGHUP; one with mistakes changes nothing.
func (a *app) reloadOnHangup(d *schedule.Daemon, log *slog.Logger, load func(*config.Config) ([]schedule.Job, error)) (stop func()) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-hangup:
			}
			cfg, err := config.Load(a.project)
			if err == nil {
				var jobs []schedule.Job
				if jobs, err = load(cfg); err == nil {
					err = d.Reload(jobs)
				}
			}
			if err != nil {
				log.Error("reload: the present jobs stay", "error", err)
				continue
			}
			log.Info("reloaded")
		}
	}()
	return func() { signal.Stop(hangup); close(done) }
}

// runScheduled runs the latest due instant of a job, if nobody has taken it, and
// notes on the claim why the run did not succeed.
func (a *app) runScheduled(ctx context.Context, p *pipeline.Project, name string, opt pipeline.Options) error {
	job, at, ok, err := p.ClaimDue(ctx, name)
	switch {
	case err != nil:
		return err
	case at.IsZero():
		fmt.Fprintln(a.out, "no instant is due")
		return nil
	case !ok:
		fmt.Fprintf(a.out, "the instant %s is claimed already\n", at.Format(time.RFC3339))
		return nil
	}
	opt.Trigger, opt.Instant = pipeline.TriggerSchedule, at
	if len(opt.Sources) == 0 {
		opt.Sources = job.Sources
	}
	err = a.run(ctx, p, opt)
	if err != nil {
		return errors.Join(err, p.Ledger.RecordFailed(context.WithoutCancel(ctx), job.Name, at, "lumbung run --scheduled: "+err.Error()))
	}
	return nil
}
