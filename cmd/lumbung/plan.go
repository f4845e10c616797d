package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) planCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "plan",
		Short:   "What the next run would fetch, decode and build, and why",
		Example: "  lumbung plan\n  lumbung plan --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			plan, err := p.Plan(c.Context())
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(plan)
			}
			t := table{head: []string{"source", "period", "parts", "bytes", "contracts", "action", "why"}, right: map[int]bool{1: true, 2: true, 3: true}}
			for _, r := range plan.Releases {
				t.add(r.Source, fmt.Sprint(r.Period), thousands(int64(r.Parts)), thousands(r.Bytes), strings.Join(r.Contracts, ", "), r.Action, r.Why)
			}
			t.print(a.out)
			if plan.Build {
				fmt.Fprintf(a.out, "\na new snapshot would be built: %s\n", plan.Why)
			} else {
				fmt.Fprintf(a.out, "\nnothing would be built: %s\n", plan.Why)
			}
			return nil
		},
	}
}

func (a *app) verifyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Compare every raw object, staged file and snapshot with its hash",
		Long: `Read everything that Lumbung keeps and compare it with the hashes it was written with.
Exit code 1 when anything is damaged; each line says what to do.`,
		Example: "  lumbung verify\n  lumbung verify --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			v, err := p.Verify(c.Context())
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(v)
			} else {
				for _, d := range v.Damaged {
					fmt.Fprintf(a.out, "DAMAGED %s\n", d)
				}
				for _, f := range v.Foreign {
					fmt.Fprintf(a.out, "foreign %s: not made by lumbung, left alone\n", f)
				}
				fmt.Fprintf(a.out, "%d raw objects, %d staged units, %d snapshots with %d files, %s bytes read: %d damaged\n",
					v.Objects, v.Units, v.Snapshots, v.Files, thousands(v.Bytes), len(v.Damaged))
			}
			if err == nil && !v.Sound() {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
}
