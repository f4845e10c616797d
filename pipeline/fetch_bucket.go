package pipeline

import (
	"context"
	"fmt"
	nethttp "net/http"
	"slices"
	"strings"

	"lumbung/extract/bucket"
	"lumbung/extract/catalog"
	"lumbung/extract/http/complete"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// maxListPages is how many answers of 1000 objects each one list may take.
const maxListPages = 1000

// listBucket asks a bucket what there is. What it lists is believed like a catalogue.
func (r *run) listBucket(ctx context.Context, a *asker) ([]found, string, error) {
	chosen := make([][]catalog.Listed, len(a.s.Releases))
	byURL := map[string]*bucket.Object{}
	for i := range a.s.Releases {
		objects, err := r.listPrefix(ctx, a, bucket.Prefix(a.s.Releases[i].Key))
		if err != nil {
			return nil, "", err
		}
		if chosen[i], err = chooseObjects(a.s, &a.s.Releases[i], objects, byURL); err != nil {
			return nil, "", &cause{err}
		}
	}
	return r.listedReleases(ctx, a.s, chosen, func(entries []catalog.Listed) (docs []document, _ error) {
		for _, e := range entries {
			docs = append(docs, document{url: e.URL, name: e.Name, listed: byURL[e.URL]})
		}
		return docs, nil
	})
}

// listPrefix gives all objects whose keys begin with prefix, by key.
func (r *run) listPrefix(ctx context.Context, a *asker, prefix string) ([]bucket.Object, error) {
	var all []bucket.Object
	token := ""
	for range maxListPages {
		body, err := r.catalogue(ctx, a, bucket.ListURL(a.s.URL, prefix, token), complete.Check{})
		if err != nil {
			return nil, err
		}
		objects, next, err := bucket.Page(body)
		if err != nil {
			return nil, because("%s: %w", a.s.URL, err)
		}
		all = append(all, objects...)
		if next == "" {
			return sortedObjects(a.s, all)
		}
		token = next
	}
	return nil, because("%s: more than %d answers list the objects below %q; give the key a longer beginning", a.s.URL, maxListPages, prefix)
}

// sortedObjects orders a list by key. One that has a key twice would count its rows twice.
func sortedObjects(s *config.Source, all []bucket.Object) ([]bucket.Object, error) {
	slices.SortFunc(all, func(a, b bucket.Object) int { return strings.Compare(a.Key, b.Key) })
	for i := 1; i < len(all); i++ {
		if all[i].Key == all[i-1].Key {
			return nil, because("%s: the bucket lists %s twice; the next run asks again", s.URL, all[i].Key)
		}
	}
	return all, nil
}

// chooseObjects gives the objects whose whole keys fit a release, and remembers them by address.
func chooseObjects(s *config.Source, spec *config.Release, objects []bucket.Object, byURL map[string]*bucket.Object) ([]catalog.Listed, error) {
	var out []catalog.Listed
	for i := range objects {
		o := &objects[i]
		m := spec.Pattern.FindStringSubmatch(o.Key)
		if m == nil {
			continue
		}
		if o.ETag == "" {
			return nil, fmt.Errorf("%s: the bucket lists %s without an ETag, so a download could not be held to what was listed", s.URL, o.Key)
		}
		address := bucket.URL(s.URL, o.Key)
		byURL[address] = o
		out = append(out, catalog.Listed{URL: address, Period: periodOf(spec, m), Name: o.Key, Modified: o.Modified})
	}
	if len(out) == 0 {
		return nil, &catalog.Error{Kind: catalog.KindEmpty, URL: s.URL, Err: fmt.Errorf("none of %d objects listed has a key that fits %q", len(objects), spec.Key)}
	}
	return out, nil
}

func periodOf(spec *config.Release, m []string) string {
	if spec.Period != "{tahun}" {
		return spec.Period
	}
	return m[spec.Pattern.SubexpIndex("tahun")]
}

// sameObject says whether the bucket lists what came last time.
func sameObject(o bucket.Object, last ledger.Object) bool {
	at, err := nethttp.ParseTime(last.LastModified)
	return err == nil && at.Equal(o.Modified) && o.ETag == last.ETag && o.Size == last.Bytes
}
