package answer

import (
	"context"
	"fmt"

	"lumbung/load/duck"
)

// AuditRows are the rows that an audit found in the snapshot.
func (r *Reader) AuditRows(ctx context.Context, name string) (*duck.Result, bool, error) {
	for _, a := range r.Snap.Manifest.Audits {
		if a.Name == name {
			return r.DB.Query(ctx, 0, "SELECT * FROM "+duck.Ident(name)+" ORDER BY ALL NULLS LAST")
		}
	}
	return nil, false, fmt.Errorf("no audit %q in this snapshot; `lumbung audit` lists them", name)
}
