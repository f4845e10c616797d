package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/load/snapshot"
	"lumbung/pipeline"
)

func (a *app) snapshotsCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "snapshots",
		Short: "List, show, pin and roll back published snapshots",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.snapshotsListCmd(), a.snapshotsShowCmd(),
		a.snapshotCmd("pin ID", "Keep a snapshot whatever retention says", "pinned", func(ctx context.Context, p *pipeline.Project, id string) error {
			return p.Snapshots.Pin(ctx, id)
		}),
		a.snapshotCmd("unpin ID", "Leave a snapshot to retention again", "unpinned", func(ctx context.Context, p *pipeline.Project, id string) error {
			return p.Snapshots.Unpin(ctx, id)
		}),
		a.snapshotCmd("rollback ID", "Make an older snapshot the published one again, after every byte of it was checked", "published again",
			func(ctx context.Context, p *pipeline.Project, id string) error { return p.Rollback(ctx, id) }))
	return c
}

func (a *app) snapshotsListCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "All snapshots, newest first",
		Example: "  lumbung snapshots list",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			list, err := p.Snapshots.List(c.Context())
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			if a.json {
				out := make([]map[string]any, len(list))
				for i, e := range list {
					out[i] = map[string]any{"id": e.ID, "number": e.Number, "created": e.Created, "run": e.Run, "bytes": e.Bytes,
						"current": e.Current, "pinned": e.Pinned, "damaged": text(errorText(e.Damaged), "")}
				}
				return a.printJSON(out)
			}
			t := table{head: []string{"snapshot", "created", "run", "bytes", ""}, right: map[int]bool{3: true}}
			for _, e := range list {
				t.add(e.ID, stamp(e.Created), e.Run, thousands(e.Bytes), marks(e))
			}
			t.print(a.out)
			return nil
		},
	}
}

func errorText(err error) any {
	if err == nil {
		return nil
	}
	return err.Error()
}

func marks(e snapshot.Entry) string {
	var m []string
	if e.Current {
		m = append(m, "current")
	}
	if e.Pinned {
		m = append(m, "pinned")
	}
	if e.Damaged != nil {
		m = append(m, "DAMAGED: "+e.Damaged.Error())
	}
	return strings.Join(m, ", ")
}

// snapshotCmd is a command that does one thing to one snapshot.
func (a *app) snapshotCmd(use, short, done string, do func(context.Context, *pipeline.Project, string) error) *cobra.Command {
	verb, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Example: "  lumbung snapshots " + verb + " 20261124T0210",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			id, err := p.Snapshots.Resolve(given[0])
			if err == nil {
				err = do(c.Context(), p, id)
			}
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s: %s\n", id, done)
			return nil
		},
	}
}

func (a *app) auditCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "audit [NAME]",
		Short: "Each audit of the published snapshot with its result, or the rows that one found",
		Long: `List the audits with their severity and what they found in the published snapshot. With a name,
print the rows that it found: warnings only, since a blocking audit with rows publishes nothing.
With --engine trino the rows are those that the audit found there, and its counts those of the manifest there.`,
		Example: "  lumbung audit\n  lumbung audit audit_rekonsiliasi_ragu",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			if len(given) == 1 {
				res, _, err := r.AuditRows(c.Context(), given[0])
				if err := errors.Join(err, r.Close()); err != nil {
					return err
				}
				format := "table"
				if a.json {
					format = "json"
				}
				return a.printResult(a.out, res, format, false)
			}
			audits := r.Snap.Manifest.Audits
			if err := r.Close(); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(audits)
			}
			t := table{head: []string{"audit", "severity", "rows"}, right: map[int]bool{2: true}}
			for _, au := range audits {
				t.add(au.Name, au.Severity, thousands(au.Failing))
			}
			t.print(a.out)
			return nil
		},
	}
	a.engineFlag(c)
	return c
}
