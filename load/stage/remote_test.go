package stage

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/minio/minio-go/v7"

	"lumbung/internal/disk"
	"lumbung/internal/remote"
	"lumbung/internal/s3test"
)

// machines returns a function that opens the stores of machines with a storage in common.
func machines(t *testing.T) (machine func() *Store, shared *remote.Store) {
	t.Helper()
	server := s3test.Start(t)
	client := s3test.Client(t, strings.TrimPrefix(server.URL, "http://"), nil)
	if err := client.MakeBucket(t.Context(), "desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	shared = remote.New(client, "desa", "kukar")
	return func() *Store {
		fsys, _ := newDisk(t)
		return Open(fsys, "stage").Shared(shared)
	}, shared
}

// stageRows stages a unit with the villages of one batch.
func stageRows(s *Store, key string, rows int, replace bool) (*Unit, error) {
	mem := memory.NewGoAllocator()
	rec := villages(mem, rows)
	defer rec.Release()
	w, err := s.Begin(key, rec.Schema(), rec.Schema(), mem)
	if err != nil {
		return nil, err
	}
	w.Replace = replace
	if err := w.Rows(rec); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w.Commit(context.Background(), Unit{Table: "indeks", Result: []byte(`{}`)})
}

func TestMachinesShareUnits(t *testing.T) {
	machine, shared := machines(t)
	first, second := machine(), machine()
	made, err := stageRows(first, "aa", 1000, false)
	if err != nil {
		t.Fatal(err)
	}
	if has, err := second.Has(t.Context(), "aa"); !has || err != nil {
		t.Errorf("%v, %v", has, err)
	}
	if has, err := second.Has(t.Context(), "a"); has || err != nil {
		t.Errorf("the beginning of a key: %v, %v", has, err)
	}
	got, ok, err := second.Lookup(t.Context(), "aa")
	if err != nil || !ok || !slices.Equal(got.Files, made.Files) {
		t.Fatalf("%+v, %v, %v", got, ok, err)
	}
	if err := second.Verify(t.Context(), got); err != nil {
		t.Error(err)
	}
	if _, ok, err := second.Lookup(t.Context(), "bb"); ok || err != nil {
		t.Errorf("a unit that nobody has: %v, %v", ok, err)
	}

	t.Run("the same unit again", func(t *testing.T) {
		if _, err := stageRows(machine(), "aa", 1000, false); err != nil {
			t.Error(err)
		}
	})
	t.Run("another unit under the same key", func(t *testing.T) {
		var conflict *ConflictError
		if _, err := stageRows(machine(), "aa", 999, false); !errors.As(err, &conflict) {
			t.Errorf("in the storage: %v", err)
		}
		if _, err := stageRows(first, "aa", 999, false); !errors.As(err, &conflict) {
			t.Errorf("in storage and directory: %v", err)
		}
		if have, _, err := machine().Lookup(t.Context(), "aa"); err != nil || have.Files[0].Rows != 1000 {
			t.Errorf("the first one does not stand: %+v, %v", have, err)
		}
		if _, err := stageRows(machine(), "aa", 999, true); err != nil {
			t.Errorf("replaced: %v", err)
		}
		if have, _, err := machine().Lookup(t.Context(), "aa"); err != nil || have.Files[0].Rows != 999 {
			t.Errorf("replaced: %+v, %v", have, err)
		}
	})
	t.Run("what nobody needs goes when it is old", func(t *testing.T) {
		if _, err := stageRows(first, "cc", 10, false); err != nil {
			t.Fatal(err)
		}
		drop := func(key string) bool { return key == "aa" }
		for _, x := range []struct {
			now  time.Time
			want []string
		}{{time.Now(), []string{"aa", "cc"}}, {time.Now().Add(remoteAge + time.Hour), []string{"cc"}}} {
			if err := first.Clear(t.Context(), drop, x.now); err != nil {
				t.Fatal(err)
			}
			keys := map[string]bool{}
			if err := shared.Each(t.Context(), "stage", func(name string, _ time.Time) { keys[strings.Split(name, "/")[1]] = true }); err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(keys)); !slices.Equal(got, x.want) {
				t.Errorf("left are %v, want %v", got, x.want)
			}
		}
	})
}

// Nothing is cleared beside one that has joined, and nobody joins one that clears.
func TestJoinHoldsClearingOff(t *testing.T) {
	fsys, _ := newDisk(t)
	s := Open(fsys, "stage")
	left := func() error { _, err := fsys.Lstat("stage/.tmp-aa-0"); return err }
	if err := disk.MkdirAll(fsys, "stage/.tmp-aa-0", 0o755); err != nil {
		t.Fatal(err)
	}
	joined, err := s.Join(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Clear(t.Context(), nil, time.Now()), left()); err != nil {
		t.Errorf("cleared beside a writer: %v", err)
	}
	if err := joined.Close(); err != nil {
		t.Fatal(err)
	}
	clearing, err := s.lock(true)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*joinEvery)
	defer cancel()
	if _, err := s.Join(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("joined one that clears: %v", err)
	}
	if err := clearing.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Clear(t.Context(), nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := left(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nobody is at work and nothing was cleared: %v", err)
	}
}
