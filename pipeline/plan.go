package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"

	"lumbung/extract/files"
	"lumbung/internal/disk"
	"lumbung/load/snapshot"
	"lumbung/pipeline/config"
	"lumbung/pipeline/ledger"
)

// PlanItem is what the next run would do about one release.
type PlanItem struct {
	Source    string   `json:"source"`
	Period    int      `json:"period"`
	Parts     int      `json:"parts"`
	Bytes     int64    `json:"bytes"`
	Contracts []string `json:"contracts"`
	Action    string   `json:"action"` // decode, keep, fetch, wait, refuse
	Why       string   `json:"why"`
}

// Plan is what the next run would do.
type Plan struct {
	Releases []PlanItem `json:"releases"`
	Build    bool       `json:"build"` // a new snapshot would be built
	Why      string     `json:"why"`
}

// Plan looks at the sources and says what a run would do, without doing it.
func (p *Project) Plan(ctx context.Context) (Plan, error) {
	var plan Plan
	current, err := p.currentManifest(ctx)
	if err != nil {
		return plan, err
	}
	m, err := loadModels()
	if err != nil {
		return plan, err
	}
	for i := range p.Config.Sources {
		items, err := p.planSource(ctx, &p.Config.Sources[i], current)
		if err != nil {
			return plan, err
		}
		plan.Releases = append(plan.Releases, items...)
	}
	changed, fetched := 0, 0
	for _, it := range plan.Releases {
		switch it.Action {
		case "decode":
			changed++
		case "fetch":
			fetched++
		}
	}
	switch {
	case current == nil:
		plan.Build, plan.Why = true, "nothing is published yet"
	case changed > 0:
		plan.Build, plan.Why = true, fmt.Sprintf("%d releases are new or changed", changed)
	case current.Tool != m.tool():
		plan.Build, plan.Why = true, "the program or its SQL models changed since "+current.ID
	default:
		plan.Why = "nothing changed since " + current.ID
		if fetched > 0 {
			plan.Why += fmt.Sprintf(", unless one of %d fetches brings something", fetched)
		}
	}
	return plan, nil
}

func (p *Project) currentManifest(ctx context.Context) (*snapshot.Manifest, error) {
	snap, err := p.Snapshots.Current(ctx)
	if errors.Is(err, snapshot.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := snap.Manifest
	return &m, snap.Close()
}

func (p *Project) planSource(ctx context.Context, s *config.Source, current *snapshot.Manifest) ([]PlanItem, error) {
	if s.Remote() {
		return p.planRemote(ctx, s)
	}
	var out []PlanItem
	for _, f := range p.list(ctx, s) {
		it := PlanItem{Source: s.Name, Period: f.period, Parts: len(f.parts), Contracts: f.spec.Contracts}
		if f.err != nil {
			it.Action, it.Why = "refuse", f.err.Error()
			out = append(out, it)
			continue
		}
		parts, err := hashParts(ctx, f.parts)
		if err != nil {
			return nil, err
		}
		for _, part := range parts {
			it.Bytes += part.Bytes
		}
		it.Action, it.Why = p.planRelease(s, f, parts, current)
		out = append(out, it)
	}
	return out, nil
}

// planRelease compares a release with what the current snapshot is made of.
func (p *Project) planRelease(s *config.Source, f found, parts []ledger.Part, current *snapshot.Manifest) (action, why string) {
	if current == nil {
		return "decode", "not published yet"
	}
	for _, name := range f.spec.Contracts {
		var have *snapshot.Input
		for i := range current.Inputs {
			in := &current.Inputs[i]
			if in.Sumber == s.Name && in.Periode == fmt.Sprint(f.period) && in.Contract == name {
				have = in
			}
		}
		switch {
		case have == nil:
			return "decode", "new release"
		case !sameParts(have.Parts, parts):
			return "decode", "the bytes changed"
		case have.ContractHash != p.Config.Known[name].Hash:
			return "decode", "contract " + name + " changed"
		}
	}
	return "keep", "unchanged"
}

func sameParts(have []snapshot.Part, parts []ledger.Part) bool {
	if len(have) != len(parts) {
		return false
	}
	for i, h := range have {
		if h.Name != parts[i].Name || h.SHA256 != parts[i].SHA256 {
			return false
		}
	}
	return true
}

func hashParts(ctx context.Context, parts []files.Part) ([]ledger.Part, error) {
	out := make([]ledger.Part, len(parts))
	for i, p := range parts {
		sum, n, err := hashFile(ctx, p.Path)
		if err != nil {
			return nil, err
		}
		out[i] = ledger.Part{Name: p.Name, SHA256: sum, Bytes: n}
	}
	return out, nil
}

func hashFile(ctx context.Context, path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	return disk.Sum(ctx, f)
}
