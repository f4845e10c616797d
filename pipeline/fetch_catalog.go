package pipeline

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strconv"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
	"lumbung/extract/http/complete"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// maxCatalogue is the most that an index page may have.
const maxCatalogue = 32 << 20

// listCatalog asks a catalogue what there is. Nothing is removed on its word:
// releases that it no longer lists stay, and one that lists next to nothing is not believed.
func (r *run) listCatalog(ctx context.Context, a *asker) (listed []found, note string, err error) {
	check := complete.JSON(complete.JSONOptions{})
	if a.s.List.As == "html" {
		check = complete.Check{} // pages have no certain end: only answers whose length is known are taken
	}
	body, err := r.catalogue(ctx, a, a.s.URL, check)
	if err != nil {
		return nil, "", err
	}
	chosen := make([][]catalog.Listed, len(a.s.Releases))
	for i := range a.s.Releases {
		chosen[i], err = readCatalogue(a.s, &a.s.Releases[i], body)
		if err != nil {
			return nil, "", &cause{err}
		}
	}
	return r.listedReleases(ctx, a.s, chosen, listedDocuments)
}

// listedReleases makes releases of the entries that each release of a source
// chose; files names those of one period.
func (r *run) listedReleases(ctx context.Context, s *config.Source, chosen [][]catalog.Listed,
	files func([]catalog.Listed) ([]document, error)) (listed []found, note string, err error) {
	note, err = r.compareListing(ctx, s, slices.Concat(chosen...))
	if err != nil {
		return nil, "", err
	}
	for i := range s.Releases {
		listed = append(listed, groupListed(&s.Releases[i], chosen[i], files)...)
	}
	return r.addUnlisted(ctx, s, onePerPeriod(listed), note)
}

// catalogue fetches an index. It is small and never conditional: what counts is what it lists now.
func (r *run) catalogue(ctx context.Context, a *asker, address string, check complete.Check) ([]byte, error) {
	dir, err := r.p.downloadDir()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "katalog-*")
	if err != nil {
		return nil, fmt.Errorf("downloads: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := os.Remove(f.Name()); err != nil { // it lives while it is open
		return nil, fmt.Errorf("downloads: %w", err)
	}
	res, err := a.fetch(ctx, http.Request{URL: address, Source: a.s.Name, Auth: a.auth, Unconditional: true, Check: check}, f)
	if err != nil {
		return nil, &cause{err}
	}
	if res.Bytes > maxCatalogue {
		return nil, because("%s: a catalogue of %d bytes, at most %d are read", res.URL, res.Bytes, maxCatalogue)
	}
	return io.ReadAll(io.NewSectionReader(f, 0, res.Bytes))
}

func readCatalogue(s *config.Source, spec *config.Release, body []byte) ([]catalog.Listed, error) {
	rules := catalog.Rules{Pattern: spec.Chosen, Period: spec.Period}
	switch s.List.As {
	case "html":
		return catalog.HTML(s.URL, body, rules)
	case "ckan":
		return catalog.CKAN(s.URL, body, s.List.Formats, rules)
	}
	l := s.List
	return catalog.JSON(s.URL, body, catalog.JSONPaths{Rows: l.Rows, URL: l.URL, Name: l.Label, Modified: l.Modified}, rules)
}

// compareListing refuses a catalogue that has lost most of what it listed, and
// remembers everything that it ever listed. URLs go into the ledger masked.
func (r *run) compareListing(ctx context.Context, s *config.Source, now []catalog.Listed) (note string, err error) {
	known, err := r.p.Ledger.Listing(ctx, s.Name)
	if err != nil {
		return "", err
	}
	var before, masked []catalog.Listed
	for _, e := range known {
		before = append(before, catalog.Listed{URL: e.URL, Period: e.Period, Name: e.Name, Modified: e.Modified})
	}
	for _, e := range now {
		e.URL = http.MaskURL(e.URL)
		masked = append(masked, e)
	}
	changes, err := catalog.Compare(http.MaskURL(s.URL), before, masked)
	if err != nil {
		return "", &cause{err}
	}
	if n := len(changes.Gone); n > 0 {
		note = fmt.Sprintf("no longer listed, kept: %s", changes.Gone[0].URL)
		if n > 1 {
			note += fmt.Sprintf(" and %d more", n-1)
		}
	}
	if len(changes.Added)+len(changes.Changed) == 0 {
		return note, nil
	}
	var all []ledger.Entry
	for _, e := range append(masked, changes.Gone...) {
		all = append(all, ledger.Entry{URL: e.URL, Period: e.Period, Name: e.Name, Modified: e.Modified})
	}
	return note, r.p.Ledger.RecordListing(ctx, s.Name, all)
}

// groupListed makes a release of the entries of each period.
func groupListed(spec *config.Release, entries []catalog.Listed, files func([]catalog.Listed) ([]document, error)) []found {
	byPeriod := map[string][]catalog.Listed{}
	for _, e := range entries { // by period and URL already
		byPeriod[e.Period] = append(byPeriod[e.Period], e)
	}
	var out []found
	for text, list := range byPeriod {
		f := found{spec: spec}
		f.period, f.err = strconv.Atoi(text)
		if f.err == nil {
			f.docs, f.err = files(list)
		}
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].period < out[j].period })
	return out
}

func listedDocuments(entries []catalog.Listed) ([]document, error) {
	var urls []string
	for _, e := range entries {
		urls = append(urls, e.URL)
	}
	return documents(urls)
}

// onePerPeriod refuses a period that two patterns both claim: a source has one release of it.
func onePerPeriod(listed []found) []found {
	at := map[int]int{}
	var out []found
	for _, f := range listed {
		if i, two := at[f.period]; two {
			out[i].err = because("patterns %q and %q both have files of %d; make them exclude one another", out[i].spec.Finds(), f.spec.Finds(), f.period)
			continue
		}
		at[f.period] = len(out)
		out = append(out, f)
	}
	return out
}

// addUnlisted keeps good releases that the catalogue does not list any more.
func (r *run) addUnlisted(ctx context.Context, s *config.Source, listed []found, note string) ([]found, string, error) {
	good, err := r.p.Ledger.GoodRevisions(ctx, s.Name)
	if err != nil {
		return nil, "", err
	}
	have := map[int]bool{}
	for _, f := range listed {
		have[f.period] = true
	}
	for _, g := range good {
		for i := range s.Releases {
			if !have[g.Period] && s.Releases[i].Covers(g.Period) {
				have[g.Period] = true
				listed = append(listed, found{spec: &s.Releases[i], period: g.Period, kept: true})
			}
		}
	}
	return listed, note, nil
}
