package ledger

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"lumbung/internal/disk"
	"lumbung/internal/pgtest"
)

// postgresURL turns a test server's connection string into an address.
func postgresURL(t *testing.T, server string) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(server)
	if err != nil {
		t.Fatal(err)
	}
	return "postgres://lumbung@/postgres?sslmode=disable&host=" + cfg.Host
}

// Whatever holds for the ledger in a file holds for the one on a real server.
func TestOnPostgres(t *testing.T) {
	t.Setenv(envServer, postgresURL(t, pgtest.Start(t)))
	for name, test := range map[string]func(*testing.T){
		"runs": TestRunLife, "left runs": TestLeftRunsAreInterrupted, "run ids": TestRunIDsDoNotDependOnTheClock,
		"guard": TestGuardHoldsOthersOff, "cancelled": TestCancelledContext,
		"network": TestNetworkMemory, "answers": TestAnswers,
		"objects": TestObjects, "last good": TestLastGoodSurvivesABadSuccessor, "sources": TestSourceStates, "snapshots": TestSnapshots,
		"claims": TestInstantIsClaimedOnce, "missed": TestMissedInstants, "revisions": TestRevisionsAreNumberedInTheOrderSeen,
		"groups": TestGroupsAreWholeOrNothing, "old steps": TestOldStepsAreForgotten, "overtaken": TestRunThatWasOvertakenCannotPublish,
		"killed": TestKillInsideATransaction, "processes": TestProcessesClaimOnce,
	} {
		t.Run(name, test)
	}
}

func TestPostgresLedger(t *testing.T) {
	server := postgresURL(t, pgtest.Start(t))
	path, err := Address(server, "kukar-satu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReadOnly(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a ledger that nobody made: %v", err)
	}
	a, b := openTest(t, path), openTest(t, path)
	read, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.Fence(t.Context()); err == nil {
		t.Error("a read-only ledger was written")
	}
	if err := read.Close(); err != nil {
		t.Error(err)
	}

	t.Run("one run at a time", func(t *testing.T) {
		lock, err := a.Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		run, _, err := a.BeginRun(t.Context(), Start{Pipeline: "p"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Lock(t.Context()); !errors.Is(err, disk.ErrBusy) || !strings.Contains(err.Error(), "run "+run.ID) {
			t.Errorf("a second run: %v", err)
		}
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := b.Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("projects do not meet", func(t *testing.T) {
		other, err := Address(server, "kukar-dua")
		if err != nil {
			t.Fatal(err)
		}
		if runs, err := openTest(t, other).Runs(t.Context(), 0); err != nil || len(runs) != 0 {
			t.Errorf("%d runs of another project, %v", len(runs), err)
		}
	})
	t.Run("a newer schema is refused", func(t *testing.T) {
		if _, err := a.db.ExecContext(t.Context(), "UPDATE version SET version = version + 1"); err != nil {
			t.Fatal(err)
		}
		var newer *NewerError
		if _, err := Open(t.Context(), path, time.Now); !errors.As(err, &newer) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("older schemas are brought up to date", func(t *testing.T) {
		for _, s := range []string{"DROP TABLE notices", "UPDATE version SET version = 3"} {
			if _, err := a.db.ExecContext(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if notices, err := openTest(t, path).Notices(t.Context()); err != nil || len(notices) != 0 {
			t.Errorf("%v, %v", notices, err)
		}
	})
	t.Run("what a file does otherwise is refused", func(t *testing.T) {
		if err := a.Backup(t.Context(), t.TempDir()+"/salinan.db"); err == nil || !strings.Contains(err.Error(), "pg_dump --schema=lumbung_kukar_satu") {
			t.Errorf("error %v", err)
		}
	})
}

func TestPostgresErrors(t *testing.T) {
	for name, x := range map[string]struct{ address, want string }{
		"nobody listens": {"postgres://lumbung:rahasia@127.0.0.1:1/desa?sslmode=disable", "PostgreSQL 127.0.0.1:1/desa, schema lumbung_p"},
		"no address":     {"postgres://lumbung:rahasia@:x/", "postgres://USER@HOST/DATABASE is wanted"},
		"another scheme": {"mysql://lumbung:rahasia@db/desa", "postgres://USER@HOST/DATABASE is wanted"},
	} {
		path, err := Address(x.address, "p")
		if err == nil {
			_, err = Open(context.Background(), path, time.Now)
		}
		if err == nil || !strings.Contains(err.Error(), x.want) || strings.Contains(err.Error(), "rahasia") {
			t.Errorf("%s: error %v, want %q in it", name, err, x.want)
		}
	}
}
