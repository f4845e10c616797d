package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lumbung/load/snapshot"
	"lumbung/pipeline"
	"lumbung/pipeline/ledger"
)

func (a *app) statusCmd() *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use:   "status",
		Short: "What is published, how fresh each source is, and the last runs",
		Long: `Say what is published and how old it is, how each source was when a run last looked, how many
rows the last runs put aside, and how the last runs ended. With --check the exit code is 1 when
something needs a person: nothing published, a source stale, refused or late, a last run that failed.`,
		Example: "  lumbung status\n  lumbung status --json\n  lumbung status --check --quiet",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			st, err := p.Status(c.Context())
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			problems := st.Problems()
			switch {
			case a.json:
				err = a.printJSON(st)
			case a.quiet && check:
				for _, problem := range problems {
					fmt.Fprintln(a.out, problem.Text)
				}
			default:
				a.printStatus(&st)
			}
			if err == nil && check && len(problems) > 0 {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
	c.Flags().BoolVar(&check, "check", false, "exit with 1 when something needs a person; with --quiet print only that")
	return c
}

func (a *app) printStatus(st *pipeline.Status) {
	if st.Snapshot == "" {
		fmt.Fprintln(a.out, snapshot.ErrNone)
	} else {
		fmt.Fprintf(a.out, "published: %s, %s ago\n", st.Snapshot, age(st.Age))
	}
	if st.Warning != "" {
		fmt.Fprintf(a.out, "warning: %s\n", st.Warning)
	}
	t := table{head: []string{"source", "state", "checked", "last ok", "newest", "error"}}
	for _, s := range st.Sources {
		state := s.State
		if s.Late {
			state += ", late"
		}
		t.add(s.Name, state, stamp(s.Checked), stamp(s.LastOK), stamp(s.Newest), s.Error)
	}
	t.print(a.out)
	if len(st.Quarantine) > 0 {
		counts := make([]string, len(st.Quarantine))
		for i, q := range st.Quarantine {
			counts[i] = thousands(q.Quarantined)
		}
		fmt.Fprintf(a.out, "\nin quarantine, last %d publishes: %s\n", len(counts), strings.Join(counts, " → "))
	}
	fmt.Fprintln(a.out)
	a.printRuns(st.Runs)
}

func (a *app) runsCmd() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:     "runs [ID]",
		Short:   "The last runs, or the steps of one",
		Example: "  lumbung runs\n  lumbung runs r000012",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			if len(given) == 1 {
				run, steps, err := p.Ledger.Run(c.Context(), given[0])
				if err := errors.Join(err, p.Close()); err != nil {
					return err
				}
				return a.printSteps(run, steps)
			}
			runs, err := p.Ledger.Runs(c.Context(), limit)
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(runs)
			}
			a.printRuns(runs)
			return nil
		},
	}
	c.Flags().IntVar(&limit, "limit", 20, "most `runs` to list")
	return c
}

func (a *app) printRuns(runs []ledger.Run) {
	t := table{head: []string{"run", "started", "took", "outcome", "in", "loaded", "quarantined", "skipped", "snapshot"},
		right: map[int]bool{2: true, 4: true, 5: true, 6: true, 7: true}}
	for _, r := range runs {
		took := "–"
		if !r.Finished.IsZero() {
			took = r.Finished.Sub(r.Started).Round(10 * time.Millisecond).String()
		}
		t.add(r.ID, stamp(r.Started), took, string(r.Outcome), thousands(r.Rows.In), thousands(r.Rows.Loaded),
			thousands(r.Rows.Quarantined), thousands(r.Rows.Skipped), r.Snapshot)
	}
	t.print(a.out)
}

func (a *app) printSteps(run ledger.Run, steps []ledger.Step) error {
	if a.json {
		return a.printJSON(map[string]any{"run": run, "steps": steps})
	}
	fmt.Fprintf(a.out, "%s: %s, started %s by %s\n", run.ID, run.Outcome, stamp(run.Started), run.Trigger)
	if run.Error != "" {
		fmt.Fprintln(a.out, run.Error)
	}
	whole := run.Finished.Sub(run.Started)
	for _, s := range steps {
		whole = max(whole, s.Finished.Sub(run.Started))
	}
	slices.SortStableFunc(steps, func(x, y ledger.Step) int { return x.Started.Compare(y.Started) })
	t := table{head: []string{"at", "ms", "timeline", "step", "subject", "state", "rows", "error"}, right: map[int]bool{0: true, 1: true, 6: true}}
	for _, s := range steps {
		at := s.Started.Sub(run.Started)
		t.add(fmt.Sprintf("%.3f", at.Seconds()), thousands(s.Duration.Milliseconds()), timeline(at, s.Duration, whole), s.Name, s.Source, string(s.State), thousands(s.Rows), s.Error)
	}
	t.print(a.out)
	return nil
}

// timelineWidth is how many characters stand for a whole run.
const timelineWidth = 24

// timeline draws a step's place in its run.
func timeline(at, took, whole time.Duration) string {
	if whole <= 0 {
		return ""
	}
	cell := func(d time.Duration) int {
		return min(max(int(int64(d)*timelineWidth/int64(whole)), 0), timelineWidth-1)
	}
	first, last := cell(at), cell(at+took)
	return strings.Repeat("·", first) + strings.Repeat("█", last-first+1) + strings.Repeat("·", timelineWidth-1-last)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return d.Round(time.Second).String()
}
