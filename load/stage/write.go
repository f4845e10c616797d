package stage

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"syscall"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"lumbung/internal/crash"
	"lumbung/internal/disk"
)

const (
	// rowGroup bounds how much of a column is held in memory while writing.
	rowGroup = 122_880
	// queue is how many batches may wait for the writing goroutine.
	queue = 2
	// maxTemp bounds how many writers of one key can be at work, or have died.
	maxTemp = 1000
)

// Writer writes one unit. Rows and Findings may be called by one goroutine;
// encoding happens beside it. After Commit or Abort the writer is done.
type Writer struct {
	// Replace has a sound unit of the same key replaced when it is another;
	// otherwise that is a *ConflictError.
	Replace bool

	s    *Store
	key  string
	temp string
	data *file
	find *file
	done bool
}

// Begin starts the unit with a key. mem serves the Parquet writers.
func (s *Store) Begin(key string, rows, findings *arrow.Schema, mem memory.Allocator) (*Writer, error) {
	temp, err := s.makeTemp(key)
	if err != nil {
		return nil, fmt.Errorf("staged unit: %w", err)
	}
	w := &Writer{s: s, key: key, temp: temp}
	if w.data, err = newFile(s.fs, w.temp, DataFile, rows, mem); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	if w.find, err = newFile(s.fs, w.temp, FindingsFile, findings, mem); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w, nil
}

// makeTemp makes a directory of its own for one writer of a key.
func (s *Store) makeTemp(key string) (string, error) {
	if err := disk.MkdirAll(s.fs, s.dir, dirPerm); err != nil {
		return "", err
	}
	for n := range maxTemp {
		name := path.Join(s.dir, fmt.Sprintf(".tmp-%s-%d", key, n))
		if err := s.fs.Mkdir(name, dirPerm); !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
	return "", fmt.Errorf("%d leftovers of %s in %s: the next `lumbung run` removes them", maxTemp, key, s.dir)
}

// Rows takes a batch of rows; it may be released when Rows returns.
func (w *Writer) Rows(rec arrow.Record) error { return w.data.put(rec) }

// Findings takes a batch of findings; it may be released when Findings returns.
func (w *Writer) Findings(rec arrow.Record) error { return w.find.put(rec) }

// Commit makes the unit durable and visible. The unit's Key and Files are filled in.
func (w *Writer) Commit(ctx context.Context, u Unit) (*Unit, error) {
	u.Key = w.key
	for _, f := range []*file{w.data, w.find} {
		meta, err := f.finish()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("staged unit %s: %s: %w", w.key, f.name, err), w.Abort())
		}
		u.Files = append(u.Files, meta)
	}
	if err := w.publish(ctx, &u); err != nil {
		return nil, errors.Join(fmt.Errorf("staged unit %s: %w", w.key, err), w.Abort())
	}
	w.done = true
	return &u, nil
}

func (w *Writer) publish(ctx context.Context, u *Unit) error {
	b, err := u.encode()
	if err != nil {
		return err
	}
	if err := disk.WriteFile(w.s.fs, path.Join(w.temp, unitFile), b, filePerm); err != nil {
		return err
	}
	if err := w.s.fs.SyncDir(w.temp); err != nil {
		return err
	}
	crash.Hit(ctx, crash.StageWritten)
	if err := w.send(ctx, u, b); err != nil {
		return err
	}
	crash.Hit(ctx, crash.StageSent)
	if err := w.place(ctx, b); err != nil {
		return err
	}
	crash.Hit(ctx, crash.StageRenamed)
	return w.s.fs.SyncDir(w.s.dir)
}

// place moves the finished unit under its key. One that is there already stays
// when it is sound, and ours goes; a damaged one is replaced.
func (w *Writer) place(ctx context.Context, description []byte) error {
	for {
		err := w.s.fs.Rename(w.temp, path.Join(w.s.dir, w.key))
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTEMPTY) {
			return err
		}
		have, err := w.s.sound(ctx, w.key)
		switch {
		case err != nil:
			return err
		case bytes.Equal(have, description):
			return disk.RemoveAll(w.s.fs, w.temp)
		case have != nil && !w.Replace:
			return &ConflictError{Key: w.key}
		}
		if err := w.s.Remove(w.key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
}

// sound gives the description of a unit whose files are as it says; nil when
// the unit is damaged or gone.
func (s *Store) sound(ctx context.Context, key string) ([]byte, error) {
	u, ok, err := s.lookup(key)
	if err == nil && ok {
		err = s.Verify(ctx, u)
	}
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged), err == nil && !ok:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return u.encode()
}

// ConflictError means that another process staged other bytes under the same key.
type ConflictError struct{ Key string }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("staged unit %s: another process decoded the same release to other bytes: the programs differ; "+
		"put one version of lumbung everywhere, then run `lumbung run --full`", e.Key)
}

// Abort throws the unit away. It does nothing after Commit.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	for _, f := range []*file{w.data, w.find} {
		if f != nil {
			f.stop()
		}
	}
	if err := disk.RemoveAll(w.s.fs, w.temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// file is one Parquet file being written by its own goroutine.
type file struct {
	fs   disk.FS
	path string
	name string
	f    disk.File
	buf  *bufio.Writer
	sum  hash.Hash
	size countWriter

	schema *arrow.Schema
	mem    memory.Allocator
	pq     *pqarrow.FileWriter // nil before the first batch, which decides the encodings

	in     chan arrow.Record
	ended  chan struct{}
	failed chan struct{} // closed when err is set
	err    error
	rows   int64
	closed bool
}

type countWriter struct{ n int64 }

func (c *countWriter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

func newFile(fsys disk.FS, dir, name string, schema *arrow.Schema, mem memory.Allocator) (*file, error) {
	f := &file{fs: fsys, path: path.Join(dir, name), name: name, sum: sha256.New(), schema: schema, mem: mem,
		in: make(chan arrow.Record, queue), ended: make(chan struct{}), failed: make(chan struct{})}
	var err error
	if f.f, err = fsys.Create(f.path, 0o600); err != nil {
		return nil, fmt.Errorf("staged unit: %w", err)
	}
	f.buf = bufio.NewWriterSize(io.MultiWriter(f.f, f.sum, &f.size), 1<<18)
	go f.run()
	return f, nil
}

// open begins the Parquet file; more says how its columns are encoded.
func (f *file) open(more []parquet.WriterProperty) error {
	props := append([]parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1),
		parquet.WithMaxRowGroupLength(rowGroup), parquet.WithAllocator(f.mem),
		parquet.WithStoreDecimalAsInteger(true), parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy("lumbung"),
	}, more...)
	var err error
	f.pq, err = pqarrow.NewFileWriter(f.schema, f.buf, parquet.NewWriterProperties(props...),
		pqarrow.NewArrowWriterProperties(pqarrow.WithAllocator(f.mem)))
	return err
}

// write encodes one batch.
func (f *file) write(rec arrow.Record) error {
	if f.pq == nil {
		if err := f.open(encodings(rec)); err != nil {
			return err
		}
	}
	f.rows += rec.NumRows()
	return f.pq.WriteBuffered(rec)
}

// run encodes batches until the channel closes or one fails.
func (f *file) run() {
	defer close(f.ended)
	for rec := range f.in {
		if f.err == nil {
			if err := f.write(rec); err != nil {
				f.err = err
				close(f.failed)
			}
		}
		rec.Release()
	}
}

func (f *file) put(rec arrow.Record) error {
	rec.Retain()
	select {
	case f.in <- rec:
		return nil
	case <-f.failed:
		rec.Release()
		return f.err
	}
}

// drain ends the goroutine.
func (f *file) drain() {
	if !f.closed {
		f.closed = true
		close(f.in)
	}
	<-f.ended
}

// finish closes, syncs and describes the file.
func (f *file) finish() (File, error) {
	f.drain()
	if f.err != nil {
		return File{}, f.err
	}
	if f.pq == nil { // no batch came
		if err := f.open(nil); err != nil {
			return File{}, err
		}
	}
	if err := f.pq.Close(); err != nil {
		return File{}, err
	}
	f.pq = nil
	if err := f.buf.Flush(); err != nil {
		return File{}, err
	}
	if err := f.fs.Chmod(f.path, filePerm); err != nil {
		return File{}, err
	}
	if err := f.f.Sync(); err != nil {
		return File{}, err
	}
	file := f.f
	f.f = nil
	return File{f.name, f.size.n, hex.EncodeToString(f.sum.Sum(nil)), f.rows}, file.Close()
}

// stop ends the goroutine and closes the file, for Abort.
func (f *file) stop() {
	f.drain()
	if f.pq != nil {
		_ = f.pq.Close() // the file is thrown away; only the allocator's memory counts
		f.pq = nil
	}
	if f.f != nil {
		_ = f.f.Close()
		f.f = nil
	}
}
