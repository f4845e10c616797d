package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"lumbung/answer"
)

func (a *app) quarantineCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "quarantine",
		Short: "Rejected and flagged cells of the published snapshot",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.quarantineListCmd(), a.quarantineShowCmd(), a.quarantineReplayCmd())
	return c
}

func (a *app) quarantineListCmd() *cobra.Command {
	var f answer.CellFilter
	var all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List findings: release, sheet, cell, raw text, rule, remedy",
		Long: `List the cells that put their row into quarantine. With --all also those that were only flagged.
The first column is the finding's number in this snapshot, for ` + "`lumbung quarantine show`" + `.
With --engine trino the findings are those of what Trino has published.`,
		Example: "  lumbung quarantine list\n  lumbung quarantine list --all --release idm-2024@1 --rule status-skor --json",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			if !all {
				f.Level = "error"
			}
			list, err := r.RejectedCells(c.Context(), f)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(list)
			}
			a.printFindings(list)
			return nil
		},
	}
	a.engineFlag(c)
	c.Flags().StringVar(&f.Release, "release", "", "only this `release`")
	c.Flags().StringVar(&f.Rule, "rule", "", "only this `rule`")
	c.Flags().BoolVar(&all, "all", false, "also cells that were flagged and loaded")
	c.Flags().IntVar(&f.Limit, "limit", 200, "most `findings` to list; 0 lists all")
	return c
}

func (a *app) printFindings(list []answer.RejectedCell) {
	if len(list) == 0 {
		fmt.Fprintln(a.out, "nothing in quarantine")
		return
	}
	t := table{head: []string{"no", "level", "release", "file", "sheet", "cell", "column", "text", "rule", "reason", "remedy"}, right: map[int]bool{0: true}}
	for _, f := range list {
		t.add(thousands(f.Number), f.Level, f.Release, f.Part, f.Sheet, f.Cell, f.Column, text(f.Text, ""), f.Rule, f.Reason, f.Remedy)
	}
	t.print(a.out)
}

func (a *app) quarantineShowCmd() *cobra.Command {
	c := &cobra.Command{
		Use:     "show NUMBER",
		Short:   "One finding with its whole row and the rows beside it, read back from the source",
		Example: "  lumbung quarantine show 1",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			var n int64
			if _, err := fmt.Sscan(given[0], &n); err != nil {
				return usage("%q is not a finding's number; see `lumbung quarantine list`", given[0])
			}
			r, src, _, err := a.readWithSources(c.Context())
			if err != nil {
				return err
			}
			f, row, beside, err := r.RejectedCell(c.Context(), n, src)
			if err := errors.Join(err, src.Close(), r.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"finding": f, "row": row, "beside": beside})
			}
			a.printFindings([]answer.RejectedCell{f})
			fmt.Fprintln(a.out)
			if row.Source == nil {
				fmt.Fprintln(a.out, row.Note)
				return nil
			}
			t := table{head: []string{"cell", "heading", "raw text", "column", "read as"}}
			for _, cell := range row.Source.Cells {
				t.add(cell.Cell, text(cell.Heading, ""), text(cell.Text, ""), cell.Column, text(cell.Value, ""))
			}
			t.print(a.out)
			a.printBeside(row, beside)
			return nil
		},
	}
	a.engineFlag(c)
	return c
}

// printBeside prints the raw texts of a row between those of its neighbours, a column for each row of the source.
func (a *app) printBeside(row answer.TracedRow, beside []answer.TracedRow) {
	if len(beside) == 0 {
		return
	}
	rows := slices.Concat(beside, []answer.TracedRow{row})
	slices.SortFunc(rows, func(x, y answer.TracedRow) int { return x.Source.Row - y.Source.Row })
	t := table{head: []string{"rows beside it"}}
	for _, r := range rows {
		name := fmt.Sprint(r.Source.Row)
		if r.Source.Row == row.Source.Row {
			name = "> " + name
		}
		t.head = append(t.head, name)
	}
	for i, cell := range row.Source.Cells {
		if cell.Heading == "" && cell.Cell == "" {
			continue // a constant of the contract
		}
		line := []string{text(cell.Heading, cell.Column)}
		for _, r := range rows {
			line = append(line, text(r.Source.Cells[i].Text, ""))
		}
		t.add(line...)
	}
	fmt.Fprintln(a.out)
	t.print(a.out)
}

func (a *app) quarantineReplayCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "replay",
		Short: "What the contracts as they are now would make of the quarantined releases",
		Long: `Decode every release of the snapshot that has rows in quarantine again, through the contracts as
they are now, and say how the counts change. Nothing is stored: ` + "`lumbung run`" + ` does that.`,
		Example: "  lumbung quarantine replay",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			list, err := p.Replay(c.Context())
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(list)
			}
			if len(list) == 0 {
				fmt.Fprintln(a.out, "nothing in quarantine")
				return nil
			}
			t := table{head: []string{"release", "contract", "quarantined", "now", "loaded", "now", "error"}, right: map[int]bool{2: true, 3: true, 4: true, 5: true}}
			for _, l := range list {
				t.add(l.Release, l.Contract, thousands(l.Before.Quarantined), thousands(l.After.Quarantined), thousands(l.Before.Loaded), thousands(l.After.Loaded), l.Error)
			}
			t.print(a.out)
			fmt.Fprintln(a.out, "\n`lumbung run` loads them.")
			return nil
		},
	}
}
