// Package s3 copies the Parquet marts of a published snapshot into a bucket of
// an S3-compatible store, all of them or none.
//
// Below the prefix each snapshot has its own directory, <id>/marts/... and, as
// its last object, <id>/manifest.json. current.json names the snapshot to
// read. Every object is read back and compared with the manifest's SHA-256
// before current.json is replaced, and it is replaced only if it is still the
// one that was there at the start, so that of two writers one gives up. A
// reader that takes its file names from one reading of current.json sees all
// old or all new marts; the directories that it may still be reading stay
// until retention removes them.
package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/s3client"
	"lumbung/load/snapshot"
)

const (
	currentName  = "current.json"
	manifestName = "manifest.json"
	martsDir     = "marts"
	// metaSHA is the user metadata that says what an object should hold.
	metaSHA = "Sha256"
)

// Options say where the marts go.
type Options struct {
	Bucket string
	Prefix string // without slashes at its ends; "" is the bucket itself
	Keep   int    // snapshots that stay; at least 1
	Report func(name string, bytes int64, sent bool)
}

// Current is the content of current.json.
type Current struct {
	Format         int                 `json:"format"` // 1
	Snapshot       string              `json:"snapshot"`
	Created        time.Time           `json:"created"` // of the snapshot
	Manifest       string              `json:"manifest"`
	ManifestSHA256 string              `json:"manifest_sha256"`
	Marts          map[string][]string `json:"marts"` // object names below the prefix, by mart
}

// Result is what a publish did.
type Result struct {
	Bucket   string   `json:"bucket"`
	Prefix   string   `json:"prefix"`
	Snapshot string   `json:"snapshot"`
	Objects  int      `json:"objects"`
	Bytes    int64    `json:"bytes"`
	Sent     int      `json:"sent"`     // objects that were not there
	Verified int      `json:"verified"` // objects read back and equal
	Removed  []string `json:"removed"`  // snapshots that retention took away
	Already  bool     `json:"already"`  // the snapshot was the current one; nothing was done
}

// ConflictError means that somebody else published meanwhile.
type ConflictError struct{ Bucket, Name string }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s/%s changed while this publish ran: another one was faster; run it again if yours should be current", e.Bucket, e.Name)
}

// Publish copies the marts and switches. On any error current.json is what it was.
func Publish(ctx context.Context, client *minio.Client, snap *snapshot.Snapshot, opt Options) (Result, error) {
	p := &publisher{client: client, opt: opt, snap: snap}
	p.res = Result{Bucket: opt.Bucket, Prefix: opt.Prefix, Snapshot: snap.ID(), Removed: []string{}}
	was, etag, err := p.current(ctx)
	if err != nil {
		return p.res, err
	}
	if was != nil && was.Snapshot == snap.ID() && was.ManifestSHA256 == snap.SHA256 {
		p.res.Already = true
		return p.res, nil
	}
	now := Current{Format: 1, Snapshot: snap.ID(), Created: snap.Manifest.Created,
		Manifest: path.Join(snap.ID(), manifestName), ManifestSHA256: snap.SHA256, Marts: map[string][]string{}}
	for _, f := range snap.Files(martsDir) {
		name := path.Join(snap.ID(), f.Name)
		if err := p.file(ctx, f, name); err != nil {
			return p.res, err
		}
		mart := path.Base(path.Dir(f.Name))
		now.Marts[mart] = append(now.Marts[mart], name)
	}
	if err := p.manifest(ctx, now.Manifest); err != nil {
		return p.res, err
	}
	if err := p.replace(ctx, now, etag); err != nil {
		return p.res, err
	}
	if err := p.retain(ctx); err != nil {
		return p.res, fmt.Errorf("%s is published, but older snapshots could not be removed: %w", snap.ID(), err)
	}
	return p.res, nil
}

type publisher struct {
	client *minio.Client
	opt    Options
	snap   *snapshot.Snapshot
	res    Result
}

func (p *publisher) key(name string) string { return path.Join(p.opt.Prefix, name) }

// current reads current.json; nil when there is none.
func (p *publisher) current(ctx context.Context) (c *Current, etag string, err error) {
	key := p.key(currentName)
	obj, err := p.client.GetObject(ctx, p.opt.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, "", p.explain("read", key, err)
	}
	defer func() { _ = obj.Close() }()
	text, err := io.ReadAll(io.LimitReader(obj, 4<<20))
	if s3client.IsCode(err, "NoSuchKey") {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", p.explain("read", key, err)
	}
	info, err := obj.Stat()
	if err != nil {
		return nil, "", p.explain("read", key, err)
	}
	c = &Current{}
	if err := json.Unmarshal(text, c); err != nil || c.Format != 1 {
		return nil, "", fmt.Errorf("%s/%s is no list of marts that this version knows (format 1); nothing was published; remove it or choose another prefix", p.opt.Bucket, key)
	}
	return c, info.ETag, nil
}

// file sends one file of the snapshot, unless it is there, and compares it.
func (p *publisher) file(ctx context.Context, f snapshot.File, name string) error {
	local, err := p.snap.File(ctx, f.Name)
	if err != nil {
		return err
	}
	r, err := os.Open(local)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return p.object(ctx, name, f.SHA256, f.Bytes, r, "application/vnd.apache.parquet")
}

func (p *publisher) manifest(ctx context.Context, name string) error {
	text, err := os.ReadFile(filepath.Join(p.snap.Dir(), manifestName))
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != p.snap.SHA256 {
		return fmt.Errorf("%s of snapshot %s changed since it was opened; nothing was published", manifestName, p.snap.ID())
	}
	return p.object(ctx, name, p.snap.SHA256, int64(len(text)), bytes.NewReader(text), "application/json")
}

// object makes an object with these bytes, and reads it back.
func (p *publisher) object(ctx context.Context, name, sha string, size int64, r io.Reader, contentType string) error {
	key := p.key(name)
	info, err := p.client.StatObject(ctx, p.opt.Bucket, key, minio.StatObjectOptions{})
	if err != nil && !s3client.IsCode(err, "NoSuchKey") {
		return p.explain("look at", key, err)
	}
	there := err == nil && info.Size == size && info.UserMetadata[metaSHA] == sha
	if there {
		there = p.same(ctx, key, sha) == nil // one that rotted is sent again
	}
	if !there {
		// One request, so that an aborted upload leaves nothing behind.
		_, err := p.client.PutObject(ctx, p.opt.Bucket, key, r, size, minio.PutObjectOptions{
			ContentType: contentType, DisableMultipart: true, UserMetadata: map[string]string{metaSHA: sha}})
		if err != nil {
			return p.explain("write", key, err)
		}
		p.res.Sent++
		if err := p.same(ctx, key, sha); err != nil {
			return err
		}
	}
	p.res.Verified++
	p.res.Objects++
	p.res.Bytes += size
	if p.opt.Report != nil {
		p.opt.Report(key, size, !there)
	}
	return nil
}

// same reads an object and compares its hash.
func (p *publisher) same(ctx context.Context, key, sha string) error {
	obj, err := p.client.GetObject(ctx, p.opt.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return p.explain("read back", key, err)
	}
	defer func() { _ = obj.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, obj); err != nil {
		return p.explain("read back", key, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sha {
		return fmt.Errorf("%s/%s holds other bytes (SHA-256 %.12s) than were sent (%.12s); nothing was published", p.opt.Bucket, key, got, sha)
	}
	return nil
}

// replace puts current.json in place if it is still the one with etag, or still absent.
func (p *publisher) replace(ctx context.Context, now Current, etag string) error {
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	key := p.key(currentName)
	opt := minio.PutObjectOptions{ContentType: "application/json", CacheControl: "no-cache", DisableMultipart: true}
	if etag == "" {
		opt.SetMatchETagExcept("*")
	} else {
		opt.SetMatchETag(etag)
	}
	_, err = p.client.PutObject(ctx, p.opt.Bucket, key, bytes.NewReader(text), int64(len(text)), opt)
	if err == nil {
		return nil
	}
	// An answer that was lost on its way looks like a failure, or, asked again, like a conflict with oneself.
	if got, _, rerr := p.current(context.WithoutCancel(ctx)); rerr == nil && got != nil && got.Snapshot == now.Snapshot && got.ManifestSHA256 == now.ManifestSHA256 {
		return nil
	}
	if s3client.Lost(err) {
		return &ConflictError{p.opt.Bucket, key}
	}
	return p.explain("replace", key, err)
}

// retain removes the directories that are older than the ones that stay.
// Only snapshots with a manifest count; what a broken publish left behind goes with the older ones.
func (p *publisher) retain(ctx context.Context) error {
	dirs, err := p.list(ctx, p.opt.Prefix, false)
	if err != nil {
		return err
	}
	var ids, whole []string
	for _, d := range dirs {
		id := path.Base(d)
		if !snapshot.IsID(id) {
			continue
		}
		ids = append(ids, id)
		_, err := p.client.StatObject(ctx, p.opt.Bucket, p.key(path.Join(id, manifestName)), minio.StatObjectOptions{})
		switch {
		case err == nil:
			whole = append(whole, id)
		case !s3client.IsCode(err, "NoSuchKey"):
			return p.explain("look at", id, err)
		}
	}
	slices.Sort(whole)
	slices.Sort(ids)
	if len(whole) <= p.opt.Keep {
		return nil
	}
	oldest := whole[len(whole)-p.opt.Keep]
	for _, id := range ids {
		if id < oldest && id != p.snap.ID() {
			if err := p.remove(ctx, id); err != nil {
				return err
			}
			p.res.Removed = append(p.res.Removed, id)
		}
	}
	return nil
}

// remove deletes a snapshot's objects, its manifest first: without it the rest is no snapshot.
func (p *publisher) remove(ctx context.Context, id string) error {
	names, err := p.list(ctx, p.key(id), true)
	if err != nil {
		return err
	}
	manifest := p.key(path.Join(id, manifestName))
	for _, key := range append([]string{manifest}, names...) {
		if err := p.client.RemoveObject(ctx, p.opt.Bucket, key, minio.RemoveObjectOptions{}); err != nil {
			return p.explain("remove", key, err)
		}
	}
	return nil
}

// list gives the keys below a directory, or those of its own level, where directories end with a slash.
func (p *publisher) list(ctx context.Context, dir string, recursive bool) (keys []string, err error) {
	if dir != "" {
		dir += "/"
	}
	for o := range p.client.ListObjects(ctx, p.opt.Bucket, minio.ListObjectsOptions{Prefix: dir, Recursive: recursive}) {
		if o.Err != nil {
			return nil, p.explain("list", dir, o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys, nil
}

func (p *publisher) explain(do, key string, err error) error {
	return s3client.Explain(p.client, do, p.opt.Bucket, key, err)
}
