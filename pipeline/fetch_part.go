package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"

	"lumbung/extract/http"
	"lumbung/extract/http/complete"
	"lumbung/extract/landing"
	"lumbung/internal/disk"
	"lumbung/pipeline/ledger"
	"lumbung/transform/contract"
)

// downloads is where files grow, under data/. What is left there is a download
// that was cut, which the next run goes on with or overwrites.
const downloads = "unduh"

// downloadDir is that folder, made when it is not there.
func (p *Project) downloadDir() (string, error) {
	dir := filepath.Join(p.Config.DataDir(), downloads)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("downloads: %w", err)
	}
	return dir, nil
}

// fetchPart gets one file. A *cause is about the source; other errors are ours.
func (r *run) fetchPart(ctx context.Context, a *asker, f found, doc document, progress func(int64)) (part ledger.Part, err error) {
	shown := http.MaskURL(doc.url)
	last, err := r.p.Ledger.LastObject(ctx, a.s.Name, shown)
	if err != nil && !errors.Is(err, ledger.ErrUnknown) {
		return part, err
	}
	req := http.Request{URL: doc.url, Source: a.s.Name, Auth: a.auth, Check: completeness(r.p.Config.Known[f.spec.Contracts[0]], doc.name, len(f.docs) == 1)}
	var good bool
	if req.Validators, good, err = r.p.validators(ctx, a.s.Name, f.period, last); err != nil {
		return part, err
	}
	req.Unconditional = r.again(f.period) || last.Unmodified+1 >= a.s.RevalidateEvery
	kept := ledger.Part{Name: doc.name, SHA256: last.SHA256, Bytes: last.Bytes}
	if doc.listed != nil {
		if good && !req.Unconditional && sameObject(*doc.listed, last) {
			return kept, r.p.Ledger.RecordUnmodified(ctx, a.s.Name, last.URL, last.SHA256)
		}
		req.Match, req.Validators = doc.listed.ETag, http.Validators{}
	}
	sink, err := r.openSink(ctx, a.s.Name, f.period, &req)
	if err != nil {
		return part, err
	}
	defer func() { err = errors.Join(err, sink.Close()) }()
	res, ferr := a.fetch(ctx, req, sink)
	if err := r.closeSink(ctx, a.s.Name, shown, sink, res, ferr); err != nil {
		return part, err
	}
	switch {
	case ferr != nil:
		return part, &cause{ferr}
	case res.Status == http.NotModified:
		return kept, r.p.Ledger.RecordUnmodified(ctx, a.s.Name, last.URL, last.SHA256)
	case doc.listed != nil && res.Bytes != doc.listed.Size:
		return part, because("%s: %d bytes came where %d were listed; the next run asks again", res.URL, res.Bytes, doc.listed.Size)
	}
	if good && !r.opt.AllowOlder {
		if err := notOlder(ctx, sink, res, last); err != nil {
			return part, err
		}
	}
	obj, err := r.p.Landing.Put(ctx, io.NewSectionReader(sink, 0, res.Bytes), landing.Expect{Size: res.Bytes, MaxBytes: a.s.MaxBytes})
	if err != nil {
		return part, err
	}
	progress(obj.Bytes)
	err = r.p.Ledger.RecordObject(ctx, ledger.Object{SHA256: obj.SHA256, Source: a.s.Name, URL: shown, Bytes: obj.Bytes,
		ETag: res.Validators.ETag, LastModified: res.Validators.LastModified})
	return ledger.Part{Name: doc.name, SHA256: obj.SHA256, Bytes: obj.Bytes}, err
}

// notOlder refuses other bytes that the server itself dates before the ones that are published.
func notOlder(ctx context.Context, sink io.ReaderAt, res http.Result, last ledger.Object) error {
	before, err := nethttp.ParseTime(last.LastModified)
	if err != nil || res.Facts.LastModified.IsZero() || !res.Facts.LastModified.Before(before) {
		return nil
	}
	if sum, _, err := disk.Sum(ctx, io.NewSectionReader(sink, 0, res.Bytes)); err != nil || sum == last.SHA256 {
		return err
	}
	return &cause{olderError{fmt.Errorf("%s: its Last-Modified went back from %s to %s with other content, so the newer one stays in use; `lumbung run --allow-older` takes the older",
		res.URL, before.UTC().Format("2006-01-02 15:04"), res.Facts.LastModified.UTC().Format("2006-01-02 15:04"))}}
}

// openSink opens the file that a download grows in, with what an earlier run left of it.
func (r *run) openSink(ctx context.Context, source string, period int, req *http.Request) (*os.File, error) {
	dir, err := r.p.downloadDir()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s", source, period, req.URL))
	f, err := os.OpenFile(filepath.Join(dir, hex.EncodeToString(sum[:8])), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("downloads: %w", err)
	}
	cut, err := r.p.Ledger.Partial(ctx, source, http.MaskURL(req.URL))
	switch {
	case err == nil && !req.Unconditional && (req.Match == "" || req.Match == cut.ETag):
		req.Partial = http.Partial{URL: cut.Origin, ETag: cut.ETag, Bytes: cut.Bytes, Total: cut.Total, SHA256: cut.SHA256}
	case err != nil && !errors.Is(err, ledger.ErrUnknown):
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// closeSink keeps what was cut and can go on, and lets go of everything else: the
// name is removed, the open file serves until it is closed.
func (r *run) closeSink(ctx context.Context, source, shown string, f *os.File, res http.Result, ferr error) error {
	ctx = context.WithoutCancel(ctx)
	p := res.Partial
	if ferr == nil || p.Bytes == 0 {
		return errors.Join(os.Remove(f.Name()), r.p.Ledger.RecordPartial(ctx, ledger.Partial{Source: source, URL: shown}))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("downloads: %w", err)
	}
	return r.p.Ledger.RecordPartial(ctx, ledger.Partial{Source: source, URL: shown, Origin: p.URL, ETag: p.ETag, Bytes: p.Bytes, Total: p.Total, SHA256: p.SHA256})
}

// completeness is the check for the format that the contract reads. Packed
// files are checked as what they are packed in; only counts the rows of a whole release.
func completeness(c *contract.Contract, name string, only bool) complete.Check {
	switch {
	case strings.HasSuffix(name, ".gz"):
		return complete.Gzip(complete.DefaultLimits())
	case strings.HasSuffix(name, ".zip"):
		return complete.ZIP(complete.DefaultLimits())
	}
	switch c.Format.Type {
	case "xlsx":
		return complete.XLSX(complete.DefaultLimits())
	case "json":
		if c.Format.Lines {
			return complete.JSONLines()
		}
		return complete.JSON(complete.JSONOptions{})
	case "csv":
		opt := complete.CSVOptions{}
		if only {
			opt.MinRows = int64(c.Limits.MinRows)
		}
		return complete.CSV(opt)
	}
	return complete.Check{} // YAML has no end of its own: only answers that state their length are taken
}
