package pipeline

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/load/stage"
	"lumbung/sql"
	"lumbung/transform/contract"
)

// hashAtMost is how many rows the parts of a relation may have, in the mean, to
// be hashed. Above it, what a part was made from stands for its rows: hashing
// 38 million indicators would take longer than what it could spare.
const hashAtMost = 1_000_000

// readAtMost is how many rows of its inputs a query may read where its model can be made part by part: a join holds one
// side of them in memory.
const readAtMost = 2_000_000

// carried is what a build takes over from the snapshot before: the warehouse
// is a copy of that one's, and only parts of which an input changed are made
// anew. Without a snapshot before, all parts are made, and noted all the same.
type carried struct {
	old *prints // nil: nothing is carried
	now *prints
	// staged are the files of each staged table, for making parts from only some of them.
	staged map[string][]stagedFile
	made   map[string]changes          // by model, under mu
	sizes  map[string]map[string]int64 // rows by relation and part, under mu

	hashAtMost, readAtMost int64
}

// stagedFile is the data of one staged unit.
type stagedFile struct {
	path  string
	years values
}

// begin makes the warehouse of the build: a copy of the one before, or a new one.
func (w *build) begin(ctx context.Context, opt duck.Options) (err error) {
	name := filepath.Join(w.b.Path(), snapshot.Warehouse)
	w.carried = &carried{now: newPrints(), staged: map[string][]stagedFile{}, made: map[string]changes{},
		sizes: map[string]map[string]int64{}, hashAtMost: hashAtMost, readAtMost: readAtMost}
	if w.before != nil {
		if w.old, err = printsOf(ctx, w.before); err != nil {
			return err
		}
	}
	if w.old != nil {
		same, err := copyWarehouse(ctx, w.before, name)
		if err != nil {
			return err
		}
		if !same {
			w.old = nil
		}
	}
	if w.old == nil {
		w.db, err = duck.Create(ctx, name, opt)
	} else {
		w.db, err = duck.Reopen(ctx, name, opt)
	}
	if err != nil {
		return err
	}
	if w.now.Engine, err = w.db.Version(ctx); err != nil {
		return err
	}
	if w.old != nil && w.old.Engine != w.now.Engine { // its hashes mean nothing here
		w.old = nil
		if err := w.db.Close(); err != nil {
			return err
		}
		if err := os.Remove(name); err != nil {
			return err
		}
		if w.db, err = duck.Create(ctx, name, opt); err != nil {
			return err
		}
	}
	w.on, w.atOnce = noting{w.db, w.now}, w.db.AtOnce()
	w.make = w.makeModel
	return nil
}

// noting notes a hash of everything that a run fills in itself.
type noting struct {
	*duck.DB
	now *prints
}

func (n noting) Fill(ctx context.Context, name string, columns []duck.Column, rows [][]any) error {
	n.now.set(name, fingerprint{Rows: map[string]string{"": hashOf(columns, rows)}})
	return n.DB.Fill(ctx, name, columns, rows)
}

// noteStaged notes what each staged table is made of, by year where it has one.
func (w *build) noteStaged(ctx context.Context, units []*unit) error {
	files, findings := map[string]map[string][]string{}, []string{}
	for name := range w.r.p.Config.Tables {
		files[name] = map[string][]string{}
	}
	for _, u := range units {
		if u.staged == nil {
			continue
		}
		data, found := u.staged.Files[0], u.staged.Files[1]
		findings = append(findings, found.SHA256)
		path, err := w.r.p.Stage.Path(ctx, u.staged, stage.DataFile)
		if err != nil {
			return err
		}
		years := values{}
		if byYear(u.c.Table) {
			if years, err = w.yearsOf(ctx, path, data.SHA256); err != nil {
				return err
			}
		}
		relation := "tahap_" + u.c.Table.Name
		w.staged[relation] = append(w.staged[relation], stagedFile{path, years})
		for _, part := range years.parts(byYear(u.c.Table)) {
			w.size(relation, part, data.Rows)
			files[u.c.Table.Name][part] = append(files[u.c.Table.Name][part], data.SHA256)
		}
	}
	for name, t := range w.r.p.Config.Tables {
		p := fingerprint{Rows: map[string]string{}}
		for part, sums := range files[name] {
			slices.Sort(sums)
			p.Rows[part] = hashOf(tableColumns(t), sums)
		}
		if !byYear(t) && len(p.Rows) == 0 {
			p.Rows[""] = hashOf(tableColumns(t))
		}
		w.now.set("tahap_"+name, p)
	}
	slices.Sort(findings)
	w.now.set(sql.Findings, fingerprint{Rows: map[string]string{"": hashOf(findings)}})
	return nil
}

// byYear says whether a staged table has a year.
func byYear(t *contract.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c contract.TableColumn) bool { return c.Name == yearOfStaged })
}

// yearOfStaged is the column by which staged tables are kept apart.
const yearOfStaged = "tahun"

// yearsOf looks up, or reads, which years a staged file has.
func (w *build) yearsOf(ctx context.Context, path, sum string) (v values, err error) {
	known := false
	if w.old != nil {
		v, known = w.old.Years[sum]
	}
	if !known {
		v.Values, v.Null, err = w.db.ValuesOf(ctx, path, yearOfStaged)
	}
	w.now.Years[sum] = v
	return v, err
}

func (v values) parts(byYear bool) []string {
	if !byYear {
		return []string{""}
	}
	var parts []string
	for _, y := range v.Values {
		parts = append(parts, partNamed(y, false))
	}
	if v.Null {
		parts = append(parts, none)
	}
	return parts
}

// makeModel makes what has to be made of a model, and notes it.
func (w *build) makeModel(ctx context.Context, m *sql.Model) (Step, error) {
	r, err := w.recipe(ctx, m)
	if err != nil {
		return Step{}, err
	}
	var old fingerprint
	if w.old != nil {
		old = w.old.of(m.Name)
	}
	c := r.changes(old.Made)
	w.note(m.Name, c)
	st := Step{}
	stays := w.old != nil && m.Layer != sql.Staging // in the warehouse that was copied
	if stays {
		st.Carried = int64(len(r.made) - len(c.anew))
	}
	if stays && c.none() {
		st.State = "cached"
	}
	if m.Header.Materialized == sql.View {
		is := fingerprint{Made: r.made, Rows: r.rows()}
		w.now.set(m.Name, is)
		w.measure(m.Name, r, is.Rows)
		if !stays {
			err = w.db.View(ctx, m.Name, m.SQL, m.Layer == sql.Staging)
		}
		return st, err
	}
	kept := old.Rows
	switch {
	case stays && c.none():
	case stays && r.alone && len(c.anew) < len(r.made):
		err = w.replace(ctx, m, r, c)
	default:
		if stays {
			err = w.db.Drop(ctx, m.Name)
		}
		if err == nil {
			err = w.whole(ctx, m, r)
		}
		if w.old == nil || !c.none() {
			kept = nil
		}
	}
	if err != nil {
		return st, err
	}
	if st.Rows, err = w.db.Count(ctx, m.Name); err != nil {
		return st, err
	}
	is := fingerprint{Made: r.made}
	if is.Rows, err = w.rowsOf(ctx, m, r, st.Rows, kept, c); err != nil {
		return st, err
	}
	w.now.set(m.Name, is)
	w.measure(m.Name, r, is.Rows)
	if n, known := is.rowCount(); known && n != st.Rows {
		return st, fmt.Errorf("model %s: %d rows, its parts have %d: what was carried over is not what it was; run with --full", m.Name, st.Rows, n)
	}
	return st, nil
}

// note remembers which parts of a model this run makes.
func (w *build) note(model string, is changes) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made[model] = is
}

// rowsOf hashes the rows of a table, n in all, by part: of what was made, or of all where no hashes are kept.
func (w *build) rowsOf(ctx context.Context, m *sql.Model, r *recipe, n int64, kept map[string]string, c changes) (map[string]string, error) {
	rows := map[string]string{}
	var only *duck.Part
	if kept != nil {
		maps.Copy(rows, kept)
		if c.none() {
			return rows, nil
		}
		for _, part := range slices.Concat(c.anew, c.gone) {
			delete(rows, part)
		}
		p := partOf(r.column, c.anew)
		only = &p
	}
	if r.alone && n > w.hashAtMost*int64(len(r.made)) {
		return r.rows(), nil
	}
	made, err := w.db.Slices(ctx, m.Name, r.column, columnsOf(m.Header.Columns), only)
	if err != nil {
		return nil, err
	}
	for _, s := range made {
		part := ""
		if r.column != "" {
			part = partNamed(s.Value, s.Null)
		}
		if _, ok := r.made[part]; r.alone && !ok {
			return nil, fmt.Errorf("model %s: rows of %s %s, which no input has that its partition names: correct the header of sql/%s", m.Name, r.column, part, m.File)
		}
		rows[part] = fmt.Sprintf("%d %s", s.Rows, s.Hash)
	}
	return rows, nil
}
