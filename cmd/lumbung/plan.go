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
