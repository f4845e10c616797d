package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) contractCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "contract",
		Short: "Try contracts on files",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.contractTestCmd(), a.contractInferCmd(), a.contractDiffCmd())
	return c
}

func (a *app) contractTestCmd() *cobra.Command {
	var opt pipeline.TrialOptions
	c := &cobra.Command{
		Use:   "test --contract C FILE...",
		Short: "Read files through a contract and say what would load and what not",
		Long: `Read one or more files, which together are one release, through a contract. Nothing is kept.
Rules on area codes need code lists: they are asked only with --wilayah.`,
		Example: "  lumbung contract test --contract contracts/idm-2024.yaml rilis/idm-2024.xlsx\n  lumbung contract test --contract c.yaml prov/*.json --json",
		Args:    args(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			opt.Files = given
			t, err := pipeline.TryContract(c.Context(), opt)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(t)
			}
			a.printTrial(t)
			return nil
		},
	}
	c.Flags().StringVar(&opt.Contract, "contract", "", "the contract's `file`")
	c.Flags().IntVar(&opt.Period, "period", 0, "the release's `year`, where the contract uses {periode}")
	c.Flags().IntVar(&opt.Show, "show", 20, "most `findings` to list; 0 lists all")
	if err := c.MarkFlagRequired("contract"); err != nil {
		panic(err) // the flag was declared one line above
	}
	return c
}

func (a *app) printTrial(t *pipeline.Trial) {
	for _, l := range t.Layouts {
		where := filepath.Base(l.Part)
		if l.Sheet != "" {
			where += fmt.Sprintf(", sheet %q, headings in row %d", l.Sheet, l.HeaderRow)
		}
		if len(t.Layouts) <= 5 {
			fmt.Fprintf(a.out, "%s %s\n", where, l.Detected)
		}
	}
	r := t.Rows
	fmt.Fprintf(a.out, "%s rows in: %s load (%s flagged), %s to quarantine, %s skipped\n",
		thousands(r.In), thousands(r.Loaded), thousands(t.Warned), thousands(r.Quarantined), thousands(r.Skipped))
	for _, d := range t.Drift {
		fmt.Fprintf(a.out, "heading %q is %s\n", d.Heading, d.Kind)
	}
	for _, u := range t.Unchecked {
		fmt.Fprintf(a.out, "not asked: %s\n", u)
	}
	if len(t.Quarantine)+len(t.Flagged) == 0 {
		return
	}
	tab := table{head: []string{"level", "cell", "column", "text", "rule", "reason", "remedy"}}
	for _, f := range append(t.Quarantine, t.Flagged...) {
		tab.add(f.Level, f.Cell, f.Column, text(f.Text, ""), f.Rule, f.Reason, f.Remedy)
	}
	tab.print(a.out)
	if t.More > 0 {
		fmt.Fprintf(a.out, "and %s more; --show 0 lists all\n", thousands(t.More))
	}
}
