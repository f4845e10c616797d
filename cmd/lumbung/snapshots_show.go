package main

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/load/snapshot"
)

func (a *app) snapshotsShowCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "show [ID]",
		Short:   "What a snapshot is made of, from its manifest; the current one without ID",
		Example: "  lumbung snapshots show\n  lumbung snapshots show 20261124T0210 --json",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			asOf := a.asOf
			if len(given) == 1 {
				asOf = given[0]
			}
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			snap, err := p.Snapshots.AsOf(c.Context(), asOf)
			if err != nil {
				return errors.Join(err, p.Close())
			}
			m := snap.Manifest
			if err := errors.Join(snap.Close(), p.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(m)
			}
			a.printManifest(&m)
			return nil
		},
	}
}

func (a *app) printManifest(m *snapshot.Manifest) {
	fmt.Fprintf(a.out, "%s, snapshot %d of this project\n", m.ID, m.Number)
	fmt.Fprintf(a.out, "  made %s by run %s with %s\n", stamp(m.Created), m.Run, m.Tool)
	if m.Previous != nil {
		fmt.Fprintf(a.out, "  after %s\n", m.Previous.ID)
	}
	fmt.Fprintf(a.out, "  %d files, %s bytes, content %s\n\n", len(m.Files), thousands(m.Bytes()), m.Content)
	releases := table{head: []string{"release", "contract", "nature", "in", "loaded", "quarantined", "skipped", ""},
		right: map[int]bool{3: true, 4: true, 5: true, 6: true}}
	for _, in := range m.Inputs {
		stale := ""
		if in.Stale {
			stale = "stale"
		}
		releases.add(in.Rilis, in.Contract, in.Sifat, thousands(in.Rows.In), thousands(in.Rows.Loaded),
			thousands(in.Rows.Quarantined), thousands(in.Rows.Skipped), stale)
	}
	releases.print(a.out)
	fmt.Fprintln(a.out)
	marts := table{head: []string{"mart", "files", "rows", "bytes"}, right: map[int]bool{1: true, 2: true, 3: true}}
	for i := 0; i < len(m.Files); {
		dir, first := path.Dir(m.Files[i].Name), i
		var rows, bytes int64
		for ; i < len(m.Files) && path.Dir(m.Files[i].Name) == dir; i++ {
			rows, bytes = rows+m.Files[i].Rows, bytes+m.Files[i].Bytes
		}
		if name, ok := strings.CutPrefix(dir, "marts/"); ok {
			marts.add(name, strconv.Itoa(i-first), thousands(rows), thousands(bytes))
		}
	}
	marts.print(a.out)
	for _, audit := range m.Audits {
		if audit.Failing > 0 {
			fmt.Fprintf(a.out, "\n%s (%s): %d rows, see `lumbung audit %s`\n", audit.Name, audit.Severity, audit.Failing, audit.Name)
		}
	}
}
