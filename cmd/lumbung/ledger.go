package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) ledgerCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Back the ledger up, or make it again from the manifests",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.ledgerBackupCmd(), a.ledgerRebuildCmd())
	return c
}

func (a *app) ledgerBackupCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the ledger, also while a run is going on",
		Long: `Write a copy of the ledger as it is at one instant to FILE, and its seal to FILE.sum. To put it
back, stop what runs and copy FILE to data/ledger.db.`,
		Example: "  lumbung ledger backup /cadangan/ledger-2026-11-24.db",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			err = p.Ledger.Backup(c.Context(), given[0])
			runs, rerr := p.Ledger.Runs(c.Context(), 0)
			snaps, serr := p.Ledger.Snapshots(c.Context())
			if err := errors.Join(err, rerr, serr, p.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"file": given[0], "runs": len(runs), "snapshots": len(snaps)})
			}
			fmt.Fprintf(a.out, "%s: %d runs, %d snapshots\n", given[0], len(runs), len(snaps))
			return nil
		},
	}
}

func (a *app) ledgerRebuildCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Make a damaged or missing ledger again from the manifests of the snapshots",
		Long: `Set a damaged ledger aside and make a new one from the manifests of the snapshots: releases keep
their revisions, run numbers go on. The history of runs, the claims of the schedule and what servers
said last are in no manifest and begin anew. A sound ledger, or one of a later version, is left alone.`,
		Example: "  lumbung ledger rebuild",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			out, err := pipeline.RebuildLedger(c.Context(), a.project, time.Now)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(out)
			}
			fmt.Fprintf(a.out, "%d snapshots, %d releases; run numbers go on after r%06d\n", out.Snapshots, out.Releases, out.LastRun)
			if out.Kept != "" {
				fmt.Fprintf(a.out, "the damaged ledger is kept as %s\n", out.Kept)
			}
			return nil
		},
	}
}
