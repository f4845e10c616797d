package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) backfillCmd() *cobra.Command {
	var opt pipeline.Options
	c := &cobra.Command{
		Use:   "backfill --from YEAR --to YEAR",
		Short: "Fetch and decode releases of some periods again",
		Long: `Run the project, looking only at releases of the given periods: they are fetched without
conditions and decoded again, whatever is known of them. All others keep their last good
revision. Exit codes are those of run.`,
		Example: "  lumbung backfill --from 2019 --to 2021\n  lumbung backfill --from 2024 --source idm",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("from") && !c.Flags().Changed("to") {
				return usage("backfill: --from or --to is wanted; `lumbung run --full` does everything again")
			}
			if !c.Flags().Changed("to") {
				opt.To = opt.From
			}
			if opt.From > opt.To {
				return usage("backfill: from %d to %d is no span of years", opt.From, opt.To)
			}
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			opt.Trigger = "backfill"
			return errors.Join(a.run(c.Context(), p, opt), p.Close())
		},
	}
	c.Flags().IntVar(&opt.From, "from", 0, "first `year`")
	c.Flags().IntVar(&opt.To, "to", 0, "last `year`; default the first")
	c.Flags().StringArrayVar(&opt.Sources, "source", nil, "look only at this `source`; may be given several times")
	c.Flags().BoolVar(&opt.AllowOlder, "allow-older", false, "take older content of a release that came back")
	return c
}

// retryFailed restricts a run to the sources that failed last time; done is true when there is none.
func (a *app) retryFailed(c *cobra.Command, p *pipeline.Project, opt *pipeline.Options) (done bool, err error) {
	if len(opt.Sources) > 0 {
		return true, usage("run: --retry-failed chooses the sources itself; leave --source out")
	}
	opt.Sources, err = p.FailedSources(c.Context())
	if err != nil || len(opt.Sources) > 0 {
		return err != nil, err
	}
	fmt.Fprintln(a.out, "no source failed in the last run")
	return true, nil
}
