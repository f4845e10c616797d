package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lumbung/pipeline/ledger"
	"lumbung/pipeline/schedule"
)

// claims is the ledger as the schedule wants it.
type claims struct{ *ledger.Ledger }

func (c claims) LastClaim(ctx context.Context, pipeline string) (time.Time, bool, error) {
	at, err := c.Ledger.LastClaim(ctx, pipeline)
	if errors.Is(err, ledger.ErrUnknown) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}

func TestDaemonsShareALedgerFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 8)
		var ledgers []*ledger.Ledger
		for range 8 {
			l, err := ledger.Open(ctx, path, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			ledgers = append(ledgers, l)
			d, err := schedule.New(schedule.Config{Claims: claims{l}, Log: slog.New(slog.DiscardHandler)}, []schedule.Job{{
				Name: "idm", Spec: "0 * * * *", CatchUp: time.Hour,
				Run: func(context.Context, time.Time) error { runs.Add(1); return nil },
			}})
			if err != nil {
				t.Fatal(err)
			}
			go func() { ended <- d.Run(ctx) }()
		}
		time.Sleep(24*time.Hour + time.Minute)
		cancel()
		for range ledgers {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		rows, err := ledgers[0].Instants(t.Context(), "idm", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.State != "claimed" {
				t.Errorf("row %+v", row)
			}
		}
		if len(rows) != 24 || runs.Load() != 24 {
			t.Errorf("%d rows, %d runs, want 24 of each", len(rows), runs.Load())
		}
		for _, l := range ledgers {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
