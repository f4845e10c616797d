package sql_test

import (
	"slices"
	"testing"

	"lumbung/sql"
)

// What a partition names exists, is read, and is kept apart by value itself.
func TestPartitionsNameWhatIsThere(t *testing.T) {
	byName := map[string]sql.Model{}
	for _, m := range models(t) {
		byName[m.Name] = m
	}
	apart := func(name string) bool {
		return byName[name].Header.Partition != nil || slices.Contains([]string{"tahap_indeks", "tahap_indikator", "tahap_rumusan_indikator"}, name)
	}
	declared := 0
	for _, m := range byName {
		p := m.Header.Partition
		if p == nil {
			continue
		}
		if m.Layer == sql.Staging {
			t.Errorf("sql/%s: staging relations do not stay in the warehouse and have no partitions to carry", m.File)
		}
		if !slices.ContainsFunc(m.Header.Columns, func(c sql.Column) bool { return c.Name == p.Column }) {
			t.Errorf("sql/%s: partition %s is no column", m.File, p.Column)
		}
		for _, d := range p.From {
			declared++
			if !slices.Contains(m.References, d.Input) {
				t.Errorf("sql/%s: partition names %s, which the text does not read", m.File, d.Input)
			}
			if !apart(d.Of()) {
				t.Errorf("sql/%s: %s is not kept apart by any value", m.File, d.Of())
			}
			if _, ok := byName[d.Across]; d.Across != "" && !ok {
				t.Errorf("sql/%s: no model %s", m.File, d.Across)
			}
		}
	}
	if declared == 0 {
		t.Error("no model declares what its partitions are made from")
	}
}
