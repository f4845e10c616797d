package main

import (
	"github.com/spf13/cobra"

	"lumbung/answer/dictionary"
)

func (a *app) docsCmd() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:     "docs",
		Short:   "Write the data dictionary: every table and column, and what is made from what",
		Example: "  lumbung docs >data-dictionary.md\n  lumbung docs --output data-dictionary.md",
		Args:    args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return a.into(output, dictionary.Markdown)
		},
	}
	c.Flags().StringVar(&output, "output", "", "`file` to write instead of printing")
	return c
}
