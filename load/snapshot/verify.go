package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"lumbung/internal/disk"
)

// Entry is one line of List.
type Entry struct {
	ID        string
	Number    int64
	Created   time.Time
	Run       string
	Bytes     int64
	Current   bool
	Published bool
	Pinned    bool
	Damaged   error // the manifest or the list of files; nil says nothing about bytes
}

// List returns the snapshots, newest first, damaged ones last.
func (s *Store) List(context.Context) ([]Entry, error) {
	current, err := s.currentID()
	var damaged *DamagedError
	if err != nil && !errors.Is(err, ErrNone) && !errors.As(err, &damaged) {
		return nil, err
	}
	all, err := s.manifests()
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, e := range all {
		m := e.manifest
		entry := Entry{
			ID: e.id, Number: m.Number, Created: m.Created, Run: m.Run, Bytes: m.Bytes(),
			Current: e.id == current, Published: e.published || e.id == current, Pinned: e.pinned, Damaged: e.damage,
		}
		if e.damage == nil {
			_, _, entry.Damaged = s.load(e.id)
		}
		list = append(list, entry)
	}
	return list, nil
}

// StagedUnits are the keys of the staged units that some snapshot was made of.
func (s *Store) StagedUnits() (map[string]bool, error) {
	all, err := s.manifests()
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, e := range all {
		for _, in := range e.manifest.Inputs {
			keys[in.Stage] = true
		}
	}
	return keys, nil
}

// Report is what Verify found.
type Report struct {
	Snapshots int
	Files     int
	Bytes     int64
	Damaged   []*DamagedError
	Foreign   []string // files in a snapshot that its manifest does not have
}

// Progress says how far Verify is.
type Progress struct {
	Files int
	Bytes int64
}

// Verify reads every byte of every snapshot, whatever has been verified
// before, and follows the chain of manifests. progress may be nil. Damage is
// in the report; the error is for a listing that cannot be read or a context
// that ended.
func (s *Store) Verify(ctx context.Context, progress func(Progress)) (Report, error) {
	var report Report
	if err := s.verifyLink(&report); err != nil {
		return report, err
	}
	all, err := s.manifests()
	if err != nil {
		return report, err
	}
	sums := map[string]string{}
	for _, e := range all {
		report.Snapshots++
		if e.damage != nil {
			if err := report.note(e.damage); err != nil {
				return report, err
			}
			continue
		}
		sums[e.id] = e.sha256
		if err := s.verifyFiles(ctx, e.manifest, &report, progress); err != nil {
			return report, err
		}
		if err := s.strangers(ctx, e.manifest, &report); err != nil {
			return report, err
		}
	}
	verifyChain(all, sums, &report)
	return report, nil
}

// note files damage under damage, and hands any other error back.
func (r *Report) note(err error) error {
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		r.Damaged = append(r.Damaged, damaged)
		return nil
	}
	return err
}

func (s *Store) verifyLink(report *Report) error {
	id, err := s.currentID()
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err == nil {
		_, err = s.fs.Lstat(path.Join(dirOf(id), manifestName))
		if errors.Is(err, fs.ErrNotExist) {
			err = &DamagedError{Snapshot: currentLink, Err: fmt.Errorf("names %s, which is not there", id)}
		}
	}
	if err == nil {
		return nil
	}
	return report.note(err)
}

func (s *Store) verifyFiles(ctx context.Context, m Manifest, report *Report, progress func(Progress)) error {
	s.forget(m.ID)
	for _, f := range m.Files {
		err := s.checkFile(ctx, m.ID, f)
		if err != nil {
			if err := report.note(err); err != nil {
				return err
			}
		}
		report.Files++
		report.Bytes += f.Bytes
		if progress != nil {
			progress(Progress{Files: report.Files, Bytes: report.Bytes})
		}
	}
	return nil
}

// strangers lists what a glob over the snapshot would read beside its files.
func (s *Store) strangers(ctx context.Context, m Manifest, report *Report) error {
	dir := dirOf(m.ID)
	return disk.Walk(ctx, s.fs, dir, func(name string, info fs.FileInfo) error {
		rel := strings.TrimPrefix(name, dir+"/")
		if _, ok := m.File(rel); !ok && !info.IsDir() && !reserved(rel) {
			report.Foreign = append(report.Foreign, name)
		}
		return nil
	})
}

// verifyChain compares each manifest's link with the manifest it names, as far
// as retention has left that.
func verifyChain(all []entry, sums map[string]string, report *Report) {
	for _, e := range all {
		link := e.manifest.Previous
		if e.damage != nil || link == nil {
			continue
		}
		if sum, ok := sums[link.ID]; ok && sum != link.SHA256 {
			report.Damaged = append(report.Damaged, &DamagedError{
				Snapshot: link.ID, File: manifestName, Found: "SHA-256 " + sum,
				Want: fmt.Sprintf("SHA-256 %s, which %s recorded", link.SHA256, e.id),
			})
		}
	}
}
