package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"strconv"

	"lumbung/extract/http"
	"lumbung/extract/http/complete"
	"lumbung/extract/landing"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// listHTTP gives the releases of a source behind URLs. Nothing is fetched yet.
func listHTTP(s *config.Source) []found {
	var out []found
	for i := range s.Releases {
		spec := &s.Releases[i]
		period, err := strconv.Atoi(spec.Period)
		out = append(out, found{spec: spec, period: period, url: spec.URL, err: err})
	}
	return out
}

// client makes the HTTP client of a source. Secrets come from the environment or a file.
func (r *run) client(s *config.Source) (*http.Client, error) {
	opt := http.Options{CAFile: s.CAFile, Proxy: s.Proxy, MaxBytes: s.MaxBytes, UserAgent: Tool}
	for _, a := range s.Allow {
		hp, err := http.ParseHostPort(a)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		opt.Allow = append(opt.Allow, hp)
	}
	return http.New(opt)
}

func auth(s *config.Source) (http.Auth, error) {
	var secret http.Secret
	var err error
	switch {
	case s.TokenEnv != "":
		secret, err = http.SecretFromEnv(os.LookupEnv, s.TokenEnv)
	case s.TokenFile != "":
		secret, err = http.SecretFromFile(s.TokenFile)
	default:
		return http.Auth{}, nil
	}
	if err != nil {
		return http.Auth{}, fmt.Errorf("source %s: %w", s.Name, err)
	}
	return http.Auth{Prefix: "Bearer ", Secret: secret}, nil
}

// fetch gets one release over HTTP and lands it. What the server calls
// unchanged is taken from the landing; what fails leaves the last good release in use.
func (r *run) fetch(ctx context.Context, s *config.Source, f found, progress func(int64)) (*release, error) {
	rel := &release{source: s, spec: f.spec, period: f.period}
	part, err := r.fetchPart(ctx, s, f, progress)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return r.fallBack(ctx, rel, err)
	}
	rel.parts = []ledger.Part{part}
	rel.hash = partsHash(rel.parts)
	return r.number(ctx, rel)
}

// partName is what a release fetched from a URL is called: the last piece of its path.
func partName(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Base(u.Path) == "/" || path.Base(u.Path) == "." {
		return "unduhan"
	}
	return path.Base(u.Path)
}

func (r *run) fetchPart(ctx context.Context, s *config.Source, f found, progress func(int64)) (part ledger.Part, err error) {
	name := partName(f.url)
	last, err := r.p.Ledger.LastObject(ctx, s.Name, http.MaskURL(f.url))
	if err != nil && !errors.Is(err, ledger.ErrUnknown) {
		return part, err
	}
	client, err := r.client(s)
	if err != nil {
		return part, err
	}
	defer client.Close()
	credential, err := auth(s)
	if err != nil {
		return part, err
	}
	temp, err := os.CreateTemp(r.p.Config.DataDir(), ".tmp-unduh-*")
	if err != nil {
		return part, err
	}
	defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
	req := http.Request{URL: f.url, Source: s.Name, Auth: credential, Check: r.completeness(f)}
	if req.Validators, err = r.validators(ctx, s, f, last); err != nil {
		return part, err
	}
	req.Unconditional = r.opt.Full || s.RevalidateEvery > 0 && last.Unmodified+1 >= s.RevalidateEvery
	res, err := client.Fetch(ctx, req, temp)
	if err != nil {
		return part, err
	}
	if res.Status == http.NotModified {
		if err := r.p.Ledger.RecordUnmodified(ctx, s.Name, last.URL, last.SHA256); err != nil {
			return part, err
		}
		return ledger.Part{Name: name, SHA256: last.SHA256, Bytes: last.Bytes}, nil
	}
	obj, err := r.p.Landing.Put(ctx, io.NewSectionReader(temp, 0, res.Bytes), landing.Expect{Size: res.Bytes, MaxBytes: s.MaxBytes})
	if err != nil {
		return part, err
	}
	progress(obj.Bytes)
	err = r.p.Ledger.RecordObject(ctx, ledger.Object{SHA256: obj.SHA256, Source: s.Name, URL: http.MaskURL(f.url), Bytes: obj.Bytes,
		ETag: res.Validators.ETag, LastModified: res.Validators.LastModified})
	return ledger.Part{Name: name, SHA256: obj.SHA256, Bytes: obj.Bytes}, err
}

// validators are those of the last object, if it is at hand and part of a
// release that was published: others must not keep the bytes from coming again.
func (r *run) validators(ctx context.Context, s *config.Source, f found, last ledger.Object) (http.Validators, error) {
	if last.SHA256 == "" {
		return http.Validators{}, nil
	}
	have, err := r.p.Landing.Has(last.SHA256)
	if err != nil || !have {
		return http.Validators{}, err
	}
	good, err := r.p.Ledger.GoodRevisions(ctx, s.Name)
	if err != nil {
		return http.Validators{}, err
	}
	for _, g := range good {
		for _, p := range g.Parts {
			if g.Period == f.period && p.SHA256 == last.SHA256 {
				return http.Validators{ETag: last.ETag, LastModified: last.LastModified}, nil
			}
		}
	}
	return http.Validators{}, nil
}

// completeness is the check for the format that the release's contract reads.
func (r *run) completeness(f found) complete.Check {
	c := r.p.Config.Known[f.spec.Contracts[0]]
	switch c.Format.Type {
	case "xlsx":
		return complete.XLSX(complete.DefaultLimits())
	case "json":
		if c.Format.Lines {
			return complete.JSONLines()
		}
		return complete.JSON(complete.JSONOptions{})
	}
	return complete.CSV(complete.CSVOptions{MinRows: int64(c.Limits.MinRows)})
}
