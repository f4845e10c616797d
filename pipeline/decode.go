package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"golang.org/x/sync/errgroup"

	"lumbung/internal/crash"
	"lumbung/internal/remote"
	"lumbung/load/stage"
	"lumbung/pipeline/config"
	"lumbung/transform"
	"lumbung/transform/contract"
	"lumbung/transform/wilayah"
)

// unit is one release read through one contract.
type unit struct {
	rel    *release
	c      *contract.Contract
	key    string
	staged *stage.Unit
	result transform.Result
	again  bool // decode it whatever is staged
	cached bool
	err    error
}

// decodeGC keeps the heap small while batches of columns come and go; what it
// costs in time is little beside decompression.
const decodeGC = 200

// decode stages every release. The outcome of each stands in its unit.
func (r *run) decode(ctx context.Context, releases []*release) ([]*unit, error) {
	before := debug.SetGCPercent(decodeGC)
	defer func() {
		debug.SetGCPercent(before)
		debug.FreeOSMemory() // the warehouse needs it next, and DuckDB does not know of Go's heap
	}()
	r.lookBack(ctx)
	reg, err := r.codeLists(ctx, releases)
	if err != nil {
		return nil, err
	}
	rest := r.unitsOf(releases, false)
	if err := r.stageAll(ctx, rest, reg); err != nil {
		return nil, err
	}
	crash.Hit(ctx, crash.RunStaged)
	return slices.Concat(reg.units, rest), nil
}

// lookBack remembers what the published snapshot is made of.
func (r *run) lookBack(ctx context.Context) {
	m, err := r.p.currentManifest(ctx)
	if err != nil || m == nil {
		return
	}
	for _, in := range m.Inputs {
		r.expected[in.Contract] = max(r.expected[in.Contract], in.Rows.In)
		r.published[in.Sumber+" "+in.Periode+" "+in.Contract] = in
	}
}

func (r *run) stageAll(ctx context.Context, units []*unit, reg *register) error {
	return eachUnit(ctx, units, func(ctx context.Context, u *unit) error { return r.stageUnit(ctx, u, reg) })
}

// eachUnit works on units beside one another, as many as there are cores.
func eachUnit(ctx context.Context, units []*unit, work func(context.Context, *unit) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, min(runtime.GOMAXPROCS(0), 4)))
	for _, u := range units {
		g.Go(func() error { return work(gctx, u) })
	}
	return g.Wait()
}

// stageUnit decodes one unit, or finds it staged. A refused release is no
// error of the run: it stands in u.err, or an older release takes its place.
func (r *run) stageUnit(ctx context.Context, u *unit, reg *register) error {
	err := r.stageOnce(ctx, u, reg)
	if err == nil {
		err = r.shrunk(u)
	}
	var refused *transform.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	older, ferr := r.fallBack(ctx, u.rel, refused)
	if ferr != nil {
		return ferr
	}
	u.err = refused
	if older.stale {
		u.rel = older
		if err := r.stageOnce(ctx, u, reg); !errors.As(err, &refused) {
			return err
		}
	}
	u.staged = nil
	return nil
}

func (r *run) stageOnce(ctx context.Context, u *unit, reg *register) error {
	u.again = r.again(u.rel.period)
	subject := u.rel.id + "/" + u.c.Name
	return r.steps.do(ctx, "stage", subject, "rows", r.expected[u.c.Name], func(progress func(int64)) (Step, error) {
		return r.p.stageUnit(ctx, u, reg, progress)
	})
}

// stageUnit finds a unit staged, or decodes it. A damaged one is decoded again from the landing.
func (p *Project) stageUnit(ctx context.Context, u *unit, reg *register, progress func(int64)) (Step, error) {
	reg = reg.of(u.c)
	u.key = unitKey(u, reg.hash)
	if !u.again {
		staged, ok, err := p.Stage.Lookup(ctx, u.key)
		if err == nil && ok {
			err = p.Stage.Verify(ctx, staged)
		}
		if err == nil && ok {
			u.staged, u.cached = staged, true
			err = json.Unmarshal(staged.Result, &u.result)
			return Step{State: "cached", Rows: u.result.Counts.Loaded}, err
		}
		if away(err) {
			return Step{State: "failed"}, err
		}
	}
	if err := p.decodeUnit(ctx, u, reg.Register, progress); err != nil {
		return Step{State: "refused"}, err
	}
	return Step{Rows: u.result.Counts.Loaded}, nil
}

// away says that the storage could not be asked, which says nothing about what it has.
func away(err error) bool {
	var e *remote.Error
	return errors.As(err, &e) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, remote.ErrDamaged)
}

// shrunk refuses a new revision that has lost more than a tenth of the records
// of the published one: a file that was cut between two rows looks whole.
func (r *run) shrunk(u *unit) error {
	before, ok := r.published[fmt.Sprintf("%s %d %s", u.rel.source.Name, u.rel.period, u.c.Name)]
	if !ok || r.opt.AllowSmaller || before.Rilis == u.rel.id || u.result.Counts.In*10 >= before.Rows.In*9 {
		return nil
	}
	return &transform.RefusedError{Part: u.rel.id, Rule: "menyusut",
		Reason: fmt.Sprintf("%d records, %s has %d: more than a tenth is gone", u.result.Counts.In, before.Rilis, before.Rows.In),
		Remedy: "ask the publisher; `lumbung run --allow-smaller` takes it if it is right"}
}

// unitKey is the hash of everything that decides a unit's content.
func unitKey(u *unit, regHash string) string {
	h := sha256.New()
	fmt.Fprintf(h, "decoder %s\ncontract %s\nrelease %s %d\nregister %s\n", transform.Version, u.c.Hash, u.rel.id, u.rel.period, regHash)
	for _, p := range u.rel.parts {
		fmt.Fprintf(h, "%s  %s\n", p.SHA256, p.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (p *Project) decodeUnit(ctx context.Context, u *unit, reg *wilayah.Register, progress func(int64)) (err error) {
	parts, closeParts, err := p.parts(ctx, u.rel.parts)
	if away(err) {
		return err
	}
	if err != nil {
		return &transform.RefusedError{Part: u.rel.id, Rule: "container", Reason: err.Error(), Remedy: "`lumbung verify` names what is damaged", Err: err}
	}
	defer func() { err = errors.Join(err, closeParts()) }()
	w, err := p.Stage.Begin(u.key, u.c.Table.Schema(), transform.FindingSchema, p.alloc)
	if err != nil {
		return err
	}
	w.Replace = u.again
	u.result, err = transform.Decode(ctx, transform.Job{
		Contract: u.c, Release: u.rel.id, Period: u.rel.period, Parts: parts,
		Register: reg, Alloc: p.alloc, Sink: w, Progress: progress,
	})
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	result, err := json.Marshal(u.result)
	if err != nil {
		return errors.Join(err, w.Abort())
	}
	u.staged, err = w.Commit(ctx, stage.Unit{Table: u.c.Table.Name, Release: u.rel.id, Contract: u.c.Name, Result: result})
	return err
}

// register is the area register, and what it is made of.
type register struct {
	*wilayah.Register
	hash  string // over the keys of the units
	units []*unit
}

// of is the register as a contract sees it: empty when the contract does not ask it.
func (reg *register) of(c *contract.Contract) *register {
	if reg == nil || !c.NeedsRegister() {
		return &register{}
	}
	return reg
}

// codeLists decodes the releases that make the area register. It is done once
// a run, before the first source or release that goes by it.
func (r *run) codeLists(ctx context.Context, releases []*release) (*register, error) {
	if r.register != nil {
		return r.register, nil
	}
	units := r.unitsOf(releases, true)
	if err := r.stageAll(ctx, units, nil); err != nil {
		return nil, err
	}
	reg, err := r.p.readRegister(ctx, units)
	r.register = reg
	return reg, err
}

// unitsOf lists what there is to decode: the code lists, or everything else.
func (r *run) unitsOf(releases []*release, codeLists bool) []*unit {
	var out []*unit
	for _, rel := range releases {
		for _, name := range rel.spec.Contracts {
			if c := r.p.Config.Known[name]; len(rel.parts) > 0 && config.FillsRegister(c.Table.Name) == codeLists {
				out = append(out, &unit{rel: rel, c: c})
			}
		}
	}
	return out
}

// readRegister reads the area register back from the staged code lists.
func (p *Project) readRegister(ctx context.Context, units []*unit) (*register, error) {
	var areas []wilayah.Area
	var changes []wilayah.Change
	var matches []wilayah.Match
	var keys []string
	for _, u := range units {
		if u.staged == nil {
			continue
		}
		keys = append(keys, u.key)
		err := p.Stage.Each(ctx, u.staged, p.alloc, func(rec arrow.Record) error {
			col := func(name string) arrow.Array { return rec.Column(rec.Schema().FieldIndices(name)[0]) }
			switch u.c.Table.Name {
			case "wilayah":
				code, name := col("kode").(*array.Int64), col("nama").(*array.String)
				for i := range int(rec.NumRows()) {
					areas = append(areas, wilayah.Area{Code: code.Value(i), Name: name.Value(i)})
				}
			case "perubahan_kode":
				from, to, year := col("kode_lama").(*array.Int64), col("kode_baru").(*array.Int64), col("tahun_mulai").(*array.Int16)
				for i := range int(rec.NumRows()) {
					changes = append(changes, wilayah.Change{Old: from.Value(i), New: to.Value(i), FirstYear: int(year.Value(i))})
				}
			case "padanan":
				bps, dagri, djpk := col("kode_bps").(*array.Int64), col("kode_kemendagri").(*array.Int64), col("kode_djpk").(*array.String)
				for i := range int(rec.NumRows()) {
					m := wilayah.Match{BPS: bps.Value(i), Kemendagri: dagri.Value(i)}
					if djpk.IsValid(i) {
						m.DJPK = strings.Clone(djpk.Value(i))
					}
					matches = append(matches, m)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Strings(keys)
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintln(h, k)
	}
	return &register{wilayah.NewRegister(areas, changes, matches), hex.EncodeToString(h.Sum(nil)), units}, nil
}
