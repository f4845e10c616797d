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

// keep uses the last good revision of a release that the run does not look at; none when it never was good.
func (r *run) keep(ctx context.Context, s *config.Source, f found) ([]*release, error) {
	good, err := r.p.Ledger.GoodRevisions(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	for _, g := range good {
		if g.Period == f.period {
			rel := &release{source: s, spec: f.spec}
			rel.setRevision(g)
			return []*release{rel}, nil
		}
	}
	return nil, nil
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
