package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// At most so many sources, and so many documents of one source, are asked for
// at once; the limits per host hold beside it.
const (
	sourcesAtOnce   = 8
	documentsAtOnce = 4
)

// cause is why a source, or one of its releases, is not used as it is now.
// Other errors end the run.
type cause struct{ err error }

func (c *cause) Error() string { return c.err.Error() }
func (c *cause) Unwrap() error { return c.err }

func because(format string, args ...any) error { return &cause{fmt.Errorf(format, args...)} }

// remote gets the releases of a source behind a network. Whatever fails there
// leaves the last good release in use and is no error of the run.
func (r *run) remote(ctx context.Context, s *config.Source, progress func(int64)) ([]*release, Step, error) {
	a, err := r.asker(ctx, s)
	if err != nil {
		return r.unusable(ctx, s, err)
	}
	listed, note, err := r.listRemote(ctx, a)
	var out []*release
	if err == nil {
		out, err = r.fetchAll(ctx, a, listed, progress)
	}
	err = errors.Join(err, r.done(ctx, a))
	var why *cause
	switch {
	case ctx.Err() != nil:
		return nil, Step{}, ctx.Err()
	case errors.As(err, &why):
		return r.unusable(ctx, s, why)
	case err != nil:
		return nil, Step{}, err
	}
	st := stepOf(out)
	if st.Error == "" {
		st.Error = note
	}
	return out, st, nil
}

// unusable puts the last good releases in the place of a source that cannot be asked.
func (r *run) unusable(ctx context.Context, s *config.Source, why error) ([]*release, Step, error) {
	kept, err := r.lastGood(ctx, s, nil, why)
	if len(kept) == 0 {
		kept = []*release{{source: s, spec: &s.Releases[0], err: why}}
	}
	return kept, Step{State: "failed", Error: why.Error()}, err
}

// stepOf is the step of a source that was asked.
func stepOf(releases []*release) Step {
	st := Step{State: "ok"}
	for _, rel := range releases {
		if rel.err != nil && st.Error == "" {
			st.State, st.Error = "failed", rel.err.Error()
		}
	}
	return st
}

// listRemote asks which releases a source has. note is for people: it changes nothing.
func (r *run) listRemote(ctx context.Context, a *asker) (listed []found, note string, err error) {
	switch a.s.Kind {
	case config.KindCatalog:
		return r.listCatalog(ctx, a)
	case config.KindS3, config.KindSFTP:
		return r.listStore(ctx, a)
	}
	listed, err = listHTTP(a.s)
	return listed, "", err
}

// listHTTP gives the releases of a source behind URLs. Nothing is fetched yet.
func listHTTP(s *config.Source) ([]found, error) {
	var out []found
	for i := range s.Releases {
		spec := &s.Releases[i]
		period, err := strconv.Atoi(spec.Period)
		if err != nil {
			return nil, err
		}
		docs, err := documents(spec.URLs)
		out = append(out, found{spec: spec, period: period, docs: docs, err: err})
	}
	return out, nil
}

// document is one file behind a URL.
type document struct {
	url, name string
	listed    *catalog.Object // as a store lists it; nil behind other addresses
}

// documents names the files of a release by the last piece of their addresses'
// paths, by the last two where that leaves two alike.
func documents(urls []string) ([]document, error) {
	for pieces := 1; pieces <= 2; pieces++ {
		seen, out := map[string]bool{}, []document(nil)
		for _, u := range urls {
			name := partName(u, pieces)
			seen[name] = true
			out = append(out, document{url: u, name: name})
		}
		if len(seen) == len(urls) {
			return out, nil
		}
	}
	return nil, fmt.Errorf("two addresses of one release end alike: %s; give each file a release, or a catalogue pattern that chooses one of them",
		http.MaskURL(urls[0]))
}

// partName is what a release fetched from a URL is called.
func partName(address string, pieces int) string {
	u, err := url.Parse(address)
	if err != nil {
		return "unduhan"
	}
	elements := strings.Split(strings.Trim(path.Clean("/"+u.Path), "/"), "/")
	name := strings.Join(elements[max(0, len(elements)-pieces):], "/")
	if name == "" {
		return "unduhan"
	}
	return name
}

// fetchAll fetches listed releases beside one another. They come back in order.
func (r *run) fetchAll(ctx context.Context, a *asker, listed []found, progress func(int64)) ([]*release, error) {
	out := make([][]*release, len(listed))
	sum := &adder{to: progress}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(documentsAtOnce)
	for i, f := range listed {
		g.Go(func() (err error) {
			out[i], err = r.fetchOne(gctx, a, f, sum.add)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []*release
	for _, some := range out {
		all = append(all, some...)
	}
	return all, nil
}

// adder sums what several goroutines have done.
type adder struct {
	to  func(int64)
	mu  sync.Mutex
	sum int64
}

func (a *adder) add(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum += n
	a.to(a.sum)
}

func (r *run) fetchOne(ctx context.Context, a *asker, f found, progress func(int64)) ([]*release, error) {
	if f.kept || f.err == nil && !r.asked(f.period) {
		return r.keep(ctx, a.s, f)
	}
	rel, err := r.fetch(ctx, a, f, progress)
	if err != nil {
		return nil, err
	}
	return []*release{rel}, nil
}

// fetch gets one release over HTTP and lands it. What the server calls
// unchanged is taken from the landing; what fails leaves the last good release in use.
func (r *run) fetch(ctx context.Context, a *asker, f found, progress func(int64)) (*release, error) {
	rel := &release{source: a.s, spec: f.spec, period: f.period}
	if f.err != nil {
		return r.fallBack(ctx, rel, f.err)
	}
	for _, doc := range f.docs {
		part, err := r.fetchPart(ctx, a, f, doc, progress)
		var why *cause
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &why):
			return r.fallBack(ctx, rel, why)
		case err != nil:
			return nil, err
		}
		rel.parts = append(rel.parts, part)
	}
	rel.hash = partsHash(rel.parts)
	return r.number(ctx, rel)
}

// validators are those of the last object, if it is at hand and part of a
// release that was published: others must not keep the bytes from coming again.
func (p *Project) validators(ctx context.Context, source string, period int, last ledger.Object) (http.Validators, bool, error) {
	if last.SHA256 == "" {
		return http.Validators{}, false, nil
	}
	have, err := p.Landing.Has(ctx, last.SHA256)
	if err != nil || !have {
		return http.Validators{}, false, err
	}
	good, err := p.Ledger.GoodRevisions(ctx, source)
	if err != nil {
		return http.Validators{}, false, err
	}
	for _, g := range good {
		for _, part := range g.Parts {
			if g.Period == period && part.SHA256 == last.SHA256 {
				return http.Validators{ETag: last.ETag, LastModified: last.LastModified}, true, nil
			}
		}
	}
	return http.Validators{}, false, nil
}
