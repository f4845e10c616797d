package pipeline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"lumbung/internal/crash"
	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/load/stage"
	"lumbung/sql"
	"lumbung/transform/contract"
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

// inputs defines the relations that models start from.
func (w *build) inputs(ctx context.Context, units []*unit) error {
	return w.r.steps.do(ctx, "load", "", "", 0, func(func(int64)) (Step, error) {
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
		for name, t := range w.r.p.Config.Tables {
			if err := w.db.Input(ctx, "tahap_"+name, tableColumns(t), paths[name]); err != nil {
				return Step{}, err
			}
		}
		if err := w.db.Input(ctx, "tahap_temuan", findingColumns, findings); err != nil {
			return Step{}, err
		}
		if err := w.fillReleases(ctx, units); err != nil {
			return Step{}, err
		}
		return Step{}, w.fillSeeds(ctx)
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

var findingColumns = []duck.Column{
	{Name: "rilis_id", Type: "VARCHAR"}, {Name: "sumber_sha256", Type: "VARCHAR"}, {Name: "bagian", Type: "VARCHAR"},
	{Name: "kontrak", Type: "VARCHAR"}, {Name: "tabel", Type: "VARCHAR"}, {Name: "lembar", Type: "VARCHAR"},
	{Name: "baris", Type: "INTEGER"}, {Name: "sel", Type: "VARCHAR"}, {Name: "kolom", Type: "VARCHAR"},
	{Name: "teks", Type: "VARCHAR"}, {Name: "aturan", Type: "VARCHAR"}, {Name: "tingkat", Type: "VARCHAR"},
	{Name: "alasan", Type: "VARCHAR"}, {Name: "perbaikan", Type: "VARCHAR"}, {Name: "kunci", Type: "VARCHAR"},
}

var releaseColumns = []duck.Column{
	{Name: "rilis_id", Type: "VARCHAR"}, {Name: "sumber", Type: "VARCHAR"}, {Name: "periode", Type: "INTEGER"},
	{Name: "revisi", Type: "INTEGER"}, {Name: "judul", Type: "VARCHAR"}, {Name: "terbit", Type: "DATE"},
	{Name: "diambil", Type: "TIMESTAMP"}, {Name: "metodologi", Type: "VARCHAR"}, {Name: "sifat", Type: "VARCHAR"},
	{Name: "penerbit", Type: "VARCHAR"}, {Name: "url", Type: "VARCHAR"}, {Name: "kontrak", Type: "VARCHAR"},
	{Name: "tabel", Type: "VARCHAR"}, {Name: "sha256", Type: "VARCHAR"}, {Name: "masuk", Type: "BIGINT"},
	{Name: "dimuat", Type: "BIGINT"}, {Name: "karantina", Type: "BIGINT"}, {Name: "dilewati", Type: "BIGINT"},
	{Name: "basi", Type: "BOOLEAN"},
}

var partColumns = []duck.Column{
	{Name: "rilis_id", Type: "VARCHAR"}, {Name: "bagian", Type: "VARCHAR"}, {Name: "sha256", Type: "VARCHAR"}, {Name: "bytes", Type: "BIGINT"},
}

// indexTables are the staged tables whose releases belong to a methodology.
var indexTables = map[string]bool{"indeks": true, "indikator": true, "rumusan": true, "rumusan_indikator": true}

func (w *build) fillReleases(ctx context.Context, units []*unit) error {
	var rows, parts [][]any
	seen := map[string]bool{}
	for _, u := range units {
		if u.staged == nil {
			continue
		}
		rel, c := u.rel, u.result.Counts
		rows = append(rows, []any{rel.id, rel.source.Name, rel.period, rel.rev, orNil(rel.spec.Title), orNil(rel.spec.Published),
			rel.fetched.UTC(), methodology(u), rel.spec.Nature, orNil(rel.source.Publisher), orNil(rel.spec.Origin), u.c.Name,
			u.c.Table.Name, rel.hash, c.In, c.Loaded, c.Quarantined, c.Skipped, rel.stale})
		if seen[rel.id] {
			continue
		}
		seen[rel.id] = true
		for _, p := range rel.parts {
			parts = append(parts, []any{rel.id, p.Name, p.SHA256, p.Bytes})
		}
	}
	if err := w.db.Fill(ctx, "tahap_rilis", releaseColumns, rows); err != nil {
		return err
	}
	return w.db.Fill(ctx, "tahap_bagian", partColumns, parts)
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

func (w *build) fillSeeds(ctx context.Context) error {
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
		if err := w.db.Fill(ctx, s.Name, cols, rows); err != nil {
			return err
		}
	}
	return nil
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

// export writes every mart as Parquet.
func (w *build) export(ctx context.Context) error {
	for _, m := range w.m.ordered {
		if m.Layer != sql.Marts {
			continue
		}
		err := w.r.steps.do(ctx, "export", m.Name, "", 0, func(func(int64)) (Step, error) {
			name := filepath.ToSlash(filepath.Join("marts", m.Name, m.Name+".parquet"))
			path := filepath.Join(w.b.Path(), filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return Step{}, err
			}
			if err := w.db.Export(ctx, m.Name, path, m.Header.Key); err != nil {
				return Step{}, err
			}
			rows, err := w.db.Count(ctx, m.Name)
			if err != nil {
				return Step{}, err
			}
			cols, err := w.db.Describe(ctx, m.Name)
			if err != nil {
				return Step{}, err
			}
			info := snapshot.FileInfo{Rows: rows}
			for _, c := range cols {
				info.Columns = append(info.Columns, snapshot.Column{Name: c.Name, Type: c.Type})
			}
			w.files[name] = info
			return Step{Rows: rows}, nil
		})
		if err != nil {
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
			Sifat: u.rel.spec.Nature, Contract: u.c.Name, ContractHash: u.c.Hash, Rows: rowsOf(u), Stale: u.rel.stale}
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
