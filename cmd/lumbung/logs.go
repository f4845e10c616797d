package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"lumbung/pipeline"
	"lumbung/pipeline/journal"
)

func (a *app) logsCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "logs [RUN]",
		Short: "What happened in a run, line by line",
		Long: `Print the journal of a run, the last one when none is named. Journals lie in data/logs, one file
of JSON lines for each run: the last 400, and those of the runs whose snapshots are kept.`,
		Example: "  lumbung logs\n  lumbung logs r000012\n  lumbung logs r000012 --json | jq 'select(.state == \"failed\")'",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			events, err := journalOf(c.Context(), p, given)
			if err := errors.Join(err, p.Close()); err != nil {
				return err
			}
			return a.printEvents(events)
		},
	}
}

// journalOf reads the journal of the run that is named, else of the last one.
func journalOf(ctx context.Context, p *pipeline.Project, given []string) ([]journal.Event, error) {
	if len(given) == 0 {
		runs, err := p.Ledger.Runs(ctx, 1)
		if err != nil {
			return nil, err
		}
		if len(runs) == 0 {
			return nil, errors.New("there was no run yet")
		}
		given = []string{runs[0].ID}
	}
	return journal.Read(p.Config.DataDir(), given[0])
}

func (a *app) printEvents(events []journal.Event) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	for _, e := range events {
		if a.json {
			if err := enc.Encode(e); err != nil {
				return err
			}
			continue
		}
		text := fmt.Sprintf("%s %s", stamp(e.Time), e.Event)
		for _, f := range []struct{ name, value string }{
			{"step", e.Name}, {"subject", e.Subject}, {"state", e.State}, {"trigger", e.Trigger}, {"snapshot", e.Snapshot},
		} {
			if f.value != "" {
				text += fmt.Sprintf(" %s=%s", f.name, quoted(f.value))
			}
		}
		if e.Event == "step" {
			text += fmt.Sprintf(" rows=%d seconds=%.3f", e.Rows, e.Seconds)
		}
		if e.Error != "" {
			text += " error=" + quoted(e.Error)
		}
		fmt.Fprintln(a.out, text)
	}
	return nil
}

// quoted puts what is more than a plain word into quotes, so that nothing in it acts on a terminal.
func quoted(s string) string {
	for _, r := range s {
		if r <= ' ' || r > '~' || r == '"' || r == '=' {
			return fmt.Sprintf("%q", s)
		}
	}
	return s
}

// logger writes the log of run and schedule in the format that --log-format names.
func (a *app) logger() *slog.Logger {
	if a.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.err, nil))
	}
	return slog.New(slog.NewTextHandler(a.err, nil))
}
