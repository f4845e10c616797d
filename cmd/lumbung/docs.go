package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lumbung/answer/dictionary"
)

// dictionaries are the forms of the data dictionary, each with its name in a directory.
var dictionaries = map[string]struct {
	file  string
	write func(context.Context, io.Writer) error
}{
	"markdown": {"data-dictionary.md", dictionary.Markdown},
	"html":     {"index.html", dictionary.HTML},
}

func (a *app) docsCmd() *cobra.Command {
	var format, output string
	c := &cobra.Command{
		Use:   "docs",
		Short: "Write the data dictionary: every table and column, and what it is made from",
		Long: `Write the data dictionary: every table and column, and the columns that it is made from, read from
the SQL of the models. As HTML it is one page without script that needs no network, with links in both
directions: made from, used by.`,
		Example: "  lumbung docs >data-dictionary.md\n  lumbung docs --format html --output dictionary.html",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			form, ok := dictionaries[format]
			if !ok {
				return usage("--format %s: markdown or html", format)
			}
			if info, err := os.Stat(output); err == nil && info.IsDir() {
				output = filepath.Join(output, form.file)
			}
			return a.into(output, func(w io.Writer) error { return form.write(c.Context(), w) })
		},
	}
	c.Flags().StringVar(&format, "format", "markdown", "`format`: markdown or html")
	c.Flags().StringVar(&output, "output", "", "`file` or directory to write to instead of printing")
	return c
}
