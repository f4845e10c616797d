package pipeline

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"lumbung/extract/http"
	"lumbung/extract/landing"
	"lumbung/extract/rumusan"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/transform/wilayah"
)

// askAPIs asks the sources with one answer per village. Which villages there
// are, the code lists say, so those are decoded before.
func (r *run) askAPIs(ctx context.Context, releases []*release) ([]*release, error) {
	var sources []*config.Source
	for i := range r.p.Config.Sources {
		if s := &r.p.Config.Sources[i]; s.Kind == config.KindRumusan {
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil, nil
	}
	reg, err := r.codeLists(ctx, releases)
	if err != nil {
		return nil, err
	}
	out := make([][]*release, len(sources))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(sourcesAtOnce)
	for i, s := range sources {
		g.Go(func() error {
			return r.extractStep(gctx, s, 0, &out[i], func(progress func(int64)) ([]*release, Step, error) { return r.askAPI(gctx, s, reg.Register, progress) })
		})
	}
	err = g.Wait()
	return slices.Concat(out...), err
}

// askAPI asks one API within its budget, the newest year first.
func (r *run) askAPI(ctx context.Context, s *config.Source, reg *wilayah.Register, progress func(int64)) ([]*release, Step, error) {
	if reg.Empty() {
		return r.unusable(ctx, s, because("source %s asks for the villages of the code list, and there is none; add a source whose contract fills the table wilayah", s.Name))
	}
	a, err := r.asker(ctx, s)
	if err != nil {
		return r.unusable(ctx, s, err)
	}
	q := &questions{r: r, a: a, left: budget(s), progress: &adder{to: progress}}
	why, err := q.askAll(ctx, reg)
	if derr := r.done(ctx, a); err == nil {
		err = derr
	}
	if err != nil {
		return nil, Step{}, err
	}
	out, err := r.bundled(ctx, s, why)
	if err != nil {
		return nil, Step{}, err
	}
	if len(out) == 0 && why == nil {
		why = because("the API has no answer yet for any of the villages asked for")
	}
	if len(out) == 0 {
		out = []*release{{source: s, spec: &s.Releases[0], err: why}}
	}
	st := Step{State: "ok", Rows: q.answered}
	if why != nil {
		st.State, st.Error = "failed", why.Error()
	}
	return out, st, nil
}

func budget(s *config.Source) int {
	if s.Budget == 0 {
		return rumusan.DefaultBudget
	}
	return s.Budget
}

// questions are what one run asks one API.
type questions struct {
	r        *run
	a        *asker
	left     int // of the budget
	answered int64
	progress *adder
}

// askAll asks for all years. why says that the API, not single villages, cannot be used.
func (q *questions) askAll(ctx context.Context, reg *wilayah.Register) (why, err error) {
	known, err := q.r.p.Ledger.Answers(ctx, q.a.s.Name)
	if err != nil {
		return nil, err
	}
	years := slices.Sorted(slices.Values(q.a.s.Years))
	slices.Reverse(years)
	for _, year := range years {
		if q.left <= 0 || !q.r.asked(year) {
			continue
		}
		report, err := q.askYear(ctx, year, villages(reg, year, q.a.s.Within), known)
		if err != nil {
			return nil, err
		}
		q.left -= report.Asked
		q.answered += int64(report.Answered)
		if report.Stop == rumusan.StopBreaker || report.Asked > 0 && report.Answered+report.Missing == 0 {
			return because("of %d questions about %d none was answered (%s); the answers of earlier runs stay in use", report.Asked, year, report.Stop), nil
		}
	}
	return nil, nil
}

// villages are the codes that the API takes.
func villages(reg *wilayah.Register, year int, within []int64) []string {
	var out []string
	for _, code := range reg.Villages(year, within) {
		if kode := strconv.FormatInt(code, 10); rumusan.CheckKode(kode) == nil {
			out = append(out, kode)
		}
	}
	return out
}

func (q *questions) askYear(ctx context.Context, year int, codes []string, known []ledger.Answer) (rumusan.Report, error) {
	s := q.a.s
	c := rumusan.New(q.a.client, rumusan.Options{Base: s.URL, Source: s.Name, Auth: q.a.auth, Budget: q.left, Refresh: s.RefreshAge, Clock: clockOf{now: q.r.p.clock}})
	return c.Run(ctx, codes, []int{year}, entries(known, year), func(ctx context.Context, b rumusan.Bundle) error {
		return q.take(ctx, year, b)
	})
}

// take lands a bundle before the ledger learns of it: a run that dies between
// the two asks again, and lands the same bytes.
func (q *questions) take(ctx context.Context, year int, b rumusan.Bundle) error {
	record := ledger.Bundle{Tahun: year}
	if len(b.Bytes) > 0 {
		obj, err := q.r.p.Landing.Put(ctx, bytes.NewReader(b.Bytes), landing.Expect{Size: int64(len(b.Bytes)), SHA256: b.SHA256})
		if err != nil {
			return err
		}
		record.SHA256, record.Bytes = obj.SHA256, obj.Bytes
		q.progress.add(obj.Bytes)
	}
	answers := make([]ledger.Answer, len(b.Entries))
	for i, e := range b.Entries {
		answers[i] = ledger.Answer{Kode: e.Kode, Tahun: e.Tahun, State: string(e.State), Asked: e.Asked, AskAgain: e.AskAgain,
			Message: e.Message, SHA256: e.SHA256, Times: e.Times}
	}
	return q.r.p.Ledger.RecordAnswers(ctx, q.a.s.Name, record, answers)
}

// clockOf gives the project's clock the waits of the machine's.
type clockOf struct {
	http.WallClock
	now func() time.Time
}

// Now is the project's time.
func (c clockOf) Now() time.Time { return c.now() }

func entries(known []ledger.Answer, year int) []rumusan.Entry {
	var out []rumusan.Entry
	for _, a := range known {
		if a.Tahun == year {
			out = append(out, rumusan.Entry{Kode: a.Kode, Tahun: a.Tahun, State: rumusan.State(a.State), Asked: a.Asked, AskAgain: a.AskAgain,
				Message: a.Message, SHA256: a.SHA256, Times: a.Times})
		}
	}
	return out
}

// bundled makes a release of each year's bundles. A year that the ledger lost
// keeps the release that was published.
func (r *run) bundled(ctx context.Context, s *config.Source, why error) ([]*release, error) {
	var out []*release
	for _, year := range s.Years {
		spec := specOf(s, year)
		bundles, err := r.p.Ledger.Bundles(ctx, s.Name, year)
		if err != nil {
			return nil, err
		}
		if spec == nil || len(bundles) == 0 {
			continue
		}
		rel := &release{source: s, spec: spec, period: year}
		for _, b := range bundles {
			rel.parts = append(rel.parts, ledger.Part{Name: rumusan.BundleName(b.Number), SHA256: b.SHA256, Bytes: b.Bytes})
		}
		rel.hash = partsHash(rel.parts)
		rel, err = r.number(ctx, rel)
		if err != nil {
			return nil, err
		}
		if why != nil && rel.err == nil {
			rel.stale, rel.err = true, why
		}
		out = append(out, rel)
	}
	return out, nil
}

// specOf is the entry of a source that covers a period, nil when none does.
func specOf(s *config.Source, period int) *config.Release {
	for i := range s.Releases {
		if s.Releases[i].Covers(period) {
			return &s.Releases[i]
		}
	}
	return nil
}
