package pipeline

import (
	"context"
	"slices"
)

// FailedSources are the sources of the configuration that were stale or refused when a run last looked.
func (p *Project) FailedSources(ctx context.Context) ([]string, error) {
	states, err := p.Ledger.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range p.Config.Sources {
		name := p.Config.Sources[i].Name
		for _, s := range states {
			if s.Source == name && (s.State == StateStale || s.State == StateRefused) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out, nil
}
