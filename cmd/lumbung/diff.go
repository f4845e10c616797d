package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/pipeline/config"
)

func (a *app) diffCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "What changed between two snapshots: releases, villages, marts",
		Long: `Compare two snapshots. A and B are ids, beginnings of ids, or times; current is the published one.
Every village and year of which a value changed is listed with what it was and is. With --engine trino both are read
from Trino, which keeps the last few that were published.`,
		Example: "  lumbung diff 20261123T0210 current",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, given []string) error {
			cfg, err := config.Load(a.project)
			if err != nil {
				return err
			}
			var d *answer.Diff
			err = a.withTwo(c.Context(), cfg, [2]string(given), func(x, y *answer.Reader) error {
				d, err = answer.Compare(c.Context(), x, y)
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(d)
			}
			a.printDiff(d)
			return nil
		},
	}
	a.engineFlag(c)
	return c
}

// openNamed is openSnapshot for a name, where current is the published one.
func (a *app) openNamed(ctx context.Context, cfg *config.Config, name string) (*answer.Reader, error) {
	if name == "current" {
		name = ""
	}
	return a.openSnapshot(ctx, cfg, name)
}

// withTwo opens two snapshots for the time of do.
func (a *app) withTwo(ctx context.Context, cfg *config.Config, names [2]string, do func(x, y *answer.Reader) error) error {
	x, err := a.openNamed(ctx, cfg, names[0])
	if err != nil {
		return err
	}
	y, err := a.openNamed(ctx, cfg, names[1])
	if err != nil {
		return errors.Join(err, x.Close())
	}
	return errors.Join(do(x, y), x.Close(), y.Close())
}

func (a *app) printDiff(d *answer.Diff) {
	fmt.Fprintf(a.out, "%s -> %s\n", d.From, d.To)
	for _, r := range d.Releases {
		fmt.Fprintf(a.out, "release of %s %s: %s -> %s\n", r.Source, r.Period, orDash(r.From), orDash(r.To))
	}
	t := table{head: []string{"kode", "desa", "tahun", "kolom", "dari", "ke"}}
	for _, v := range d.Villages {
		for _, x := range v.Values {
			t.add(v.Code, v.Name, fmt.Sprint(v.Year), x.Column, orDash(x.From), orDash(x.To))
		}
	}
	if len(t.rows) > 0 {
		fmt.Fprintf(a.out, "\n%d villages and years changed:\n", len(d.Villages))
		t.print(a.out)
	}
	fmt.Fprintln(a.out)
	m := table{head: []string{"mart", "rows", "now", ""}, right: map[int]bool{1: true, 2: true}}
	for _, x := range d.Marts {
		state := "changed"
		if x.Same {
			state = "the same, byte for byte"
		}
		m.add(x.Mart, thousands(x.From), thousands(x.To), state)
	}
	m.print(a.out)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
