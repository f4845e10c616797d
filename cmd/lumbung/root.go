package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/internal/disk"
	"lumbung/pipeline"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// app is what every command needs: the global flags and where to write.
type app struct {
	out, err  io.Writer
	project   string
	json      bool
	quiet     bool
	logFormat string
	asOf      string
	engine    string // that answers; see engineFlag
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, out, errw io.Writer) int {
	a := &app{out: out, err: errw}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var e *exitError
	if !errors.As(err, &e) || e.err != nil {
		fmt.Fprintf(errw, "lumbung: %v\n", err)
	}
	if remedy := ledger.Remedy(err); remedy != "" {
		fmt.Fprintf(errw, "lumbung: %s\n", remedy)
	} else if errors.Is(err, fs.ErrPermission) {
		fmt.Fprintln(errw, "lumbung: permission denied: run it as the user to whom the project belongs; releases as they came (data/raw) are for that user's eyes only")
	}
	if errors.Is(err, disk.ErrBusy) {
		return exitLocked
	}
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "lumbung",
		Short:         "Load village-index releases into a warehouse; every number leads back to its spreadsheet cell",
		Version:       pipeline.Tool,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          args(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.logFormat != "text" && a.logFormat != "json" {
				return usage("--log-format is text or json, not %q", a.logFormat)
			}
			return nil
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w; see `%s --help`", err, c.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVar(&a.project, "project", ".", "the project's `directory`")
	f.BoolVar(&a.json, "json", false, "answer in JSON")
	f.BoolVar(&a.quiet, "quiet", false, "no progress")
	f.StringVar(&a.logFormat, "log-format", "text", "`format` of log lines: text or json")
	f.StringVar(&a.asOf, "as-of", "", "read this `snapshot` (an id, its beginning, or a time) instead of the current one")
	root.AddCommand(a.initCmd(), a.planCmd(), a.runCmd(), a.statusCmd(), a.runsCmd(), a.trendCmd(), a.queryCmd(), a.verifyCmd(), a.contractCmd(), a.publishCmd(),
		a.docsCmd(), a.traceCmd(), a.scheduleCmd(), a.quarantineCmd(), a.serveCmd(), a.snapshotsCmd(), a.auditCmd(), a.diffCmd(), a.askCmd(), a.backfillCmd(),
		a.logsCmd(), a.notifyCmd(), a.ledgerCmd(), a.doctorCmd(), a.compareCmd(), a.stageCmd())
	return root
}

// args makes a wrong number of arguments a usage error.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		if err := check(c, given); err != nil {
			return usage("%w; see `%s --help`", err, c.CommandPath())
		}
		return nil
	}
}

// open opens the project for a command that may write.
func (a *app) open(ctx context.Context) (*pipeline.Project, error) {
	return pipeline.Open(ctx, a.project, time.Now)
}

// read opens the published snapshot.
func (a *app) read(ctx context.Context) (*answer.Reader, *config.Config, error) {
	cfg, err := config.Load(a.project)
	if err != nil {
		return nil, nil, err
	}
	r, err := a.openSnapshot(ctx, cfg, a.asOf)
	if err != nil {
		return nil, nil, err
	}
	r.ShortNames = cfg.ShortNames
	if f := r.Snap.Fallback; f != nil {
		fmt.Fprintf(a.err, "lumbung: warning: %v\n", f)
	}
	return r, cfg, nil
}

// engineFlag lets a command answer from another engine.
func (a *app) engineFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.engine, "engine", config.EngineDuckDB, "the `engine` that answers: duckdb, on this machine; trino, from what the Trino of lumbung.yaml has published")
}

// openSnapshot opens a snapshot on the engine that was asked for: the current one for asOf "".
func (a *app) openSnapshot(ctx context.Context, cfg *config.Config, asOf string) (*answer.Reader, error) {
	if err := a.knownEngine(); err != nil {
		return nil, err
	}
	if a.engine != config.EngineTrino {
		return answer.Open(ctx, cfg.DataDir(), asOf)
	}
	return (&trinoSnapshots{cfg: cfg}).Open(ctx, asOf)
}

func (a *app) knownEngine() error {
	if a.engine != "" && a.engine != config.EngineDuckDB && a.engine != config.EngineTrino {
		return usage("--engine %q is not one of %s, %s", a.engine, config.EngineDuckDB, config.EngineTrino)
	}
	return nil
}

// readWithSources is read, with the sources' files beside it, for cells.
func (a *app) readWithSources(ctx context.Context) (*answer.Reader, *answer.Sources, *config.Config, error) {
	r, cfg, err := a.read(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	src, err := openSources(cfg)
	if err != nil {
		return nil, nil, nil, errors.Join(err, r.Close())
	}
	return r, src, cfg, nil
}

func openSources(cfg *config.Config) (*answer.Sources, error) {
	shared, err := cfg.Remote()
	if err != nil {
		return nil, err
	}
	return answer.OpenSources(cfg.DataDir(), shared, cfg.Known)
}

// printJSON writes one JSON document.
func (a *app) printJSON(v any) error { return writeJSON(a.out, v) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
