package pipeline

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/load/stage"
	"lumbung/sql"
	"lumbung/transform/contract"
)

// inputs defines the relations that models start from.
func (w *modelRun) inputs(ctx context.Context, units []*unit) error {
	return w.r.steps.do(ctx, "load", strings.TrimSpace(w.at), "", 0, func(func(int64)) (Step, error) {
		paths, findings := map[string][]string{}, []string(nil)
		for _, u := range units {
			if u.staged == nil {
				continue
			}
			data, err := w.r.p.Stage.Path(ctx, u.staged, stage.DataFile)
			if err != nil {
				return Step{}, err
			}
			found, err := w.r.p.Stage.Path(ctx, u.staged, stage.FindingsFile)
			if err != nil {
				return Step{}, err
			}
			paths[u.c.Table.Name] = append(paths[u.c.Table.Name], data)
			findings = append(findings, found)
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(w.atOnce)
		for name, t := range w.r.p.Config.Tables {
			g.Go(func() error { return w.on.Input(ctx, "tahap_"+name, tableColumns(t), paths[name]) })
		}
		g.Go(func() error { return w.on.Input(ctx, sql.Findings, inputColumns(sql.Findings), findings) })
		g.Go(func() error { return w.fillReleases(ctx, units) })
		g.Go(func() error { return w.fillSeeds(ctx) })
		return Step{}, g.Wait()
	})
}

// tableColumns are a staged table's columns in DuckDB's types.
func tableColumns(t *contract.Table) []duck.Column {
	var cols []duck.Column
	for _, c := range t.Columns {
		cols = append(cols, duck.Column{Name: c.Name, Type: duckType(c.Type)})
	}
	return append(cols, duck.Column{Name: contract.ColRelease, Type: "VARCHAR"}, duck.Column{Name: contract.ColSHA256, Type: "VARCHAR"},
		duck.Column{Name: contract.ColPart, Type: "VARCHAR"}, duck.Column{Name: contract.ColRow, Type: "INTEGER"},
		duck.Column{Name: contract.ColFlags, Type: "VARCHAR"})
}

func duckType(t contract.Type) string {
	switch t.Kind {
	case contract.Code, contract.BigInt:
		return "BIGINT"
	case contract.Year:
		return "SMALLINT"
	case contract.Integer:
		return "INTEGER"
	case contract.Decimal:
		return strings.ToUpper(t.String())
	case contract.Date:
		return "DATE"
	case contract.Boolean:
		return "BOOLEAN"
	}
	return "VARCHAR"
}

// inputColumns are the columns of a relation that the run fills itself.
func inputColumns(name string) []duck.Column {
	for _, in := range sql.Inputs {
		if in.Name == name {
			return columnsOf(in.Columns)
		}
	}
	return nil
}

// columnsOf are documented columns as DuckDB gets them.
func columnsOf(documented []sql.Column) []duck.Column {
	columns := make([]duck.Column, len(documented))
	for i, c := range documented {
		columns[i] = duck.Column{Name: c.Name, Type: c.Type}
	}
	return columns
}

// indexTables are the staged tables whose releases belong to a methodology.
var indexTables = map[string]bool{"indeks": true, "indikator": true, "rumusan": true, "rumusan_indikator": true}

func (w *modelRun) fillReleases(ctx context.Context, units []*unit) error {
	var rows, parts [][]any
	seen := map[string]bool{}
	for _, u := range units {
		if u.staged == nil {
			continue
		}
		rel, c := u.rel, u.result.Counts
		rows = append(rows, []any{rel.id, rel.source.Name, rel.period, rel.rev, orNil(rel.title()), orNil(rel.spec.Published),
			rel.fetched.UTC(), methodology(u), rel.spec.Nature, orNil(rel.source.Publisher), orNil(rel.origin()), u.c.Name,
			u.c.Table.Name, rel.hash, c.In, c.Loaded, c.Quarantined, c.Skipped, rel.stale})
		if seen[rel.id] {
			continue
		}
		seen[rel.id] = true
		expanded, err := w.r.p.expand(ctx, rel.parts)
		if err != nil {
			return err
		}
		for _, p := range expanded {
			parts = append(parts, []any{rel.id, p.Name, p.SHA256, p.Bytes})
		}
	}
	if err := w.on.Fill(ctx, sql.Releases, inputColumns(sql.Releases), rows); err != nil {
		return err
	}
	return w.on.Fill(ctx, sql.Parts, inputColumns(sql.Parts), parts)
}

func methodology(u *unit) any {
	m := u.rel.spec.Methodology
	switch {
	case m == "-" || m == "" && !indexTables[u.c.Table.Name]:
		return nil
	case m == "":
		return "IDM"
	}
	return m
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (w *modelRun) fillSeeds(ctx context.Context) error {
	for _, s := range w.m.seeds {
		cols := make([]duck.Column, len(s.Columns))
		for i, c := range s.Columns {
			cols[i] = duck.Column{Name: c, Type: "VARCHAR"}
		}
		rows := make([][]any, len(s.Rows))
		for i, r := range s.Rows {
			for _, v := range r {
				rows[i] = append(rows[i], orNil(v))
			}
		}
		if err := w.on.Fill(ctx, s.Name, cols, rows); err != nil {
			return err
		}
	}
	return nil
}

// inputsOf lists what a snapshot of these units would be made of.
func inputsOf(units []*unit) []snapshot.Input {
	var out []snapshot.Input
	for _, u := range units {
		if u.staged == nil {
			continue
		}
		in := snapshot.Input{Rilis: u.rel.id, Sumber: u.rel.source.Name, Periode: fmt.Sprint(u.rel.period), Revisi: fmt.Sprint(u.rel.rev),
			Sifat: u.rel.spec.Nature, Contract: u.c.Name, ContractHash: u.c.Hash, Stage: u.key, Rows: rowsOf(u), Stale: u.rel.stale, Refused: u.rel.refusedBy()}
		for _, p := range u.rel.parts {
			in.Parts = append(in.Parts, snapshot.Part{Name: p.Name, SHA256: p.SHA256, Bytes: p.Bytes})
		}
		out = append(out, in)
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Rilis+"/"+out[i].Contract < out[j].Rilis+"/"+out[j].Contract
	})
	return out
}

func rowsOf(u *unit) snapshot.Rows {
	c := u.result.Counts
	return snapshot.Rows{In: c.In, Loaded: c.Loaded, Quarantined: c.Quarantined, Skipped: c.Skipped}
}
