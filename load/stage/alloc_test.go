package stage

import (
	"context"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Staging five batches allocates no more than when it was last measured, and
// the file is no larger. Whoever saves some lowers the figures here.
func TestAllocationsOfStaging(t *testing.T) {
	const (
		batches   = 5
		recorded  = 84_500.0 // allocations
		fileBytes = 36_033.0
	)
	mem := memory.NewGoAllocator()
	rec := villages(mem, readBatch)
	defer rec.Release()
	fsys, _ := newDisk(t)
	s := Open(fsys, "stage")
	var size int64
	got := testing.AllocsPerRun(3, func() {
		w, err := s.Begin("aa", rec.Schema(), rec.Schema(), mem)
		if err != nil {
			t.Fatal(err)
		}
		for range batches {
			if err := w.Rows(rec); err != nil {
				t.Fatal(err)
			}
		}
		u, err := w.Commit(context.Background(), Unit{})
		if err != nil {
			t.Fatal(err)
		}
		size = u.Files[0].Bytes
	})
	if got > recorded*1.1 {
		t.Errorf("%v allocations, %v were recorded", got, recorded)
	}
	if float64(size) > fileBytes*1.05 {
		t.Errorf("%d bytes, %v were recorded", size, fileBytes)
	}
}
