package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"

	"lumbung/internal/s3client"
	"lumbung/load/compare"
	"lumbung/load/duck"
	"lumbung/load/snapshot"
	"lumbung/load/trino"
	"lumbung/pipeline/config"
	"lumbung/sql"
)

// passwordEnv holds the password of Trino's user, for engines that want one.
const passwordEnv = "LUMBUNG_TRINO_PASSWORD"

// OpenTrino connects to the engine of a project.
func OpenTrino(ctx context.Context, c *config.Config) (*trino.DB, error) {
	t := c.Trino
	if t == nil {
		return nil, fmt.Errorf("%s has no block trino:; docs/scale.md shows one", config.FileName)
	}
	store, err := s3client.Connect(t.Endpoint, t.Region)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil, err
	}
	if secret := os.Getenv(passwordEnv); secret != "" {
		u.User = url.UserPassword(u.User.Username(), secret)
	}
	return trino.Open(ctx, trino.Options{URL: u.String(), Catalog: t.Catalog, Schema: t.Schema, Store: store, Bucket: t.Bucket, Prefix: t.Prefix,
		Keep: t.Keep, MinAge: t.Age, AtOnce: t.AtOnce})
}

// copyToEngine builds the published snapshot once more on the engine of
// lumbung.yaml, from the same staged units and models, and publishes it there
// when all audits agree and every mart is equal, row by row.
func (r *run) copyToEngine(ctx context.Context, units []*unit, m *models, id string) error {
	if r.p.Config.Engine != config.EngineTrino {
		return nil
	}
	db, err := OpenTrino(ctx, r.p.Config)
	if err == nil {
		err = errors.Join(r.copyTo(ctx, db, units, m, id), db.Close())
	}
	if err != nil {
		return fmt.Errorf("snapshot %s is published here, but not on Trino: %w; the next run tries again", id, err)
	}
	return nil
}

func (r *run) copyTo(ctx context.Context, db *trino.DB, units []*unit, m *models, id string) error {
	current, err := db.Current(ctx)
	if err != nil {
		return err
	}
	if current == id {
		return r.enlist(ctx, db, id)
	}
	b, err := db.Begin(ctx, id, trino.Relations(m.ordered))
	if err != nil {
		return err
	}
	if err := r.fillEngine(ctx, b, units, m, id); err != nil {
		return errors.Join(err, b.Close(ctx))
	}
	return r.steps.do(ctx, "publish", "trino "+id, "", 0, func(func(int64)) (Step, error) {
		manifest, err := r.manifest(ctx, id)
		if err != nil {
			return Step{}, err
		}
		return Step{}, b.Publish(ctx, manifest)
	})
}

// enlist enters a build that a version of lumbung without the list of builds published.
func (r *run) enlist(ctx context.Context, db *trino.DB, id string) error {
	held, err := db.Held(ctx)
	if err != nil || slices.ContainsFunc(held, func(h trino.Held) bool { return h.ID == id }) {
		return err
	}
	manifest, err := r.manifest(ctx, id)
	if err != nil {
		return err
	}
	return db.Enlist(ctx, id, manifest)
}

// manifest is the text of a snapshot's manifest.
func (r *run) manifest(ctx context.Context, id string) (string, error) {
	snap, err := r.p.Snapshots.AsOf(ctx, id)
	if err != nil {
		return "", err
	}
	text, err := snap.Manifest.Encode()
	return string(text), errors.Join(err, snap.Close())
}

// fillEngine makes everything of a build, and looks at it.
func (r *run) fillEngine(ctx context.Context, b *trino.Build, units []*unit, m *models, id string) error {
	w := &modelRun{r: r, m: m, on: b, at: "trino ", atOnce: b.AtOnce()}
	if err := w.inputs(ctx, units); err != nil {
		return err
	}
	if err := w.run(ctx); err != nil {
		return err
	}
	if blocked := w.blocked(); len(blocked) > 0 {
		return fmt.Errorf("audit %s objects there: %d rows: %s First: %s", blocked[0].Name, blocked[0].Failing, blocked[0].Message, blocked[0].First)
	}
	return r.steps.do(ctx, "compare", "trino "+id, "", 0, func(func(int64)) (Step, error) { return r.sameMarts(ctx, b, id) })
}

// sameMarts compares every mart of a build with the snapshot's.
func (r *run) sameMarts(ctx context.Context, b *trino.Build, id string) (st Step, err error) {
	snap, err := r.p.Snapshots.AsOf(ctx, id)
	if err != nil {
		return st, err
	}
	defer func() { err = errors.Join(err, snap.Close()) }()
	path, err := snap.File(ctx, snapshot.Warehouse)
	if err != nil {
		return st, err
	}
	db, err := duck.OpenReadOnly(ctx, path, duck.Options{Threads: r.p.Config.DuckDB.Threads, Memory: r.p.Config.DuckDB.Memory})
	if err != nil {
		return st, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	marts, err := compare.Models(ctx, db, b, sql.Marts)
	for _, d := range marts {
		if st.Rows += d.From; !d.Same() {
			return st, fmt.Errorf("%s is not the same there: %s%s", d.Relation, d.Summary(), d.First())
		}
	}
	return st, err
}
