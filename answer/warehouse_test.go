package answer

import (
	"errors"
	"path/filepath"
	"testing"

	"lumbung/internal/closing"
	"lumbung/load/duck"
	"lumbung/sql"
)

// A snapshot of an older program lacks columns: who asks for one is told so, who misspells one that never was is told of both.
func TestOutdatedSnapshot(t *testing.T) {
	db, err := duck.Create(t.Context(), filepath.Join(t.TempDir(), "gudang.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closing.After(t, db)
	w := &warehouse{db, "20260101T000000Z-00000000"}
	if err := db.Exec(t.Context(), "CREATE TABLE dim_wilayah (kode BIGINT)"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Query(t.Context(), 0, "SELECT kode FROM dim_wilayah"); err != nil {
		t.Error(err)
	}
	for _, query := range []string{"SELECT nama_kecamatan FROM dim_wilayah", "SELECT * FROM mart_baru"} {
		_, _, err := w.Query(t.Context(), 0, query)
		var outdated *sql.OutdatedError
		if !errors.As(err, &outdated) || outdated.Snapshot != w.snapshot || !duck.IsMissing(err) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, _, err := w.Query(t.Context(), 0, "SELECT 1 +"); err == nil || errors.As(err, new(*sql.OutdatedError)) {
		t.Errorf("a syntax error: %v", err)
	}
}
