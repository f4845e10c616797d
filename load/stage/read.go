package stage

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	pqfile "github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
)

// readBatch is how many rows are read at a time.
const readBatch = 16384

// Each hands the rows of a unit to visit, batch by batch. The file is opened
// only after its hash was compared: the Parquet reader dies on damaged files.
func (s *Store) Each(ctx context.Context, u *Unit, mem memory.Allocator, visit func(arrow.Record) error) error {
	path, err := s.Path(ctx, u, DataFile)
	if err != nil {
		return err
	}
	pf, err := pqfile.OpenParquetFile(path, false)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = pf.Close() }()
	fr, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{BatchSize: readBatch}, mem)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	rr, err := fr.GetRecordReader(ctx, nil, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer rr.Release()
	for rr.Next() {
		if err := visit(rr.Record()); err != nil {
			return err
		}
	}
	// arrow v17 reports the end of the file as io.EOF.
	if err := rr.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
