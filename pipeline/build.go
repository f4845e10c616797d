package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"lumbung/internal/crash"
	"lumbung/load/compare"
	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/sql"
)

// models are the SQL files in the order in which they build on one another.
type models struct {
	ordered []sql.Model
	seeds   []sql.Seed
	hash    string // first 12 digits over all texts
}

func loadModels() (*models, error) {
	all, err := sql.Models()
	if err != nil {
		return nil, err
	}
	ordered, err := sql.Order(all)
	if err != nil {
		return nil, err
	}
	seeds, err := sql.Seeds()
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	for _, m := range ordered {
		fmt.Fprintf(h, "%s\n%s\n", m.File, m.SQL)
	}
	for _, s := range seeds {
		fmt.Fprintf(h, "%s\n%q\n%q\n", s.Name, s.Columns, s.Rows)
	}
	return &models{ordered, seeds, fmt.Sprintf("%x", h.Sum(nil))[:12]}, nil
}

func (m *models) names() []string {
	var names []string
	for i := range m.ordered {
		names = append(names, m.ordered[i].Name)
	}
	return names
}

// tool is what a manifest says about the program: a change of models changes it.
func (m *models) tool() string { return Tool + " models " + m.hash }

// AuditResult is what an audit found in a build.
type AuditResult struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Failing  int64  `json:"failing"`
	Message  string `json:"message"`
	First    string `json:"first,omitempty"` // the first failing row, for people
}

// engine is what models run on: the DuckDB of a snapshot, or the engine that gets a copy.
type engine interface {
	Input(ctx context.Context, name string, columns []duck.Column, paths []string) error
	Fill(ctx context.Context, name string, columns []duck.Column, rows [][]any) error
	Table(ctx context.Context, name, query string, temporary bool) (duck.Built, error)
	View(ctx context.Context, name, query string, temporary bool) error
	compare.Side
}

// modelRun runs all models and audits on an engine.
type modelRun struct {
	r      *run
	m      *models
	on     engine
	at     string // before the subjects of its steps, "" for the snapshot's own
	atOnce int    // how many models may run beside one another
	// make makes a model; nil makes all of it, from its SQL.
	make   func(context.Context, *sql.Model) (Step, error)
	audits []AuditResult
}

// build makes the warehouse and the marts in a build directory.
type build struct {
	modelRun
	db     *duck.DB
	b      *snapshot.Build
	before *snapshot.Snapshot // what is equal is copied from it; nil when all is to be made
	*carried
	mu    sync.Mutex // guards files, and made of what is carried
	files map[string]snapshot.FileInfo
}

// warehouse runs everything between the staged units and the sealed manifest.
func (r *run) warehouse(ctx context.Context, units []*unit, m *models) (*build, error) {
	b, err := r.p.Snapshots.Begin(ctx, r.id)
	if err != nil {
		return nil, err
	}
	w := &build{modelRun: modelRun{r: r, m: m}, b: b, files: map[string]snapshot.FileInfo{}}
	if w.before, err = r.carries(ctx, m); err == nil {
		err = w.makeAll(ctx, units)
	}
	if w.before != nil {
		err = errors.Join(err, w.before.Close())
	}
	if err != nil {
		if w.db != nil {
			err = errors.Join(err, w.db.Close())
		}
		return nil, errors.Join(err, r.p.Snapshots.Discard(context.WithoutCancel(ctx), b))
	}
	return w, nil
}

// wholeEvery is how often a run makes every file itself, whatever it could copy.
const wholeEvery = 10

// carries opens the snapshot from which files may be copied: the current one,
// if this same program made it. It is nil for a run that is to make everything.
func (r *run) carries(ctx context.Context, m *models) (*snapshot.Snapshot, error) {
	before, err := r.p.usable(ctx)
	if before == nil || err != nil {
		return nil, err
	}
	if r.opt.Full || r.accept != nil || before.Fallback != nil || before.Manifest.Tool != m.tool() || (before.Manifest.Number+1)%wholeEvery == 0 {
		return nil, before.Close()
	}
	return before, nil
}

func (w *build) makeAll(ctx context.Context, units []*unit) error {
	cfg := w.r.p.Config.DuckDB
	spill := filepath.Join(w.b.Path(), ".spill")
	if err := w.begin(ctx, duck.Options{Threads: cfg.Threads, Memory: cfg.Memory, TempDir: spill}); err != nil {
		return err
	}
	if err := w.inputs(ctx, units); err != nil {
		return err
	}
	if err := w.noteStaged(ctx, units); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckLoaded)
	audited := task{"audited", w.m.names(), func(ctx context.Context) error { crash.Hit(ctx, crash.DuckAudited); return nil }}
	if err := w.run(ctx, append(w.exports(), audited)...); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckExported)
	if err := w.now.write(w.b.Path()); err != nil {
		return err
	}
	db := w.db
	w.db = nil
	if err := db.Finish(ctx); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckClosed)
	return os.RemoveAll(spill)
}

// run makes all models, each as soon as those that it reads are there, and as early as can be what else there is to do with them.
func (w *modelRun) run(ctx context.Context, more ...task) error {
	w.audits = make([]AuditResult, len(w.m.ordered))
	var tasks []task
	for i := range w.m.ordered {
		m := &w.m.ordered[i]
		tasks = append(tasks, task{m.Name, m.After(), func(ctx context.Context) error { return w.model(ctx, m, &w.audits[i]) }})
	}
	err := doAll(ctx, w.atOnce, append(more, tasks...))
	w.audits = slices.DeleteFunc(w.audits, func(a AuditResult) bool { return a.Name == "" })
	return err
}

// model builds one model, or runs one audit.
func (w *modelRun) model(ctx context.Context, m *sql.Model, result *AuditResult) error {
	if m.Layer == sql.Audits {
		return w.audit(ctx, m, result)
	}
	return w.r.steps.do(ctx, "model", w.at+m.Name, "", 0, func(func(int64)) (Step, error) {
		return w.relation(ctx, m)
	})
}

// relation makes the relation of a model or audit.
func (w *modelRun) relation(ctx context.Context, m *sql.Model) (Step, error) {
	if w.make != nil {
		return w.make(ctx, m)
	}
	if m.Header.Materialized == sql.View {
		return Step{}, w.on.View(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
	}
	built, err := w.on.Table(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
	return Step{Rows: built.Rows}, err
}

// audit runs one audit; its failing rows stay in the warehouse as a table.
func (w *modelRun) audit(ctx context.Context, m *sql.Model, a *AuditResult) error {
	return w.r.steps.do(ctx, "audit", w.at+m.Name, "", 0, func(func(int64)) (Step, error) {
		st, err := w.relation(ctx, m)
		if err != nil {
			return Step{}, err
		}
		*a = AuditResult{Name: m.Name, Severity: m.Header.Severity, Failing: st.Rows, Message: m.Header.Message}
		st.Severity = m.Header.Severity
		if st.Rows > 0 {
			if a.First, err = w.firstRow(ctx, m); err != nil {
				return st, err
			}
			if a.Severity == sql.Block {
				st.State = "refused"
			}
		}
		return st, nil
	})
}

func (w *modelRun) firstRow(ctx context.Context, m *sql.Model) (string, error) {
	order := make([]string, len(m.Header.Columns))
	for i, c := range m.Header.Columns {
		order[i] = duck.Ident(c.Name) + " NULLS LAST"
	}
	var parts []string
	query := fmt.Sprintf("SELECT * FROM %s ORDER BY %s LIMIT 1", duck.Ident(m.Name), strings.Join(order, ", "))
	err := w.on.Each(ctx, query, nil, nil, func(row []any) error {
		for i, v := range row {
			if v != nil {
				parts = append(parts, fmt.Sprintf("%s=%v", m.Header.Columns[i].Name, v))
			}
		}
		return nil
	})
	return strings.Join(parts, " "), err
}

// blocked lists the audits that forbid publishing.
func (w *modelRun) blocked() []AuditResult {
	var out []AuditResult
	for _, a := range w.audits {
		if a.Severity == sql.Block && a.Failing > 0 {
			out = append(out, a)
		}
	}
	return out
}
