package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
	"lumbung/sql"
)

func (a *app) runCmd() *cobra.Command {
	var opt pipeline.Options
	var scheduled, retry bool
	var job string
	c := &cobra.Command{
		Use:   "run",
		Short: "Fetch, decode, build, audit and publish once",
		Long: `Run the project once. A run that finds nothing new publishes nothing; a run that an
audit refuses leaves the published snapshot where it was and keeps the candidate.

Exit codes: 0 published or nothing new; 1 failed, also when one source failed and the
rest was published; 2 wrong use; 3 refused by an audit; 4 another run holds the lock.`,
		Example: "  lumbung run\n  lumbung run --source idm --json\n  lumbung run --full",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			if retry {
				if done, err := a.retryFailed(c, p, &opt); done {
					return errors.Join(err, p.Close())
				}
			}
			if scheduled {
				return errors.Join(a.runScheduled(c.Context(), p, job, opt), p.Close())
			}
			return errors.Join(a.run(c.Context(), p, opt), p.Close())
		},
	}
	c.Flags().StringArrayVar(&opt.Sources, "source", nil, "look only at this `source`; may be given several times")
	c.Flags().BoolVar(&opt.Full, "full", false, "decode everything again and publish even when nothing changed")
	c.Flags().BoolVar(&opt.AllowOlder, "allow-older", false, "take older content of a release that came back")
	c.Flags().BoolVar(&opt.AllowSmaller, "allow-smaller", false, "take a new revision that has lost more than a tenth of its records")
	c.Flags().BoolVar(&scheduled, "scheduled", false, "run only if an instant of the schedule is due and nobody has claimed it; for cron, systemd timers, Airflow")
	c.Flags().BoolVar(&retry, "retry-failed", false, "look only at the sources that were stale or refused in the last run")
	c.Flags().StringVar(&job, "job", "", "the `job` of the schedule that --scheduled means, where there are several")
	return c
}

func (a *app) run(ctx context.Context, p *pipeline.Project, opt pipeline.Options) error {
	report := a.reporter()
	opt.Report = report
	res, err := p.Run(ctx, opt)
	report.close()
	if errors.Is(err, pipeline.ErrUnknownSource) {
		return &exitError{exitUsage, err}
	}
	if err != nil && res.Run == "" {
		return err
	}
	if a.json {
		if jerr := a.printJSON(res); jerr != nil {
			return jerr
		}
	} else {
		a.describe(p, &res)
	}
	if err := a.after(context.WithoutCancel(ctx), p); err != nil {
		fmt.Fprintf(a.err, "lumbung: %v\n", err)
	}
	switch {
	case err != nil:
		return err
	case res.Outcome == pipeline.Refused:
		return &exitError{code: exitRefused}
	case res.Outcome == pipeline.Failed, res.SourceFailed():
		return &exitError{code: exitFailed}
	}
	return nil
}

// describe tells a person how a run ended.
func (a *app) describe(p *pipeline.Project, res *pipeline.Result) {
	c := res.Rows
	switch res.Outcome {
	case pipeline.Published:
		fmt.Fprintf(a.out, "published %s (run %s)\n", res.Snapshot, res.Run)
		fmt.Fprintf(a.out, "  rows: %d in, %d loaded, %d quarantined, %d skipped by a named rule\n", c.In, c.Loaded, c.Quarantined, c.Skipped)
		fmt.Fprintf(a.out, "  marts: %s\n", filepath.Join(p.Config.DataDir(), "current", "marts"))
	case pipeline.Unchanged:
		fmt.Fprintf(a.out, "nothing new: %s stays published (run %s); nothing was decoded or built\n", res.Snapshot, res.Run)
	case pipeline.Refused:
		fmt.Fprintf(a.out, "refused (run %s): the published snapshot stays as it was%s\n", res.Run, servedBy(res.Snapshot))
		fmt.Fprintf(a.out, "  the candidate is kept for inspection in %s\n", res.Refused)
		for line := range strings.Lines(strings.TrimSpace(res.Error)) {
			fmt.Fprintf(a.out, "  %s\n", strings.TrimSpace(line))
		}
	case pipeline.Failed:
		fmt.Fprintf(a.out, "failed (run %s): %s\n", res.Run, res.Error)
	}
	for _, st := range res.Steps {
		if id, ok := strings.CutPrefix(st.Subject, "trino "); ok && st.Name == "publish" && st.Error == "" {
			fmt.Fprintf(a.out, "  Trino: %s is published there, every mart compared and equal\n", id)
		}
	}
	for _, s := range res.Sources {
		if s.State == pipeline.StateStale || s.State == pipeline.StateRefused {
			fmt.Fprintf(a.out, "  source %s is %s: %s\n", s.Name, s.State, s.Error)
		}
	}
	for _, au := range res.Audits {
		if au.Severity == sql.Warn && au.Failing > 0 {
			fmt.Fprintf(a.out, "  warning %s: %d rows: %s\n", au.Name, au.Failing, au.Message)
		}
	}
}

func servedBy(id string) string {
	if id == "" {
		return " (there is none yet)"
	}
	return " (" + id + ")"
}
