package stage

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"go.uber.org/goleak"

	"lumbung/internal/disk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var schema = arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}, {Name: "s", Type: arrow.BinaryTypes.String, Nullable: true}}, nil)

// put writes a unit with rows 0..n-1 and returns the store's directory.
func put(t *testing.T, mem memory.Allocator, fsys disk.FS, key string, n int) (*Store, *Unit) {
	t.Helper()
	s := Open(fsys, "stage")
	w, err := s.Begin(key, schema, schema, mem)
	if err != nil {
		t.Fatal(err)
	}
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append("desa")
	}
	rec := b.NewRecord()
	defer rec.Release()
	if err := w.Rows(rec); err != nil {
		t.Fatal(err)
	}
	u, err := w.Commit(context.Background(), Unit{Table: "indeks", Release: "r@1", Contract: "c", Result: json.RawMessage(`{"rows":{"in":7}}`)})
	if err != nil {
		t.Fatal(err)
	}
	return s, u
}

func newDisk(t *testing.T) (*disk.Root, string) {
	t.Helper()
	dir := t.TempDir()
	fsys, err := disk.OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fsys.Close() })
	return fsys, dir
}

func TestUnitsComeBackAsTheyWere(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	fsys, _ := newDisk(t)
	s, _ := put(t, mem, fsys, "aa", 1000)
	u, ok, err := s.Lookup(context.Background(), "aa")
	if err != nil || !ok || string(u.Result) != `{"rows":{"in":7}}` || u.Files[0].Rows != 1000 || u.Files[1].Rows != 0 {
		t.Fatalf("%+v, %v, %v", u, ok, err)
	}
	var sum, rows int64
	if err := s.Each(context.Background(), u, mem, func(rec arrow.Record) error {
		rows += rec.NumRows()
		for _, v := range rec.Column(0).(*array.Int64).Int64Values() {
			sum += v
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if rows != 1000 || sum != 999*1000/2 {
		t.Errorf("%d rows, sum %d", rows, sum)
	}
	if _, ok, err := s.Lookup(context.Background(), "bb"); ok || err != nil {
		t.Errorf("a unit that is not there: %v, %v", ok, err)
	}
	if err := s.Remove("aa"); err != nil {
		t.Fatal(err)
	}
	if keys, err := s.Keys(); err != nil || len(keys) != 0 {
		t.Errorf("keys %v, %v", keys, err)
	}
}

// The same rows give the same bytes.
func TestUnitsAreDeterministic(t *testing.T) {
	mem := memory.NewGoAllocator()
	var sums [2]string
	for i := range sums {
		fsys, _ := newDisk(t)
		_, u := put(t, mem, fsys, "aa", 300_000)
		sums[i] = u.Files[0].SHA256
	}
	if sums[0] != sums[1] {
		t.Error("two writings of the same rows differ")
	}
}

// Every single flipped bit of a unit is found before anything is read from it.
func TestEveryFlippedBitIsFound(t *testing.T) {
	mem := memory.NewGoAllocator()
	fsys, dir := newDisk(t)
	put(t, mem, fsys, "aa", 50)
	flips := 0
	for _, name := range []string{unitFile, DataFile, FindingsFile} {
		path := filepath.Join(dir, "stage", "aa", name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		for i := range len(whole) * 8 {
			broken := append([]byte(nil), whole...)
			broken[i/8] ^= 1 << (i % 8)
			if err := os.WriteFile(path, broken, 0o644); err != nil {
				t.Fatal(err)
			}
			s := Open(fsys, "stage")
			u, ok, err := s.Lookup(context.Background(), "aa")
			if err == nil && ok {
				err = s.Verify(context.Background(), u)
			}
			var damaged *DamagedError
			if !errors.As(err, &damaged) {
				t.Fatalf("%s: bit %d: %v", name, i, err)
			}
			flips++
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d flips found", flips, flips)
}

// Whatever operation fails, no unit appears under its key unless it is whole,
// and nothing keeps the next attempt from succeeding.
func TestEveryFailingOperation(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	cause := errors.New("no space left")
	for n := 1; ; n++ {
		inner, _ := newDisk(t)
		fsys := disk.NewFaulty(inner, disk.Nth(n, cause))
		s := Open(fsys, "stage")
		err := tryUnit(s, mem)
		if err == nil {
			if n < 10 {
				t.Fatalf("only %d operations were tried", n-1)
			}
			break
		}
		if !errors.Is(err, cause) {
			t.Fatalf("operation %d: %v", n, err)
		}
		clean := Open(inner, "stage")
		if u, ok, err := clean.Lookup(context.Background(), "aa"); err == nil && ok {
			if err := clean.Verify(context.Background(), u); err != nil {
				t.Fatalf("operation %d left a broken unit: %v", n, err)
			}
		}
		if err := clean.Clear(context.Background(), nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if err := tryUnit(clean, mem); err != nil {
			t.Fatalf("after operation %d failed, the next attempt: %v", n, err)
		}
	}
}

func tryUnit(s *Store, mem memory.Allocator) error {
	w, err := s.Begin("aa", schema, schema, mem)
	if err != nil {
		return err
	}
	_, err = w.Commit(context.Background(), Unit{Result: json.RawMessage(`{}`)})
	return errors.Join(err, w.Abort())
}
