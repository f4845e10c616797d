package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lumbung/extract/landing"
	"lumbung/extract/rumusan"
	"lumbung/pipeline/ledger"
	"lumbung/transform"
)

// parts opens a release's parts from the landing, where every hash is compared
// first. They are read by one goroutine; close ends that.
func (p *Project) parts(ctx context.Context, landed []ledger.Part) (parts []transform.Part, close func() error, err error) {
	expanded, err := p.expand(ctx, landed)
	if err != nil {
		return nil, nil, err
	}
	bundles := map[string]bool{}
	for _, part := range landed {
		bundles[part.SHA256] = rumusan.IsBundle(part.Name)
	}
	in := &bundle{landing: p.Landing}
	parts = make([]transform.Part, len(expanded))
	for i, part := range expanded {
		parts[i] = transform.Part{Name: part.Name, SHA256: part.SHA256, Size: part.Bytes,
			Open: func() (transform.Body, error) { return p.Landing.Open(ctx, part.SHA256) }}
		if bundles[part.SHA256] {
			parts[i].Open = func() (transform.Body, error) { return in.answer(ctx, part) }
		}
	}
	return parts, in.close, nil
}

// bundle is the landed bundle that was read last: most answers lie in the same one as the answer before.
type bundle struct {
	landing *landing.Store
	sha     string
	file    *landing.File
	archive *rumusan.Archive
}

// answer opens one answer of a bundle.
func (b *bundle) answer(ctx context.Context, part ledger.Part) (transform.Body, error) {
	if b.sha != part.SHA256 {
		if err := b.open(ctx, part.SHA256); err != nil {
			return nil, err
		}
	}
	return b.archive.Open(part.Name)
}

func (b *bundle) open(ctx context.Context, sha string) error {
	if err := b.close(); err != nil {
		return err
	}
	file, err := b.landing.Open(ctx, sha)
	if err != nil {
		return err
	}
	archive, err := rumusan.OpenArchive(file, file.Size())
	if err != nil {
		return errors.Join(err, file.Close())
	}
	b.sha, b.file, b.archive = sha, file, archive
	return nil
}

func (b *bundle) close() error {
	if b.file == nil {
		return nil
	}
	file := b.file
	b.sha, b.file, b.archive = "", nil, nil
	return file.Close()
}

// expand replaces bundles by the answers in them. A later bundle's answer
// stands for the same village's earlier one.
func (p *Project) expand(ctx context.Context, parts []ledger.Part) ([]ledger.Part, error) {
	if !slices.ContainsFunc(parts, func(p ledger.Part) bool { return rumusan.IsBundle(p.Name) }) {
		return parts, nil
	}
	newest := map[string]ledger.Part{}
	in := &bundle{landing: p.Landing}
	for _, part := range parts { // in the order of their numbers
		if err := in.open(ctx, part.SHA256); err != nil {
			return nil, fmt.Errorf("%s: %w", part.Name, err)
		}
		for _, m := range in.archive.Members() {
			newest[m.Name] = ledger.Part{Name: m.Name, SHA256: part.SHA256, Bytes: m.Bytes}
		}
	}
	if err := in.close(); err != nil {
		return nil, err
	}
	out := make([]ledger.Part, 0, len(newest))
	for _, part := range newest {
		out = append(out, part)
	}
	slices.SortFunc(out, func(a, b ledger.Part) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}
