package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) doctorCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "What is wrong, stale or too old, and what to do, on one screen",
		Long: `Look at configuration, disk, limits, ledger, lock, published snapshot, sources and schedule. It
reads no data: lumbung verify does. Exit code 1 when something is bad; warnings alone end with 0.`,
		Example: "  lumbung doctor\n  lumbung doctor --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			found := pipeline.Doctor(c.Context(), a.project, time.Now)
			if a.json {
				if err := a.printJSON(found); err != nil {
					return err
				}
			} else {
				a.printSymptoms(found)
			}
			for _, f := range found {
				if f.State == pipeline.SymptomBad {
					return &exitError{code: exitFailed}
				}
			}
			return nil
		},
	}
}

func (a *app) printSymptoms(found []pipeline.Symptom) {
	for _, f := range found {
		fmt.Fprintf(a.out, "%-4s  %-14s %s\n", f.State, f.Check, text(f.Found, ""))
		if f.Do != "" {
			fmt.Fprintf(a.out, "%-4s  %-14s -> %s\n", "", "", f.Do)
		}
	}
}
