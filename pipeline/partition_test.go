package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"lumbung/examples/kukar"
	"lumbung/load/duck"
	"lumbung/sql"
)

type quiet struct{}

func (quiet) Begin(string, string, string, int64) {}
func (quiet) Progress(string, string, int64)      {}
func (quiet) End(Step)                            {}

// withWarehouse runs the sample up to its marts and hands over the build with all its relations.
func withWarehouse(t *testing.T, look func(ctx context.Context, w *build)) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, kukar.Files); err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.do(t.Context(), Options{Report: quiet{}}, func(r *run, ctx context.Context) (Result, error) {
		m, err := loadModels()
		if err != nil {
			return Result{}, err
		}
		releases, err := r.extract(ctx)
		if err != nil {
			return Result{}, err
		}
		units, err := r.decode(ctx, releases)
		if err != nil {
			return Result{}, err
		}
		b, err := p.Snapshots.Begin(ctx, r.id)
		if err != nil {
			return Result{}, err
		}
		w := &build{modelRun: modelRun{r: r, m: m}, b: b}
		if err = errors.Join(w.begin(ctx, duck.Options{Threads: 1}), w.inputs(ctx, units), w.noteStaged(ctx, units), w.run(ctx)); err == nil {
			look(ctx, w)
		}
		return Result{Outcome: Failed}, errors.Join(err, w.db.Close(), p.Snapshots.Discard(ctx, b))
	})
	if err = errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
}

// apart makes a model as a whole, and once more part by part, each from those parts of its inputs that the header names
// alone. It counts the rows of the whole, those that only one of the two has, and the parts that have rows.
func apart(t *testing.T, ctx context.Context, w *build, m *sql.Model) (rows, differ, parts int64) {
	t.Helper()
	r, err := w.recipe(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if !r.alone {
		t.Fatalf("%s is made as a whole", m.Name)
	}
	for _, name := range []string{"utuh", "bagian"} {
		if err := w.db.Drop(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.db.Table(ctx, "utuh", m.SQL, false); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Table(ctx, "bagian", "SELECT * FROM utuh WHERE false", false); err != nil {
		t.Fatal(err)
	}
	for _, part := range slices.Sorted(maps.Keys(r.made)) {
		nothing := duck.Part{Column: r.column}
		if err := w.db.Replace(ctx, "bagian", m.SQL, nothing, partOf(r.column, []string{part}), w.sees(m, r, []string{part})); err != nil {
			t.Fatal(err)
		}
	}
	count := func(query string) int64 {
		found, _, err := w.db.Query(ctx, 0, query)
		if err != nil {
			t.Fatal(err)
		}
		return found.Rows[0][0].(int64)
	}
	return count("SELECT count(*) FROM utuh"),
		count("SELECT count(*) FROM ((SELECT * FROM utuh EXCEPT ALL SELECT * FROM bagian) UNION ALL (SELECT * FROM bagian EXCEPT ALL SELECT * FROM utuh))"),
		count(fmt.Sprintf("SELECT count(DISTINCT %s) FROM utuh", duck.Ident(r.column)))
}

// What a header says of the partition of its model is true: the parts, made without one another from what they are said to
// depend on, are the whole. A run carries parts by it.
func TestPartitionsAreMadeAlone(t *testing.T) {
	withWarehouse(t, func(ctx context.Context, w *build) {
		spoil(t, ctx, w, missing)
		judge := func(is func(*sql.Model) bool) {
			for i := range w.m.ordered {
				m := &w.m.ordered[i]
				if p := m.Header.Partition; p == nil || len(p.From) == 0 || !is(m) {
					continue
				}
				rows, differ, parts := apart(t, ctx, w, m)
				t.Logf("%s: %d rows, %d parts", m.Name, rows, parts)
				if differ != 0 {
					t.Errorf("%s: %d rows differ when its parts are made alone: its partition is not what the header says", m.Name, differ)
				}
				if parts < 2 {
					t.Errorf("%s: rows of %d years show nothing", m.Name, parts)
				}
			}
		}
		judge(func(m *sql.Model) bool { return m.Layer != sql.Audits })
		spoil(t, ctx, w, wrong)
		judge(func(m *sql.Model) bool { return m.Layer == sql.Audits && m.Name != "audit_riwayat" })
		spoil(t, ctx, w, []string{"UPDATE fct_perpindahan SET skor_ke = skor_dari + 0.3 WHERE tahun_ke > 2020"})
		judge(func(m *sql.Model) bool { return m.Name == "audit_riwayat" })
	})
}

// spoil changes what the warehouse holds.
func spoil(t *testing.T, ctx context.Context, w *build, statements []string) {
	t.Helper()
	for _, s := range statements {
		if err := w.db.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	hilang := w.m.named("cek_desa_hilang")
	if err := w.db.Drop(ctx, hilang.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Table(ctx, hilang.Name, hilang.SQL, false); err != nil {
		t.Fatal(err)
	}
}

// missing takes other villages out of each year.
var missing = []string{"DELETE FROM fct_indeks WHERE kode_desa % 7 = tahun % 7"}

// wrong gives every audit that has a partition something to find in several years, but audit_riwayat.
var wrong = []string{
	"UPDATE dim_wilayah SET berlaku_sampai = 2018 WHERE tingkat = 'desa' AND kode % 4 = 0",
	"UPDATE fct_indeks SET pada_kisi = false, iks = 0.5, ike = 0.5, ikl = 0.5, skor = 0.6 WHERE tahun IN (2020, 2023)",
	"UPDATE fct_indeks SET status_terbit = 6 - status_hitung WHERE tahun IN (2019, 2024)",
	"INSERT INTO fct_indeks SELECT * FROM fct_indeks WHERE tahun IN (2020, 2024) AND kode_desa % 5 = 0",
	"UPDATE fct_perpindahan SET skor_ke = n.skor FROM (SELECT id_desa, tahun_ke, lag(skor_dari) OVER (PARTITION BY tahun_ke ORDER BY id_desa) AS skor FROM fct_perpindahan) n WHERE n.id_desa = fct_perpindahan.id_desa AND n.tahun_ke = fct_perpindahan.tahun_ke AND n.skor IS NOT NULL",
	"UPDATE fct_perpindahan SET nilai_sama = true, dibawa = false WHERE tahun_ke > 2020",
	"UPDATE mart_transisi SET jumlah = jumlah + 1",
}

// The test above is one that a wrong header fails.
func TestWrongPartitionsAreFound(t *testing.T) {
	withWarehouse(t, func(ctx context.Context, w *build) {
		spoil(t, ctx, w, missing)
		for _, c := range []struct {
			model string
			spoil func(*sql.Partition)
		}{
			{"fct_perpindahan", func(p *sql.Partition) { p.From[0].Across = "" }},
			{"mart_tren_status", func(p *sql.Partition) { p.From[0].Across = "" }},
			{"mart_tren_status", func(p *sql.Partition) { p.From[1].Across = "" }},
			{"cek_desa_hilang", func(p *sql.Partition) { p.From[0].Across = "" }},
			{"cek_desa_hilang", func(p *sql.Partition) { p.From[1].Across = "" }},
			{"mart_profil_desa", func(p *sql.Partition) { p.From[1].As = "cek_desa_hilang" }}, // which knows no release
		} {
			m := *w.m.named(c.model)
			p := *m.Header.Partition
			p.From = slices.Clone(p.From)
			m.Header.Partition = &p
			c.spoil(&p)
			if _, differ, _ := apart(t, ctx, w, &m); differ == 0 {
				t.Errorf("%s: a partition %v passes", c.model, p.From)
			}
		}
	})
}

// A relation that is too large to be hashed is told by what its parts were made from, all of them.
func TestLargePartsAreToldByWhatTheyAreMadeFrom(t *testing.T) {
	withWarehouse(t, func(ctx context.Context, w *build) {
		w.hashAtMost = 1
		m := w.m.named("fct_indikator")
		r, err := w.recipe(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		n, err := w.db.Count(ctx, m.Name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := w.rowsOf(ctx, m, r, n, nil, changes{})
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(r.made)
		delete(want, none)
		if len(want) < 2 || !maps.Equal(rows, want) {
			t.Errorf("parts %v, made from %v", rows, r.made)
		}
		if _, known := (fingerprint{Rows: rows}).rowCount(); known {
			t.Error("hashes of what they are made from pass for counts")
		}
	})
}

// A model that reads too many rows for one query is made by several, each of a few parts, and has the same rows.
func TestLargeModelsAreMadeInGroups(t *testing.T) {
	withWarehouse(t, func(ctx context.Context, w *build) {
		m := w.m.named("fct_perpindahan")
		r, err := w.recipe(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		parts := slices.Sorted(maps.Keys(r.made))
		var all int64
		for _, part := range parts {
			all += w.reads(r, part)
		}
		if groups := w.groups(r, parts); len(groups) != 1 || all < 1000 {
			t.Fatalf("%d rows are read for %v, in groups %v", all, parts, groups)
		}
		w.readAtMost = all / 2
		groups := w.groups(r, parts)
		if len(groups) < 2 || len(groups) >= len(parts) || !slices.Equal(slices.Concat(groups...), parts) {
			t.Errorf("half of %d rows at a time: groups %v of %v", all, groups, parts)
		}
		for _, group := range groups {
			var n int64
			for _, part := range group {
				n += w.reads(r, part)
			}
			if n > w.readAtMost && len(group) > 1 {
				t.Errorf("group %v reads %d rows, %d are allowed", group, n, w.readAtMost)
			}
		}
		w.readAtMost = 1
		made := 0
		for i := range w.m.ordered {
			m := &w.m.ordered[i]
			if p := m.Header.Partition; p == nil || len(p.From) == 0 || m.Header.Materialized == sql.View {
				continue
			}
			if r, err = w.recipe(ctx, m); err != nil {
				t.Fatal(err)
			}
			before, err := w.db.Slices(ctx, m.Name, r.column, columnsOf(m.Header.Columns), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.db.Drop(ctx, m.Name), w.whole(ctx, m, r)); err != nil {
				t.Fatal(err)
			}
			after, err := w.db.Slices(ctx, m.Name, r.column, columnsOf(m.Header.Columns), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(before, after) {
				t.Errorf("%s: %v in one query, %v in several", m.Name, before, after)
			}
			made += len(after)
		}
		if made < 20 {
			t.Errorf("%d parts with rows show nothing", made)
		}
	})
}
