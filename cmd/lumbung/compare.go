package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/load/compare"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/sql"
)

// comparison is the answer of `lumbung compare --json`.
type comparison struct {
	From  string                `json:"dari"`
	To    string                `json:"ke"`
	Same  bool                  `json:"sama"`
	Marts []*compare.Difference `json:"mart"`
}

func (a *app) compareCmd() *cobra.Command {
	var engine string
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare every row of every mart of two snapshots, or of a snapshot and another engine",
		Long: `Compare every mart of two snapshots row by row, values and types. A and B are ids, beginnings of
ids, or times; current is the published one. With --engine trino the second side is what the Trino of
lumbung.yaml has published, and the first is current unless A says otherwise.

Exit codes: 0 all marts are the same; 1 they differ; 2 wrong use.`,
		Example: "  lumbung compare 20261123T0210 current\n  lumbung compare --engine trino",
		Args:    args(cobra.MaximumNArgs(2)),
		RunE: func(c *cobra.Command, given []string) error {
			cfg, err := config.Load(a.project)
			if err != nil {
				return err
			}
			var res *comparison
			switch {
			case engine != "" && engine != config.EngineTrino:
				return usage("engine %q: trino is the only other one", engine)
			case engine != "" && len(given) > 1:
				return usage("--engine trino is the second side; name one snapshot, or none for the current one")
			case engine != "":
				res, err = a.compareEngine(c.Context(), cfg, append(given, "current")[0])
			case len(given) != 2:
				return usage("compare wants two snapshots, or --engine trino; see `lumbung compare --help`")
			default:
				err = a.withTwo(c.Context(), cfg, [2]string(given), func(x, y *answer.Reader) error {
					res, err = compareMarts(c.Context(), x.Snap.ID(), y.Snap.ID(), x.DB, y.DB)
					return err
				})
			}
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(res)
			} else {
				a.printComparison(res)
			}
			if err == nil && !res.Same {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
	c.Flags().StringVar(&engine, "engine", "", "compare with what this `engine` has published: trino")
	return c
}

func (a *app) compareEngine(ctx context.Context, cfg *config.Config, name string) (res *comparison, err error) {
	db, err := pipeline.OpenTrino(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	id, err := db.Current(ctx)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, fmt.Errorf("nothing is published in schema %s of Trino yet; lumbung run publishes there", cfg.Trino.Schema)
	}
	r, err := a.openNamed(ctx, cfg, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return compareMarts(ctx, r.Snap.ID(), "trino "+id, r.DB, db)
}

func compareMarts(ctx context.Context, from, to string, x, y compare.Side) (*comparison, error) {
	marts, err := compare.Models(ctx, x, y, sql.Marts)
	res := &comparison{From: from, To: to, Same: true, Marts: marts}
	for _, m := range marts {
		res.Same = res.Same && m.Same()
	}
	return res, err
}

func (a *app) printComparison(res *comparison) {
	fmt.Fprintf(a.out, "%s -> %s\n", res.From, res.To)
	t := table{head: []string{"mart", "rows", "now", ""}, right: map[int]bool{1: true, 2: true}}
	for _, m := range res.Marts {
		t.add(m.Relation, thousands(m.From), thousands(m.To), m.Summary())
	}
	t.print(a.out)
	if res.Same {
		fmt.Fprintf(a.out, "all %d marts are the same\n", len(res.Marts))
		return
	}
	for _, m := range res.Marts {
		if !m.Same() {
			fmt.Fprintf(a.out, "\n%s: %s\n", m.Relation, m.Summary())
		}
		for _, r := range m.Rows {
			fmt.Fprintf(a.out, "  %s\n", r)
		}
	}
}
