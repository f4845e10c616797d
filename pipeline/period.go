package pipeline

import (
	"context"
	"fmt"
	"strings"

	"lumbung/extract/http"
	"lumbung/pipeline/config"
)

// asked says whether the run looks at releases of a period.
func (r *run) asked(period int) bool {
	return r.opt.From == 0 && r.opt.To == 0 || period >= r.opt.From && period <= r.opt.To
}

// again says whether releases of a period are to be fetched and decoded
// whatever is known of them.
func (r *run) again(period int) bool {
	return r.opt.Full || (r.opt.From != 0 || r.opt.To != 0) && r.asked(period)
}

// keep uses the last good revision of a release that the run does not look at,
// or that its catalogue lists no more; none when it never was good.
func (r *run) keep(ctx context.Context, s *config.Source, f found) ([]*release, error) {
	good, err := r.p.Ledger.GoodRevisions(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	for _, g := range good {
		if g.Period == f.period {
			rel := &release{source: s, spec: f.spec}
			rel.setRevision(g)
			if f.kept { // its catalogue was asked
				return []*release{rel}, nil
			}
			return r.stillStale(ctx, []*release{rel})
		}
	}
	return nil, nil
}

// unasked keeps the releases of a source that the run does not look at.
func (r *run) unasked(ctx context.Context, s *config.Source) ([]*release, error) {
	kept, err := r.lastGood(ctx, s, nil, nil)
	if err != nil {
		return nil, err
	}
	return r.stillStale(ctx, kept)
}

// stillStale marks kept releases that are published as stale: they are so until they are looked at again.
func (r *run) stillStale(ctx context.Context, kept []*release) ([]*release, error) {
	m, err := r.p.currentManifest(ctx)
	if err != nil || m == nil {
		return kept, err
	}
	for _, rel := range kept {
		for _, in := range m.Inputs {
			if in.Rilis == rel.id && in.Stale {
				rel.rule = in.Refused
				rel.stale, rel.err = true, fmt.Errorf("%s was stale before, and this run did not look at it", label(rel.source.Name, rel.period))
			}
		}
	}
	return kept, nil
}

// title is what a release is called.
func (rel *release) title() string {
	return strings.ReplaceAll(rel.spec.Title, "{tahun}", fmt.Sprint(rel.period))
}

// origin is where people find the release: what the configuration says, else the address without secrets.
func (rel *release) origin() string {
	switch {
	case rel.spec.Origin != "":
		return rel.spec.Origin
	case len(rel.spec.URLs) > 0:
		return http.MaskURL(rel.spec.URLs[0])
	case rel.source.URL != "":
		return http.MaskURL(rel.source.URL)
	}
	return ""
}
