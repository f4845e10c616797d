package answer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lumbung/load/snapshot"
	"lumbung/load/trino"
	"lumbung/sql"
)

// OpenTrino opens a snapshot that Trino has published: the current one for
// asOf "", else the one that asOf names among those that it still has. The
// engine is closed with the reader, and at once on an error.
func OpenTrino(ctx context.Context, db *trino.DB, asOf string) (*Reader, error) {
	r, err := openTrino(ctx, db, asOf)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("trino: %w", err), db.Close())
	}
	return r, nil
}

func openTrino(ctx context.Context, db *trino.DB, asOf string) (*Reader, error) {
	held, err := db.Held(ctx)
	if err != nil {
		return nil, err
	}
	h, err := chooseHeld(held, asOf)
	if err != nil {
		return nil, err
	}
	models, err := sql.Models()
	if err != nil {
		return nil, err
	}
	reading, err := db.Read(h, trino.Relations(models))
	if err != nil {
		return nil, err
	}
	var snap *snapshot.Snapshot
	text, err := reading.Manifest(ctx)
	if err == nil {
		snap, err = snapshot.Elsewhere(text)
	}
	if err == nil && snap.ID() != h.ID {
		err = fmt.Errorf("snapshot %s has the manifest of %s there", h.ID, snap.ID())
	}
	if err != nil {
		return nil, errors.Join(err, reading.Close())
	}
	return &Reader{Snap: snap, DB: reading}, nil
}

// chooseHeld finds a build by what a person calls it.
func chooseHeld(held []trino.Held, asOf string) (trino.Held, error) {
	ids := make([]string, len(held))
	for i, h := range held {
		if ids[i] = h.ID; asOf == "" && h.Current {
			return h, nil
		}
	}
	switch {
	case len(held) == 0:
		return trino.Held{}, errors.New("nothing is published there yet; `lumbung run` of a project with engine: trino publishes there")
	case asOf == "":
		return trino.Held{}, fmt.Errorf("none of the snapshots there is the current one: %v; `lumbung run` publishes anew", ids)
	}
	id, err := snapshot.Find(ids, asOf)
	if err != nil {
		return trino.Held{}, fmt.Errorf("%w; it has %v (trino: keep: says how many stay), what is on this machine is read without --engine trino", err, ids)
	}
	return held[slices.Index(ids, id)], nil
}
