// Package remote keeps files of a project on an S3-compatible store, so that
// several machines have them.
//
// An object is either named by the SHA-256 of its content (Keep, Fetch), or
// small and written under a condition (Put, Read): of two writers of one name
// one wins and the other is told. Each object goes in one request, which takes
// effect whole or not at all, so there are no multipart uploads to abort; it
// is read back and compared before anybody relies on it.
package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/s3client"
)

const (
	// tries is how often an object is fetched before its bytes are taken for broken.
	tries = 3
	// maxSmall bounds what Read holds in memory.
	maxSmall = 64 << 20
)

// Store is a prefix of a bucket.
type Store struct {
	client *minio.Client
	bucket string
	prefix string
}

// Open names the store at s3://BUCKET[/PREFIX]; endpoint, region and
// credentials come from the environment, as AWS programs find them. Nothing is
// asked yet.
func Open(address string) (*Store, error) {
	bucket, prefix, err := s3client.Split(address)
	if err != nil {
		return nil, err
	}
	client, err := s3client.Connect("", "")
	if err != nil {
		return nil, err
	}
	return New(client, bucket, prefix), nil
}

// New is a store behind a client.
func New(client *minio.Client, bucket, prefix string) *Store {
	return &Store{client: client, bucket: bucket, prefix: prefix}
}

// Error means that the store could not be asked, or would not do something.
type Error struct{ err error }

func (e *Error) Error() string { return "storage: " + e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// ErrChanged means that an object is not the one that the condition of a Put names.
var ErrChanged = errors.New("somebody else wrote it meanwhile")

// ErrDamaged means that an object came with other bytes than its hash says: it rotted, or is cut on its way again and again.
var ErrDamaged = errors.New("it has other bytes than its name says")

func (s *Store) key(name string) string { return path.Join(s.prefix, name) }

func (s *Store) explain(do, name string, err error) error {
	return &Error{s3client.Explain(s.client, do, s.bucket, s.key(name), err)}
}

// Has says whether there is an object. It lists: errors of a listing say what is wrong, those of a HEAD do not.
func (s *Store) Has(ctx context.Context, name string) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	first, any := <-s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.key(name), Recursive: true, MaxKeys: 1})
	if first.Err != nil {
		return false, s.explain("list", name, first.Err)
	}
	return any && first.Key == s.key(name), nil
}

// open asks for an object; fs.ErrNotExist when there is none.
func (s *Store) open(ctx context.Context, name string) (io.ReadCloser, minio.ObjectInfo, error) {
	core := minio.Core{Client: s.client} // one plain GET
	body, info, _, err := core.GetObject(ctx, s.bucket, s.key(name), minio.GetObjectOptions{})
	switch {
	case s3client.IsCode(err, "NoSuchKey"):
		return nil, info, &Error{fmt.Errorf("%s/%s: %w", s.bucket, s.key(name), fs.ErrNotExist)}
	case err != nil:
		return nil, info, s.explain("read", name, err)
	}
	return body, info, nil
}

// Fetch reads the object with a SHA-256 into to, which is called again with
// the object's beginning when something broke on the way. What it took counts
// only when Fetch returns nil. The error is fs.ErrNotExist when there is none.
func (s *Store) Fetch(ctx context.Context, name, sha string, to func(io.Reader) error) error {
	var err error
	for range tries {
		if err = s.fetch(ctx, name, sha, to); err == nil || errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) fetch(ctx context.Context, name, sha string, to func(io.Reader) error) error {
	obj, _, err := s.open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = obj.Close() }()
	h := sha256.New()
	taken := to(io.TeeReader(obj, h))
	if _, err := io.Copy(h, obj); err != nil { // what to has left
		return s.explain("read", name, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sha {
		return &Error{fmt.Errorf("%s/%s: SHA-256 %s came, %s is wanted: %w: `lumbung run --full` where its source is sends it again",
			s.bucket, s.key(name), got, sha, ErrDamaged)}
	}
	return taken
}

// Keep makes sure that the store has the object with a SHA-256 under a name:
// it is sent where it is missing or damaged, and read back. read gives its
// bytes from their beginning.
func (s *Store) Keep(ctx context.Context, name, sha string, size int64, read func() io.Reader) error {
	discard := func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }
	if err := s.send(ctx, name, size, read(), ""); err != nil && !errors.Is(err, ErrChanged) {
		return err
	}
	if err := s.Fetch(ctx, name, sha, discard); err == nil || ctx.Err() != nil {
		return err
	}
	// It rotted, or was cut when it was sent: the name says what belongs there.
	obj, info, err := s.open(ctx, name)
	if err != nil {
		return err
	}
	if err := errors.Join(obj.Close(), s.send(ctx, name, size, read(), info.ETag)); err != nil && !errors.Is(err, ErrChanged) {
		return err
	}
	return s.Fetch(ctx, name, sha, discard)
}

// send makes an object that must not exist, or still have an ETag.
func (s *Store) send(ctx context.Context, name string, size int64, r io.Reader, etag string) error {
	opt := minio.PutObjectOptions{DisableMultipart: true}
	if etag == "" {
		opt.SetMatchETagExcept("*")
	} else {
		opt.SetMatchETag(etag)
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.key(name), r, size, opt)
	switch {
	case err == nil:
		return nil
	case s3client.Lost(err):
		return &Error{fmt.Errorf("%s/%s: %w", s.bucket, s.key(name), ErrChanged)}
	}
	return s.explain("write", name, err)
}

// Put writes a small object that must not exist, or still have an ETag; the
// error is ErrChanged when it does not. The same text is no conflict.
func (s *Store) Put(ctx context.Context, name string, text []byte, etag string) error {
	err := s.send(ctx, name, int64(len(text)), bytes.NewReader(text), etag)
	if err != nil && ctx.Err() != nil {
		return err
	}
	// An answer that was lost on its way looks like a failure, or, asked again, like a conflict with oneself.
	have, _, rerr := s.Read(ctx, name)
	switch {
	case rerr == nil && bytes.Equal(have, text):
		return nil
	case err == nil && rerr == nil:
		return &Error{fmt.Errorf("%s/%s: %w", s.bucket, s.key(name), ErrChanged)}
	case err == nil:
		return rerr
	}
	return err
}

// Read gives a small object and its ETag; fs.ErrNotExist when there is none.
// Its reader has to know by itself whether the text is whole.
func (s *Store) Read(ctx context.Context, name string) (text []byte, etag string, err error) {
	obj, info, err := s.open(ctx, name)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = obj.Close() }()
	text, err = io.ReadAll(io.LimitReader(obj, maxSmall+1))
	switch {
	case err != nil:
		return nil, "", s.explain("read", name, err)
	case len(text) > maxSmall:
		return nil, "", &Error{fmt.Errorf("%s/%s has more than %d bytes", s.bucket, s.key(name), maxSmall)}
	case int64(len(text)) != info.Size:
		return nil, "", &Error{fmt.Errorf("%s/%s: %d of %d bytes came", s.bucket, s.key(name), len(text), info.Size)}
	}
	return text, info.ETag, nil
}

// Each visits the objects below a directory, with the time when each was written.
func (s *Store) Each(ctx context.Context, dir string, visit func(name string, written time.Time)) error {
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.key(dir) + "/", Recursive: true}) {
		if o.Err != nil {
			return s.explain("list", dir, o.Err)
		}
		visit(path.Join(dir, o.Key[len(s.key(dir))+1:]), o.LastModified)
	}
	return nil
}

// Remove removes an object; one that is not there is no error.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.client.RemoveObject(ctx, s.bucket, s.key(name), minio.RemoveObjectOptions{}); err != nil {
		return s.explain("remove", name, err)
	}
	return nil
}
