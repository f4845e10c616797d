package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"

	"lumbung/internal/s3test"
)

// store is a real S3-compatible server behind a proxy that counts what is downloaded and can spoil it.
type store struct {
	*httptest.Server
	t      *testing.T
	client *minio.Client
	mu     sync.Mutex
	got    []string // keys of the objects that were asked for
	before func(*http.Request)
	spoil  func(*http.Response)
}

func newStore(t *testing.T) *store {
	t.Helper()
	server := s3test.Start(t)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &store{t: t, client: s3test.Client(t, u.Host, nil)}
	if err := s.client.MakeBucket(t.Context(), "rilis-desa", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = u.Scheme, u.Host }, // Host stays: it is signed
		ModifyResponse: func(r *http.Response) error {
			if s.spoil != nil {
				s.spoil(r)
			}
			return nil
		},
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, ok := strings.CutPrefix(r.URL.Path, "/rilis-desa/"); ok && key != "" {
			s.mu.Lock()
			s.got = append(s.got, key)
			s.mu.Unlock()
			if s.before != nil {
				s.before(r)
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *store) put(key string, body []byte) {
	s.t.Helper()
	if _, err := s.client.PutObject(s.t.Context(), "rilis-desa", key, bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) remove(key string) {
	s.t.Helper()
	if err := s.client.RemoveObject(s.t.Context(), "rilis-desa", key, minio.RemoveObjectOptions{}); err != nil {
		s.t.Error(err)
	}
}

// downloads are the keys that were asked for since the last call.
func (s *store) downloads() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := strings.Join(s.got, " ")
	s.got = nil
	return out
}

// project is the sample with its IDM from the objects that fit key.
func (s *store) project(t *testing.T, key, more string) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.Secret)
	return remoteProject(t, line2023+line2024, fmt.Sprintf(`  - name: idm-ember
    kind: s3
    bucket: rilis-desa
    endpoint: %q
    allow: [%q]
    retries: 0
%s    releases:
      - {key: %q, period: "{tahun}", contracts: [idm-2024]}
`, s.URL, s.URL, more, key))
}

// Two years from a bucket, a night without news, a third year, and a bucket that lists nothing.
func TestBucket(t *testing.T) {
	s := newStore(t)
	dir := s.project(t, "idm/idm-{tahun}.xlsx", "")
	book := sampleFile(t, dir, "rilis/idm-2024.xlsx")
	s.put("idm/idm-2023.xlsx", changedBook(t, filepath.Join(dir, "rilis", "idm-2024.xlsx")))
	s.put("idm/idm-2024.xlsx", book)
	s.put("idm/idm-2021.xlsx.lama", book)
	s.put("catatan.txt", []byte("bukan rilis"))
	rep, _ := runJSON(t, dir, exitOK)
	if got := releases(t, dir, "idm-ember"); rep.Outcome != "published" || got != "idm-ember-2023@1 idm-ember-2024@1" {
		t.Fatalf("published are %q: %+v", got, rep)
	}
	if got := s.downloads(); len(strings.Fields(got)) != 2 {
		t.Errorf("downloaded %s", got)
	}
	rep, _ = runJSON(t, dir, exitOK)
	stateOf(t, rep, "idm-ember", "unchanged", "")
	if got := s.downloads(); got != "" {
		t.Errorf("an unchanged night downloaded %s", got)
	}
	s.put("idm/idm-2025.xlsx", book)
	runJSON(t, dir, exitOK)
	const all = "idm-ember-2023@1 idm-ember-2024@1 idm-ember-2025@1"
	if got, down := releases(t, dir, "idm-ember"), s.downloads(); got != all || down != "idm/idm-2025.xlsx" {
		t.Errorf("a new year: published are %q, downloaded %s", got, down)
	}
	s.put("idm/idm-2023.xlsx", book)
	runJSON(t, dir, exitOK)
	revised := strings.Replace(all, "2023@1", "2023@2", 1)
	if got, down := releases(t, dir, "idm-ember"), s.downloads(); got != revised || down != "idm/idm-2023.xlsx" {
		t.Errorf("a new revision: published are %q, downloaded %s", got, down)
	}
	// The old object comes back under a new date: the hash knows it.
	s.put("idm/idm-2023.xlsx", changedBook(t, filepath.Join(dir, "rilis", "idm-2024.xlsx")))
	rep, _ = runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-ember", "stale", "--allow-older")
	s.put("idm/idm-2023.xlsx", book)
	runJSON(t, dir, exitOK)
	s.downloads()
	if plan := lumbungCmd(t, "plan", "--project", dir); !strings.Contains(plan, "it has listed 3 files so far") {
		t.Errorf("plan:\n%s", plan)
	}
	runJSON(t, dir, exitOK, "--full")
	if got := s.downloads(); len(strings.Fields(got)) != 3 {
		t.Errorf("a full run downloaded %s", got)
	}
	for _, year := range []string{"2023", "2024", "2025"} {
		s.remove("idm/idm-" + year + ".xlsx")
	}
	rep, _ = runJSON(t, dir, exitFailed)
	stateOf(t, rep, "idm-ember", "stale", `none of 1 objects listed fits "idm/idm-{tahun}.xlsx"`)
	if got := releases(t, dir, "idm-ember"); got != revised {
		t.Errorf("after an empty list: published are %q", got)
	}
}

// Every second look is a download, whatever the bucket lists, here with a key that needs care in its address.
func TestBucketRevalidates(t *testing.T) {
	s := newStore(t)
	const key = "idm baru/é+(a)/idm 2024.xlsx" // of the second page of the list
	dir := s.project(t, "idm baru/é+(a)/idm {tahun}.xlsx", "    revalidate_every: 2\n")
	for i := range 1000 {
		s.put(fmt.Sprintf("idm baru/é+(a)/idm %04d.txt", i), nil)
	}
	s.put(key, sampleFile(t, dir, "rilis/idm-2024.xlsx"))
	for run, want := range []string{key, "", key, ""} {
		runJSON(t, dir, exitOK)
		if got := s.downloads(); got != want {
			t.Errorf("run %d downloaded %q, want %q", run+1, got, want)
		}
	}
}

// What is cut, or changes under the download, is not taken; the release before stays until a whole one comes.
func TestBucketSpoiltDownloads(t *testing.T) {
	s := newStore(t)
	dir := s.project(t, "idm/idm-{tahun}.xlsx", "")
	first := sampleFile(t, dir, "rilis/idm-2024.xlsx")
	next := changedBook(t, filepath.Join(dir, "rilis", "idm-2024.xlsx"))
	s.put("idm/idm-2024.xlsx", first)
	runJSON(t, dir, exitOK)
	s.put("idm/idm-2024.xlsx", next)
	objects := func(change func(*http.Response)) func(*http.Response) {
		return func(r *http.Response) {
			if strings.HasSuffix(r.Request.URL.Path, ".xlsx") {
				change(r)
			}
		}
	}
	cut := func(r *http.Response) {
		r.Body = io.NopCloser(io.LimitReader(r.Body, int64(len(next)/2)))
		r.ContentLength = int64(len(next) / 2)
		r.Header.Set("Content-Length", fmt.Sprint(len(next)/2))
	}
	for _, c := range []struct {
		name, reason string
		body         []byte              // what the bucket has
		before       func(*http.Request) // happens between list and download
		spoil        func(*http.Response)
	}{
		{"the connection breaks off", "incomplete", next, nil, objects(func(r *http.Response) { r.Body = io.NopCloser(io.LimitReader(r.Body, 1000)) })},
		{"half of it under a length that fits", "incomplete", next, nil, objects(cut)},
		{"other bytes under another ETag", `it came with ETag "lain"`, next, nil, objects(func(r *http.Response) { r.Header.Set("ETag", `"lain"`) })},
		{"half of it in the bucket", "incomplete", next[:len(next)/2], nil, nil},
		{"another object", "PreconditionFailed", append(bytes.Clone(next), 0), func(*http.Request) { s.put("idm/idm-2024.xlsx", next) }, nil},
		{"a list with the object twice", "lists idm/idm-2024.xlsx twice", next, nil, func(r *http.Response) {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			from, to := bytes.Index(text, []byte("<Contents>")), bytes.Index(text, []byte("</Contents>"))+len("</Contents>")
			text = slices.Insert(text, to, bytes.Clone(text[from:to])...)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
			r.Header.Set("Content-Length", fmt.Sprint(len(text)))
		}},
		{"no object any more", "NoSuchKey", next, func(*http.Request) { s.remove("idm/idm-2024.xlsx") }, nil},
	} {
		s.put("idm/idm-2024.xlsx", c.body)
		s.before, s.spoil = c.before, c.spoil
		rep, _ := runJSON(t, dir, exitFailed)
		stateOf(t, rep, "idm-ember", "stale", c.reason)
		if got := releases(t, dir, "idm-ember"); got != "idm-ember-2024@1" {
			t.Fatalf("%s: published are %q", c.name, got)
		}
	}
	s.before, s.spoil = nil, nil
	s.put("idm/idm-2024.xlsx", next)
	runJSON(t, dir, exitOK)
	if got := releases(t, dir, "idm-ember"); got != "idm-ember-2024@2" {
		t.Errorf("the whole release: published are %q", got)
	}
}

// Whatever keeps the store from answering is named with what to do, and the secret is nowhere.
func TestBucketErrors(t *testing.T) {
	s := newStore(t)
	page := newServer(t)
	page.set("/rilis-desa", answered("text/html", "<html><body>Selamat datang</body></html>"))
	const wrong = "kata-sandi-yang-salah-9"
	for name, c := range map[string]struct {
		name, value string   // of an environment variable
		edit        []string // old and new texts of lumbung.yaml, by turns
		want        string
	}{
		"wrong secret":        {name: "AWS_SECRET_ACCESS_KEY", value: wrong, want: "look at AWS_SECRET_ACCESS_KEY"},
		"unknown key":         {name: "AWS_ACCESS_KEY_ID", value: "siapa", want: "look at AWS_ACCESS_KEY_ID"},
		"no bucket":           {edit: []string{"bucket: rilis-desa", "bucket: tidak-ada"}, want: "NoSuchBucket: the bucket does not exist"},
		"no store there":      {edit: []string{s.URL, "http://127.0.0.1:1", s.URL, "http://127.0.0.1:1"}, want: "look at endpoint"},
		"no store but a page": {edit: []string{s.URL, page.URL, s.URL, page.URL}, want: "no list of objects"},
		"plain http":          {edit: []string{"allow: [\"http://", "allow: [\""}, want: "allow http://host:port"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := s.project(t, "idm/idm-{tahun}.xlsx", "")
			if c.name != "" {
				t.Setenv(c.name, c.value)
			}
			for e := c.edit; len(e) > 0; e = e[2:] {
				editText(t, filepath.Join(dir, "lumbung.yaml"), e[0], e[1])
			}
			rep, out := runJSON(t, dir, exitFailed)
			stateOf(t, rep, "idm-ember", "refused", c.want)
			for _, secret := range []string{wrong, s3test.Secret} {
				if strings.Contains(out, secret) {
					t.Error("the secret is in the output")
				}
				err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
					if err != nil || !e.Type().IsRegular() {
						return err
					}
					b, err := os.ReadFile(p)
					if bytes.Contains(b, []byte(secret)) {
						t.Errorf("the secret is in %s", p)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}
