package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"lumbung/extract/landing"
	"lumbung/internal/disk"
	"lumbung/load/snapshot"
)

// Repair verifies and makes again what is damaged, as far as that gives the
// same bytes: raw objects from the files of the sources, staged units from the
// landing, the current snapshot from the staged units. It asks no server and
// takes nothing new in. What comes back is the state afterwards; the error says
// why something could not be made again.
func (p *Project) Repair(ctx context.Context, report Reporter) (Verified, error) {
	v, err := p.Verify(ctx)
	if err != nil || v.Sound() {
		return v, err
	}
	var done []string
	_, err = p.do(ctx, Options{Report: report}, func(r *run, ctx context.Context) (Result, error) {
		var res Result
		res, done, err = r.repair(ctx, &v)
		return res, err
	})
	if ctx.Err() != nil {
		return v, err
	}
	after, verr := p.Verify(ctx)
	after.Repaired = done
	return after, errors.Join(err, verr)
}

func (r *run) repair(ctx context.Context, v *Verified) (res Result, done []string, err error) {
	note := func(format string, args ...any) { done = append(done, fmt.Sprintf(format, args...)) }
	if err := r.sweep(ctx); err != nil {
		return res, nil, err
	}
	for _, sha := range v.objects {
		from, err := r.p.bringBack(ctx, sha)
		if err != nil {
			return res, done, err
		}
		if from != "" {
			note("%s: read again from %s", path.Join("raw", sha[:2], sha), from)
		}
	}
	units, err := r.redecode(ctx, v.units)
	for _, key := range v.units {
		if _, ok, err := r.p.Stage.Lookup(ctx, key); err == nil && ok {
			note("stage/%s: decoded again from the landing", key)
		} else {
			note("stage/%s: removed; a run decodes it again when it needs it", key)
		}
	}
	if err != nil {
		return res, done, err
	}
	res.Outcome = Unchanged
	id, err := r.p.currentDamage(ctx, v.snapshots)
	if err != nil || id == "" {
		return res, done, err
	}
	if id == currentLink {
		served, err := r.relink(ctx)
		if err == nil {
			note("current: names %s again", served)
		}
		return res, done, err
	}
	if res, err = r.rebuild(ctx, id, units); err == nil {
		note("snapshot %s: built again as %s with the same marts", id, res.Snapshot)
	}
	return res, done, err
}

// bringBack looks for the bytes of a raw object in the storage and among the
// files of the sources and lands them. It returns where they came from, "" when no file has them.
func (p *Project) bringBack(ctx context.Context, sha string) (string, error) {
	if p.remote != nil {
		if f, err := p.Landing.Open(ctx, sha); err == nil {
			return p.Config.Storage, f.Close()
		}
	}
	for i := range p.Config.Sources {
		s := &p.Config.Sources[i]
		if s.Remote() {
			continue
		}
		for _, f := range p.list(ctx, s) {
			for _, part := range f.parts {
				same, err := p.landIfSame(ctx, part.Path, sha)
				if err != nil || same {
					return part.Path, err
				}
			}
		}
	}
	return "", nil
}

// landIfSame lands a file if it has the hash.
func (p *Project) landIfSame(ctx context.Context, name, sha string) (same bool, err error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if have, _, err := disk.Sum(ctx, f); err != nil || have != sha {
		return false, err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return false, err
	}
	_, err = p.Landing.Put(ctx, f, landing.Expect{SHA256: sha})
	return err == nil, err
}

// redecode drops damaged units and decodes what the ledger knows to be good.
func (r *run) redecode(ctx context.Context, damaged []string) ([]*unit, error) {
	for _, key := range damaged {
		if err := r.p.Stage.Remove(key); err != nil {
			return nil, err
		}
	}
	var known []*release
	for i := range r.p.Config.Sources {
		good, err := r.lastGood(ctx, &r.p.Config.Sources[i], nil, nil)
		if err != nil {
			return nil, err
		}
		known = append(known, good...)
	}
	return r.decode(ctx, known)
}

// currentLink stands for the link itself among what is damaged.
const currentLink = "current"

// currentDamage tells what of the published snapshot is damaged: currentLink,
// its id, or "" for nothing.
func (p *Project) currentDamage(ctx context.Context, damaged []string) (string, error) {
	if slices.Contains(damaged, currentLink) {
		return currentLink, nil
	}
	list, err := p.Snapshots.List(ctx)
	for _, e := range list {
		if e.Current && slices.Contains(damaged, e.ID) {
			return e.ID, nil
		}
	}
	return "", err
}

// relink makes current name the snapshot that readers fall back to.
func (r *run) relink(ctx context.Context) (string, error) {
	snap, err := r.p.Snapshots.Current(ctx)
	if err != nil {
		return "", err
	}
	id := snap.ID()
	if err := snap.Close(); err != nil {
		return "", err
	}
	return id, r.p.Snapshots.Rollback(ctx, id, func(ctx context.Context, swap func() error) error {
		return r.p.Ledger.Guarded(ctx, r.fence, swap)
	})
}

// rebuild builds the damaged current snapshot again and puts the new one in
// its place, if its marts are the same byte for byte.
func (r *run) rebuild(ctx context.Context, id string, units []*unit) (Result, error) {
	for _, u := range units {
		if u.err != nil {
			return Result{}, fmt.Errorf("snapshot %s cannot be built again: %s: %w", id, u.rel.id, u.err)
		}
	}
	m, err := loadModels()
	if err != nil {
		return Result{}, err
	}
	r.accept = func(man *snapshot.Manifest) error {
		if !strings.HasSuffix(id, "-"+man.Content[:8]) {
			return fmt.Errorf("snapshot %s: built again it has other marts (content %.8s): program, contracts or releases have changed since; `lumbung run --full` publishes a new one", id, man.Content)
		}
		return nil
	}
	res, err := r.publish(ctx, Result{}, units, m)
	if err == nil && res.Outcome == Refused {
		err = fmt.Errorf("snapshot %s: built again, an audit refuses it: %s", id, res.Error)
	}
	if err != nil {
		return res, err
	}
	if err := r.p.Snapshots.Supersede(ctx, id, res.Snapshot); err != nil {
		return res, err
	}
	return res, r.p.Ledger.RecordRetired(ctx, id)
}
