package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lumbung/internal/disk"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/pipeline/schedule"
)

// TriggerSchedule marks runs that an instant of the schedule began.
const TriggerSchedule = "schedule"

// Claims is the ledger as the schedule wants it.
type Claims struct{ *ledger.Ledger }

// LastClaim is the latest instant with a row of any kind, false when there is none.
func (c Claims) LastClaim(ctx context.Context, pipeline string) (time.Time, bool, error) {
	at, err := c.Ledger.LastClaim(ctx, pipeline)
	if errors.Is(err, ledger.ErrUnknown) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}

// Jobs are the schedule's jobs of a project. Each run opens the project anew,
// so that it works by the contracts as they are then. after is called when it
// has ended, whatever its outcome.
func Jobs(cfg *config.Config, clock func() time.Time, report func() Reporter, after func(context.Context, *Project)) ([]schedule.Job, error) {
	var jobs []schedule.Job
	for _, j := range cfg.Schedule {
		job := schedule.Job{Name: j.Name, Spec: j.Cron, Timezone: cfg.Timezone}
		for _, d := range []struct {
			text string
			into *time.Duration
		}{{j.CatchUp, &job.CatchUp}, {j.Jitter, &job.Jitter}, {j.Deadline, &job.Deadline}} {
			if d.text == "" {
				continue
			}
			v, err := time.ParseDuration(d.text)
			if err != nil {
				return nil, fmt.Errorf("schedule %s: %w", j.Name, err)
			}
			*d.into = v
		}
		job.Run = func(ctx context.Context, at time.Time) error {
			return runJob(ctx, cfg.Dir, Options{Sources: j.Sources, Trigger: TriggerSchedule, Instant: at, Report: report()}, clock, after)
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// runJob does one scheduled run; what did not end well is its error.
func runJob(ctx context.Context, dir string, opt Options, clock func() time.Time, after func(context.Context, *Project)) error {
	p, err := Open(ctx, dir, clock)
	if err != nil {
		return err
	}
	res, err := p.Run(ctx, opt)
	if !errors.Is(err, disk.ErrBusy) {
		after(context.WithoutCancel(ctx), p)
	}
	err = errors.Join(err, p.Close())
	switch {
	case errors.Is(err, disk.ErrBusy):
		return fmt.Errorf("%w: %w", schedule.ErrBusy, err)
	case err != nil:
		return err
	case res.Outcome == Refused, res.Outcome == Failed:
		return fmt.Errorf("run %s %s: %s", res.Run, res.Outcome, res.Error)
	case res.SourceFailed():
		return fmt.Errorf("run %s %s, but not every source could be used", res.Run, res.Outcome)
	}
	return nil
}

// punctual is how late a run may begin without being a catch-up.
const punctual = 2 * time.Minute

// ClaimDue takes the latest due instant of a job that nobody has taken. ok is
// false when there is none: it is claimed already, or it is later than the
// job's catch-up window allows.
func (p *Project) ClaimDue(ctx context.Context, name string) (job config.Job, instant time.Time, ok bool, err error) {
	job, err = p.job(name)
	if err != nil {
		return job, time.Time{}, false, err
	}
	rule, err := schedule.Parse(job.Cron, p.Config.Timezone)
	if err != nil {
		return job, time.Time{}, false, fmt.Errorf("schedule %s: %w", job.Name, err)
	}
	window := punctual
	if job.CatchUp != "" {
		if window, err = time.ParseDuration(job.CatchUp); err != nil {
			return job, time.Time{}, false, fmt.Errorf("schedule %s: %w", job.Name, err)
		}
	}
	now := p.clock()
	for at := range rule.Between(now.Add(-window), now) {
		instant = at
	}
	if instant.IsZero() {
		return job, instant, false, nil
	}
	ok, err = p.Ledger.Claim(ctx, job.Name, instant)
	return job, instant, ok, err
}

// job finds a job of the schedule; "" means the only one.
func (p *Project) job(name string) (config.Job, error) {
	var names []string
	for _, j := range p.Config.Schedule {
		if j.Name == name || name == "" && len(p.Config.Schedule) == 1 {
			return j, nil
		}
		names = append(names, j.Name)
	}
	return config.Job{}, fmt.Errorf("no job %q in the schedule of lumbung.yaml; there are %v", name, names)
}
