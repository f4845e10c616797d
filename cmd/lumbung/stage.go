package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) stageCmd() *cobra.Command {
	var land, status bool
	var shard string
	c := &cobra.Command{
		Use:   "stage --land | --shard I/N | --status",
		Short: "Decode releases on many machines, ahead of the run",
		Long: `Decode what has been landed on as many machines as there are, before the run that builds from it.

  --land     fetch and land what the sources have, and list what there is to decode; holds the run lock. A source
             that fails is named; its last good releases are listed, and the run judges it
  --shard    decode the I-th of N shares of the list, I from 0; needs neither the run lock nor the ledger. Any
             share may be run twice, die half-way or run elsewhere: what is staged stays, and is the same
  --status   what of the list is not staged yet

The machines need the same lumbung.yaml, contracts and version of lumbung, and see the same data directory or
have the same storage: in lumbung.yaml. A run afterwards finds everything staged.

Exit codes: 0 done; 1 failed, or something is missing (--status); 3 a release of the share breaks its contract,
which trying again does not change; 4 another run holds the lock (--land).`,
		Example: "  lumbung stage --land\n  lumbung stage --shard 0/4\n  lumbung stage --status --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			switch given := c.Flags().Changed("shard"); {
			case land && !status && !given:
				return a.land(c.Context())
			case status && !land && !given:
				return a.stageStatus(c.Context())
			case given && !land && !status:
				return a.stageShard(c.Context(), shard)
			}
			return usage("stage: one of --land, --shard I/N and --status is wanted")
		},
	}
	c.Flags().BoolVar(&land, "land", false, "fetch and land, and list what there is to decode")
	c.Flags().StringVar(&shard, "shard", "", "decode share `I/N` of the list, I from 0 to N-1")
	c.Flags().BoolVar(&status, "status", false, "say what is not staged yet")
	return c
}

func (a *app) land(ctx context.Context) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	report := a.reporter()
	res, err := p.Land(ctx, pipeline.Options{Report: report})
	report.close()
	if err == nil {
		for _, s := range res.Sources {
			if s.Error != "" {
				fmt.Fprintf(a.err, "lumbung: warning: source %s is %s: %s\n", s.Name, s.State, s.Error)
			}
		}
		err = a.printProgress(ctx, p, false)
	}
	return errors.Join(err, p.Close())
}

func (a *app) stageStatus(ctx context.Context) error {
	p, err := pipeline.OpenToStage(a.project, time.Now)
	if err != nil {
		return err
	}
	return errors.Join(a.printProgress(ctx, p, true), p.Close())
}

// printProgress says how much is staged. With check it is an error that something is missing.
func (a *app) printProgress(ctx context.Context, p *pipeline.Project, check bool) error {
	st, err := p.StageStatus(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(st); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.out, "landed %s: %d of %d units are staged\n", stamp(st.Landed), st.Staged, st.Units)
		for _, m := range st.Missing {
			fmt.Fprintf(a.out, "  missing %s/%s (%s bytes)\n", m.Release, m.Contract, thousands(m.Bytes))
		}
	}
	if check && len(st.Missing) > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

func (a *app) stageShard(ctx context.Context, text string) error {
	var shard, of int
	if n, err := fmt.Sscanf(text, "%d/%d", &shard, &of); err != nil || n != 2 || fmt.Sprintf("%d/%d", shard, of) != text || shard < 0 || shard >= of {
		return usage("stage: --shard %s: I/N is wanted, with I from 0 to N-1", text)
	}
	p, err := pipeline.OpenToStage(a.project, time.Now)
	if err != nil {
		return err
	}
	report := a.reporter()
	units, err := p.StageShard(ctx, shard, of, report)
	report.close()
	if err := errors.Join(err, p.Close()); err != nil {
		return err
	}
	count := map[string]int{}
	for _, u := range units {
		count[u.State]++
		if u.State == pipeline.UnitRefused {
			fmt.Fprintf(a.err, "lumbung: refused %s/%s: %s\n", u.Release, u.Contract, u.Error)
		}
	}
	if a.json {
		err = a.printJSON(map[string]any{"shard": shard, "of": of, "units": units})
	} else {
		fmt.Fprintf(a.out, "shard %d/%d: %d decoded, %d staged before, %d refused\n", shard, of,
			count[pipeline.UnitDecoded], count[pipeline.UnitStaged], count[pipeline.UnitRefused])
	}
	if err == nil && count[pipeline.UnitRefused] > 0 {
		err = &exitError{code: exitRefused}
	}
	return err
}
