package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/disk"
	"lumbung/internal/s3test"
	"lumbung/load/snapshot"
)

// project publishes snapshots whose marts all say the same version.
type project struct {
	t     *testing.T
	fs    disk.FS
	store *snapshot.Store
	now   time.Time
}

func newProject(t *testing.T) *project {
	t.Helper()
	root, err := disk.OS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	p := &project{t: t, fs: root, now: time.Date(2026, 11, 24, 2, 10, 0, 0, time.UTC)}
	p.store = snapshot.New(root, func() time.Time { return p.now })
	return p
}

var marts = []string{"marts/mart_tren_status/2019.parquet", "marts/mart_tren_status/2020.parquet", "marts/mart_prioritas/mart_prioritas.parquet"}

// publish makes the next snapshot current and opens it.
func (p *project) publish(version string) *snapshot.Snapshot {
	p.t.Helper()
	ctx := context.Background()
	p.now = p.now.Add(time.Hour)
	b, err := p.store.Begin(ctx, "r1")
	if err != nil {
		p.t.Fatal(err)
	}
	files := map[string]snapshot.FileInfo{}
	for _, name := range marts {
		files[name] = snapshot.FileInfo{Rows: 1, Columns: []snapshot.Column{{Name: "teks", Type: "VARCHAR"}}}
	}
	for _, name := range append([]string{snapshot.Warehouse}, marts...) {
		full := path.Join(b.Dir(), name)
		if err := errors.Join(disk.MkdirAll(p.fs, path.Dir(full), 0o755), disk.WriteFile(p.fs, full, []byte(body(version, name)), 0o644)); err != nil {
			p.t.Fatal(err)
		}
	}
	if _, err := p.store.Seal(ctx, b, snapshot.Info{Tool: "test", Files: files}); err != nil {
		p.t.Fatal(err)
	}
	if err := p.store.Publish(ctx, b, nil); err != nil {
		p.t.Fatal(err)
	}
	snap, err := p.store.Current(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = snap.Close() })
	return snap
}

// body is large enough that a cut in the middle of it is one.
func body(version, name string) string {
	return strings.Repeat(version+" "+name+"\n", 5000)
}

// server starts one with an empty bucket.
func server(t *testing.T) (*s3test.Server, *minio.Client) {
	t.Helper()
	s := s3test.Start(t)
	c := s3test.Client(t, strings.TrimPrefix(s.URL, "http://"), nil)
	if err := c.MakeBucket(t.Context(), "desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return s, c
}

var opt = Options{Bucket: "desa", Prefix: "kukar/marts", Keep: 2}

// read reads what a stranger would: current.json, and every object that it names. All must be of one version.
func read(ctx context.Context, c *minio.Client) (cur Current, version string, err error) {
	text, err := get(ctx, c, opt.Prefix+"/current.json")
	if err != nil {
		return cur, "", err
	}
	if err := json.Unmarshal(text, &cur); err != nil {
		return cur, "", err
	}
	for _, names := range cur.Marts {
		for _, name := range names {
			text, err := get(ctx, c, path.Join(opt.Prefix, name))
			if err != nil {
				return cur, "", err
			}
			v, _, _ := strings.Cut(string(text), " ")
			if version != "" && v != version {
				return cur, "", fmt.Errorf("versions %s and %s in one answer", version, v)
			}
			if version = v; string(text) != body(v, strings.TrimPrefix(name, cur.Snapshot+"/")) {
				return cur, "", fmt.Errorf("%s holds other bytes", name)
			}
		}
	}
	return cur, version, nil
}

func get(ctx context.Context, c *minio.Client, key string) ([]byte, error) {
	obj, err := c.GetObject(ctx, opt.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = obj.Close() }()
	return io.ReadAll(obj)
}

func wantVersion(t *testing.T, c *minio.Client, want string) Current {
	t.Helper()
	cur, got, err := read(context.Background(), c)
	if err != nil || got != want {
		t.Fatalf("readers see version %q, %v; want %q", got, err, want)
	}
	return cur
}

func TestPublish(t *testing.T) {
	s, c := server(t)
	p := newProject(t)
	first := p.publish("v1")
	res, err := Publish(t.Context(), c, first, opt)
	if err != nil || res.Sent != 4 || res.Verified != 4 || res.Objects != 4 || res.Already {
		t.Fatalf("%+v, %v", res, err)
	}
	cur := wantVersion(t, c, "v1")
	if len(cur.Marts["mart_tren_status"]) != 2 || cur.Marts["mart_tren_status"][0] != first.ID()+"/marts/mart_tren_status/2019.parquet" {
		t.Errorf("marts are %v", cur.Marts)
	}
	manifest, err := get(t.Context(), c, path.Join(opt.Prefix, cur.Manifest))
	if sum := sha256.Sum256(manifest); err != nil || hex.EncodeToString(sum[:]) != cur.ManifestSHA256 {
		t.Errorf("manifest is not the one that current.json names: %v", err)
	}

	t.Run("the same again", func(t *testing.T) {
		if res, err := Publish(t.Context(), c, first, opt); err != nil || !res.Already {
			t.Errorf("%+v, %v", res, err)
		}
	})
	t.Run("interrupted after each object", func(t *testing.T) {
		second := p.publish("v2")
		for n := 1; n <= 4; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			seen, o := 0, opt
			o.Report = func(string, int64, bool) {
				if seen++; seen == n {
					cancel()
				}
			}
			if _, err := Publish(ctx, c, second, o); !errors.Is(err, context.Canceled) {
				t.Fatalf("after object %d: %v", n, err)
			}
			wantVersion(t, c, "v1")
		}
		res, err := Publish(t.Context(), c, second, opt)
		if err != nil || res.Sent != 0 || res.Verified != 4 {
			t.Fatalf("%+v, %v; all objects were there", res, err)
		}
		wantVersion(t, c, "v2")
	})
	t.Run("an object that rotted is sent again", func(t *testing.T) {
		objects := s.Objects(t)
		third := p.publish("v3")
		o := opt
		o.Report = func(key string, _ int64, _ bool) {
			if strings.HasSuffix(key, "2020.parquet") {
				file := filepath.Join(objects, opt.Bucket, filepath.FromSlash(key))
				text, err := os.ReadFile(file)
				if err != nil {
					t.Error(err)
					return
				}
				text[len(text)/2] ^= 1
				if err := os.WriteFile(file, text, 0o644); err != nil {
					t.Error(err)
				}
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		inner := o.Report
		o.Report = func(key string, n int64, sent bool) { inner(key, n, sent); cancel() }
		if _, err := Publish(ctx, c, third, o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if res, err := Publish(t.Context(), c, third, opt); err != nil || res.Verified != 4 {
			t.Fatalf("%+v, %v", res, err)
		}
		wantVersion(t, c, "v3")
	})
	t.Run("older snapshots go", func(t *testing.T) {
		fourth := p.publish("v4")
		res, err := Publish(t.Context(), c, fourth, opt)
		if err != nil || len(res.Removed) != 1 {
			t.Fatalf("removed %v, %v", res.Removed, err)
		}
		wantVersion(t, c, "v4")
		left := map[string]bool{}
		for o := range c.ListObjects(t.Context(), opt.Bucket, minio.ListObjectsOptions{Prefix: opt.Prefix, Recursive: true}) {
			left[strings.Split(strings.TrimPrefix(o.Key, opt.Prefix+"/"), "/")[0]] = true
		}
		if len(left) != 3 || !left[fourth.ID()] || left[first.ID()] {
			t.Errorf("in the bucket: %v", left)
		}
	})
	t.Run("somebody else published meanwhile", func(t *testing.T) {
		mine, theirs := p.publish("v5"), p.publish("v6")
		o := opt
		once := sync.OnceFunc(func() {
			if _, err := Publish(t.Context(), c, theirs, opt); err != nil {
				t.Error(err)
			}
		})
		o.Report = func(string, int64, bool) { once() }
		var conflict *ConflictError
		if _, err := Publish(t.Context(), c, mine, o); !errors.As(err, &conflict) {
			t.Errorf("error %v, want a conflict", err)
		}
		wantVersion(t, c, "v6")
	})
	t.Run("current.json of somebody else", func(t *testing.T) {
		o := opt
		o.Prefix = "asing"
		if _, err := c.PutObject(t.Context(), o.Bucket, "asing/current.json", strings.NewReader("{}"), 2, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := Publish(t.Context(), c, p.publish("v7"), o); err == nil || !strings.Contains(err.Error(), "choose another prefix") {
			t.Errorf("error %v", err)
		}
	})
}

func TestReadersNeverSeeTwoVersions(t *testing.T) {
	_, c := server(t)
	p := newProject(t)
	if _, err := Publish(t.Context(), c, p.publish("v0"), opt); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				_, v, err := read(context.Background(), c)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[v]++
				mu.Unlock()
			}
		})
	}
	keep := opt
	keep.Keep = 100
	for i := 1; i <= 20; i++ {
		if _, err := Publish(t.Context(), c, p.publish(fmt.Sprint("v", i)), keep); err != nil {
			t.Error(err)
		}
	}
	cancel()
	readers.Wait()
	if len(seen) < 2 {
		t.Errorf("readers saw %v; they should have seen several versions", seen)
	}
}

func TestAStoreThatFails(t *testing.T) {
	s, c := server(t)
	p := newProject(t)
	if _, err := Publish(t.Context(), c, p.publish("v0"), opt); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(s.URL, "http://")
	last, failed := "v0", 0
	net := s3test.NewFaulty(7)
	bad := s3test.Client(t, host, net)
	for i := 1; i <= 25; i++ {
		version := fmt.Sprint("v", i)
		res, err := Publish(t.Context(), bad, p.publish(version), opt)
		_, got, rerr := read(t.Context(), c)
		switch {
		case rerr != nil:
			t.Fatalf("publish %d (%v): readers fail: %v", i, err, rerr)
		case err == nil && (got != version || res.Verified != 4):
			t.Fatalf("publish %d said it succeeded, readers see %s (%+v)", i, got, res)
		case err != nil && got != last && got != version:
			t.Fatalf("publish %d failed and readers see %s, not %s", i, got, last)
		case err != nil && got == version && !strings.Contains(err.Error(), "is published, but"):
			t.Fatalf("publish %d took effect and said: %v", i, err)
		case err != nil:
			failed++
		}
		last = got
	}
	net.AssertAllCame(t)
	t.Logf("25 publishes, %d failed, faults: %v", failed, net.Hits())
}

func TestClearErrors(t *testing.T) {
	s, c := server(t)
	snap := newProject(t).publish("v1")
	host := strings.TrimPrefix(s.URL, "http://")
	for _, x := range []struct {
		name   string
		client *minio.Client
		bucket string
		want   []string
	}{
		{"no bucket", c, "tidak-ada", []string{"tidak-ada/kukar/marts/current.json", "the bucket does not exist"}},
		{"unknown key", s3test.Stranger(t, host, "siapa", s3test.Secret), "desa", []string{"AWS_ACCESS_KEY_ID"}},
		{"wrong secret", s3test.Stranger(t, host, s3test.Access, "salah"), "desa", []string{"AWS_SECRET_ACCESS_KEY"}},
		{"nobody listens", s3test.Client(t, "127.0.0.1:1", nil), "desa", []string{"127.0.0.1:1"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := opt
			o.Bucket = x.bucket
			_, err := Publish(t.Context(), x.client, snap, o)
			for _, want := range x.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
			if err != nil && strings.Contains(err.Error(), s3test.Secret) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}
