package sql_test

import (
	"slices"
	"strings"
	"testing"

	"lumbung/sql"
)

func TestOrder(t *testing.T) {
	model := func(name string, refs ...string) sql.Model {
		return sql.Model{Name: name, File: "core/" + name + ".sql", References: refs}
	}
	tests := []struct {
		name    string
		models  []sql.Model
		want    []string
		wantErr string
	}{
		{name: "nothing"},
		{name: "given order stays", models: []sql.Model{model("b"), model("a")}, want: []string{"b", "a"}},
		{name: "references first", models: []sql.Model{model("c", "a", "b"), model("b", "a"), model("a", "tahap_indeks")},
			want: []string{"a", "b", "c"}},
		{name: "diamond once", models: []sql.Model{model("d", "b", "c"), model("b", "a"), model("c", "a"), model("a")},
			want: []string{"a", "b", "c", "d"}},
		{name: "cycle names its models", models: []sql.Model{model("x", "a"), model("a", "b"), model("b", "c"), model("c", "a")},
			wantErr: "a -> b -> c -> a"},
		{name: "own name", models: []sql.Model{model("a", "a")}, wantErr: "a -> a"},
		{name: "same name twice", models: []sql.Model{model("a"), model("a")}, wantErr: `"a" is defined twice`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sorted, err := sql.Order(tt.models)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("error %v, want %q in it", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range sorted {
				got = append(got, m.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("order %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOrderOfAllModels(t *testing.T) {
	all := models(t)
	sorted, err := sql.Order(all)
	if err != nil {
		t.Fatal(err)
	}
	if len(sorted) != len(all) {
		t.Fatalf("%d models in order, want %d", len(sorted), len(all))
	}
	isModel, done := map[string]bool{}, map[string]bool{}
	for _, m := range all {
		isModel[m.Name] = true
	}
	for _, m := range sorted {
		for _, ref := range m.References {
			if isModel[ref] && !done[ref] {
				t.Errorf("%s comes before %s, which it reads", m.Name, ref)
			}
		}
		done[m.Name] = true
	}
}
