package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"lumbung/pipeline"
	"lumbung/sql"
)

// verdict runs a project and says what became of its releases: refused by the
// contract, refused by an audit, rows in quarantine, without effect, or none of
// these, with a warning or silently.
func verdict(t *testing.T, dir, clean string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := execute(context.Background(), []string{"run", "--project", dir, "--json", "--quiet"}, &out, &errs)
	var res pipeline.Result
	if err := json.Unmarshal(out.Bytes(), &res); err != nil {
		t.Fatalf("%v: %s%s", err, &out, &errs)
	}
	switch {
	case code == exitRefused:
		return "refused by an audit"
	case code == exitFailed && res.SourceFailed():
		return "refused by the contract"
	case code != exitOK:
		t.Fatalf("ended with %d: %s%s", code, &out, &errs)
	case res.Rows.Quarantined > 0:
		return "quarantined"
	case figuresOf(t, dir) == clean:
		return "without effect"
	}
	for _, a := range res.Audits {
		if a.Severity == sql.Warn && a.Failing > 0 && a.Name != "audit_rekonsiliasi_ragu" { // which the sample always has
			return "MISSED, with a warning"
		}
	}
	return "MISSED"
}

// figuresOf is the fingerprint of all published figures.
func figuresOf(t *testing.T, dir string) string {
	t.Helper()
	return readEdition(t, filepath.Join(dir, "data")).answers
}

// goldens are the releases that are spoilt, with the operators for them.
func goldens(t *testing.T, dir string) map[string][]operator {
	t.Helper()
	const a, b = "rilis/idm-2023.xlsx", "rilis/idm-2024.xlsx"
	all := map[string][]operator{}
	for file, from := range map[string]string{a: b, b: a} {
		other, err := os.ReadFile(filepath.Join(dir, from))
		if err != nil {
			t.Fatal(err)
		}
		ops := workbookOperators(map[string]string{a: "2023", b: "2024"}[file], other)
		values := readGolden(t, dir, from)
		i := slices.IndexFunc(ops, func(o operator) bool { return o.do == nil })
		ops[i].do = func(s *sheet, _ *rand.Rand) {
			for j, row := range s.rows {
				copy(row[colIKS:colStatus+1], values.rows[j][colIKS:colStatus+1])
			}
		}
		all[file] = ops
	}
	for _, file := range []string{"kegiatan/blt.csv", "kegiatan/bumdes.csv", "kegiatan/stunting.csv"} {
		all[file] = tableOperators()
	}
	return all
}

// shortMutants are tried by `make test`: what only an audit can see.
var shortMutants = []string{"a kecamatan is missing", "IKS and IKE swapped", "values one row down", "values of other villages",
	"statuses of other villages", "all values filled down from the first row", "the other year's values under these headings",
	"CSV: the tail is missing", "CSV: a year is missing"}

// mutant is a release and one way to spoil it.
type mutant struct {
	file string
	operator
}

// allMutants lists every operator for every release, those of the short form first.
func allMutants(t *testing.T, dir string) []mutant {
	t.Helper()
	var first, rest []mutant
	seen, all := map[string]bool{}, goldens(t, dir)
	for _, file := range []string{"rilis/idm-2024.xlsx", "kegiatan/blt.csv", "rilis/idm-2023.xlsx", "kegiatan/bumdes.csv", "kegiatan/stunting.csv"} {
		for _, op := range all[file] {
			if slices.Contains(shortMutants, op.name) && !seen[op.name] {
				first, seen[op.name] = append(first, mutant{file, op}), true
			} else {
				rest = append(rest, mutant{file, op})
			}
		}
	}
	return append(first, rest...)
}

// Good releases that an operator has spoilt are refused or quarantined, at
// least 99 of 100; those that are published in spite of it are listed by name.
func TestMutants(t *testing.T) {
	base := mutationBase(t)
	clean, mutants := figuresOf(t, base), allMutants(t, base)
	total := size(t, "LUMBUNG_MUTANTS", len(shortMutants))
	c := campaign{name: "mutants", total: total, beside: 2}
	got := c.run(t, func(t *testing.T, i int) figures {
		m := mutants[i%len(mutants)]
		dir := filepath.Join(t.TempDir(), "desa")
		copyTree(t, base, dir)
		s := readGolden(t, dir, m.file)
		m.do(s, rand.New(rand.NewPCG(campaignSeed, uint64(i))))
		s.write(t, filepath.Join(dir, filepath.FromSlash(m.file)))
		said := verdict(t, dir, clean)
		missed := said == "MISSED" || said == "MISSED, with a warning"
		if missed {
			t.Logf("round %d: %s: %s: %s", i, m.file, m.name, said)
		}
		return figures{"mutants": 1, "missed": one(missed), m.name + ": " + said: 1}
	})
	if 100*got["missed"] > got["mutants"] {
		t.Errorf("%d of %d mutants were published", got["missed"], got["mutants"])
	}
}

// mutationBase is a published sample project.
func mutationBase(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desa")
	lumbungCmd(t, "init", dir)
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	return dir
}

// cleanChanges are what a ministry may do to a release without being wrong.
func cleanChanges() []operator {
	return []operator{
		{"rows in another order", func(s *sheet, r *rand.Rand) {
			r.Shuffle(len(s.rows), func(i, j int) { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] })
		}},
		{"columns in another order", func(s *sheet, r *rand.Rand) {
			order := r.Perm(len(s.head))
			permute := func(row []string) []string {
				out := make([]string, len(row))
				for i, from := range order {
					out[i] = row[from]
				}
				return out
			}
			s.head = permute(s.head)
			for i := range s.rows {
				s.rows[i] = permute(s.rows[i])
			}
		}},
		{"a column more", func(s *sheet, _ *rand.Rand) {
			s.head = append(s.head, "CATATAN BPS")
			for i := range s.rows {
				note := strconv.Itoa(i)
				if s.rows[i][colKodeDesa] == "" { // a blank row stays one
					note = ""
				}
				s.rows[i] = append(s.rows[i], note)
			}
		}},
		{"blank rows at the end", func(s *sheet, r *rand.Rand) {
			for range 1 + r.IntN(5) {
				s.rows = append(s.rows, make([]string, len(s.head)))
			}
		}},
		{"new scores of some villages", func(s *sheet, r *rand.Rand) {
			s.some(r, 1+r.IntN(30), func(row []string) {
				g := stepsOf(row)
				steps{min(175, g.iks+r.IntN(9)), min(60, g.ike+r.IntN(4)), min(15, g.ikl+r.IntN(2))}.writeSameStatus(row)
			})
		}},
		{"some villages fall back", func(s *sheet, r *rand.Rand) {
			s.some(r, 1+r.IntN(5), func(row []string) {
				g := stepsOf(row)
				steps{max(0, g.iks-r.IntN(12)), max(0, g.ike-r.IntN(5)), max(0, g.ikl-r.IntN(3))}.writeSameStatus(row)
			})
		}},
		{"a village named a little differently", func(s *sheet, r *rand.Rand) {
			s.some(r, 1, func(row []string) { row[colNamaDesa] += " BARU" })
		}},
	}
}

// Releases that are right in another shape, or with other scores that a village
// can have (and that leave the counts as they were printed), are published, and no row is quarantined.
func TestCleanVariants(t *testing.T) {
	base, changes := mutationBase(t), cleanChanges()
	c := campaign{name: "clean", total: size(t, "LUMBUNG_CLEAN", 2), beside: 2}
	c.run(t, func(t *testing.T, i int) figures {
		r := rand.New(rand.NewPCG(campaignSeed, uint64(i)))
		dir := filepath.Join(t.TempDir(), "desa")
		copyTree(t, base, dir)
		file := []string{"rilis/idm-2024.xlsx", "rilis/idm-2023.xlsx"}[i%2]
		s := readGolden(t, dir, file)
		// What changes cells by their column comes before what moves columns.
		var names []string
		for _, k := range []int{4, 5, 6, 0, 3, 2, 1} {
			if k == i%len(changes) || r.IntN(3) == 0 {
				changes[k].do(s, r)
				names = append(names, changes[k].name)
			}
		}
		s.write(t, filepath.Join(dir, filepath.FromSlash(file)))
		switch said := verdict(t, dir, ""); said {
		case "MISSED", "MISSED, with a warning": // published, as it should be
		default:
			t.Errorf("round %d: %s: %v: %s", i, file, names, said)
		}
		return figures{"published": 1}
	})
}
