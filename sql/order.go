package sql

import (
	"fmt"
	"strings"
)

// Order sorts models so that each comes after the models it reads; otherwise the given order stays. An error names
// the models of a cycle in the order in which they read one another.
func Order(models []Model) ([]Model, error) {
	s := sorter{byName: make(map[string]Model, len(models)), state: make(map[string]int, len(models))}
	for _, m := range models {
		if _, twice := s.byName[m.Name]; twice {
			return nil, fmt.Errorf("models: %q is defined twice, in %s and %s; rename one", m.Name, s.byName[m.Name].File, m.File)
		}
		s.byName[m.Name] = m
	}
	for _, m := range models {
		if err := s.visit(m.Name); err != nil {
			return nil, err
		}
	}
	return s.sorted, nil
}

const (
	waiting = iota
	open
	done
)

type sorter struct {
	byName map[string]Model
	state  map[string]int
	path   []string
	sorted []Model
}

func (s *sorter) visit(name string) error {
	model, isModel := s.byName[name]
	if !isModel || s.state[name] == done {
		return nil
	}
	if s.state[name] == open {
		return s.cycle(name)
	}
	s.state[name] = open
	s.path = append(s.path, name)
	for _, ref := range model.After() {
		if err := s.visit(ref); err != nil {
			return err
		}
	}
	s.path = s.path[:len(s.path)-1]
	s.state[name] = done
	s.sorted = append(s.sorted, model)
	return nil
}

func (s *sorter) cycle(name string) error {
	from := 0
	for s.path[from] != name {
		from++
	}
	round := append(append([]string{}, s.path[from:]...), name)
	return fmt.Errorf("models read one another in a circle: %s; break it at one of them", strings.Join(round, " -> "))
}
