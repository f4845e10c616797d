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
	"lumbung/extract/sftp"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/transform/contract"
)

// maxListPages is how many answers of 1000 objects each, or folders, one list may take.
const maxListPages = 1000

// listStore asks a bucket, or the folders of a server, what there is. What it lists is believed like a catalogue.
func (r *run) listStore(ctx context.Context, a *asker) ([]found, string, error) {
	list, address := r.listPrefix, bucket.URL
	if a.s.Kind == config.KindSFTP {
		list, address = r.listFolders, sftp.URL
	}
	chosen := make([][]catalog.Listed, len(a.s.Releases))
	byURL := map[string]*catalog.Object{}
	for i := range a.s.Releases {
		spec := &a.s.Releases[i]
		objects, err := list(ctx, a, spec)
		if err != nil {
			return nil, "", err
		}
		for o := range objects {
			byURL[address(a.s.URL, objects[o].Key)] = &objects[o]
		}
		if chosen[i], err = chooseObjects(a.s, spec, objects, address); err != nil {
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

// listPrefix gives all objects whose keys begin as those of a release do, by key.
func (r *run) listPrefix(ctx context.Context, a *asker, spec *config.Release) ([]catalog.Object, error) {
	var all []catalog.Object
	prefix, token := bucket.Prefix(spec.Key), ""
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

// listFolders gives all files that fit the path of a release, by path. It looks only into folders that fit.
func (r *run) listFolders(ctx context.Context, a *asker, spec *config.Release) ([]catalog.Object, error) {
	names := strings.Split(spec.Path, "/")
	last := len(names) - 1
	folders := []string{""} // with a slash at the end
	for _, name := range names[:last] {
		var err error
		if folders, err = r.below(ctx, a, folders, name); err != nil {
			return nil, err
		}
	}
	var files []catalog.Object
	for _, folder := range folders {
		entries, err := r.entries(ctx, a, folder, names[last])
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			switch e.Kind {
			case sftp.File:
				files = append(files, catalog.Object{Key: folder + e.Name, ETag: e.ETag(), Size: e.Size, Modified: e.Modified})
			case sftp.Other:
				return nil, because("%s is a link or a device, and links are not followed; the file itself has to lie there", sftp.URL(a.s.URL, folder+e.Name))
			}
		}
	}
	return sortedObjects(a.s, files)
}

// below gives the folders called name inside others.
func (r *run) below(ctx context.Context, a *asker, folders []string, name string) (out []string, err error) {
	for _, folder := range folders {
		if !strings.ContainsAny(name, "{*") {
			out = append(out, folder+name+"/")
			continue
		}
		entries, err := r.entries(ctx, a, folder, name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Kind == sftp.Folder {
				out = append(out, folder+e.Name+"/")
			}
		}
	}
	if len(out) > maxListPages {
		return nil, because("%s: more than %d folders are called %q; give the path a longer beginning", a.s.URL, maxListPages, name)
	}
	return out, nil
}

// entries lists what is called name in a folder.
func (r *run) entries(ctx context.Context, a *asker, folder, name string) ([]sftp.Entry, error) {
	pattern, err := contract.PartPattern(name)
	if err != nil {
		return nil, err
	}
	body, err := r.catalogue(ctx, a, sftp.URL(a.s.URL, folder), complete.Check{})
	if err != nil {
		return nil, err
	}
	all, err := sftp.Entries(body)
	return slices.DeleteFunc(all, func(e sftp.Entry) bool { return !pattern.MatchString(e.Name) }), err
}

// sortedObjects orders a list by key. One that has a key twice would count its rows twice.
func sortedObjects(s *config.Source, all []catalog.Object) ([]catalog.Object, error) {
	slices.SortFunc(all, func(a, b catalog.Object) int { return strings.Compare(a.Key, b.Key) })
	for i := 1; i < len(all); i++ {
		if all[i].Key == all[i-1].Key {
			return nil, because("%s lists %s twice; the next run asks again", s.URL, all[i].Key)
		}
	}
	return all, nil
}

// chooseObjects gives the objects whose whole keys fit a release.
func chooseObjects(s *config.Source, spec *config.Release, objects []catalog.Object, address func(base, key string) string) ([]catalog.Listed, error) {
	var out []catalog.Listed
	for _, o := range objects {
		m := spec.Pattern.FindStringSubmatch(o.Key)
		if m == nil {
			continue
		}
		if o.ETag == "" {
			return nil, fmt.Errorf("%s: the bucket lists %s without an ETag, so a download could not be held to what was listed", s.URL, o.Key)
		}
		out = append(out, catalog.Listed{URL: address(s.URL, o.Key), Period: periodOf(spec, m), Name: strings.TrimPrefix(o.Key, "/"), Modified: o.Modified})
	}
	if len(out) == 0 {
		return nil, &catalog.Error{Kind: catalog.KindEmpty, URL: s.URL, Err: fmt.Errorf("none of %d objects listed fits %q", len(objects), spec.Finds())}
	}
	return out, nil
}

func periodOf(spec *config.Release, m []string) string {
	if spec.Period != "{tahun}" {
		return spec.Period
	}
	return m[spec.Pattern.SubexpIndex("tahun")]
}

// sameObject says whether a store lists what came last time.
func sameObject(o catalog.Object, last ledger.Object) bool {
	at, err := nethttp.ParseTime(last.LastModified)
	return err == nil && at.Equal(o.Modified) && o.ETag == last.ETag && o.Size == last.Bytes
}
