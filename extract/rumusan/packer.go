package rumusan

import (
	"cmp"
	"context"
	"slices"
)

// packer gathers results into bundles.
type packer struct {
	size    int
	take    func(context.Context, Bundle) error
	report  *Report
	answers []Answer
	entries []Entry
}

func (p *packer) add(ctx context.Context, r result) error {
	switch r.entry.State {
	case Answered:
		p.report.Answered++
		p.answers = append(p.answers, *r.answer)
	case Missing:
		p.report.Missing++
	case Failed:
		p.report.Failed++
	}
	p.entries = append(p.entries, r.entry)
	if len(p.entries) >= p.size {
		return p.flush(ctx)
	}
	return nil
}

func (p *packer) flush(ctx context.Context) error {
	if len(p.entries) == 0 {
		return nil
	}
	slices.SortFunc(p.entries, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Kode, b.Kode), cmp.Compare(a.Tahun, b.Tahun)) })
	bundle := Bundle{Entries: p.entries}
	if len(p.answers) > 0 {
		packed, err := Pack(p.answers)
		if err != nil {
			return err
		}
		bundle.Bytes, bundle.SHA256 = packed, sum(packed)
		bundle.Name = "rumusan-" + bundle.SHA256[:12] + ".zip"
	}
	p.report.Bundles++
	p.answers, p.entries = nil, nil
	return p.take(ctx, bundle)
}
