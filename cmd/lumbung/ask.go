package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lumbung/answer/ask"
	"lumbung/answer/ask/grammar"
)

func (a *app) askCmd() *cobra.Command {
	var forms bool
	var limit int
	c := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Answer a question of a fixed grammar, in Indonesian or English, with table, SQL and sources",
		Long: `Answer a question about the published snapshot. The questions have fixed forms; one that has none is
not answered, the nearest forms are named instead. --forms prints all of them. With --engine trino the cells that are
cited come from the raw objects of this project, all else from Trino.`,
		Example: `  lumbung ask "Berapa desa tertinggal di Kutai Kartanegara pada 2020?"
  lumbung ask "Which villages moved up between 2023 and 2024?" --json
  lumbung ask --forms`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			if forms {
				return a.printForms()
			}
			if len(given) == 0 {
				return usage("no question; `lumbung ask --forms` lists what can be asked")
			}
			r, src, cfg, err := a.readWithSources(c.Context())
			if err != nil {
				return err
			}
			var out *ask.Answer
			asker, err := ask.New(c.Context(), r, src, cfg.Area)
			if err == nil {
				out, err = asker.Ask(c.Context(), given[0])
			}
			closed := errors.Join(src.Close(), r.Close())
			if err != nil {
				return errors.Join(a.noAnswer(given[0], err), closed)
			}
			if a.json {
				return errors.Join(a.printJSON(out), closed)
			}
			a.printAnswer(out, limit)
			return closed
		},
	}
	a.engineFlag(c)
	c.Flags().BoolVar(&forms, "forms", false, "print the forms of questions, as Markdown")
	c.Flags().IntVar(&limit, "limit", 20, "most `rows` of the table to print; 0 prints all")
	return c
}

func (a *app) printForms() error {
	g, err := grammar.Load()
	if err != nil {
		return err
	}
	fmt.Fprint(a.out, g.Markdown())
	return nil
}

// noAnswer prints why there is no answer, as JSON where that was asked for.
func (a *app) noAnswer(question string, err error) error {
	var unknown *ask.UnknownQuestionError
	if !a.json {
		if errors.As(err, &unknown) && len(unknown.Forms) == 0 {
			fmt.Fprintf(a.err, "lumbung: %q is not a question that is understood; the nearest forms are\n", question)
			for _, n := range unknown.Near {
				fmt.Fprintf(a.err, "  %s\n", n.Text)
			}
			fmt.Fprintln(a.err, "`lumbung ask --forms` lists all")
			return &exitError{exitFailed, nil}
		}
		return err
	}
	type near struct {
		Lang string `json:"bahasa"`
		Text string `json:"contoh"`
	}
	list := []near{}
	if errors.As(err, &unknown) {
		for _, n := range unknown.Near {
			list = append(list, near{n.Lang, n.Text})
		}
	}
	return errors.Join(a.printJSON(map[string]any{"pertanyaan": question, "galat": err.Error(), "terdekat": list}), &exitError{exitFailed, nil})
}

// printAnswer prints the sentence, the table, notes, sources and the SQL.
func (a *app) printAnswer(out *ask.Answer, limit int) {
	fmt.Fprintf(a.out, "%s\n", out.Text)
	if rows := out.Table.Rows; len(rows) > 0 {
		fmt.Fprintln(a.out)
		if limit > 0 && len(rows) > limit {
			rows = rows[:limit]
		}
		a.printRows(out.Table.Columns, rows)
		if len(rows) < len(out.Table.Rows) {
			fmt.Fprintf(a.out, "(%d of %d rows; --limit 0 prints all)\n", len(rows), len(out.Table.Rows))
		}
	}
	if len(out.Notes)+len(out.Sources) > 0 {
		fmt.Fprintln(a.out)
	}
	for _, n := range out.Notes {
		fmt.Fprintf(a.out, "! %s\n", n)
	}
	for _, s := range out.Sources {
		fmt.Fprintf(a.out, "%s  %s  %s  sha256 %.12s\n", s.Release, s.Title, s.Nature, s.SHA256)
		for _, c := range s.Cells {
			fmt.Fprintf(a.out, "  %s  %s %s %s  %s = %s\n", c.Village, c.Part, c.Sheet, c.Cell, c.Column, text(c.Text, ""))
		}
	}
	if out.SQL != "" {
		fmt.Fprintf(a.out, "\n  %s\n", strings.ReplaceAll(out.SQL, "\n", "\n  "))
	}
	fmt.Fprintf(a.out, "\n%s\n", out.Snapshot)
}

func (a *app) printRows(columns []string, rows [][]any) {
	t := table{head: columns, right: map[int]bool{}}
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, v := range r {
			switch v.(type) {
			case int64, json.Number, float64:
				t.right[i] = true
			}
			cells[i] = text(v, "–")
		}
		t.add(cells...)
	}
	t.print(a.out)
}
