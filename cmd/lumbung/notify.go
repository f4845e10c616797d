package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/pipeline/metrics"
	"lumbung/pipeline/otlp"
)

func (a *app) notifyCmd() *cobra.Command {
	var test string
	c := &cobra.Command{
		Use:   "notify",
		Short: "Tell the channels of lumbung.yaml what they do not know yet",
		Long: `Tell each channel under notify in lumbung.yaml the troubles, recoveries and releases that it has
not been told of. Every run does this at its end; the command is for what happens between runs,
such as a source that is late, and for messages that did not arrive.`,
		Example: "  lumbung notify\n  lumbung notify --test telegram-dinas",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open(c.Context())
			if err != nil {
				return err
			}
			if test != "" {
				return errors.Join(p.TellTest(c.Context(), test), p.Close())
			}
			return errors.Join(a.tell(c.Context(), p), p.Close())
		},
	}
	c.Flags().StringVar(&test, "test", "", "send a test message to this `channel` instead")
	return c
}

// tell tells people the news. What does not arrive is said here and tried again later.
func (a *app) tell(ctx context.Context, p *pipeline.Project) error {
	told, err := p.Tell(ctx, countChanges(p.Config))
	for _, d := range told {
		err = errors.Join(err, d.Err)
		if d.Err == nil && d.Title != "" && !a.quiet && !a.json {
			fmt.Fprintf(a.out, "told %s: %s\n", d.Channel, d.Title)
		}
	}
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// after does what follows a run, whatever its outcome, and changes nothing about that.
func (a *app) after(ctx context.Context, p *pipeline.Project) error {
	return errors.Join(a.tell(ctx, p), writeMetrics(p), otlp.Export(ctx, os.Getenv, p.Config.Name, p.Config.DataDir(), p.Status))
}

// writeMetrics writes the file for node_exporter, if one is wanted.
func writeMetrics(p *pipeline.Project) error {
	name := p.Config.Metrics.Textfile
	if name == "" {
		return nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.Config.Dir, name)
	}
	if err := metrics.WriteFile(name, p.Status); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// maxCounts is how many lines of changed counts one message has.
const maxCounts = 12

// countChanges compares the counts of the project's area in two snapshots.
func countChanges(cfg *config.Config) pipeline.Changes {
	return func(ctx context.Context, from, to string) (lines []string, err error) {
		if cfg.Area == "" {
			return nil, nil
		}
		after, err := answer.Open(ctx, cfg.DataDir(), to)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, after.Close()) }()
		var before *answer.Reader
		if from != "" {
			if before, err = answer.Open(ctx, cfg.DataDir(), from); err != nil {
				lines = append(lines, fmt.Sprintf("snapshot %s, of which you were told last, is gone; all years are taken for new", from))
			} else {
				defer func() { err = errors.Join(err, before.Close()) }()
			}
		}
		area, err := after.FindArea(ctx, cfg.Area)
		if err != nil {
			return nil, err
		}
		counts, err := answer.CountChanges(ctx, before, after, area)
		if err != nil {
			return nil, err
		}
		for _, c := range counts[:min(len(counts), maxCounts)] {
			lines = append(lines, c.String())
		}
		if n := len(counts) - maxCounts; n > 0 {
			lines = append(lines, fmt.Sprintf("and %d more: `lumbung diff %s %s`", n, from, to))
		}
		if len(counts) == 0 {
			lines = append(lines, area.Name+": no count of villages changed")
		}
		return lines, nil
	}
}
