package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
	"lumbung/transform/infer"
)

func (a *app) contractInferCmd() *cobra.Command {
	var opt infer.Options
	c := &cobra.Command{
		Use:   "infer FILE",
		Short: "Propose a contract for a workbook, a CSV or a JSON file",
		Long: `Look at a file and print a contract that would read it. What is not certain stands as a comment in
it: read it, save it under the name that it carries, and try it with ` + "`lumbung contract test`.",
		Example: "  lumbung contract infer idm-2025.xlsx >contracts/idm-2025.yaml\n  lumbung contract infer --table blt laporan.csv",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			got, err := pipeline.InferContract(c.Context(), given[0], opt)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]string{"contract": got.Name, "yaml": got.YAML})
			}
			fmt.Fprint(a.out, got.YAML)
			return nil
		},
	}
	c.Flags().StringVar(&opt.Table, "table", "", "the `table` to fill, where several would fit")
	return c
}

func (a *app) contractDiffCmd() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "diff --contract C FILE",
		Short: "Compare a new release's layout with a contract",
		Long: `Compare the headings of a file with a contract: which are new, which are gone, and which look
renamed. In JSON and YAML it is the paths that the contract reads, and what stands beside them.
Exit code 0 when they agree, 1 when they differ.`,
		Example: "  lumbung contract diff --contract contracts/idm-2024.yaml idm-2025.xlsx",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			drift, err := pipeline.DiffContract(c.Context(), file, given[0])
			if err != nil {
				return err
			}
			if a.json {
				if err := a.printJSON(map[string]any{"drift": drift}); err != nil {
					return err
				}
			}
			if len(drift) == 0 {
				if !a.json {
					fmt.Fprintln(a.out, "the layout is the contract's")
				}
				return nil
			}
			if !a.json {
				for _, d := range drift {
					line := fmt.Sprintf("%-8s %q", d.Kind, d.Heading)
					if len(d.Near) > 0 {
						line += " -> " + strings.Join(d.Near, " or ") + "?"
					}
					fmt.Fprintln(a.out, line)
				}
			}
			return &exitError{code: exitFailed}
		},
	}
	c.Flags().StringVar(&file, "contract", "", "the contract's `file`")
	if err := c.MarkFlagRequired("contract"); err != nil {
		panic(err) // the flag was declared one line above
	}
	return c
}
