package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lumbung/load/snapshot"
	"lumbung/pipeline/ledger"
)

func (a *app) statusCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "What is published, how fresh each source is, and the last runs",
		Example: "  lumbung status\n  lumbung status --json",
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
			if a.json {
				return a.printJSON(st)
			}
			if st.Snapshot == "" {
				fmt.Fprintln(a.out, snapshot.ErrNone)
			} else {
				fmt.Fprintf(a.out, "published: %s, %s ago\n", st.Snapshot, age(st.Age))
			}
			if st.Warning != "" {
				fmt.Fprintf(a.out, "warning: %s\n", st.Warning)
			}
			t := table{head: []string{"source", "state", "checked", "last ok", "error"}}
			for _, s := range st.Sources {
				t.add(s.Name, s.State, stamp(s.Checked), stamp(s.LastOK), s.Error)
			}
			t.print(a.out)
			fmt.Fprintln(a.out)
			a.printRuns(st.Runs)
			return nil
		},
	}
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
	fmt.Fprintf(a.out, "%s: %s, started %s\n", run.ID, run.Outcome, stamp(run.Started))
	if run.Error != "" {
		fmt.Fprintln(a.out, run.Error)
	}
	t := table{head: []string{"step", "subject", "state", "rows", "ms", "error"}, right: map[int]bool{3: true, 4: true}}
	for _, s := range steps {
		t.add(s.Name, s.Source, string(s.State), thousands(s.Rows), thousands(s.Duration.Milliseconds()), s.Error)
	}
	t.print(a.out)
	return nil
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
