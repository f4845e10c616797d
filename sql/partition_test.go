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

func TestPartitionOfAModel(t *testing.T) {
	for _, m := range models(t) {
		if m.Name != "mart_tren_status" {
			continue
		}
		if d := m.By("dim_rilis"); d == nil || d.Of() != "dim_asal" || d.Across != "cek_pasangan" {
			t.Errorf("dim_rilis is read by %+v", d)
		}
		if d := m.By("fct_indeks"); d == nil || d.Of() != "fct_indeks" {
			t.Errorf("fct_indeks is read by %+v", d)
		}
		if d := m.By("dim_wilayah"); d != nil {
			t.Errorf("dim_wilayah is read by %+v, not as a whole", d)
		}
		after := m.After()
		for _, name := range []string{"dim_asal", "cek_pasangan", "fct_indeks", "dim_wilayah"} {
			if !slices.Contains(after, name) {
				t.Errorf("made without waiting for %s: %v", name, after)
			}
		}
	}
}
