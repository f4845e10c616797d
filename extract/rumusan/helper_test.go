package rumusan

import (
	"cmp"
	"io"
	"slices"
)

// unpack calls each answer of a bundle in order.
func unpack(bundle io.ReaderAt, size int64, each func(Answer) error) error {
	archive, err := OpenArchive(bundle, size)
	if err != nil {
		return err
	}
	for _, entry := range archive.answers {
		answer, err := unpackOne(entry)
		if err != nil {
			return err
		}
		if err := each(answer); err != nil {
			return err
		}
	}
	return nil
}

// merge puts the entries of bundles into the known state, sorted by code and year.
func merge(known, fresh []Entry) []Entry {
	all := make(map[Question]Entry, len(known)+len(fresh))
	for _, list := range [][]Entry{known, fresh} {
		for _, entry := range list {
			all[Question{entry.Kode, entry.Tahun}] = entry
		}
	}
	merged := make([]Entry, 0, len(all))
	for _, entry := range all {
		merged = append(merged, entry)
	}
	slices.SortFunc(merged, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Kode, b.Kode), cmp.Compare(a.Tahun, b.Tahun)) })
	return merged
}
