package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/transform"
	"lumbung/transform/wilayah"
)

func (a *app) traceCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "trace MART KEY...",
		Short: "From a mart row back to file, sheet and cell",
		Long: `Lead from one row of a mart to the village rows behind it, and from each of them to the cells of
its source file, read back from the raw object. With --engine trino the rows are Trino's; the raw objects and contracts
are this project's, and where these are missing or have changed a row says so. KEY are the values that pick the row:

  mart_tren_status       AREA YEAR STATUS
  mart_transisi          AREA FROM-YEAR TO-YEAR FROM-STATUS TO-STATUS
  mart_perpindahan_desa  VILLAGE FROM-YEAR TO-YEAR
  mart_profil_desa       VILLAGE YEAR
  mart_prioritas         VILLAGE YEAR RANK
  mart_program           AREA YEAR
  mart_rekonsiliasi      CLAIM AREA YEAR STATUS
  mart_kualitas          RELEASE CONTRACT RULE`,
		Example: "  lumbung trace mart_tren_status 64.02 2020 TERTINGGAL\n  lumbung trace mart_profil_desa 64.02.08.2009 2024 --json",
		Args:    args(cobra.MinimumNArgs(2)),
		RunE: func(c *cobra.Command, given []string) error {
			if _, err := answer.TraceKey(given[0]); err != nil {
				return usage("%w", err)
			}
			r, src, _, err := a.readWithSources(c.Context())
			if err != nil {
				return err
			}
			t, err := r.Trace(c.Context(), given[0], given[1:], src)
			if err := errors.Join(err, src.Close(), r.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(t)
			}
			a.printTrace(t)
			return nil
		},
	}
	a.engineFlag(c)
	return c
}

// shownCells are the columns that a trace shows in its table; --json has all.
var shownCells = []string{"iks", "ike", "ikl", "skor", "status"}

func (a *app) printTrace(t *answer.Trace) {
	fmt.Fprintf(a.out, "%s %s: %d rows\n", t.Mart, keyText(t), len(t.Rows))
	tab := table{head: []string{"village", "name", "year", "file", "sheet", "row", "cells (raw text)"}}
	for _, row := range t.Rows {
		sheet, n, cells := "", "", row.Note
		if row.Source != nil {
			sheet, n, cells = row.Source.Sheet, fmt.Sprint(row.Source.Row), cellText(row.Source)
		}
		tab.add(villageCode(row.Values), text(row.Values["nama_desa"], ""), text(row.Values["tahun"], ""), row.Part, sheet, n, cells)
	}
	tab.print(a.out)
	fmt.Fprintf(a.out, "\nsnapshot: %s\n", t.Snapshot)
	seen := map[string]bool{}
	for _, row := range t.Rows {
		if line := fmt.Sprintf("%s  %s  contract %s  sha256 %s", row.Release, row.Part, row.Reader, row.SHA256); !seen[line] && len(seen) < 10 {
			seen[line] = true
			fmt.Fprintln(a.out, line)
		}
	}
}

func keyText(t *answer.Trace) string {
	cols, _ := answer.TraceKey(t.Mart)
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = t.Key[c]
	}
	return strings.Join(parts, " ")
}

// villageCode is the dotted code of a row, whichever column has it.
func villageCode(values map[string]any) string {
	if code, ok := values["kode_wilayah"].(string); ok {
		return code
	}
	if code, ok := values["kode_desa"].(int64); ok {
		return wilayah.Dotted(code)
	}
	return ""
}

// cellText spells the cells of an index row, or all cells of another.
func cellText(t *transform.Traced) string {
	var shown []string
	for _, want := range shownCells {
		for _, c := range t.Cells {
			if c.Column == want {
				shown = append(shown, fmt.Sprintf("%s %s=%s", c.Cell, c.Column, text(c.Text, "")))
			}
		}
	}
	if len(shown) > 0 {
		return strings.Join(shown, "  ")
	}
	for _, c := range t.Cells {
		if c.Cell != "" {
			shown = append(shown, fmt.Sprintf("%s %s=%s", c.Cell, c.Column, text(c.Text, "")))
		}
	}
	return strings.Join(shown, "  ")
}
