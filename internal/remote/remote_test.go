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
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/s3test"
)

const bucket, prefix = "desa", "kukar/gudang"

// server starts one with an empty bucket.
func server(t *testing.T) (s *s3test.Server, host string, c *minio.Client) {
	t.Helper()
	s = s3test.Start(t)
	host = strings.TrimPrefix(s.URL, "http://")
	c = s3test.Client(t, host, nil)
	if err := c.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return s, host, c
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// keep keeps bytes under their hash.
func keep(ctx context.Context, s *Store, b []byte) error {
	return s.Keep(ctx, "raw/"+hashOf(b), hashOf(b), int64(len(b)), func() io.Reader { return bytes.NewReader(b) })
}

// fetch gets them back.
func fetch(ctx context.Context, s *Store, sha string) (got []byte, err error) {
	err = s.Fetch(ctx, "raw/"+sha, sha, func(r io.Reader) (err error) {
		got, err = io.ReadAll(r)
		return err
	})
	return got, err
}

func TestKeptObjectsComeBack(t *testing.T) {
	srv, _, c := server(t)
	s := New(c, bucket, prefix)
	body := []byte(strings.Repeat("6402012001 LOA RAYA\n", 5000))
	sha := hashOf(body)
	if _, err := fetch(t.Context(), s, sha); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an object that is not there: %v", err)
	}
	for range 2 { // the second time it is there
		if err := keep(t.Context(), s, body); err != nil {
			t.Fatal(err)
		}
	}
	if has, err := s.Has(t.Context(), "raw/"+sha); !has || err != nil {
		t.Errorf("%v, %v", has, err)
	}
	if has, err := s.Has(t.Context(), "raw/"+sha[:10]); has || err != nil {
		t.Errorf("the beginning of a name counts as one: %v, %v", has, err)
	}
	if got, err := fetch(t.Context(), s, sha); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes, %v", len(got), err)
	}

	t.Run("one that rotted is refused, and sent again", func(t *testing.T) {
		file := filepath.Join(srv.Objects(t), bucket, prefix, "raw", sha)
		rotten := bytes.Clone(body)
		rotten[len(rotten)/2] ^= 1
		if err := os.WriteFile(file, rotten, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := fetch(t.Context(), s, sha); !errors.Is(err, ErrDamaged) {
			t.Errorf("error %v", err)
		}
		if err := keep(t.Context(), s, body); err != nil {
			t.Fatal(err)
		}
		if got, err := fetch(t.Context(), s, sha); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("listed and removed", func(t *testing.T) {
		var names []string
		visit := func(name string, written time.Time) {
			if age := time.Since(written); age < -time.Minute || age > time.Hour {
				t.Errorf("%s: written %s ago", name, age)
			}
			names = append(names, name)
		}
		if err := s.Each(t.Context(), "raw", visit); err != nil || len(names) != 1 || names[0] != "raw/"+sha {
			t.Errorf("%v, %v", names, err)
		}
		for range 2 {
			if err := s.Remove(t.Context(), "raw/"+sha); err != nil {
				t.Error(err)
			}
		}
		if has, err := s.Has(t.Context(), "raw/"+sha); has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
	})
}

// Of many writers of one name one wins, and exactly its text is there.
func TestOneWriterWins(t *testing.T) {
	_, _, c := server(t)
	s := New(c, bucket, prefix)
	for round, etag := range []string{"", "the one that is there"} {
		if etag != "" {
			var err error
			if _, etag, err = s.Read(t.Context(), "unit.json"); err != nil {
				t.Fatal(err)
			}
		}
		var won atomic.Int64
		var winner atomic.Value
		var g sync.WaitGroup
		for i := range 8 {
			g.Go(func() {
				text := fmt.Appendf(nil, "round %d writer %d", round, i)
				switch err := s.Put(t.Context(), "unit.json", text, etag); {
				case err == nil:
					won.Add(1)
					winner.Store(string(text))
				case !errors.Is(err, ErrChanged):
					t.Error(err)
				}
			})
		}
		g.Wait()
		if have, _, err := s.Read(t.Context(), "unit.json"); won.Load() != 1 || err != nil || string(have) != winner.Load() {
			t.Errorf("round %d: %d won, %q is there, %v said so; %v", round, won.Load(), have, winner.Load(), err)
		}
	}
	if err := s.Put(t.Context(), "sama", []byte("x"), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "sama", []byte("x"), ""); err != nil {
		t.Errorf("the same text again: %v", err)
	}
}

// A store that refuses, delays, answers 503, loses answers and truncates loses
// nothing that Keep took, and Fetch gives no other bytes.
func TestAStoreThatFails(t *testing.T) {
	_, host, c := server(t)
	good := New(c, bucket, prefix)
	net := s3test.NewFaulty(7)
	bad := New(s3test.Client(t, host, net), bucket, prefix)
	kept, fetched, failed := 0, 0, 0
	for i := range 100 {
		body := []byte(strings.Repeat(fmt.Sprintln("baris", i), 3000))
		if err := keep(t.Context(), bad, body); err != nil {
			failed++
			continue
		}
		kept++
		if got, err := fetch(t.Context(), good, hashOf(body)); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("object %d was kept, %d bytes came back, %v", i, len(got), err)
		}
		got, err := fetch(t.Context(), bad, hashOf(body))
		switch {
		case err != nil:
			failed++
		case !bytes.Equal(got, body):
			t.Fatalf("object %d: %d other bytes were accepted", i, len(got))
		default:
			fetched++
		}
	}
	if kept == 0 || fetched == 0 {
		t.Errorf("%d kept, %d fetched", kept, fetched)
	}
	net.AssertAllCame(t)
	t.Logf("100 objects, %d kept, %d fetched, %d operations failed, faults: %v", kept, fetched, failed, net.Hits())
}

// answer is a transport of a store that answers everything with one error.
type answer struct {
	status int
	code   string
}

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	text := fmt.Sprintf("<Error><Code>%s</Code><Message>no</Message></Error>", a.code)
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func TestClearErrors(t *testing.T) {
	_, host, c := server(t)
	for _, x := range []struct {
		name  string
		store *Store
		want  string
	}{
		{"no bucket", New(c, "tidak-ada", prefix), "the bucket does not exist"},
		{"unknown key", New(s3test.Stranger(t, host, "siapa", s3test.Secret), bucket, prefix), "AWS_ACCESS_KEY_ID"},
		{"wrong secret", New(s3test.Stranger(t, host, s3test.Access, "salah"), bucket, prefix), "AWS_SECRET_ACCESS_KEY"},
		{"nobody listens", New(s3test.Client(t, "127.0.0.1:1", nil), bucket, prefix), "127.0.0.1:1"},
		{"expired", New(s3test.Client(t, host, answer{400, "ExpiredToken"}), bucket, prefix), "the credentials have expired"},
		{"clock", New(s3test.Client(t, host, answer{403, "RequestTimeTooSkewed"}), bucket, prefix), "this machine's clock differs"},
		{"rights", New(s3test.Client(t, host, answer{403, "AccessDenied"}), bucket, prefix), "may not do that"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, has := x.store.Has(t.Context(), "raw/aa")
			_, _, read := x.store.Read(t.Context(), "landed.json")
			for do, err := range map[string]error{"has": has, "read": read, "keep": keep(t.Context(), x.store, []byte("isi"))} {
				var away *Error
				if !errors.As(err, &away) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), x.want) {
					t.Errorf("%s: error %v, want %q in it", do, err, x.want)
				}
				if err != nil && strings.Contains(err.Error(), s3test.Secret) {
					t.Errorf("%s: the error tells the secret: %v", do, err)
				}
			}
		})
	}
	if _, err := Open("desa/gudang"); err == nil || !strings.Contains(err.Error(), "no s3://BUCKET/PREFIX") {
		t.Errorf("error %v", err)
	}
}
