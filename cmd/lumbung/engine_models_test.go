package main

import (
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"lumbung/answer"
	"lumbung/internal/closing"
	"lumbung/internal/trinotest"
	"lumbung/load/compare"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/sql"
)

// Every model outside staging gives the same rows and types on both engines.
func modelsAreEqual(t *testing.T, e *trinotest.Engine, cfg *config.Config, id string) {
	ctx := t.Context()
	db, err := pipeline.OpenTrino(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, db)
	if current, err := db.Current(ctx); err != nil || current != id {
		t.Fatalf("Trino has %q, %v; want %s", current, err, id)
	}
	r, err := answer.Open(ctx, cfg.DataDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, r)
	layers := []string{sql.Core, sql.Marts, sql.Audits}
	compared := make([][]*compare.Difference, len(layers))
	var g errgroup.Group
	for i, layer := range layers {
		g.Go(func() (err error) {
			compared[i], err = compare.Models(ctx, r.DB, db, layer)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(compared...)
	var rows int64
	for _, d := range all {
		if rows += d.From; !d.Same() {
			t.Errorf("%s: %s%s", d.Relation, d.Summary(), d.First())
		}
	}
	read := map[string]int64{} // rows by node
	err = db.Each(ctx, "SELECT node_id, CAST(sum(processed_input_rows) AS BIGINT) FROM system.runtime.tasks GROUP BY node_id", nil, nil, func(row []any) error {
		read[row[0].(string)], _ = row[1].(int64)
		return nil
	})
	if err != nil || len(read) != e.Nodes {
		t.Errorf("rows were read by %v, %v; want %d nodes", read, err, e.Nodes)
	}
	t.Logf("%d relations, %d rows compared; read by node: %v", len(all), rows, read)
	if len(all) < 44 || rows < 20_000 {
		t.Errorf("%d relations with %d rows are fewer than there are", len(all), rows)
	}
}
