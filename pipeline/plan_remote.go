package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lumbung/extract/http"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// planRemote says what would be asked of a source behind a network, from the ledger alone.
func (p *Project) planRemote(ctx context.Context, s *config.Source) ([]PlanItem, error) {
	rest, err := p.resting(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	var items []PlanItem
	switch s.Kind {
	case config.KindHTTP:
		items, err = p.planHTTP(ctx, s)
	case config.KindCatalog, config.KindS3, config.KindSFTP:
		items, err = p.planCatalog(ctx, s)
	case config.KindRumusan:
		items, err = p.planAPI(ctx, s)
	}
	for i := range items {
		if !rest.IsZero() {
			items[i].Action = "wait"
			items[i].Why = fmt.Sprintf("it failed again and again and is left alone until %s", rest.In(p.Config.Location).Format("15:04:05"))
		}
	}
	return items, err
}

func (p *Project) planHTTP(ctx context.Context, s *config.Source) ([]PlanItem, error) {
	listed, err := listHTTP(s)
	if err != nil {
		return nil, err
	}
	var items []PlanItem
	for _, f := range listed {
		it := PlanItem{Source: s.Name, Period: f.period, Parts: len(f.docs), Contracts: f.spec.Contracts, Action: "fetch"}
		if f.err != nil {
			it.Action, it.Why = "refuse", f.err.Error()
		}
		for _, doc := range f.docs {
			why, n, err := p.planDocument(ctx, s, f.period, doc.url)
			if err != nil {
				return nil, err
			}
			it.Why, it.Bytes = why, it.Bytes+n
		}
		items = append(items, it)
	}
	return items, nil
}

// planDocument says how one file would be asked for, and how long it was last time.
func (p *Project) planDocument(ctx context.Context, s *config.Source, period int, address string) (why string, bytes int64, err error) {
	last, err := p.Ledger.LastObject(ctx, s.Name, http.MaskURL(address))
	if errors.Is(err, ledger.ErrUnknown) {
		return "never fetched before", 0, nil
	}
	if err != nil {
		return "", 0, err
	}
	v, good, err := p.validators(ctx, s.Name, period, last)
	switch {
	case err != nil:
		return "", 0, err
	case !good:
		return "what came last time was not published: fetched whole", last.Bytes, nil
	case v.IsZero():
		return "the server gave no validators: fetched whole", last.Bytes, nil
	case last.Unmodified+1 >= s.RevalidateEvery:
		return fmt.Sprintf("every %d. time without conditions (revalidate_every)", s.RevalidateEvery), last.Bytes, nil
	}
	return "the server is asked whether it changed since " + last.FetchedAt.In(p.Config.Location).Format(time.DateTime), last.Bytes, nil
}

func (p *Project) planCatalog(ctx context.Context, s *config.Source) ([]PlanItem, error) {
	known, err := p.Ledger.Listing(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	it := PlanItem{Source: s.Name, Action: "fetch", Why: "the catalogue was never read", Contracts: s.Releases[0].Contracts}
	if len(known) > 0 {
		it.Why = fmt.Sprintf("the catalogue is asked what there is; it has listed %d files so far", len(known))
	}
	items := []PlanItem{it}
	byPeriod := map[int]int{} // place in items, which grows
	for _, e := range known {
		period, err := strconv.Atoi(e.Period)
		spec := specOf(s, period)
		if err != nil || spec == nil {
			continue
		}
		if byPeriod[period] == 0 { // 0 is the catalogue itself
			byPeriod[period] = len(items)
			items = append(items, PlanItem{Source: s.Name, Period: period, Contracts: spec.Contracts, Action: "fetch"})
		}
		at := &items[byPeriod[period]]
		why, n, err := p.planDocument(ctx, s, period, e.URL)
		if err != nil {
			return nil, err
		}
		at.Why, at.Parts, at.Bytes = why, at.Parts+1, at.Bytes+n
	}
	return items, nil
}

func (p *Project) planAPI(ctx context.Context, s *config.Source) ([]PlanItem, error) {
	known, err := p.Ledger.Answers(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	var items []PlanItem
	for _, year := range s.Years {
		it := PlanItem{Source: s.Name, Period: year, Action: "fetch"}
		if spec := specOf(s, year); spec != nil {
			it.Contracts = spec.Contracts
		}
		answered, refused := 0, 0
		for _, a := range known {
			switch {
			case a.Tahun != year:
			case a.State == "answered":
				answered++
			default:
				refused++
			}
		}
		it.Parts = answered
		it.Why = fmt.Sprintf("%d villages have answered, %d have not; at most %d questions in a run", answered, refused, budget(s))
		items = append(items, it)
	}
	return items, nil
}
