package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lumbung/answer"
	"lumbung/internal/disk"
	"lumbung/load/snapshot"
)

// readersAtOnce is how many readers work beside the publishing.
const readersAtOnce = 8

// edition is one content that the readers may see.
type edition struct {
	dir      string // of a sealed snapshot
	manifest snapshot.Manifest
	answers  string // what its warehouse says
}

// readEdition opens the current snapshot of a data folder for its answers.
func readEdition(t *testing.T, data string) edition {
	t.Helper()
	r, err := answer.Open(t.Context(), data, "")
	if err != nil {
		t.Fatal(err)
	}
	said, err := fingerprint(t.Context(), r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return edition{dir: r.Snap.Dir(), manifest: r.Snap.Manifest, answers: said}
}

// fingerprint is the answer to a question to several tables of a warehouse: it
// changes with every figure, and not with the release that a figure comes from.
func fingerprint(ctx context.Context, r *answer.Reader) (string, error) {
	res, _, err := r.DB.Query(ctx, 0, `SELECT
		(SELECT count(*) || ' ' || sum(hash(p)) FROM (SELECT * EXCLUDE (rilis_id, sha256, bagian, baris) FROM mart_profil_desa) p),
		(SELECT sum(hash(t)) FROM mart_tren_status t), (SELECT sum(hash(t)) FROM mart_transisi t), (SELECT sum(hash(g)) FROM mart_program g)`)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(res.Rows), nil
}

// publishEdition publishes a content once more, as a run does; its files are links to those of the edition.
func publishEdition(ctx context.Context, s *snapshot.Store, n int, e edition) error {
	b, err := s.Begin(ctx, fmt.Sprintf("r%06d", n))
	if err != nil {
		return err
	}
	info := snapshot.Info{Tool: e.manifest.Tool, Inputs: e.manifest.Inputs, Files: map[string]snapshot.FileInfo{}}
	for _, f := range e.manifest.Files {
		to := filepath.Join(b.Path(), f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Link(filepath.Join(e.dir, f.Name), to)); err != nil {
			return err
		}
		if strings.HasSuffix(f.Name, ".parquet") {
			info.Files[f.Name] = snapshot.FileInfo{Rows: f.Rows, Columns: f.Columns}
		}
	}
	if _, err := s.Seal(ctx, b, info); err != nil {
		return err
	}
	if err := s.Publish(ctx, b, nil); err != nil {
		return err
	}
	_, err = s.Retain(ctx, snapshot.Policy{Keep: 1})
	return err
}

// readOnce opens what is current, compares every file with the manifest and the
// answers with the edition, and asks again after two more publishes.
func readOnce(ctx context.Context, data string, editions map[string]edition, published *atomic.Int64, stop <-chan struct{}) error {
	r, err := answer.Open(ctx, data, "")
	if err != nil {
		return err
	}
	check := func() error {
		for _, f := range r.Snap.Manifest.Files {
			if _, err := r.Snap.File(ctx, f.Name); err != nil {
				return err
			}
		}
		said, err := fingerprint(ctx, r)
		if err == nil && said != editions[r.Snap.Manifest.Content].answers {
			err = fmt.Errorf("mixed: content %.8s with the answers %s", r.Snap.Manifest.Content, said)
		}
		return err
	}
	err = check()
	for at := published.Load(); err == nil && published.Load() < at+2; {
		select {
		case <-stop:
			return r.Close()
		case <-time.After(time.Millisecond):
		}
	}
	if err == nil {
		err = check()
	}
	if r.Snap.Fallback != nil {
		err = errors.Join(err, fmt.Errorf("an older snapshot is served: %w", r.Snap.Fallback.Reason))
	}
	return errors.Join(err, r.Close())
}

// Readers beside publishes with retention: no error, no answer from two
// snapshots, and what a reader has open stays until it closes it.
func TestReadersBesidePublishes(t *testing.T) {
	p := prepare(t, false)
	dir, data := p.copy(t), t.TempDir()
	lumbungCmd(t, "run", "--project", dir, "--quiet")
	pair := []edition{readEdition(t, filepath.Join(p.dir, "data")), readEdition(t, filepath.Join(dir, "data"))}
	if pair[0].answers == pair[1].answers {
		t.Fatal("both editions give the same answers")
	}
	editions := map[string]edition{pair[0].manifest.Content: pair[0], pair[1].manifest.Content: pair[1]}
	fsys, err := disk.OS(data)
	if err != nil {
		t.Fatal(err)
	}
	store := snapshot.New(fsys, time.Now)
	if err := publishEdition(t.Context(), store, 0, pair[0]); err != nil {
		t.Fatal(err)
	}
	publishes := size(t, "LUMBUNG_PUBLISHES", 5)
	var published, reads, failed atomic.Int64
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range readersAtOnce {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				reads.Add(1)
				if err := readOnce(t.Context(), data, editions, &published, stop); err != nil && failed.Add(1) <= 5 {
					t.Errorf("after %d publishes: %v", published.Load(), err)
				}
			}
		})
	}
	start := time.Now()
	for n := 1; (n <= publishes || reads.Load() < 2*readersAtOnce) && failed.Load() == 0; n++ {
		if err := publishEdition(t.Context(), store, n, pair[n%2]); err != nil {
			t.Errorf("publish %d: %v", n, err)
			break
		}
		published.Add(1)
	}
	close(stop)
	all.Wait()
	if _, err := store.Retain(t.Context(), snapshot.Policy{Keep: 1}); err != nil {
		t.Error(err)
	}
	if left, err := store.List(t.Context()); err != nil || len(left) != 1 {
		t.Errorf("%d snapshots are left without readers (%v)", len(left), err)
	}
	if err := fsys.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("campaign readers: %d publishes in %.0f s, %d readers with %d reads, %d errors or mixed answers",
		published.Load(), time.Since(start).Seconds(), readersAtOnce, reads.Load(), failed.Load())
}
