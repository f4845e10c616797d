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

// DB has the relations of one snapshot, and of no other for as long as it is
// open: the warehouse, or what Trino has published. Values are as duck.Result
// documents them; a query whose snapshot goes away is an error.
type DB interface {
	duck.Streamer
	Query(ctx context.Context, limit int, query string, args ...any) (r *duck.Result, truncated bool, err error)
	Close() error
}

// Reader is one opened snapshot. It keeps the snapshot that it opened, whatever is published later.
type Reader struct {
	Snap *snapshot.Snapshot
	DB   DB

	ShortNames map[string]string // codes by folded names that people use beside the official ones

	searching sync.Mutex
	areas     []indexed // once a search has read them

	mu     sync.Mutex // guards byYear
	byYear map[int][]Citation
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
	return &Reader{Snap: snap, DB: &warehouse{db, snap.ID()}}, nil
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
	byYear, err := r.releases(ctx)
	if err != nil {
		return nil, err
	}
	var out []Citation
	for _, y := range years {
		out = append(out, byYear[y]...)
	}
	return out, nil
}

// releases gives the releases behind each year. Finding them reads every row
// of the index, so it is done once: a snapshot does not change.
func (r *Reader) releases(ctx context.Context) (map[int][]Citation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byYear != nil {
		return r.byYear, nil
	}
	byYear := map[int][]Citation{}
	err := r.DB.Each(ctx, `SELECT f.tahun, r.rilis_id, r.sha256, coalesce(r.judul, ''), r.sifat, r.basi
		FROM (SELECT DISTINCT tahun, id_rilis FROM fct_indeks) f JOIN dim_rilis r ON r.id_rilis = f.id_rilis
		ORDER BY f.tahun, r.rilis_id`, nil, nil, func(v []any) error {
		y := int(Int(v[0]))
		byYear[y] = append(byYear[y], Citation{Text(v[1]), Text(v[2]), Text(v[3]), Text(v[4]), asBool(v[5])})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("releases behind the years: %w", err)
	}
	r.byYear = byYear
	return byYear, nil
}
