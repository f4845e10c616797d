package sql

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
)

// A Partition says by which whole-number column the rows of a relation are kept apart, and what those of one value depend
// on, so that a run makes only those anew whose inputs changed:
//
//	-- partition: tahun from fct_blt, fct_indeks across cek_pasangan, dim_rilis as dim_asal
//
// Rows of one value depend on the rows of the same value of each input after "from", and on the whole of every other one.
// Across says that they depend on earlier values as well, as dim_asal says for dim_rilis that only its rows of that value
// are read, and of dim_rilis only columns that it has. Without "from" the relation is made as a whole, and what reads it
// still sees which of its values changed. TestPartitionsAreMadeAlone holds every declaration against the whole.
type Partition struct {
	Column string
	From   []Dependency
}

// A Dependency is an input that is read by value.
type Dependency struct {
	Input  string
	As     string // relation that has, by value, all that is read of Input; "" for Input itself
	Across string // relation whose pairs tahun_ke, tahun_dari name the earlier values that are read too; "" for none
}

// Of is the relation by whose values the dependency goes.
func (d Dependency) Of() string {
	if d.As != "" {
		return d.As
	}
	return d.Input
}

var (
	partitioned = regexp.MustCompile(`^(\w+)(?: from (\w.*))?$`)
	dependency  = regexp.MustCompile(`^(\w+)(?: as (\w+))?(?: across (\w+))?$`)
)

func parsePartition(text string) (*Partition, error) {
	m := partitioned.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q: write \"-- partition: COLUMN\" or \"-- partition: COLUMN from INPUT, INPUT as RELATION across PAIRS\"", text)
	}
	p := &Partition{Column: m[1]}
	for _, item := range list(m[2]) {
		d := dependency.FindStringSubmatch(item)
		if d == nil {
			return nil, fmt.Errorf("%q: write INPUT, INPUT as RELATION, INPUT across PAIRS or INPUT as RELATION across PAIRS", item)
		}
		p.From = append(p.From, Dependency{Input: d[1], As: d[2], Across: d[3]})
	}
	return p, nil
}

// By is the dependency on an input by value, nil when the model reads all of it.
func (m *Model) By(input string) *Dependency {
	if p := m.Header.Partition; p != nil {
		for i := range p.From {
			if p.From[i].Input == input {
				return &p.From[i]
			}
		}
	}
	return nil
}

// After lists what has to be there before the model: what its text reads and what its partition names, sorted.
func (m *Model) After() []string {
	after := slices.Clone(m.References)
	if p := m.Header.Partition; p != nil {
		for _, d := range p.From {
			for _, name := range []string{d.Across, d.As} {
				if name != "" && !slices.Contains(after, name) {
					after = append(after, name)
				}
			}
		}
	}
	sort.Strings(after)
	return after
}
