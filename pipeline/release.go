package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"time"

	"golang.org/x/sync/errgroup"

	"lumbung/extract/catalog"
	"lumbung/extract/files"
	"lumbung/extract/landing"
	"lumbung/internal/crash"
	"lumbung/internal/disk"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
	"lumbung/transform"
)

// maxPart is the most that one file of a release may have unless its source says otherwise.
const maxPart = 512 << 20

// release is one release of this run, with all its parts in the landing.
type release struct {
	source  *config.Source
	spec    *config.Release
	period  int
	id      string // source-period@revision
	rev     int
	parts   []ledger.Part
	hash    string // over the parts
	fetched time.Time
	changed bool   // not seen before with these bytes
	stale   bool   // err says why the newest is not used
	rule    string // by which an earlier run refused the newest, where this one did not look
	err     error  // of the newest; parts may be those of the last good one
}

// label names a release before its revision is known.
func label(source string, period int) string { return fmt.Sprintf("%s-%d", source, period) }

// partsHash identifies the bytes of a release.
func partsHash(parts []ledger.Part) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%s  %s\n", p.SHA256, p.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// found is a release as a source lists it, before its bytes are landed.
type found struct {
	spec   *config.Release
	period int
	parts  []files.Part
	docs   []document // of a release behind URLs, which has no parts yet
	kept   bool       // known to be good, and not listed any more
	err    error
}

// list asks a source what releases it has.
func (p *Project) list(ctx context.Context, s *config.Source) []found {
	var out []found
	for i := range s.Releases {
		spec := &s.Releases[i]
		got, err := files.List(ctx, p.Config.Dir, spec.Path, spec.Pattern, spec.Period)
		if err != nil {
			out = append(out, found{spec: spec, err: err})
			continue
		}
		for _, r := range got {
			out = append(out, found{spec: spec, period: r.Period, parts: r.Parts})
		}
	}
	return out
}

// extract lands all releases of the chosen sources. A source that fails does
// not stop the others; its last good releases stand in for it.
func (r *run) extract(ctx context.Context) ([]*release, error) {
	bySource := make([][]*release, len(r.p.Config.Sources))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(sourcesAtOnce)
	local := func() error { // one after the other: they share a disk
		for i := range r.p.Config.Sources {
			if s := &r.p.Config.Sources[i]; !s.Remote() {
				if err := r.extractSource(gctx, s, &bySource[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i := range r.p.Config.Sources {
		if s := &r.p.Config.Sources[i]; s.Remote() && s.Kind != config.KindRumusan {
			g.Go(func() error { return r.extractSource(gctx, s, &bySource[i]) })
		}
	}
	g.Go(local)
	if err := g.Wait(); err != nil {
		return nil, err
	}
	all := slices.Concat(bySource...)
	answers, err := r.askAPIs(ctx, all)
	if err != nil {
		return nil, err
	}
	all = append(all, answers...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].id < all[j].id })
	return all, nil
}

// extractSource gets the releases of a source of files, URLs, a catalogue or a bucket.
func (r *run) extractSource(ctx context.Context, s *config.Source, into *[]*release) error {
	if s.Remote() {
		return r.extractStep(ctx, s, 0, into, func(progress func(int64)) ([]*release, Step, error) { return r.remote(ctx, s, progress) })
	}
	var listed []found
	if r.chosen(s.Name) {
		listed = r.p.list(ctx, s)
	}
	return r.extractStep(ctx, s, sizeOf(listed), into, func(progress func(int64)) ([]*release, Step, error) {
		return r.source(ctx, s, listed, progress)
	})
}

// extractStep gets the releases of one source as a step. A source that the run
// was not asked to look at keeps its last good ones.
func (r *run) extractStep(ctx context.Context, s *config.Source, size int64, into *[]*release,
	get func(progress func(int64)) ([]*release, Step, error)) error {
	return r.steps.do(ctx, "extract", s.Name, "bytes", size, func(progress func(int64)) (st Step, err error) {
		if !r.chosen(s.Name) {
			*into, err = r.unasked(ctx, s)
			return Step{State: "skipped"}, err
		}
		*into, st, err = get(progress)
		return st, err
	})
}

// chosen says whether the run was asked to look at a source.
func (r *run) chosen(source string) bool {
	return len(r.opt.Sources) == 0 || slices.Contains(r.opt.Sources, source)
}

// sizeOf is how many bytes listed releases have.
func sizeOf(listed []found) int64 {
	var n int64
	for _, f := range listed {
		for _, p := range f.parts {
			n += p.Size
		}
	}
	return n
}

func (r *run) source(ctx context.Context, s *config.Source, listed []found, progress func(int64)) ([]*release, Step, error) {
	var out []*release
	var bytes int64
	state := Step{State: "ok"}
	for _, f := range listed {
		if f.err != nil {
			kept, err := r.lastGood(ctx, s, f.spec, f.err)
			if err != nil {
				return nil, state, err
			}
			state.State, state.Error = "failed", f.err.Error()
			out = append(out, kept...)
			if len(kept) == 0 {
				out = append(out, &release{source: s, spec: f.spec, err: f.err})
			}
			continue
		}
		if !r.asked(f.period) {
			kept, err := r.keep(ctx, s, f)
			if err != nil {
				return nil, state, err
			}
			out = append(out, kept...)
			continue
		}
		rel, err := r.land(ctx, s, f, func(n int64) { bytes += n; progress(bytes) })
		if err != nil {
			return nil, state, err
		}
		out = append(out, rel)
	}
	state.Bytes = bytes
	return out, state, nil
}

// lastGood finds the releases of a source that were good before; err says why
// the newest are not to be had, nil when the source was not asked.
func (r *run) lastGood(ctx context.Context, s *config.Source, spec *config.Release, cause error) ([]*release, error) {
	known, err := r.p.Ledger.GoodRevisions(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	var out []*release
	taken := map[int]bool{} // two entries may cover one period; a source has one release of it
	for i := range s.Releases {
		sp := &s.Releases[i]
		if spec != nil && sp != spec {
			continue
		}
		for _, k := range known {
			if !sp.Covers(k.Period) || taken[k.Period] {
				continue
			}
			taken[k.Period] = true
			rel := &release{source: s, spec: sp, stale: cause != nil, err: cause}
			rel.setRevision(k)
			out = append(out, rel)
		}
	}
	return out, nil
}

// land puts the parts of one release into the landing.
func (r *run) land(ctx context.Context, s *config.Source, f found, progress func(int64)) (*release, error) {
	rel := &release{source: s, spec: f.spec, period: f.period}
	var objects []ledger.Object
	for _, part := range f.parts {
		obj, err := r.landPart(ctx, s, part)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if away(err) {
				return nil, err
			}
			return r.fallBack(ctx, rel, fmt.Errorf("%s: %w", part.Name, err))
		}
		progress(obj.Bytes)
		rel.parts = append(rel.parts, ledger.Part{Name: part.Name, SHA256: obj.SHA256, Bytes: obj.Bytes})
		if obj.New {
			objects = append(objects, ledger.Object{SHA256: obj.SHA256, Bytes: obj.Bytes, Source: s.Name, URL: part.Name})
		}
	}
	if len(objects) > 0 {
		if err := r.p.Ledger.RecordObjects(ctx, objects); err != nil {
			return nil, err
		}
		crash.Hit(ctx, crash.LandingRecorded)
	}
	rel.hash = partsHash(rel.parts)
	return r.number(ctx, rel)
}

// number gives a release its revision: known bytes keep theirs, new bytes get
// the next. Older content that comes back takes nothing away: the newest good
// revision stays in use, and the source is stale.
func (r *run) number(ctx context.Context, rel *release) (*release, error) {
	rev, fresh, latest, err := r.p.Ledger.SeeRevision(ctx, rel.source.Name, rel.period, rel.hash, rel.parts)
	if err != nil {
		return nil, err
	}
	rel.setRevision(rev)
	rel.changed = fresh
	if rev.Number == latest {
		return rel, nil
	}
	newer, err := r.fallBack(ctx, rel, olderError{fmt.Errorf("%s shows the content of revision %d again; revision %d is newer and stays in use; "+
		"`lumbung run --allow-older` takes the older content", label(rel.source.Name, rel.period), rev.Number, latest)})
	switch {
	case err != nil:
		return nil, err
	case newer.rev <= rev.Number: // what is newer was never good
		return rel, nil
	case !r.opt.AllowOlder:
		return newer, nil
	}
	if err := r.p.Ledger.Reinstate(ctx, rel.source.Name, rel.period, rel.hash); err != nil {
		return nil, err
	}
	return r.number(ctx, rel)
}

// olderError refuses content that a source had before.
type olderError struct{ error }

// refusedBy is the rule that refused newer content than this, "" when none could be fetched.
func (rel *release) refusedBy() string {
	var broken *transform.RefusedError
	var list *catalog.Error
	switch {
	case !rel.stale:
		return ""
	case errors.As(rel.err, &broken):
		return broken.Rule
	case errors.As(rel.err, &list):
		return string(list.Kind)
	case errors.As(rel.err, new(olderError)):
		return "older"
	}
	return rel.rule
}

func (rel *release) setRevision(rev ledger.Revision) {
	rel.period, rel.rev, rel.parts, rel.hash, rel.fetched = rev.Period, rev.Number, rev.Parts, rev.Hash, rev.FirstSeen
	rel.id = fmt.Sprintf("%s@%d", label(rel.source.Name, rev.Period), rev.Number)
}

// landPart stores one file. Bytes that the landing has are not written again;
// whether they are still sound is compared when they are decoded.
func (r *run) landPart(ctx context.Context, s *config.Source, part files.Part) (landing.Object, error) {
	f, err := os.Open(part.Path)
	if err != nil {
		return landing.Object{}, err
	}
	defer func() { _ = f.Close() }()
	limit := int64(maxPart)
	if s.MaxBytes > 0 {
		limit = s.MaxBytes
	}
	if !r.opt.Full && part.Size <= limit {
		sum, n, err := disk.Sum(ctx, f)
		if err != nil {
			return landing.Object{}, err
		}
		if have, err := r.p.Landing.Has(ctx, sum); err != nil || have {
			return landing.Object{SHA256: sum, Bytes: n}, err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return landing.Object{}, err
		}
	}
	return r.p.Landing.Put(ctx, f, landing.Expect{MaxBytes: limit})
}

// fallBack uses the last good release in place of one that failed.
func (r *run) fallBack(ctx context.Context, rel *release, cause error) (*release, error) {
	known, err := r.p.Ledger.GoodRevisions(ctx, rel.source.Name)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	out := &release{source: rel.source, spec: rel.spec, period: rel.period, err: cause}
	for _, k := range known {
		if k.Period == rel.period && k.Hash != rel.hash {
			out.setRevision(k)
			out.stale = true
		}
	}
	return out, nil
}
