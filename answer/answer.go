// Package answer reads published snapshots and answers questions about them, each with the rows and cells behind it.
package answer

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"lumbung/load/duck"
	"lumbung/load/snapshot"
)

// Reader is one opened snapshot. It keeps the snapshot that it opened, whatever is published later.
type Reader struct {
	Snap *snapshot.Snapshot
	DB   *duck.DB

	ShortNames map[string]string // codes by folded names that people use beside the official ones

	searching sync.Mutex
	areas     []indexed // once a search has read them
}

// Open opens a snapshot of a data directory: the current one for asOf "". The
// warehouse is opened only after its SHA-256 matched the manifest.
func Open(ctx context.Context, dataDir, asOf string) (*Reader, error) {
	snap, err := snapshot.Open(ctx, dataDir, asOf)
	if err != nil {
		return nil, err
	}
	path, err := snap.File(ctx, snapshot.Warehouse)
	if err != nil {
		return nil, errors.Join(err, snap.Close())
	}
	db, err := duck.OpenReadOnly(ctx, path, duck.Options{})
	if err != nil {
		return nil, errors.Join(err, snap.Close())
	}
	return &Reader{Snap: snap, DB: db}, nil
}

// Close releases the snapshot.
func (r *Reader) Close() error { return errors.Join(r.DB.Close(), r.Snap.Close()) }

// Citation names a release behind an answer.
type Citation struct {
	Release string `json:"rilis"`
	SHA256  string `json:"sha256"`
	Title   string `json:"judul,omitempty"`
	Nature  string `json:"sifat,omitempty"` // resmi, rekonstruksi, sintetis
	Stale   bool   `json:"basi,omitempty"`  // the source failed; this is an older copy
}

// Citations lists the index releases that the years of an answer rest on.
func (r *Reader) Citations(ctx context.Context, years []int) ([]Citation, error) {
	var out []Citation
	for _, y := range years {
		res, _, err := r.DB.Query(ctx, 0, `SELECT r.rilis_id, r.sha256, coalesce(r.judul, ''), r.sifat, r.basi
			FROM dim_rilis r WHERE r.id_rilis IN (SELECT DISTINCT id_rilis FROM fct_indeks WHERE tahun = ?) ORDER BY r.rilis_id`, y)
		if err != nil {
			return nil, fmt.Errorf("releases of %d: %w", y, err)
		}
		for _, row := range res.Rows {
			out = append(out, Citation{row[0].(string), row[1].(string), row[2].(string), row[3].(string), row[4].(bool)})
		}
	}
	return out, nil
}
