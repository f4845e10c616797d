package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lumbung/internal/crash"
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

// build makes the warehouse and the marts in a build directory.
type build struct {
	r      *run
	db     *duck.DB
	b      *snapshot.Build
	m      *models
	files  map[string]snapshot.FileInfo
	audits []AuditResult
}

// warehouse runs everything between the staged units and the sealed manifest.
func (r *run) warehouse(ctx context.Context, units []*unit, m *models) (*build, error) {
	b, err := r.p.Snapshots.Begin(ctx, r.id)
	if err != nil {
		return nil, err
	}
	w := &build{r: r, b: b, m: m, files: map[string]snapshot.FileInfo{}}
	if err := w.make(ctx, units); err != nil {
		if w.db != nil {
			err = errors.Join(err, w.db.Close())
		}
		return nil, errors.Join(err, r.p.Snapshots.Discard(context.WithoutCancel(ctx), b))
	}
	return w, nil
}

func (w *build) make(ctx context.Context, units []*unit) error {
	cfg := w.r.p.Config.DuckDB
	spill := filepath.Join(w.b.Path(), ".spill")
	var err error
	w.db, err = duck.Create(ctx, filepath.Join(w.b.Path(), snapshot.Warehouse),
		duck.Options{Threads: cfg.Threads, Memory: cfg.Memory, TempDir: spill})
	if err != nil {
		return err
	}
	if err := w.inputs(ctx, units); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckLoaded)
	for i := range w.m.ordered {
		if err := w.model(ctx, &w.m.ordered[i]); err != nil {
			return err
		}
	}
	crash.Hit(ctx, crash.DuckAudited)
	if err := w.export(ctx); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckExported)
	db := w.db
	w.db = nil
	if err := db.Finish(ctx); err != nil {
		return err
	}
	crash.Hit(ctx, crash.DuckClosed)
	return os.RemoveAll(spill)
}

// model builds one model, or runs one audit.
func (w *build) model(ctx context.Context, m *sql.Model) error {
	if m.Layer == sql.Audits {
		return w.audit(ctx, m)
	}
	return w.r.steps.do(ctx, "model", m.Name, "", 0, func(func(int64)) (Step, error) {
		if m.Header.Materialized == sql.View {
			return Step{}, w.db.View(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
		}
		built, err := w.db.Table(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
		return Step{Rows: built.Rows}, err
	})
}

// audit runs one audit; its failing rows stay in the warehouse as a table.
func (w *build) audit(ctx context.Context, m *sql.Model) error {
	return w.r.steps.do(ctx, "audit", m.Name, "", 0, func(func(int64)) (Step, error) {
		built, err := w.db.Table(ctx, m.Name, m.SQL, false)
		if err != nil {
			return Step{}, err
		}
		a := AuditResult{Name: m.Name, Severity: m.Header.Severity, Failing: built.Rows, Message: m.Header.Message}
		st := Step{Rows: built.Rows, Severity: m.Header.Severity}
		if built.Rows > 0 {
			if a.First, err = w.firstRow(ctx, m.Name); err != nil {
				return st, err
			}
			if a.Severity == sql.Block {
				st.State = "refused"
			}
		}
		w.audits = append(w.audits, a)
		return st, nil
	})
}

func (w *build) firstRow(ctx context.Context, name string) (string, error) {
	res, _, err := w.db.Query(ctx, 1, "SELECT * FROM "+duck.Ident(name)+" ORDER BY ALL NULLS LAST LIMIT 1")
	if err != nil || len(res.Rows) == 0 {
		return "", err
	}
	var parts []string
	for i, v := range res.Rows[0] {
		if v != nil {
			parts = append(parts, fmt.Sprintf("%s=%v", res.Columns[i].Name, v))
		}
	}
	return strings.Join(parts, " "), nil
}

// blocked lists the audits that forbid publishing.
func (w *build) blocked() []AuditResult {
	var out []AuditResult
	for _, a := range w.audits {
		if a.Severity == sql.Block && a.Failing > 0 {
			out = append(out, a)
		}
	}
	return out
}
