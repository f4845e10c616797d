package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
)

func (a *app) verifyCmd() *cobra.Command {
	var repair bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Compare every raw object, staged file and snapshot with its hash",
		Long: `Read everything that Lumbung keeps and compare it with the hashes it was written with.
Exit code 1 when anything is damaged; each line says what to do.

With --repair, damaged objects are read again from the sources' files where those still have the
same bytes, staged files are decoded again, and a damaged current snapshot is built again. Only
what comes out byte for byte as it was is used; no server is asked.`,
		Example: "  lumbung verify\n  lumbung verify --json\n  lumbung verify --repair",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			var v pipeline.Verified
			if repair {
				report := a.reporter()
				v, err = p.Repair(c.Context(), report)
				report.close()
			} else {
				v, err = p.Verify(c.Context())
			}
			err = errors.Join(err, p.Close())
			if err != nil && !repair {
				return err
			}
			if a.json {
				err = errors.Join(err, a.printJSON(v))
			} else {
				for _, d := range v.Repaired {
					fmt.Fprintf(a.out, "repaired %s\n", d)
				}
				for _, d := range v.Damaged {
					fmt.Fprintf(a.out, "DAMAGED %s\n", text(d, ""))
				}
				for _, f := range v.Foreign {
					fmt.Fprintf(a.out, "foreign %s: not made by lumbung, left alone\n", text(f, ""))
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
	c.Flags().BoolVar(&repair, "repair", false, "make again what is damaged, where that gives the same bytes")
	return c
}
